"""JSON Schema of a workflow, made from the very slots that check it."""

from __future__ import annotations

from typing import Any

from core.workflow.definition import Workflow
from core.workflow.shapes import SLOTS, Slot

_PLAIN: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "whole": {"type": "integer", "minimum": 0},
    "texts": {"type": "array", "items": {"type": "string"}},
    "facts": {"type": "object", "additionalProperties": {"type": ["boolean", "integer", "string"]}},
}


def workflow_schema() -> dict[str, Any]:
    """The schema of `workflow.toml`; the stage kinds are those known to this process."""
    return _table(Workflow)


def _table(table: type[Any]) -> dict[str, Any]:
    slots = SLOTS[table]
    return {
        "type": "object",
        "properties": {name: _slot(slot) for name, slot in slots.items()},
        "required": [name for name, slot in slots.items() if slot.required],
        "additionalProperties": False,
    }


def _slot(slot: Slot) -> dict[str, Any]:
    if slot.inner is not None:
        inner = _table(slot.inner)
        if slot.kind == "table":
            return inner
        return {"type": "array", "items": inner, **({"minItems": 1} if slot.required else {})}
    if slot.choices:
        allowed = {"enum": list(slot.choices)}
        return {"type": "array", "items": allowed} if slot.kind == "texts" else allowed
    return {**_PLAIN[slot.kind], **({"minLength": 1} if slot.required else {})}
