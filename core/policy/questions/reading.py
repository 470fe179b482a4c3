"""Reading a question's input and writing its reasons: what several questions need alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.errors import Refused
from core.policy.question import Answer
from core.policy.trace import Step, clauses_of


def tables(value: object, name: str) -> list[dict[str, Any]]:
    """A list of tables; raises Refused naming the key when it is none."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(f"“{name}”要写成一列，每一项是一组键和值。", {name: "要写成一列"})
    return value


def table(value: object, name: str) -> dict[str, Any]:
    """A table; raises Refused naming the key when it is none."""
    if not isinstance(value, dict):
        raise Refused(f"“{name}”要写成一组键和值。", {name: "要写成一组键和值"})
    return value


def reasons(steps: Iterable[Step]) -> Answer:
    """The trace and the clauses it cites, as every answer carries them."""
    steps = list(steps)
    return {"trace": [step.as_data() for step in steps], "clauses": clauses_of(steps)}
