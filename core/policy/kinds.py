"""What each file of a pack may hold: kind (the file's name) → shape."""

from __future__ import annotations

from core.policy.kind_parts import CITED, FACT, GRADES, MUST, NAMED, PERIODS, RULE, TEXT, TOP, tables
from core.policy.kinds_admission import CORRECTIVE_ACTION, ELIGIBILITY, ENROLMENT, EXIT
from core.policy.kinds_reports import BUDGET, COMMON_PROBLEMS, REPORTING, SPENDING, TARGETS, WORK_REPORT
from core.policy.shape import BASES, Key, Shape

REGION: Shape = {
    **TOP,
    "name": MUST,
    "bureau": MUST,
    "centre": TEXT,  # the city's service centre beside the bureau, where it has one
    # centre: the district's service centre, where it has one
    "districts": tables({"key": MUST, "name": MUST, "authority": MUST, "centre": TEXT, "note": TEXT}, required=False),
    # what this region's register keeps of a carrier beside name, kind, level and dates; scope and conditions may ask
    "register": tables(FACT, required=False),
    "holidays": tables(
        {
            "name": MUST,
            "from": Key("date", required=True),
            "to": Key("date", required=True),
            "working": Key("yes_no", required=True),
            "source": TEXT,
            **CITED,
        },
        required=False,
    ),
}

DOCUMENTS: Shape = {
    **TOP,
    "documents": tables(
        {
            "number": MUST,
            "title": MUST,
            "issuer": TEXT,
            "version": MUST,
            "issued_on": Key("date"),
            "in_force_from": Key("date", required=True),
            "in_force_to": Key("date"),
            **CITED,
        }
    ),
}

_PROCEDURES: Shape = {
    **TOP,
    "procedures": tables(
        {
            **NAMED,
            "carrier_kinds": Key("texts"),
            # year: a yearly round; annual, quarter, month, week: one report a period; on_demand: when there is cause
            "every": Key("text", allowed=("year", "annual", "quarter", "month", "week", "on_demand")),
            # a yearly round may be held in several batches
            "batches": Key("yes_no"),
            # outside a round: the roles that may open it (without any: the carrier's clerk), the standing a carrier
            # must have (without any: held), and the consequence of a result that opens it by itself
            "opened_by": Key("texts"),
            "standing": Key("texts", allowed=("applicant", "held", "revoked", "exited")),
            "opened_by_consequence": TEXT,
            # checks at submission (core.policy.submission_checks), and the question that decides it when it closes
            "checked_by": Key("texts"),
            "decides": Key("text", allowed=("enrolment", "exit", "corrective_action")),
            # outside a round: the clock of its last day, the field of the form that the clock counts from, and the
            # stage whose reaching keeps it (without one, submitting does)
            "clock": TEXT,
            "since": TEXT,
            "kept_at": TEXT,
            "form": TEXT,
            "workflow": TEXT,
            "guide": TEXT,
        }
    ),
}

_INDICATORS: Shape = {
    **TOP,
    "form": TEXT,
    "total_weight": Key("number"),
    "combine": Key("text", allowed=("mean", "trimmed_mean")),
    "groups": tables({"key": MUST, "name": MUST, "weight_points": Key("number"), "count": Key("whole"), **CITED}),
    "indicators": tables(
        {
            "code": MUST,
            "name": MUST,
            "group": MUST,
            "weight_points": Key("number"),
            "type": Key("text", required=True, allowed=("quantitative", "qualitative")),
            "value": Key("formula"),
            "unit": TEXT,
            "description": TEXT,
            "evidence": TEXT,
            "method": Key("table"),
            **CITED,
        }
    ),
}

_GRADES: Shape = {
    **TOP,
    "lines": tables(
        {
            "grade": Key("text", required=True, allowed=GRADES),
            "name": MUST,
            "at_least": Key("number"),
            "below": Key("number"),
            "at_most": Key("number"),
            **CITED,
        },
        required=False,
    ),
    # Grades that a policy only names, without drawing lines.
    "named": tables({"grade": Key("text", required=True, allowed=GRADES), "name": MUST, **CITED}, required=False),
    "rounding": Key(
        "table",
        shape={
            "places": Key("whole", required=True),
            "mode": Key("text", required=True, allowed=("half_up",)),
            **CITED,
        },
    ),
}

_VETOES: Shape = {
    **TOP,
    "vetoes": tables(
        {**NAMED, "when": Key("formula"), "grade": Key("text", required=True, allowed=GRADES)},
        required=False,
    ),
    "ceilings": tables({**RULE, "at_most": Key("text", required=True, allowed=GRADES)}, required=False),
}

