"""The facts a rule may ask for: declared, typed, refused by name when unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.errors import Refused
from core.policy.numbers import exact, plain

# Years beyond these are slips of the pen; counting from them would run out of the calendar.
EARLIEST, LATEST = 1900, 2999

FactValue = str | int | Decimal | bool | date | tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One fact. ``names`` are the choices of ``allowed`` in words, in their order.

    ``must_be_checked``: in the web application somebody must have made sure of it.
    """

    key: str
    name: str
    type: str
    clause: str = ""
    allowed: tuple[str, ...] = ()
    default: FactValue | None = None
    unit: str = ""
    must_be_checked: bool = False
    names: tuple[str, ...] = ()

    def word(self, choice: str) -> str:
        """A choice in words; empty where the policy gives none."""
        return dict(zip(self.allowed, self.names, strict=False)).get(choice, "")


def read_facts(entries: Iterable[Mapping[str, Any]]) -> dict[str, Fact]:
    """Declared facts by key."""
    facts = {}
    for entry in entries:
        fields = {name: entry[name] for name in Fact.__dataclass_fields__ if name in entry}
        fields["allowed"], fields["names"] = tuple(entry.get("allowed", ())), tuple(entry.get("names", ()))
        facts[entry["key"]] = Fact(**fields)
    return facts


def fact_values(facts: Mapping[str, Fact], given: Mapping[str, object]) -> dict[str, FactValue]:
    """The given facts in their types, with defaults for those left out.

    Raises Refused naming every unknown fact and every value that does not fit.
    """
    values: dict[str, FactValue] = {f.key: f.default for f in facts.values() if f.default is not None}
    faults: dict[str, str] = {}
    for key, entry in given.items():
        if key not in facts:
            faults[key] = f"没有“{key}”这个事实；允许：{'、'.join(facts)}"
        elif entry is not None:
            value = _value(facts[key], entry)
            if value is None:
                faults[key] = f"“{facts[key].name}”不能是“{entry}”；允许：{_allowed(facts[key])}"
            else:
                values[key] = value
    if faults:
        raise Refused("；".join(faults.values()) + "。", faults)
    return values


def _value(fact: Fact, entry: object) -> FactValue | None:
    if fact.type == "yes_no":
        return entry if isinstance(entry, bool) else None
    if fact.type == "choice":
        return entry if isinstance(entry, str) and entry in fact.allowed else None
    if fact.type == "date":
        return as_date(entry)
    if fact.type == "text":
        return entry if isinstance(entry, str) else None
    number = exact(entry)
    if number is None or number < 0 or (fact.type == "whole" and number.denominator != 1):
        return None
    return plain(number)


def _allowed(fact: Fact) -> str:
    names = {
        "yes_no": "true 或 false",
        "date": "日期，例如 2023-01-17",
        "text": "文字",
        "whole": "不小于 0 的整数",
        "number": "不小于 0 的数字",
    }
    return "、".join(fact.allowed) or names.get(fact.type, "")


def as_date(entry: object) -> date | None:
    """A date from a date or ISO text; None when it is neither, or in a year that no policy can mean."""
    if isinstance(entry, datetime):
        return None
    try:
        day = entry if isinstance(entry, date) else date.fromisoformat(entry) if isinstance(entry, str) else None
    except ValueError:
        return None
    return day if day is not None and EARLIEST <= day.year <= LATEST else None


def known_keys(given: Mapping[str, object], allowed: Sequence[str]) -> None:
    """Raises Refused naming every key of the input that the question does not know."""
    may = f"允许：{'、'.join(allowed)}" if allowed else "这里什么也不用写"
    unknown = {key: f"没有“{key}”这一项；{may}" for key in given if key not in allowed}
    if unknown:
        raise Refused("；".join(unknown.values()) + "。", unknown)


def require_date(given: Mapping[str, object], key: str) -> date:
    """The date under a key; raises Refused when it is missing or no date."""
    value = as_date(given.get(key))
    if value is None:
        raise Refused(f"“{key}”要写成日期，例如 2023-01-17。", {key: "缺少日期，或者日期不对"})
    return value
