"""What the files about entering, leaving and corrective action may hold."""

from __future__ import annotations

from core.policy.kind_parts import FACT, GRADES, MUST, NAMED, PART, RULE, TEXT, TOP, tables
from core.policy.shape import Key, Shape

ELIGIBILITY: Shape = {
    **TOP,
    "binding": Key("yes_no"),
    "binding_when": Key("formula"),
    "required": Key("texts"),
    "facts": tables(FACT),
    "parts": tables(PART, required=False),
    "rules": tables(
        {
            **NAMED,
            "applies_when": Key("formula"),
            "when": Key("formula"),
            "value": Key("formula"),
            "at_least": Key("number"),
            "unit": TEXT,
            "since": TEXT,
            "until": TEXT,
            "months": Key("whole"),
            "fact": TEXT,
            "contains": TEXT,
            "starts_with": TEXT,
        }
    ),
    # What no figure decides: a reviewer gives an opinion on each.
    "judged": tables(NAMED, required=False),
    # What puts an applicant first and bars nobody.
    "priorities": tables(RULE, required=False),
}

ENROLMENT: Shape = {
    **TOP,
    "facts": tables(FACT),
    "titles": tables({**NAMED, "directly": Key("yes_no", required=True)}),
    "approved_when": Key("formula", required=True),
}

EXIT: Shape = {
    **TOP,
    "facts": tables(FACT),
    "grounds": tables(
        {
            **NAMED,
            "applies_when": Key("formula", required=True),
            "exits_when": Key("formula", required=True),
            "effective": MUST,
            # what else stays with the carrier that leaves on this ground
            "marks": Key("texts", allowed=("research_dishonesty_record",)),
        }
    ),
}

CORRECTIVE_ACTION: Shape = {
    **TOP,
    "facts": tables(FACT, required=False),
    "required": Key("texts"),
    "consequences": tables({**RULE, "grade": Key("text", allowed=GRADES)}),
}
