"""What the settings designer changes in a draft: the panel, the notice, clocks, facts, who takes part, the register.

Pure changes of the draft as data, called inside `authoring.change_draft`. A thing is addressed by its dotted path
with positions, as findings are: "" is the whole, `clocks.2` an entry of a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import authoring_items
from core.cases.authoring_items import item_at
from core.cases.authoring_settings_words import SETTINGS, Sort
from core.cases.authoring_words import Groups
from core.errors import Refused
from forms.formula_names import renamed

Data = dict[str, Any]

LENGTHS = {
    "working_days": ("days", "counts_opening_day"), "calendar_days": ("days", "counts_opening_day"), "months": ("months",),
    "fixed_day": ("period", "month", "day"),
}  # fmt: skip
"""What says how long a clock of a kind runs."""
FIT = {"choice": ("allowed", "names"), "whole": ("unit",), "number": ("unit",)}
"""What a fact of a type may say beside its type; what stands for one type where nothing is written fits no other."""


def require_readable(kind: str, data: Mapping[str, Any]) -> None:
    """Raises Refused where the text has not the shape that forms can show: then it is mended as text."""
    if kind not in SETTINGS:
        raise Refused("这一类规定没有这样的表单。")
    tables = [data.get(name, {}) for name in ("pledge", "objection", "changed_result")]
    lists = [data.get(name, []) for name in SETTINGS[kind].lists]
    entries = [one for entries in lists if isinstance(entries, list) for one in entries]
    if not all(isinstance(one, dict) for one in (*tables, *entries)) or not all(isinstance(one, list) for one in lists):
        raise Refused("原文的写法不像这一类规定，还不能用表单改，请先在原文里改好。")


def sort_at(kind: str, path: str) -> Sort | None:
    """The list that an entry's path lies in; None for the whole. Raises Refused for any other place."""
    if not path:
        return None
    found = SETTINGS[kind].lists.get(path.partition(".")[0])
    if found is None:
        raise Refused("这里没有表单可填，请在原文里改。")
    return found


def nearest(kind: str, data: Mapping[str, Any], at: str) -> str:
    """The path of the entry that is there, or the whole. A key in place of a position finds its entry: `clocks.monitoring`."""
    name, _, rest = at.partition(".")
    entries = data.get(name, []) if name in SETTINGS[kind].lists else []
    place = rest.partition(".")[0]
    keys = [str(one.get("key", "")) for one in entries]
    if place in keys:
        return f"{name}.{keys.index(place)}"
    return f"{name}.{place}" if place.isdecimal() and int(place) < len(entries) else ""


