"""What the pieces of a copy are made of: the two regions, a piece and its entries, and what becomes of them in words."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from core.cases.authoring_checks import KINDS, name_of
from core.cases.copying_needs import Data
from core.policy.award_words import COMPARE, FOR_YEAR, TIE
from core.policy.source import parse
from core.policy.totals import COMBINATIONS
from core.policy.version import Sources

LISTS = {
    "procedures": "procedures", "facts": "facts", "consequences": "consequences", "plan": "items", "region": "register",
    "parameters": "parameters", "clocks": "clocks",
}  # fmt: skip
"""The list of a definition to which single entries are brought, by kind."""


@dataclass(frozen=True)
class Entry:
    """One thing inside a piece, and what becomes of it in words; `to_confirm` where it brings a value of another city."""

    name: str
    told: str
    to_confirm: bool = False


@dataclass(frozen=True)
class Piece:
    """One definition of the copy.

    `how`: new | added (to the one that is there) | same (nothing to do) | kept (the other region's own stays).
    """

    kind: str
    key: str
    new_key: str
    how: str
    text: str
    entries: tuple[Entry, ...] = ()
    name: str = ""

    @property
    def words(self) -> str:
        """The kind as people call it."""
        return KINDS.get(self.kind, self.kind)

    @property
    def told(self) -> str:
        """What becomes of it, in words."""
        if self.how == "same":
            return "两地相同，直接使用"
        if self.how == "kept" and not self.new_key:
            return "本地的认定里没有这一项，不带来，以免改变本地的评价"
        if self.how == "kept":
            return "本地已有自己的，和要复制的不同：沿用本地的，不带来" if not self.entries else "本地都有，沿用本地的"
        renamed = "" if self.key == self.new_key or self.how == "added" else f"，代号已有人用，改为 {self.new_key}"
        return ("加进现有的" if self.how == "added" else "存为草稿") + renamed

    @property
    def is_draft(self) -> bool:
        """Whether copying makes or changes a draft for it."""
        return self.how in ("new", "added")


@dataclass(frozen=True)
class Two:
    """The regions of a copy: keys, the first one's name, and the texts of both; `taken` are keys used in the second."""

    source: str
    target: str
    source_name: str
    here: Sources
    there: Sources
    taken: Set[tuple[str, str]] = frozenset()


@dataclass
class Part:
    """A piece that is being worked out."""

    kind: str
    key: str
    new_key: str
    how: str
    data: Data
    entries: list[Entry] = field(default_factory=list)
    brought: list[Data] = field(default_factory=list)  # the entries that are added, where not all of it is new


def entries_of(sources: Sources, kind: str) -> dict[str, tuple[str, Data]]:
    """The entries of a kind's list: key → (key of the definition, entry)."""
    found: dict[str, tuple[str, Data]] = {}
    for (one, key), text in sources.items():
        if one == kind:
            entries = parse(text, name_of(kind, key)).get(LISTS[kind], [])
            found |= {str(entry.get("key")): (key, entry) for entry in entries if isinstance(entry, dict)}
    return found


def consequence_keys(sources: Sources) -> set[str]:
    """The consequences of corrective actions, which open procedures as well."""
    read = [parse(text, key) for (kind, key), text in sources.items() if kind == "corrective_action"]
    return {str(entry.get("key")) for data in read for entry in data.get("consequences", [])}


def rules_alone(data: Any) -> Any:
    """What rules say, without where it is written."""
    if isinstance(data, list):
        return [rules_alone(one) for one in data]
    if not isinstance(data, dict):
        return data
    return {key: rules_alone(one) for key, one in data.items() if key not in ("clause", "basis", "note")}


def same_parameter(ours: Data, theirs: Data) -> bool:
    """Whether a parameter of the same name can stand for ours: it is of one kind and chooses among the same words."""
    return (ours.get("type"), ours.get("allowed")) == (theirs.get("type"), theirs.get("allowed"))


def same_clock(ours: Data, theirs: Data) -> bool:
    """Whether a clock of the same name counts in the same way, however long."""
    return (ours.get("kind"), ours.get("period")) == (theirs.get("kind"), theirs.get("period"))


def kept_words(source: str, ours: Data, theirs: Data) -> str:
    """That the other region's own value stays, with both values where they differ."""
    if value_words(ours) == value_words(theirs):
        return "两地相同，用本地的"
    return f"本地已有，用本地的：{value_words(theirs)}（{source}：{value_words(ours)}）"


def value_words(entry: Data) -> str:
    """The figure of a parameter or a clock as people read it."""
    value = next((entry[name] for name in ("value", "days", "months", "day") if name in entry), None)
    if value is None:
        return "没有取值"
    if isinstance(value, str) and value.startswith("$"):
        return "取自参数"
    word = ("是" if value else "否") if isinstance(value, bool) else _WORDS.get(str(value), value)
    return f"{word}{entry.get('unit', '')}"


_WORDS = {**COMBINATIONS, **dict(FOR_YEAR), **dict(COMPARE), **dict(TIE)}
"""What parameters choose among, in words."""


def candidates(key: str, source: str) -> Iterator[str]:
    """The key, the key with the first region's behind it, and then numbered."""
    yield key
    yield f"{key}_{source}"[:60]
    for number in range(2, 1000):
        yield f"{key[:36]}_{source[:18]}_{number}"
