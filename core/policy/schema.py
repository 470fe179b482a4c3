"""JSON Schema (2020-12) of the files of a pack, made from the very shapes that check them.

What only the whole pack can show (sums, names that exist, formulas that compile) stays with the loading checks.
"""

from __future__ import annotations

from typing import Any

from core.policy.kinds import SHAPES
from core.policy.shape import Key, Shape
from core.policy.worked_cases import CASES

JsonSchema = dict[str, Any]

PARAMETER: JsonSchema = {"type": "string", "pattern": r"^\$.+", "description": "参数的名字，例如 $notice_working_days"}
DATE: JsonSchema = {"type": "string", "format": "date", "description": "日期，例如 2023-01-17（TOML 里不加引号）"}
_PLAIN: dict[str, JsonSchema] = {
    "text": {"type": "string"},
    "formula": {"type": "string", "description": "公式"},
    "whole": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "numbers": {"type": "array", "items": {"type": "number"}},
    "yes_no": {"type": "boolean"},
    "date": DATE,
    "texts": {"type": "array", "items": {"type": "string"}},
    "value": {"type": ["string", "number", "boolean"]},
}


def table_schema(shape: Shape) -> JsonSchema:
    """A table that may hold only the keys of its shape."""
    return {
        "type": "object",
        "properties": {name: _key(key) for name, key in shape.items()},
        "required": [name for name, key in shape.items() if key.required],
        "additionalProperties": False,
    }


def _key(key: Key) -> JsonSchema:
    if key.type in ("table", "tables"):
        table = table_schema(key.shape) if key.shape is not None else {"type": "object"}
        return table if key.type == "table" else {"type": "array", "items": table}
    schema = _PLAIN[key.type]
    if key.allowed:
        schema = {"enum": list(key.allowed)}
        if key.type == "texts":
            schema = {"type": "array", "items": schema}
    # a text may always be a parameter's name; everything else may be one instead
    return schema if key.type in ("text", "formula", "value") and not key.allowed else {"anyOf": [schema, PARAMETER]}


def pack_schemas() -> dict[str, JsonSchema]:
    """The schema of every kind of policy file, and of worked examples under `cases`."""
    return {kind: table_schema(shape) for kind, shape in {**SHAPES, "cases": CASES}.items()}
