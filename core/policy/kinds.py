"""What each file of a pack may hold: kind (the file's name) → shape."""

from __future__ import annotations

from core.policy.shape import BASES, Key, Shape

PERIODS = ("weekly", "monthly", "quarterly", "yearly")
GRADES = ("excellent", "good", "qualified", "unqualified")
FACT_TYPES = ("yes_no", "whole", "number", "date", "choice", "text")

_TEXT = Key("text")
_MUST = Key("text", required=True)
_BASIS = Key("text", allowed=BASES)
_CITED: dict[str, Key] = {"clause": _MUST, "basis": _BASIS, "note": _TEXT}
_NAMED: dict[str, Key] = {"key": _MUST, "name": _MUST, **_CITED}
_TOP: dict[str, Key] = {"key": _MUST, "name": _TEXT, "clause": _TEXT, "basis": _BASIS, "note": _TEXT}


def _tables(shape: Shape, required: bool = True) -> Key:
    return Key("tables", required=required, shape=shape)


_FACT: Shape = {
    **_NAMED,
    "type": Key("text", required=True, allowed=FACT_TYPES),
    "allowed": Key("texts"),
    "default": Key("value"),
    "unit": _TEXT,
    "must_be_checked": Key("yes_no"),
}

REGION: Shape = {
    **_TOP,
    "name": _MUST,
    "bureau": _MUST,
    "districts": _tables({"key": _MUST, "name": _MUST, "authority": _MUST, "note": _TEXT}, required=False),
    "holidays": _tables(
        {
            "name": _MUST,
            "from": Key("date", required=True),
            "to": Key("date", required=True),
            "working": Key("yes_no", required=True),
            "source": _TEXT,
            **_CITED,
        },
        required=False,
    ),
}

DOCUMENTS: Shape = {
    **_TOP,
    "documents": _tables(
        {
            "number": _MUST,
            "title": _MUST,
            "issuer": _TEXT,
            "version": _MUST,
            "issued_on": Key("date"),
            "in_force_from": Key("date", required=True),
            "in_force_to": Key("date"),
            **_CITED,
        }
    ),
}

_PROCEDURES: Shape = {
    **_TOP,
    "procedures": _tables(
        {
            **_NAMED,
            "carrier_kinds": Key("texts"),
            "every": Key("text", allowed=("year", "quarter", "month", "week", "once")),
            "form": _TEXT,
            "workflow": _TEXT,
            "guide": _TEXT,
        }
    ),
}

_INDICATORS: Shape = {
    **_TOP,
    "form": _TEXT,
    "total_weight": Key("number"),
    "combine": Key("text", allowed=("mean", "trimmed_mean")),
    "groups": _tables({"key": _MUST, "name": _MUST, "weight_points": Key("number"), "count": Key("whole"), **_CITED}),
    "indicators": _tables(
        {
            "code": _MUST,
            "name": _MUST,
            "group": _MUST,
            "weight_points": Key("number"),
            "type": Key("text", required=True, allowed=("quantitative", "qualitative")),
            "value": Key("formula"),
            "unit": _TEXT,
            "description": _TEXT,
            "evidence": _TEXT,
            "method": Key("table"),
            **_CITED,
        }
    ),
}

_GRADES: Shape = {
    **_TOP,
    "lines": _tables(
        {
            "grade": Key("text", required=True, allowed=GRADES),
            "name": _MUST,
            "at_least": Key("number"),
            "below": Key("number"),
            "at_most": Key("number"),
            **_CITED,
        },
        required=False,
    ),
    # Grades that a policy only names, without drawing lines.
    "named": _tables({"grade": Key("text", required=True, allowed=GRADES), "name": _MUST, **_CITED}, required=False),
    "rounding": Key(
        "table",
        shape={
            "places": Key("whole", required=True),
            "mode": Key("text", required=True, allowed=("half_up",)),
            **_CITED,
        },
    ),
}

_RULE: Shape = {**_NAMED, "when": Key("formula", required=True)}
_VETOES: Shape = {
    **_TOP,
    "vetoes": _tables(
        {**_NAMED, "when": Key("formula"), "grade": Key("text", required=True, allowed=GRADES)},
        required=False,
    ),
    "ceilings": _tables({**_RULE, "at_most": Key("text", required=True, allowed=GRADES)}, required=False),
}

_AWARDS: Shape = {
    **_TOP,
    "for_year": Key("text", allowed=("same", "previous")),
    "amounts": _tables(
        {
            "title": _MUST,
            "grade": Key("text", required=True, allowed=GRADES),
            "yuan": Key("whole", required=True),
            **_CITED,
        }
    ),
    "withheld": _tables(_RULE, required=False),
    "caps": _tables(
        {"title": _MUST, "yuan": Key("whole", required=True), "remainder": Key("yes_no"), **_CITED}, required=False
    ),
    "highest_only": Key(
        "table",
        shape={
            "compare": Key("text", required=True, allowed=("payable", "nominal")),
            "tie": Key("text", required=True, allowed=("most_room_left", "first_listed")),
            **_CITED,
        },
    ),
}

_CORRECTIVE_ACTION: Shape = {
    **_TOP,
    "facts": _tables(_FACT, required=False),
    "required": Key("texts"),
    "consequences": _tables({**_RULE, "grade": Key("text", allowed=GRADES)}),
}

