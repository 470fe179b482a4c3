"""Two versions of a definition compared as people read them: which thing, which value, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.cases.authoring_words import (
    BASES,
    CLOCK_KINDS,
    DECIDES,
    EFFECTS,
    EVERY,
    FIELD_KINDS,
    GRADES,
    KEY_NAMES,
    METHOD_NAMES,
    NEEDS,
    ROLE_NAMES,
    SCOPES,
    STAGE_KINDS,
    WHEN_OVER,
)
from core.cases.register_words import KINDS
from core.cases.standing import STANDINGS

WORDS = {
    "basis": (BASES,), "role": (ROLE_NAMES,), "scope": (SCOPES,), "effect": (EFFECTS,), "when_over": (WHEN_OVER,),
    "grade": (GRADES,), "needs": (NEEDS,), "kind": (STAGE_KINDS, CLOCK_KINDS), "method": (METHOD_NAMES,),
    "every": (EVERY,), "decides": (DECIDES,), "opened_by": (ROLE_NAMES,), "standing": (tuple(STANDINGS.items()),),
    "carrier_kinds": (tuple(KINDS.items()),),
    "type": ((("quantitative", "定量"), ("qualitative", "定性")), FIELD_KINDS),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One difference. `before` or `after` is empty where something was added or taken out."""

    place: str
    what: str
    before: str
    after: str

    @property
    def sort(self) -> str:
        """added, removed or changed."""
        return "added" if not self.before else "removed" if not self.after else "changed"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every difference, in the order of the new version."""
    return list(_tables(old, new, "", ""))


def _tables(old: Mapping[str, Any], new: Mapping[str, Any], place: str, inside: str) -> Iterator[Change]:
    for key in [*new, *(k for k in old if k not in new)]:
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        name = KEY_NAMES.get(key, key)
        if _is_tables(before) or _is_tables(after):
            yield from _lists(before or [], after or [], place, key)
        elif isinstance(before, Mapping) or isinstance(after, Mapping):
            yield from _tables(before or {}, after or {}, _joined(place, name), key)
        else:
            word = inside if inside == "method" and key == "key" else key
            yield Change(place or "整份", name, in_words(word, before), in_words(word, after))


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _joined(place: str, name: str) -> str:
    return f"{place} › {name}" if place else name


def _identity(entry: Mapping[str, Any], index: int) -> str:
    return str(next((entry[k] for k in ("key", "code", "grade", "number") if k in entry), index))


def _title(entry: Mapping[str, Any]) -> str:
    return str(next((entry[k] for k in ("name", "label", "title", "key", "at_least") if k in entry), ""))


def _lists(old: list[Any], new: list[Any], place: str, key: str) -> Iterator[Change]:
    name = KEY_NAMES.get(key, key)
    before = {_identity(entry, i): entry for i, entry in enumerate(old)}
    after = {_identity(entry, i): entry for i, entry in enumerate(new)}
    for identity, entry in after.items():
        where = _joined(place, f"{name}“{_title(entry)}”")
        if identity in before:
            yield from _tables(before[identity], entry, where, key)
        else:
            yield Change(where, "新增", "", _summary(entry))
    for identity, entry in before.items():
        if identity not in after:
            yield Change(_joined(place, f"{name}“{_title(entry)}”"), "去掉", _summary(entry), "")
    kept_before = [i for i in before if i in after]
    kept_after = [i for i in after if i in before]
    if kept_before != kept_after:
        yield Change(
            place or "整份",
            f"{name}的次序",
            "、".join(_title(before[i]) for i in kept_before),
            "、".join(_title(after[i]) for i in kept_after),
        )


def _summary(entry: Mapping[str, Any]) -> str:
    plain = {k: v for k, v in entry.items() if not isinstance(v, Mapping) and not _is_tables(v) and v not in ("", [])}
    return "；".join(f"{KEY_NAMES.get(k, k)}：{in_words(k, v)}" for k, v in plain.items()) or _title(entry) or "（空）"


def in_words(key: str, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list):
        return "、".join(in_words(key, one) for one in value) or "（没有）"
    words = {one: name for choices in WORDS.get(key, ()) for one, name in choices}
    return words.get(str(value), str(value)) or "（空）"
