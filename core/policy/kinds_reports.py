"""What the files about periodic and yearly reports, common problems, targets and spending may hold."""

from __future__ import annotations

from core.policy.kind_parts import CITED, FACT, MUST, NAMED, PART, PERIODS, TEXT, TOP, tables
from core.policy.shape import Key, Shape

REPORTING: Shape = {
    **TOP,
    "partial_counts": Key("yes_no"),
    "reports": tables({**NAMED, "period": Key("text", required=True, allowed=PERIODS)}),
    # over_time: what a year is made of: the sum of its reports (what happened in each), or the last (a state)
    "fields": tables({**FACT, "over_time": Key("text", allowed=("sum", "last"))}, required=False),
    "derived": tables({**NAMED, "value": Key("formula", required=True), "unit": TEXT}, required=False),
    "parts": tables(PART, required=False),
}

COMMON_PROBLEMS: Shape = {
    **TOP,
    "problems": tables(NAMED),
    "sources": tables({**NAMED, "procedure": MUST, "stage": TEXT, "field": MUST, "other": TEXT}),
}

WORK_REPORT: Shape = {
    **TOP,
    "title": MUST,
    "parts": tables({**NAMED, "paragraphs": tables({"text": MUST, "when": Key("formula")})}),
}

_COMPARATORS = (">=", "=", "<=", ">", "<")
_SIGNS = tables({"comparator": Key("text", required=True, allowed=_COMPARATORS), "words": Key("texts", required=True)})
TARGETS: Shape = {
    **TOP,
    "before": _SIGNS,
    "after": _SIGNS,
    "units": Key("texts", required=True),
    "cost_units": Key("texts", required=True),
    "nothing": Key("texts", required=True),
    "unsigned": Key("text", required=True, allowed=_COMPARATORS),
    "unsigned_cost": Key("text", required=True, allowed=_COMPARATORS),
    "kinds": tables({**NAMED, "cost": Key("yes_no")}),
    "scales": tables({"words": Key("texts", required=True), **CITED}, required=False),
}

SPENDING: Shape = {
    **TOP,
    "ends_at": Key("number", required=True),
    "may_fall": Key("yes_no", required=True),
    # the procedures in which a plan is declared, followed, assessed in the year after, and what went wrong is put right
    "declared_in": TEXT,
    "monitored_in": TEXT,
    "assessed_in": TEXT,
    "rectified_in": TEXT,
    "nodes": tables({"month": Key("whole", required=True), "name": MUST, **CITED}),
}

BUDGET: Shape = {
    **TOP,
    "projects": tables(
        {
            **NAMED,
            "purpose": TEXT,
            "budget_wan": Key("number", required=True),
            "fiscal_wan": Key("number"),
            "other_wan": Key("number"),
            "plan_pct": Key("numbers", required=True),
        }
    ),
    "indicators": tables(
        {
            **NAMED,
            "project": TEXT,
            "kind": MUST,
            "target": Key("text", required=True),
            "parameter": TEXT,
            "ground": TEXT,
        }
    ),
}