_AWARDS: Shape = {
    **TOP,
    "for_year": Key("text", allowed=("same", "previous")),
    "amounts": tables(
        {
            "title": MUST,
            "grade": Key("text", required=True, allowed=GRADES),
            "yuan": Key("whole", required=True),
            **CITED,
        }
    ),
    "withheld": tables(RULE, required=False),
    # earned, and not paid as long as the condition holds
    "holds": tables(RULE, required=False),
    # what the money may be used for
    "purposes": tables(NAMED, required=False),
    "caps": tables(
        {"title": MUST, "yuan": Key("whole", required=True), "remainder": Key("yes_no"), **CITED}, required=False
    ),
    # the most an organisation receives for one year, all its titles together
    "yearly_cap": Key("table", shape={"yuan": Key("whole", required=True), "remainder": Key("yes_no"), **CITED}),
    "highest_only": Key(
        "table",
        shape={
            "compare": Key("text", required=True, allowed=("payable", "nominal")),
            "tie": Key("text", required=True, allowed=("most_room_left", "first_listed")),
            **CITED,
        },
    ),
}

_PARAMETERS: Shape = {
    **TOP,
    "parameters": tables(
        {
            **NAMED,
            "type": Key("text", required=True, allowed=("whole", "decimal", "money_yuan", "yes_no", "choice", "date")),
            "basis": Key("text", required=True, allowed=BASES),
            "value": Key("value"),
            "allowed": Key("texts"),
            "at_least": Key("whole"),
            "at_most": Key("whole"),
            "unit": TEXT,
            "ask": TEXT,
        }
    ),
}

_SCOPE: Shape = {
    **TOP,
    "facts": tables(FACT),
    "conditions": tables(
        {**NAMED, "when": Key("formula"), "since": Key("texts"), "months": Key("whole"), "or_when": Key("formula")}
    ),
}

_PANEL: Shape = {
    **TOP,
    "minimum": Key("whole", required=True),
    # what a panel gives: points for indicators, or a grade with reasons where the policy draws no lines
    "gives": Key("text", allowed=("points", "grade")),
    # who convenes it and records its opinion: the city's reviewer, or a third party that the city commissioned
    "run_by": Key("text", allowed=("city_reviewer", "third_party")),
    "aspects": tables(NAMED, required=False),
    "recusal": TEXT,
    "drawn_from": TEXT,
    "modes": tables({"key": MUST, "name": MUST, **CITED}, required=False),
    "pledge": Key("table", shape={"text": MUST, **CITED}),
}

_SIGNED = ("real_name", "contact", "sealed")
_NOTICE: Shape = {
    **TOP,
    "enabled": Key("yes_no", required=True),
    "unit": Key("text", required=True, allowed=("working_days", "calendar_days")),
    "length": Key("whole", required=True),
    "counts_opening_day": Key("yes_no", required=True),
    "objection": Key(
        "table",
        shape={
            "until": Key("text", required=True, allowed=("last_day",)),
            "person_needs": Key("texts", required=True, allowed=_SIGNED),
            "organisation_needs": Key("texts", required=True, allowed=_SIGNED),
            "handling_working_days": Key("whole"),
            **CITED,
        },
    ),
    "changed_result": Key("table", shape={"notice_again": Key("yes_no", required=True), **CITED}),
}

_CLOCKS: Shape = {
    **TOP,
    "clocks": tables(
        {
            **NAMED,
            "kind": Key("text", required=True, allowed=("working_days", "calendar_days", "months", "fixed_day")),
            "days": Key("whole"),
            "months": Key("whole"),
            "period": Key("text", allowed=PERIODS),
            "month": Key("whole"),  # of a fixed day of the year; without it, December
            "day": Key("whole"),
            "counts_opening_day": Key("yes_no"),
        }
    ),
}

_PLAN: Shape = {
    **TOP,
    "items": tables(
        {
            **NAMED,
            "type": Key("text", required=True, allowed=("date", "text", "experts", "scheme", "number")),
            "required": Key("yes_no"),
            "help": TEXT,
        }
    ),
}

# The inside of a workflow is checked by the workflow's own definition; here only its outline.
_WORKFLOW: Shape = {
    **TOP,
    "procedure": MUST,
    "start": MUST,
    "stages": Key("tables", required=True),
}

SHAPES: dict[str, Shape] = {
    "region": REGION,
    "documents": DOCUMENTS,
    "procedures": _PROCEDURES,
    "indicators": _INDICATORS,
    "grades": _GRADES,
    "facts": {**TOP, "facts": tables(FACT)},
    "vetoes": _VETOES,
    "consequences": {**TOP, "consequences": tables(RULE)},
    "awards": _AWARDS,
    "corrective_action": CORRECTIVE_ACTION,
    "reporting": REPORTING,
    "common_problems": COMMON_PROBLEMS,
    "work_report": WORK_REPORT,
    "targets": TARGETS,
    "spending": SPENDING,
    "budget": BUDGET,
    "parameters": _PARAMETERS,
    "scope": _SCOPE,
    "eligibility": ELIGIBILITY,
    "enrolment": ENROLMENT,
    "exit": EXIT,
    "panel": _PANEL,
    "notice": _NOTICE,
    "clocks": _CLOCKS,
    "plan": _PLAN,
    "workflow": _WORKFLOW,
}

# Forms are checked by the forms library; their figures are lengths and limits of fields, not of policy.
WITHOUT_SHAPE = frozenset({"form"})
