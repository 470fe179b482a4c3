"""What the shapes of several kinds of file are made of."""

from __future__ import annotations

from core.policy.shape import BASES, Key, Shape

PERIODS = ("weekly", "monthly", "quarterly", "yearly")
GRADES = ("excellent", "good", "qualified", "unqualified")
FACT_TYPES = ("yes_no", "whole", "number", "date", "choice", "text")

TEXT = Key("text")
MUST = Key("text", required=True)
BASIS = Key("text", allowed=BASES)
CITED: dict[str, Key] = {"clause": MUST, "basis": BASIS, "note": TEXT}
NAMED: dict[str, Key] = {"key": MUST, "name": MUST, **CITED}
TOP: dict[str, Key] = {"key": MUST, "name": TEXT, "clause": TEXT, "basis": BASIS, "note": TEXT}


def tables(shape: Shape, required: bool = True) -> Key:
    """A list of tables of one shape."""
    return Key("tables", required=required, shape=shape)


FACT: Shape = {
    **NAMED,
    "type": Key("text", required=True, allowed=FACT_TYPES),
    "allowed": Key("texts"),
    "names": Key("texts"),
    "default": Key("value"),
    "unit": TEXT,
    "must_be_checked": Key("yes_no"),
}
RULE: Shape = {**NAMED, "when": Key("formula", required=True)}
PART: Shape = {"whole": MUST, "parts": Key("texts", required=True), **CITED}
