"""What the files about periodic reports, targets and spending may hold."""

from __future__ import annotations

from core.policy.kind_parts import CITED, FACT, MUST, NAMED, PART, PERIODS, TEXT, TOP, tables
from core.policy.shape import Key, Shape

REPORTING: Shape = {
    **TOP,
    "partial_counts": Key("yes_no"),
    "reports": tables({**NAMED, "period": Key("text", required=True, allowed=PERIODS)}),
    "fields": tables(FACT, required=False),
    "derived": tables({**NAMED, "value": Key("formula", required=True), "unit": TEXT}, required=False),
    "parts": tables(PART, required=False),
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
