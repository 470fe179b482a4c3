"""What plain forms change inside a definition: the values of one item, and the order of items in a list.

An item is addressed by its dotted path with positions, as findings are: `stages.2.actions.0`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.cases.authoring_words import (
    ACTION,
    COLUMN,
    FIELD,
    GROUP,
    INDICATOR,
    LINE,
    PARAMETER,
    PLAN_ITEM,
    PROCEDURE,
    SECTION,
    STAGE,
    Slot,
)
from core.errors import Refused
from core.policy.builtins import METHODS
from core.policy.numbers import exact, plain
from core.policy.shape import is_parameter


@dataclass(frozen=True)
class Items:
    """A list of things of one sort: how one is called, its slots, what a new one begins with, what names it."""

    name: str
    slots: tuple[Slot, ...]
    new: Mapping[str, Any]
    title: str = "name"
    key: str = "key"


ITEMS: dict[tuple[str, str], Items] = {
    ("workflow", "stages"): Items("环节", STAGE, {"kind": "review", "basis": "practice", "actions": []}),
    ("workflow", "stages.actions"): Items("动作", ACTION, {"effect": "forward"}),
    ("form", "sections"): Items("部分", SECTION, {"fields": []}, "title"),
    ("form", "sections.fields"): Items("字段", FIELD, {"type": "text"}, "label"),
    ("form", "sections.fields.columns"): Items("列", COLUMN, {"type": "text"}, "label"),
    ("indicators", "groups"): Items("一级指标", GROUP, {"clause": ""}),
    ("indicators", "indicators"): Items("指标", INDICATOR, {"type": "qualitative", "clause": ""}, "name", "code"),
    ("grades", "lines"): Items("档次", LINE, {"clause": ""}, "name", "grade"),
    ("procedures", "procedures"): Items("事项", PROCEDURE, {"every": "on_demand", "clause": ""}),
    ("plan", "items"): Items("方案事项", PLAN_ITEM, {"type": "text", "clause": ""}),
    ("parameters", "parameters"): Items("参数", PARAMETER, {"type": "whole", "clause": "", "basis": "practice"}),
}
"""The lists that have plain forms, by kind and path without positions."""


def items_at(kind: str, path: str) -> Items:
    """The sort of thing that lies at a path. Raises Refused where a kind has no plain form."""
    found = ITEMS.get((kind, ".".join(part for part in path.split(".") if not part.isdigit())))
    if found is None:
        raise Refused("这里没有表单可填，请在原文里改。")
    return found


def item_at(data: Mapping[str, Any], path: str) -> Any:
    """What lies at a dotted path. Raises Refused when it is not there (any more)."""
    here: Any = data
    try:
        for part in path.split("."):
            here = here[int(part)] if isinstance(here, list) else here[part]
    except (KeyError, IndexError, ValueError, TypeError) as fault:
        raise Refused("这一项已经不在了，请刷新后再改。") from fault
    return here


def _list_and_place(data: Mapping[str, Any], path: str) -> tuple[list[Any], int]:
    parent, _, position = path.rpartition(".")
    holder = item_at(data, parent)
    if not isinstance(holder, list) or not position.isdigit() or int(position) >= len(holder):
        raise Refused("这一项已经不在了，请刷新后再改。")
    return holder, int(position)


def add_item(data: dict[str, Any], kind: str, path: str, title: str) -> None:
    """Add an item with this title to the end of the list at `path`. Raises Refused without a title."""
    sort = items_at(kind, path)
    if not title.strip():
        raise Refused(f"请写明{sort.name}的名称。", {"title": f"请写明{sort.name}的名称。"})
    parent, _, last = path.rpartition(".")
    holder = item_at(data, parent) if parent else data
    entries = holder.setdefault(last, [])
    entries.append({sort.key: _free_key(last, sort.key, entries), sort.title: title.strip(), **_copied(sort.new)})


def _copied(new: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list) else value for name, value in new.items()}


def _free_key(name: str, key: str, entries: list[Mapping[str, Any]]) -> str:
    if key == "grade":
        taken = {entry.get("grade") for entry in entries}
        return next((g for g in ("excellent", "good", "qualified", "unqualified") if g not in taken), "unqualified")
    taken = {entry.get(key) for entry in entries}
    number = len(entries) + 1
    while f"{name.rstrip('s')}_{number}" in taken:
        number += 1
    return f"{name.rstrip('s')}_{number}"


def remove_item(data: dict[str, Any], path: str) -> None:
    """Take one item out of its list."""
    holder, place = _list_and_place(data, path)
    del holder[place]


def move_item(data: dict[str, Any], path: str, step: int) -> None:
    """Move one item up (-1) or down (+1); at the end of the list it stays."""
    holder, place = _list_and_place(data, path)
    target = place + step
    if 0 <= target < len(holder):
        holder[place], holder[target] = holder[target], holder[place]


def put_values(data: dict[str, Any], path: str, values: Mapping[str, Any]) -> None:
    """Set the values of an item by their dotted names; None takes a value out, empty tables go with their last."""
    item = item_at(data, path) if path else data
    for name, value in values.items():
        _put(item, name.split("."), value)
    if "method.key" in values:
        _keep_own_settings(item)


def _put(table: dict[str, Any], parts: list[str], value: Any) -> None:
    first, rest = parts[0], parts[1:]
    if rest:
        known = table.get(first)
        inner: dict[str, Any] = known if isinstance(known, dict) else {}
        _put(inner, rest, value)
        value = inner or None
    if value is None:
        table.pop(first, None)
    else:
        table[first] = value


def _keep_own_settings(indicator: dict[str, Any]) -> None:
    """Settings of another method than the chosen one go."""
    method = indicator.get("method", {})
    known = METHODS.get(method.get("key", ""))
    if known is not None:
        own = {"key", "clause", "basis", *known.settings}
        indicator["method"] = {name: value for name, value in method.items() if name in own}


def read_slots(slots: tuple[Slot, ...], posted: Mapping[str, str]) -> dict[str, Any]:
    """The typed texts as values, by dotted name; empty ones are None. Raises Refused with every place that is wrong."""
    values, faults = {}, {}
    for slot in slots:
        try:
            values[slot.path] = _value(slot, posted.get(slot.path, "").strip())
        except ValueError as fault:
            faults[slot.path] = f"{slot.label}：{fault}"
    if faults:
        raise Refused("；".join(faults.values()), faults)
    return values


def _value(slot: Slot, typed: str) -> Any:
    if not typed:
        if slot.required:
            raise ValueError("请填写。")
        return None
    return _READERS.get(slot.type, str)(typed)


def number_of(typed: str) -> int | Decimal:
    """A number as it is written into a definition: whole where it is whole, else an exact decimal."""
    number = exact(typed)
    if number is None:
        raise ValueError("要填数字。")
    return int(number) if number.denominator == 1 else plain(number)


def _whole(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", typed):
        raise ValueError("要填不小于 0 的整数。")
    return int(typed)


def _pairs(typed: str) -> list[dict[str, str]]:
    """Lines `代号 文字` as choices; a line of one word is both."""
    pairs = []
    for line in filter(str.strip, typed.splitlines()):
        parts = line.split(maxsplit=1)
        pairs.append({"key": parts[0], "label": parts[1] if len(parts) == 2 else parts[0]})
    return pairs


def _bands(typed: str) -> list[dict[str, Any]]:
    """Lines `达到 得分` as bands."""
    bands = []
    for line in filter(str.strip, typed.splitlines()):
        parts = line.split()
        if len(parts) != 2:
            raise ValueError("每行写两个数：达到多少、得几分。")
        bands.append({"at_least": number_of(parts[0]), "points": number_of(parts[1])})
    return bands


def _scalar(typed: str) -> Any:
    """A parameter's value: yes or no, a number, else text."""
    words = {"是": True, "否": False, "true": True, "false": False}
    if typed in words:
        return words[typed]
    return number_of(typed) if exact(typed) is not None else typed


