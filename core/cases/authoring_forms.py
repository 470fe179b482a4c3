"""What the form designer does to a form's data: add, move, duplicate, remove, and set properties.

Things are addressed as in core.cases.authoring_form_things. Every function changes the data in place and gives the
path of what is selected afterwards.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.authoring_form_names import rename_column, rename_field
from core.cases.authoring_form_things import (
    free_key,
    keys_in,
    list_at,
    numeric,
    plain,
    questions,
    sort_at,
    thing_at,
)
from core.cases.authoring_items import put_values
from core.errors import Refused
from forms.definition_shapes import OF_SOME_KINDS
from forms.fields import FIELD_TYPES

_NEEDED: dict[str, Any] = {
    "columns": [{"key": "column_1", "label": "第一列", "type": "text"}],
    "choices": [{"key": "a", "label": "第一项"}, {"key": "b", "label": "第二项"}],
    "formula": "0",
    "unit": "元",
}
"""What a new thing of a type begins with where the type cannot do without."""


def add(data: dict[str, Any], what: str, at: str) -> str:
    """Add after what is selected: `section`, `check`, `part`, `field:<type>` or `column:<type>`. Raises Refused."""
    thing_at(data, at)
    name, _, kind = what.partition(":")
    if name in ("field", "column") and (kind not in FIELD_TYPES or (name == "column" and not _in_tables(kind))):
        raise Refused("没有这种字段，请从左边选一种。")
    holder, parent, place = _room(data, name, at)
    new = {"section": _section, "field": _question, "column": _question, "check": _check, "part": _part}.get(name)
    if new is None:
        raise Refused("请选要加什么。")
    holder.insert(place, new(data, holder, kind))
    return f"{parent}.{place}"


def _in_tables(kind: str) -> bool:
    return FIELD_TYPES[kind].in_tables


def _room(data: dict[str, Any], name: str, at: str) -> tuple[list[dict[str, Any]], str, int]:
    """The list a new thing goes into, its path, and the position after what is selected."""
    parts = at.split(".") if at else []
    if name == "field":
        return _room_for_field(data, parts)
    if name == "column":
        if len(parts) < 4 or parts[0] != "sections" or thing_at(data, ".".join(parts[:4])).get("type") != "table":
            raise Refused("请先选一张表格，再加列。")
        return _after(data, ".".join(parts[:4]), "columns", parts[5:6])
    own = {"section": "sections", "check": "checks", "part": "parts"}.get(name, "")
    if not own:
        raise Refused("请选要加什么。")
    return _after(data, "", own, parts[1:2] if parts[:1] == [own] else [])


def _room_for_field(data: dict[str, Any], parts: list[str]) -> tuple[list[dict[str, Any]], str, int]:
    if parts[:1] == ["sections"]:
        return _after(data, ".".join(parts[:2]), "fields", parts[3:4])
    if not data.get("sections"):
        raise Refused("请先加一个部分，再加字段。")
    return _after(data, f"sections.{len(data['sections']) - 1}", "fields", [])


def _after(data: dict[str, Any], path: str, name: str, position: list[str]) -> tuple[list[dict[str, Any]], str, int]:
    holder: list[dict[str, Any]] = thing_at(data, path).setdefault(name, [])
    place = int(position[0]) + 1 if position else len(holder)
    return holder, f"{path}.{name}" if path else name, min(place, len(holder))


def _section(_data: Mapping[str, Any], holder: list[dict[str, Any]], _kind: str) -> dict[str, Any]:
    return {"key": free_key("section", keys_in(holder)), "title": "新的部分", "fields": []}


def _question(data: Mapping[str, Any], holder: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    within = any(holder is asked.get("columns") for asked in questions(data))
    taken = keys_in(holder) if within else keys_in(list(questions(data)))
    label = FIELD_TYPES[kind].label
    made = {"key": free_key("column" if within else "field", taken), "label": f"新的{label}", "type": kind}
    return made | _needed(kind)


def _needed(kind: str) -> dict[str, Any]:
    known = FIELD_TYPES[kind]
    needs = known.needs | ({"unit"} if kind == "money" else set())
    return {name: copy.deepcopy(_NEEDED.get(name, "")) for name in sorted(needs)}


def _check(_data: Mapping[str, Any], holder: list[dict[str, Any]], _kind: str) -> dict[str, Any]:
    return {"key": free_key("check", keys_in(holder)), "formula": "true", "message": "新的校验"}


def _part(data: Mapping[str, Any], _holder: list[dict[str, Any]], _kind: str) -> dict[str, Any]:
    numbers = [str(a["key"]) for a in questions(data) if "key" in a and numeric(a)]
    if len(numbers) < 2:
        raise Refused("先有一个总数和一个其中的数字字段，再加其中关系。")
    return {"whole": numbers[0], "parts": [numbers[1]]}


def move(data: dict[str, Any], path: str, step: int) -> str:
    """Move one up (-1) or down (+1); a field at the edge of its part goes over into the next part."""
    holder, place = list_at(data, path)
    target = place + step
    parent = path.rpartition(".")[0]
    if 0 <= target < len(holder):
        holder[place], holder[target] = holder[target], holder[place]
        return f"{parent}.{target}"
    if plain(path) == "sections.fields":
        at = int(path.split(".")[1]) + step
        if 0 <= at < len(data["sections"]):
            other = data["sections"][at].setdefault("fields", [])
            end = 0 if step > 0 else len(other)
            other.insert(end, holder.pop(place))
            return f"sections.{at}.fields.{end}"
    return path


def place(data: dict[str, Any], path: str, target: str) -> str:
    """Put a thing behind another of its sort, or a field or column first into a part or table. Raises Refused."""
    if target == path or target.startswith(f"{path}."):
        return path
    here, there = plain(path), plain(target)
    inside = f"{there}.{here.rpartition('.')[2]}" == here
    if here != there and not inside:
        raise Refused("这里放不下，请放到同类的后面。")
    thing = thing_at(data, path)
    behind = thing_at(data, target)
    same_table = here != "sections.fields.columns" or path.split(".")[:4] == target.split(".")[:4]
    if not same_table:
        raise Refused("列只能在自己的表格里移动。")
    holder, at = list_at(data, path)
    del holder[at]
    into = behind.setdefault(here.rpartition(".")[2], []) if inside else _holder_of(data, behind)
    into.insert(0 if inside else _index(into, behind) + 1, thing)
    return _path_of(data, thing)


def _holder_of(data: Mapping[str, Any], thing: Mapping[str, Any]) -> list[dict[str, Any]]:
    return next(holder for _, holder in _lists(data) if any(one is thing for one in holder))


def _index(holder: list[dict[str, Any]], thing: Mapping[str, Any]) -> int:
    return next(at for at, one in enumerate(holder) if one is thing)


def _path_of(data: Mapping[str, Any], thing: Mapping[str, Any]) -> str:
    return next(f"{path}.{_index(holder, thing)}" for path, holder in _lists(data) if any(o is thing for o in holder))


def _lists(data: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every list of a form with its path, outer ones first."""
    for name in ("sections", "checks", "parts"):
        yield name, data.get(name, [])
    for at, section in enumerate(data.get("sections", [])):
        yield f"sections.{at}.fields", section.get("fields", [])
        for index, asked in enumerate(section.get("fields", [])):
            yield f"sections.{at}.fields.{index}.columns", asked.get("columns", [])


