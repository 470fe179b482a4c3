"""Why an answer is what it is: rule, clause, inputs and result, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.policy.numbers import plain


@dataclass(frozen=True)
class Step:
    """One step of a reasoning; ``basis`` is text, reading, practice or calendar."""

    text: str
    clause: str = ""
    basis: str = ""
    inputs: Mapping[str, object] = field(default_factory=dict)
    result: object = None

    def as_data(self) -> dict[str, Any]:
        """The step as plain data for JSON and for the page that shows it."""
        return {
            "text": self.text,
            "clause": self.clause,
            "basis": self.basis,
            "inputs": {key: plain_data(value) for key, value in self.inputs.items()},
            "result": plain_data(self.result),
        }


Trace = tuple[Step, ...]


def clauses_of(steps: Iterable[Step]) -> list[str]:
    """Every clause the steps cite, each once, in order; "第二十条; 附件" counts as two."""
    cited: dict[str, None] = {}
    for step in steps:
        for clause in step.clause.split(";"):
            if clause.strip():
                cited[clause.strip()] = None
    return list(cited)


def plain_data(value: object) -> Any:
    """Numbers as exact decimals, dates as ISO text, containers all through."""
    if isinstance(value, (Decimal, Fraction)):
        return plain(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_data(item) for item in value]
    return value