_PARAMETERS: Shape = {
    **_TOP,
    "parameters": _tables(
        {
            **_NAMED,
            "type": Key("text", required=True, allowed=("whole", "decimal", "money_yuan", "yes_no", "choice", "date")),
            "basis": Key("text", required=True, allowed=BASES),
            "value": Key("value"),
            "allowed": Key("texts"),
            "unit": _TEXT,
            "ask": _TEXT,
        }
    ),
}

_SCOPE: Shape = {
    **_TOP,
    "facts": _tables(_FACT),
    "conditions": _tables(
        {**_NAMED, "when": Key("formula"), "since": Key("texts"), "months": Key("whole"), "or_when": Key("formula")}
    ),
}

_PART: Shape = {"whole": _MUST, "parts": Key("texts", required=True), **_CITED}
_ELIGIBILITY: Shape = {
    **_TOP,
    "binding": Key("yes_no"),
    "binding_when": Key("formula"),
    "required": Key("texts"),
    "facts": _tables(_FACT),
    "parts": _tables(_PART, required=False),
    "rules": _tables(
        {
            **_NAMED,
            "applies_when": Key("formula"),
            "when": Key("formula"),
            "value": Key("formula"),
            "at_least": Key("number"),
            "unit": _TEXT,
            "since": _TEXT,
            "until": _TEXT,
            "months": Key("whole"),
            "fact": _TEXT,
            "contains": _TEXT,
            "starts_with": _TEXT,
        }
    ),
    # What no figure decides: a reviewer gives an opinion on each.
    "judged": _tables(_NAMED, required=False),
}

_REPORTING: Shape = {
    **_TOP,
    "partial_counts": Key("yes_no"),
    "reports": _tables({**_NAMED, "period": Key("text", required=True, allowed=PERIODS)}),
    "fields": _tables(_FACT, required=False),
    "derived": _tables({**_NAMED, "value": Key("formula", required=True), "unit": _TEXT}, required=False),
    "parts": _tables(_PART, required=False),
}

_ENROLMENT: Shape = {
    **_TOP,
    "facts": _tables(_FACT),
    "titles": _tables({**_NAMED, "directly": Key("yes_no", required=True)}),
    "approved_when": Key("formula", required=True),
}

_EXIT: Shape = {
    **_TOP,
    "facts": _tables(_FACT),
    "grounds": _tables(
        {
            **_NAMED,
            "applies_when": Key("formula", required=True),
            "exits_when": Key("formula", required=True),
            "effective": _MUST,
        }
    ),
}

_PANEL: Shape = {
    **_TOP,
    "minimum": Key("whole", required=True),
    "recusal": _TEXT,
    "drawn_from": _TEXT,
    "modes": _tables({"key": _MUST, "name": _MUST, **_CITED}, required=False),
    "pledge": Key("table", shape={"text": _MUST, **_CITED}),
}

_SIGNED = ("real_name", "contact", "sealed")
_NOTICE: Shape = {
    **_TOP,
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
            **_CITED,
        },
    ),
    "changed_result": Key("table", shape={"notice_again": Key("yes_no", required=True), **_CITED}),
}

_CLOCKS: Shape = {
    **_TOP,
    "clocks": _tables(
        {
            **_NAMED,
            "kind": Key("text", required=True, allowed=("working_days", "calendar_days", "months", "fixed_day")),
            "days": Key("whole"),
            "months": Key("whole"),
            "period": Key("text", allowed=PERIODS),
            "day": Key("whole"),
            "counts_opening_day": Key("yes_no"),
        }
    ),
}

_PLAN: Shape = {
    **_TOP,
    "items": _tables(
        {
            **_NAMED,
            "type": Key("text", required=True, allowed=("date", "text", "experts", "scheme", "number")),
            "required": Key("yes_no"),
            "help": _TEXT,
        }
    ),
}

# The inside of a workflow is checked by the workflow's own definition; here only its outline.
_WORKFLOW: Shape = {
    **_TOP,
    "procedure": _MUST,
    "start": _MUST,
    "stages": Key("tables", required=True),
}

SHAPES: dict[str, Shape] = {
    "region": REGION,
    "documents": DOCUMENTS,
    "procedures": _PROCEDURES,
    "indicators": _INDICATORS,
    "grades": _GRADES,
    "facts": {**_TOP, "facts": _tables(_FACT)},
    "vetoes": _VETOES,
    "consequences": {**_TOP, "consequences": _tables(_RULE)},
    "awards": _AWARDS,
    "corrective_action": _CORRECTIVE_ACTION,
    "reporting": _REPORTING,
    "parameters": _PARAMETERS,
    "scope": _SCOPE,
    "eligibility": _ELIGIBILITY,
    "enrolment": _ENROLMENT,
    "exit": _EXIT,
    "panel": _PANEL,
    "notice": _NOTICE,
    "clocks": _CLOCKS,
    "plan": _PLAN,
    "workflow": _WORKFLOW,
}

# Forms are checked by the forms library; their figures are lengths and limits of fields, not of policy.
WITHOUT_SHAPE = frozenset({"form"})