def duplicate(data: dict[str, Any], path: str) -> str:
    """Put a copy behind a thing, under keys that are free; formulas inside a copied part speak of the copies."""
    holder, at = list_at(data, path)
    made = copy.deepcopy(holder[at])
    if plain(path) == "sections":
        take_free_keys(data, [made])
    elif plain(path) == "sections.fields":
        made["key"] = _copied_key(str(made.get("key", "")), keys_in(list(questions(data))))
    elif "key" in made:
        made["key"] = _copied_key(str(made["key"]), keys_in(holder))
    title = sort_at(path).title
    if plain(path) != "parts":
        made[title] = f"{made.get(title, '')}（副本）"
    holder.insert(at + 1, made)
    return f"{path.rpartition('.')[0]}.{at + 1}"


def take_free_keys(data: Mapping[str, Any], sections: list[dict[str, Any]], extra: Mapping[str, Any] | None = None) -> None:
    """Give copied parts and their fields keys that are free in the form, in their own formulas too.

    `extra` are the checks and 其中 relations that come along, under `checks` and `parts`.
    """
    brought: dict[str, Any] = {"sections": sections, **(extra or {})}
    taken, parts_taken = keys_in(list(questions(data))), keys_in(data.get("sections", []))
    checks_taken = keys_in(data.get("checks", []))
    for section in sections:
        section["key"] = _copied_key(str(section.get("key", "")), parts_taken)
        parts_taken.add(section["key"])
    for asked in list(questions(brought)):
        old = str(asked.get("key", ""))
        new = _copied_key(old, taken)
        if new != old:
            asked["key"] = new
            rename_field(brought, old, new)
        taken.add(new)
    for check in brought.get("checks", []):
        check["key"] = _copied_key(str(check.get("key", "")), checks_taken)
        checks_taken.add(check["key"])


def _copied_key(key: str, taken: set[str]) -> str:
    if key and key not in taken:
        return key
    stem = key.rstrip("0123456789").rstrip("_") or "field"
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def remove(data: dict[str, Any], path: str) -> str:
    """Take a thing out; selected is what stood before it, else what it was in."""
    holder, at = list_at(data, path)
    del holder[at]
    parent = path.rpartition(".")[0]
    if holder:
        return f"{parent}.{max(at - 1, 0)}"
    return parent.rpartition(".")[0]


def set_properties(data: dict[str, Any], path: str, values: Mapping[str, Any]) -> str:
    """Set properties by name (None takes one out). A new key is written into the form's formulas, another type
    leaves behind what only the old one understood. Raises Refused for a key that is taken."""
    thing = thing_at(data, path)
    old = str(thing.get("key", ""))
    new = str(values.get("key") or old)
    if new != old:
        _require_free(data, path, new)
        _rename(data, path, old, new)
    put_values(data, path, values)
    if "type" in values:
        _fit_type(thing)
    return path


def _require_free(data: dict[str, Any], path: str, key: str) -> None:
    holder, at = list_at(data, path)
    others = list(questions(data)) if plain(path) == "sections.fields" else holder
    if any(one.get("key") == key and one is not holder[at] for one in others):
        raise Refused(f"代号“{key}”已经有了，请换一个。", {"key": f"代号“{key}”已经有了，请换一个。"})


def _rename(data: dict[str, Any], path: str, old: str, new: str) -> None:
    if plain(path) == "sections.fields" and sum(a.get("key") == old for a in questions(data)) == 1:
        rename_field(data, old, new)
    elif plain(path) == "sections.fields.columns":
        table = thing_at(data, ".".join(path.split(".")[:4]))
        rename_column(data, str(table.get("key", "")), old, new)


def _fit_type(asked: dict[str, Any]) -> None:
    kind = FIELD_TYPES.get(str(asked.get("type", "")))
    if kind is None:
        return
    for name in (OF_SOME_KINDS & set(asked)) - kind.options - kind.needs:
        del asked[name]
    for name, value in _needed(kind.key).items():
        asked.setdefault(name, value)
