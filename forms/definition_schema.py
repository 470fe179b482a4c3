"""JSON Schema of a form, made from the very shapes that check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms.definition_shapes import CHECK, CHOICE, COLUMN, FIELD, FORM, NEEDED, OF_SOME_KINDS, PART, SECTION
from forms.fields import FIELD_TYPES

_PLAIN: dict[str, dict[str, Any]] = {
    "key": {"type": "string", "minLength": 1, "maxLength": 64},
    "choice_key": {"type": "string"},
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
    "count": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    "texts": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "exact": {"type": ["string", "number"]},
}


def form_schema() -> dict[str, Any]:
    """The schema of `forms/*.toml`; the field types are those known to this process."""
    column = _question(COLUMN, {}, [key for key, kind in FIELD_TYPES.items() if kind.in_tables])
    field = _question(FIELD, {"columns": column}, list(FIELD_TYPES))
    section = _table(SECTION, NEEDED["section"], {"fields": field})
    parts = {"sections": section, "checks": _table(CHECK, NEEDED["check"]), "parts": _table(PART, NEEDED["part"])}
    return _table(FORM, NEEDED["form"], parts)


def _question(shape: Mapping[str, str], inner: Mapping[str, Any], types: list[str]) -> dict[str, Any]:
    """A field or a column: besides its keys, what each type may and must have."""
    table = _table(shape, NEEDED["question"], {**inner, "choices": _table(CHOICE, NEEDED["choice"])})
    table["properties"]["type"] = {"enum": types}
    table["allOf"] = [_of_type(key, shape) for key in types]
    return table


def _of_type(key: str, shape: Mapping[str, str]) -> dict[str, Any]:
    kind = FIELD_TYPES[key]
    forbidden = sorted((OF_SOME_KINDS & set(shape)) - kind.options - kind.needs)
    then: dict[str, Any] = {"properties": {name: False for name in forbidden}, "required": sorted(kind.needs)}
    return {"if": {"properties": {"type": {"const": key}}, "required": ["type"]}, "then": then}


def _table(shape: Mapping[str, str], needed: frozenset[str], inner: Mapping[str, Any] | None = None) -> dict[str, Any]:
    lists = {name: {"type": "array", "items": schema} for name, schema in (inner or {}).items()}
    properties: dict[str, Any] = {name: lists.get(name) or _PLAIN[kind] for name, kind in shape.items()}
    for name in needed:
        if properties[name].get("type") in ("string", "array"):
            properties[name] = properties[name] | {"minLength" if properties[name]["type"] == "string" else "minItems": 1}
    return {"type": "object", "properties": properties, "required": sorted(needed), "additionalProperties": False}