def _facts(typed: str) -> dict[str, Any]:
    """Lines `代号 值` as facts: yes or no, whole numbers, else text."""
    facts: dict[str, Any] = {}
    for line in filter(str.strip, typed.splitlines()):
        parts = line.replace("=", " ", 1).split(maxsplit=1)
        if len(parts) != 2 or not parts[0].isidentifier():
            raise ValueError("每行写一个：代号 值，例如 city_approved 是。")
        value = _scalar(parts[1].strip())
        facts[parts[0]] = parts[1].strip() if isinstance(value, Decimal) else value
    return facts


def _fact_line(key: str, value: object) -> str:
    return f"{key} {'是' if value else '否'}" if isinstance(value, bool) else f"{key} {value}"


def _count(typed: str) -> int | str:
    """A whole number, or a parameter."""
    return typed if is_parameter(typed) else _whole(typed)


NOBODY = "无人"
"""Typed where an empty list means something else than none given: nobody opens it, the system does."""


def _openers(typed: str) -> list[str]:
    chosen = typed.split()
    if NOBODY in chosen and len(chosen) > 1:
        raise ValueError("选了“无人”，就不要再选别的。")
    return [] if chosen == [NOBODY] else chosen


_READERS: dict[str, Any] = {
    "facts": _facts,
    "whole": _whole,
    "count": _count,
    "choice": lambda typed: {"true": True, "false": False}.get(typed, typed),
    "number": number_of,
    "yes_no": lambda typed: typed == "true",
    "texts": lambda typed: [line.strip() for line in re.split(r"[\n，、,]", typed) if line.strip()],
    "openers": _openers,
    "needs": lambda typed: typed.split(),
    "pairs": _pairs,
    "bands": _bands,
    "scalar": _scalar,
}


_WRITERS: dict[str, Any] = {
    "openers": lambda value: value or [NOBODY],
    "pairs": lambda value: (" ".join(dict.fromkeys((one["key"], one["label"]))) for one in value),
    "bands": lambda value: (f"{one['at_least']} {one['points']}" for one in value),
    "facts": lambda value: (_fact_line(key, one) for key, one in value.items()),
}


def typed_form(slot: Slot, item: Mapping[str, Any]) -> str:
    """The present value of a slot as a person would type it."""
    value: Any = item
    for part in slot.path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    if slot.type in _WRITERS:
        return "\n".join(_WRITERS[slot.type](value))
    if isinstance(value, list):
        return (" " if slot.type == "needs" else "\n").join(map(str, value))
    if isinstance(value, bool):
        return ("是" if value else "否") if slot.type == "scalar" else "true" if value else "false"
    return str(value)
