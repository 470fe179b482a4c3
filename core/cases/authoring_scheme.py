"""What the scheme designer changes in an indicators draft: its tree of groups and indicators, weights, one item.

Items are addressed by their position in the draft's lists; the caller's `seen` digest makes positions safe. A
draft may hold anything (its text is free), so nothing here takes a shape for granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.cases.authoring_items import put_values, read_slots
from core.cases.authoring_scheme_words import GROUP, HEAD, INDICATOR, METHOD, method_slots
from core.errors import Refused
from core.policy.numbers import exact, plain
from core.policy.scheme import full_points

GONE = "这一项已经不在了，请刷新后再改。"


@dataclass(frozen=True)
class Branch:
    """A group with its indicators, each with its position. `place` None: the indicators that no group holds."""

    place: int | None
    key: str
    name: str
    indicators: tuple[tuple[int, dict[str, Any]], ...]
    share: Decimal | None
    declared_count: int | None

    @property
    def total(self) -> Decimal:
        """The sum of the weights of the group."""
        return sum((weight_of(entry) for _, entry in self.indicators), Decimal(0))

    @property
    def agrees(self) -> bool:
        """Whether sum and number are what the group declares."""
        counted = self.declared_count in (None, len(self.indicators))
        return counted and self.share in (None, self.total)


def entries(data: Mapping[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    """The tables of a list with their positions; anything else in it is passed over."""
    listed = data.get(name)
    return [(i, one) for i, one in enumerate(listed) if isinstance(one, dict)] if isinstance(listed, list) else []


def weight_of(entry: Mapping[str, Any]) -> Decimal:
    """What an indicator weighs; 0 for none, and for what is no number."""
    return number(entry.get("weight_points")) or Decimal(0)


def number(value: object) -> Decimal | None:
    """A number of a draft as an exact decimal, None for anything else."""
    read = exact(value)
    return None if read is None else plain(read)


def tree(data: Mapping[str, Any]) -> list[Branch]:
    """The groups in order, and at the end the indicators without a group, if there are any."""
    indicators = entries(data, "indicators")
    groups = entries(data, "groups")
    branches = []
    for place, group in groups:
        key, count = str(group.get("key", "")), group.get("count")
        own = tuple((i, one) for i, one in indicators if str(one.get("group", "")) == key)
        whole = count if isinstance(count, int) and not isinstance(count, bool) else None
        name = str(group.get("name") or key)
        branches.append(Branch(place, key, name, own, number(group.get("weight_points")), whole))
    known = {branch.key for branch in branches}
    loose = tuple((i, one) for i, one in indicators if str(one.get("group", "")) not in known)
    return [*branches, Branch(None, "", "没有分组的指标", loose, None, None)] if loose else branches


def total(data: Mapping[str, Any]) -> Decimal:
    """The sum of all weights, deductions apart."""
    return full_points(weight_of(entry) for _, entry in entries(data, "indicators"))


def add_group(data: dict[str, Any], name: str) -> None:
    """A group at the end. Raises Refused without a name."""
    groups = _list(data, "groups")
    taken = {one.get("key") for _, one in entries(data, "groups")}
    groups.append({"key": _free("group_{}", taken), "name": _named(name, "一级指标")})


def add_indicator(data: dict[str, Any], group: int, name: str) -> None:
    """An indicator at the end of a group, with the next free code of that group. Raises Refused."""
    key = _at(data, "groups", group).get("key", "")
    listed = _list(data, "indicators")
    entry = {"code": _free_code(data, group), "name": _named(name, "指标"), "group": key, "type": "quantitative"}
    listed.append(entry)
    _in_order(data)


def remove_group(data: dict[str, Any], place: int) -> None:
    """Take a group out. Raises Refused while it holds indicators."""
    group = _at(data, "groups", place)
    held = [one for _, one in entries(data, "indicators") if one.get("group") == group.get("key")]
    if held:
        raise Refused(f"“{group.get('name', '')}”里还有 {len(held)} 项指标，请先移到别的组或去掉。")
    del data["groups"][place]


def remove_indicator(data: dict[str, Any], place: int) -> None:
    """Take an indicator out."""
    _at(data, "indicators", place)
    del data["indicators"][place]


def move_group(data: dict[str, Any], place: int, step: int) -> int:
    """Move a group with its indicators up (-1) or down (+1); at the end it stays. Its new position."""
    moved = _at(data, "groups", place)
    groups = data["groups"]
    target = place + step
    if not 0 <= target < len(groups):
        return place
    groups[place], groups[target] = groups[target], moved
    _in_order(data)
    return target


def move_indicator(data: dict[str, Any], place: int, step: int) -> int:
    """Move an indicator one place up (-1) or down (+1); over the edge of its group into the next. Its new position."""
    moved = _at(data, "indicators", place)
    branches = [branch for branch in tree(data) if branch.place is not None]
    at = next((n for n, branch in enumerate(branches) if branch.key == str(moved.get("group", ""))), None)
    if at is None:
        return place if not branches else place_indicator(data, place, int(branches[-1].place or 0))
    own = [position for position, _ in branches[at].indicators]
    rank = own.index(place) + step
    if 0 <= rank < len(own):
        return place_indicator(data, place, int(branches[at].place or 0), own[rank] if step < 0 else _after(own, rank))
    if not 0 <= at + step < len(branches):
        return place
    near = branches[at + step]
    first = near.indicators[0][0] if step > 0 and near.indicators else None
    return place_indicator(data, place, int(near.place or 0), first)


def _after(positions: list[int], rank: int) -> int | None:
    return positions[rank + 1] if rank + 1 < len(positions) else None


def place_indicator(data: dict[str, Any], place: int, group: int, before: int | None = None) -> int:
    """Put an indicator into a group, before another one of it or at its end. Its new position. Raises Refused."""
    moved = _at(data, "indicators", place)
    moved["group"] = _at(data, "groups", group).get("key", "")
    if before != place:
        target = None if before is None else _at(data, "indicators", before)
        listed = data["indicators"]
        del listed[place]
        listed.insert(len(listed) if target is None else _position(listed, target), moved)
    _in_order(data)
    return _position(data["indicators"], moved)


def _position(listed: list[Any], wanted: Any) -> int:
    return next(i for i, one in enumerate(listed) if one is wanted)


def _in_order(data: dict[str, Any]) -> None:
    """Indicators stand in the order of their groups; those without one come last. Nothing else moves."""
    order = {str(group.get("key", "")): n for n, (_, group) in enumerate(entries(data, "groups"))}
    last = len(order)
    data["indicators"].sort(key=lambda one: order.get(str(one.get("group", "")), last) if isinstance(one, dict) else last)


def put_weights(data: dict[str, Any], typed: Mapping[int, str]) -> None:
    """Set weights by position; an empty text takes the weight out. Raises Refused with the places that are wrong."""
    faults = {}
    for place, text in typed.items():
        entry = _at(data, "indicators", place)
        weight = exact(text)
        if not text.strip():
            entry.pop("weight_points", None)
        elif weight is None:
            faults[f"weight-{place}"] = f"“{entry.get('name', '')}”的权重“{text.strip()}”不是数字（扣分项写负数）。"
        else:
            entry["weight_points"] = int(weight) if weight.denominator == 1 else plain(weight)
    if faults:
        raise Refused("".join(faults.values()), faults)


def put_indicator(data: dict[str, Any], place: int, posted: Mapping[str, str]) -> int:
    """Set everything of one indicator; settings come as `set.<method>.<name>`. Its new position. Raises Refused."""
    entry = _at(data, "indicators", place)
    chosen = posted.get("method.key", "")
    settings = method_slots(chosen)
    own = {slot.path: posted.get(f"set.{chosen}.{slot.path.removeprefix('method.')}", "") for slot in settings}
    values = read_slots((*INDICATOR, *METHOD, *settings), {**posted, **own})
    if not chosen:
        entry.pop("method", None)
        values = {path: value for path, value in values.items() if not path.startswith("method.")}
    before = entry.get("group")
    put_values(data, f"indicators.{place}", values)
    if entry.get("group") == before:
        return place
    keys = {str(group.get("key", "")): at for at, group in entries(data, "groups")}
    return place_indicator(data, place, keys[str(entry["group"])]) if entry["group"] in keys else place


def put_group(data: dict[str, Any], place: int, posted: Mapping[str, str]) -> int:
    """Set everything of one group; its indicators follow a new key. Its position. Raises Refused."""
    before = _at(data, "groups", place).get("key")
    values = read_slots(GROUP, posted)
    put_values(data, f"groups.{place}", values)
    for _, one in entries(data, "indicators"):
        if one.get("group") == before:
            one["group"] = values["key"]
    return place


def put_head(data: dict[str, Any], posted: Mapping[str, str]) -> None:
    """Set what the scheme says of itself as a whole. Raises Refused."""
    put_values(data, "", read_slots(HEAD, posted))


def _list(data: dict[str, Any], name: str) -> list[Any]:
    listed = data.setdefault(name, [])
    if not isinstance(listed, list):
        raise Refused("原文里这一处不是一列，请先在原文里改好。")
    return listed


def _at(data: Mapping[str, Any], name: str, place: int) -> dict[str, Any]:
    found = dict(entries(data, name)).get(place)
    if found is None:
        raise Refused(GONE)
    return found


def _named(name: str, what: str) -> str:
    if not name.strip():
        raise Refused(f"请写明{what}的名称。", {"name": f"请写明{what}的名称。"})
    return name.strip()


def _free(pattern: str, taken: set[Any]) -> str:
    return next(pattern.format(n) for n in _counting() if pattern.format(n) not in taken)


def _counting() -> Iterator[int]:
    n = 0
    while True:
        n += 1
        yield n


def _free_code(data: Mapping[str, Any], group: int) -> str:
    """The letters that the group's codes begin with and the next free number; a new group has its own letter."""
    key = _at(data, "groups", group).get("key")
    codes = [(one.get("group"), str(one.get("code", ""))) for _, one in entries(data, "indicators")]
    letters = [found[1] for of, code in codes if of == key and (found := re.fullmatch(r"([A-Z]+)\d+", code))]
    letter = letters[0] if letters else chr(ord("A") + group % 26)
    return _free(f"{letter}{{}}", {code for _, code in codes})
