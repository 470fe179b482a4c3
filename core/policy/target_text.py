"""A performance target as it is printed (≥30家, =100%, 是, 2024年12月底前) read into comparator, value and unit.

Reading never fails: what cannot be read as a number or a date stays a text, and says why it needs a person.
"""

from __future__ import annotations

import calendar as months
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.policy.numbers import exact, plain
from core.policy.version import PolicyVersion

AT_LEAST, EQUAL, AT_MOST, MORE, LESS = ">=", "=", "<=", ">", "<"
TEXT, BY_DATE, MISSING = "text", "on_or_before", "missing"

_NUMBER = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?"
_AMOUNT = re.compile(rf"({_NUMBER})\s*(\D{{0,12}})")
_DAY = re.compile(r"([0-9]{4})[年.\-/]([0-9]{1,2})[月.\-/]([0-9]{1,2})日?(?:之?前|以前)?(?:完成)?")
_MONTH_END = re.compile(r"([0-9]{4})年([0-9]{1,2})月(?:底|末)(?:之?前|以前)?(?:完成)?")
_YEAR_END = re.compile(r"([0-9]{4})年(?:年?底|年?末)(?:之?前|以前)?(?:完成)?")
_MOST_CHARACTERS = 200


@dataclass(frozen=True)
class TargetSettings:
    """How targets are read: signs and words → comparator, words after the unit, units, placeholders for nothing.

    ``scales`` are lists of words from low to high. ``unsigned`` and ``unsigned_cost`` are the comparators of a
    number that carries no sign. ``cost_units`` mark a figure as a cost where nobody says what it is; ``kinds``
    are the kinds of indicator (key → name) and ``cost_kinds`` those that are costs.
    """

    before: Mapping[str, str]
    after: Mapping[str, str]
    units: frozenset[str]
    cost_units: frozenset[str]
    cost_kinds: frozenset[str]
    kinds: Mapping[str, str]
    nothing: frozenset[str]
    scales: tuple[tuple[str, ...], ...]
    unsigned: str
    unsigned_cost: str
    clause: str
    basis: str


@dataclass(frozen=True)
class Target:
    """``comparator`` None: a number without a sign. ``flag`` says why a person must look at it; empty when not."""

    printed: str
    comparator: str | None
    value: Decimal | str | date | None
    unit: str = ""
    flag: str = ""


def target_settings(policy: PolicyVersion) -> TargetSettings:
    """The policy's way of reading targets. Raises NotCovered when it sets no targets."""
    data = policy.definition("targets")
    return TargetSettings(
        before=_words(data["before"]),
        after=_words(data.get("after", [])),
        units=frozenset(data["units"]),
        cost_units=frozenset(data.get("cost_units", ())),
        cost_kinds=frozenset(kind["key"] for kind in data["kinds"] if kind.get("cost", False)),
        kinds={kind["key"]: kind["name"] for kind in data["kinds"]},
        nothing=frozenset(data.get("nothing", ())),
        scales=tuple(tuple(scale["words"]) for scale in data.get("scales", [])),
        unsigned=str(policy.resolve(data["unsigned"])),
        unsigned_cost=str(policy.resolve(data["unsigned_cost"])),
        clause=data.get("clause", ""),
        basis=data.get("basis", ""),
    )


def read_target(settings: TargetSettings, printed: str) -> Target:
    """Read a target as printed; never raises."""
    text = normal(printed)
    if text in settings.nothing or not text:
        return Target(printed, MISSING, None, flag="没有写目标值")
    if len(text) > _MOST_CHARACTERS:
        return Target(printed, TEXT, printed.strip(), flag="文字太长，不当作指标值来读")
    if (day := read_day(text)) is not None:
        return Target(printed, BY_DATE, day)
    return _read_figure(settings, printed, text)


def read_amount(text: str) -> tuple[Decimal, str] | None:
    """A number with the unit behind it, None when the text is none."""
    amount = _AMOUNT.fullmatch(normal(text))
    if amount is None:
        return None
    return plain(exact(amount[1].replace(",", "")) or 0), amount[2].strip()


def read_day(text: str) -> date | None:
    """The last day in time: a named day, or the end of a month or year; None when it is no such text."""
    text = normal(text)
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH_END.fullmatch(text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, months.monthrange(year, month)[1])
        if found := _YEAR_END.fullmatch(text):
            return date(int(found[1]), 12, 31)
    except (ValueError, months.IllegalMonthError):
        return None
    return None


def normal(text: str) -> str:
    """Full-width signs and digits as plain ones, without spaces."""
    plain_signs = "".join(unicodedata.normalize("NFKC", text).split())
    return plain_signs.replace("m2", "㎡").replace("m3", "m³")


def _read_figure(settings: TargetSettings, printed: str, text: str) -> Target:
    """A sign, a number and a unit; or a text, or a unit alone."""
    comparator, rest = _comparator(settings, text)
    if not rest or rest in settings.units or rest.split("/")[0] in settings.units:
        return Target(printed, MISSING, None, rest, flag="只有单位或符号，没有数字")
    amount = _AMOUNT.fullmatch(rest)
    if amount is None or amount[2].endswith("前"):
        known = comparator is None and any(text in scale for scale in settings.scales)
        unread = "" if known else "读不成数字或日期，按文字对照"
        return Target(printed, TEXT, text if comparator is None else printed.strip(), flag=unread)
    unit, behind = _word_behind(settings, amount[2])
    if behind and comparator not in {None, behind}:
        return Target(printed, TEXT, printed.strip(), flag="前后的符号互相矛盾，按文字对照")
    comparator = comparator or behind
    value = plain(exact(amount[1].replace(",", "")) or 0)
    flag = "没有写符号，按参数规定的比较办法理解" if comparator is None else ""
    return Target(printed, comparator, value, unit, flag)


def _comparator(settings: TargetSettings, text: str) -> tuple[str | None, str]:
    """The sign or word in front, the longest first, and what follows it."""
    for word in sorted(settings.before, key=len, reverse=True):
        if text.startswith(word):
            return settings.before[word], text.removeprefix(word)
    return None, text


def _word_behind(settings: TargetSettings, unit: str) -> tuple[str, str | None]:
    """The unit without the word behind it (以上, 以内), and what that word means."""
    for word in sorted(settings.after, key=len, reverse=True):
        if unit.endswith(word):
            return unit.removesuffix(word), settings.after[word]
    return unit, None


def _words(entries: list[Mapping[str, Any]]) -> dict[str, str]:
    return {normal(word): entry["comparator"] for entry in entries for word in entry["words"]}