def shown(data: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """A thing as its properties show it: choices with their words on one line each, one way of a condition."""
    thing = item_at(data, path) if path else data
    return {**thing, "options": _options(thing), "way": "since" if "since" in thing else "when"}


def _options(fact: Mapping[str, Any]) -> str:
    allowed, names = fact.get("allowed"), fact.get("names")
    if not isinstance(allowed, list):
        return ""
    words = [*(names if isinstance(names, list) else []), *([""] * len(allowed))]
    return "\n".join(f"{key} {word}".strip() for key, word in zip(allowed, words, strict=False))


def groups_at(kind: str, data: Mapping[str, Any], path: str) -> Groups:
    """The properties of what lies at a path, in groups."""
    sort = sort_at(kind, path)
    return sort.groups(shown(data, path)) if sort else SETTINGS[kind].head


def set_properties(kind: str, data: Data, path: str, values: Mapping[str, Any]) -> None:
    """Set the properties of a thing by their dotted names; None takes one out, and what no longer fits goes along."""
    thing = item_at(data, path) if path else data
    changed = dict(values)
    if path and changed.get("key"):
        _rename(kind, data, path, str(changed["key"]))
    if "options" in changed:
        changed |= _listed(changed.pop("options"))
    if "way" in changed:
        _turn(thing, changed.pop("way"))
    if "kind" in changed and kind == "clocks":
        _keep_only(thing, LENGTHS, str(changed["kind"]))
    if "type" in changed:
        _keep_only(thing, FIT, str(changed["type"]))
        thing.pop("default", None)
    authoring_items.put_values(data, path, changed)


def _listed(typed: str | None) -> Data:
    """Lines `代号 叫法` as the keys and, where any is called otherwise than its key, the words of all."""
    pairs = [line.split(maxsplit=1) for line in (typed or "").splitlines() if line.strip()]
    named = any(len(pair) == 2 for pair in pairs)
    return {"allowed": [pair[0] for pair in pairs] or None, "names": [pair[-1] for pair in pairs] if named else None}


def _turn(condition: Data, way: str) -> None:
    """A condition asks a formula or counts from a date, never both."""
    for name in ("when",) if way == "since" else ("since", "months", "or_when"):
        condition.pop(name, None)
    if way == "since":
        condition.setdefault("since", [])


def _keep_only(thing: Data, of: Mapping[str, tuple[str, ...]], chosen: str) -> None:
    for name in {one for names in of.values() for one in names} - set(of.get(chosen, ())):
        thing.pop(name, None)


def _rename(kind: str, data: Data, path: str, new: str) -> None:
    """Another key for an entry; conditions of the same definition follow. Raises Refused where it is taken."""
    entry, name = item_at(data, path), path.partition(".")[0]
    old = str(entry.get("key", ""))
    if old == new:
        return
    if any(one.get("key") == new for one in data[name]):
        raise Refused(f"已经有代号“{new}”，请换一个。", {"key": f"已经有代号“{new}”，请换一个。"})
    if kind == "scope" and name == "facts":
        for condition in data.get("conditions", []):
            _follow(condition, old, new)


def _follow(condition: Data, old: str, new: str) -> None:
    if isinstance(condition.get("since"), list):
        condition["since"] = [new if one == old else one for one in condition["since"]]
    for name in ("when", "or_when"):
        if isinstance(condition.get(name), str):
            condition[name] = renamed(condition[name], old, new)


def add(kind: str, data: Data, name: str) -> str:
    """A new entry at the end of a list, without name and clause: those are for the person to write. Its path."""
    sort = sort_at(kind, name) if name else None
    if sort is None:
        raise Refused("没有这一列。")
    entries = data.setdefault(name, [])
    taken, number = {one.get("key") for one in entries}, len(entries) + 1
    stem = name.removesuffix("s")
    while f"{stem}_{number}" in taken:
        number += 1
    entries.append({"key": f"{stem}_{number}", **sort.new})
    return f"{name}.{len(entries) - 1}"


def remove(kind: str, data: Data, path: str) -> str:
    """Take an entry out; the path of what is then nearest."""
    sort = sort_at(kind, path)
    if sort is None:
        raise Refused("整份规定不能去掉，可以撤回草稿。")
    authoring_items.remove_item(data, path)
    name, _, place = path.partition(".")
    left = len(data[name])
    if not left and sort.optional:
        del data[name]
    return f"{name}.{min(int(place), left - 1)}" if left else ""


def move(kind: str, data: Data, path: str, step: int) -> str:
    """Move an entry up (-1) or down (+1) in its list; its new path."""
    if sort_at(kind, path) is None:
        raise Refused("整份规定不能移动。")
    authoring_items.move_item(data, path, step)
    name, _, place = path.partition(".")
    return f"{name}.{min(max(int(place) + step, 0), len(data[name]) - 1)}"


def place(kind: str, data: Data, path: str, target: str) -> str:
    """Put an entry where another of its list stands; its path. Raises Refused across lists."""
    name, _, at = target.partition(".")
    if sort_at(kind, path) is None or path.partition(".")[0] != name:
        raise Refused("只能在同一列里移动。")
    moved = item_at(data, path)
    item_at(data, target)
    data[name].remove(moved)
    data[name].insert(int(at), moved)
    return target
