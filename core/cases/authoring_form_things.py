"""What a form is made of, as the designer addresses it: sorts of things, their properties, lists and keys.

A thing is addressed by its dotted path with positions, as findings are: `sections.0.fields.3.columns.1`; the form
itself is the empty path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.authoring_items import Items, item_at
from core.cases.authoring_words import CHECK, COLUMN, FIELD, FORM_HEAD, PART, SECTION, Slot
from core.errors import Refused
from forms.definition_shapes import OF_SOME_KINDS
from forms.fields import FIELD_TYPES

HEAD = Items("表单", FORM_HEAD, {}, "title")
SORTS: dict[str, Items] = {
    "": HEAD,
    "sections": Items("部分", SECTION, {"fields": []}, "title"),
    "sections.fields": Items("字段", FIELD, {}, "label"),
    "sections.fields.columns": Items("列", COLUMN, {}, "label"),
    "checks": Items("校验", CHECK, {"formula": "true"}, "message"),
    "parts": Items("其中关系", PART, {}, "message", ""),
}
"""What a form is made of, by path without positions."""

_PER_TYPE = OF_SOME_KINDS | {"indicator"}
_SENSELESS = {
    "calculated": frozenset({"required", "require_when", "prefill"}),
    "files": frozenset({"prefill"}),
    "table": frozenset({"prefill"}),
}
"""Properties that a question of this control has no use for; they show only where they are written."""
_GONE = "这一项已经不在了，请刷新后再改。"


def plain(path: str) -> str:
    """A path without its positions."""
    return ".".join(part for part in path.split(".") if not part.isdigit())


def sort_at(path: str) -> Items:
    """The sort of thing at a path. Raises Refused where a form has nothing of that sort."""
    found = SORTS.get(plain(path))
    if found is None or (path and not path.rpartition(".")[2].isdigit()):
        raise Refused(_GONE)
    return found


def thing_at(data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The table at a path. Raises Refused when it is not there (any more)."""
    sort_at(path)
    found = item_at(data, path) if path else data
    if not isinstance(found, dict):
        raise Refused(_GONE)
    return found


def require_readable(data: Mapping[str, Any]) -> None:
    """Raises Refused for data whose lists hold something else than tables, which only the text can mend."""
    for name in ("sections", "checks", "parts"):
        _require_tables(data.get(name, []))
    for section in data.get("sections", []):
        _require_tables(section.get("fields", []))
        for asked in section.get("fields", []):
            for name in ("columns", "choices"):
                _require_tables(asked.get(name, []))
            for column in asked.get("columns", []):
                _require_tables(column.get("choices", []))


def _require_tables(found: Any) -> None:
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise Refused("原文里有一处不是成组的条目，设计器打不开，请先在原文里改好。")


def slots_at(data: Mapping[str, Any], path: str) -> tuple[Slot, ...]:
    """The properties of a thing: of a question those that its type understands, and those it has all the same."""
    thing, slots = thing_at(data, path), sort_at(path).slots
    if plain(path) not in ("sections.fields", "sections.fields.columns"):
        return slots
    kind = FIELD_TYPES.get(str(thing.get("type", "")))
    hidden = _PER_TYPE - (kind.options | kind.needs if kind else OF_SOME_KINDS)
    hidden |= _SENSELESS.get(kind.control if kind else "", frozenset())
    return tuple(slot for slot in slots if slot.path not in hidden or slot.path in thing)


def list_at(data: dict[str, Any], path: str) -> tuple[list[dict[str, Any]], int]:
    """The list that a thing stands in, and its position there."""
    thing_at(data, path)
    parent, _, position = path.rpartition(".")
    found: list[dict[str, Any]] = item_at(data, parent)
    return found, int(position)


def numeric(asked: Mapping[str, Any]) -> bool:
    kind = FIELD_TYPES.get(str(asked.get("type", "")))
    return kind is not None and kind.numeric


def questions(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every field of a form, in order."""
    for section in data.get("sections", []):
        yield from section.get("fields", [])


def keys_in(entries: list[dict[str, Any]]) -> set[str]:
    """The keys that are taken in a list."""
    return {str(entry.get("key", "")) for entry in entries}


def free_key(stem: str, taken: set[str]) -> str:
    """The first key `stem_1`, `stem_2` … that nobody has."""
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
