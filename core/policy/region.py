"""Who administers a region, its districts, its documents and its own holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from core.policy.facts import Fact, read_facts


@dataclass(frozen=True)
class District:
    """A district, the office that is its competent authority (归口管理部门), and its service centre ("" for none)."""

    key: str
    name: str
    authority: str
    centre: str = ""


@dataclass(frozen=True)
class LocalHoliday:
    """Days that differ from the national calendar in this region, both ends included."""

    name: str
    first: date
    last: date
    working: bool
    source: str = ""

    def days(self) -> list[date]:
        """Every day of the span."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Document:
    """A policy document: ``version`` is the folder of the rules that came with it.

    ``in_force_to`` is the last day in force, None when the document names no end. ``basis`` is that of the two days,
    and ``note`` says what was read into the text.
    """

    number: str
    title: str
    version: str
    in_force_from: date
    in_force_to: date | None = None
    issued_on: date | None = None
    issuer: str = ""
    clause: str = ""
    basis: str = "text"
    note: str = ""


@dataclass(frozen=True)
class RegionInfo:
    """What `region.toml` says. `register`: what the register keeps of a carrier beside name, kind, level and dates;
    `centre`: the city's service centre beside the bureau ("" for none)."""

    key: str
    name: str
    bureau: str
    districts: tuple[District, ...] = ()
    holidays: tuple[LocalHoliday, ...] = ()
    register: Mapping[str, Fact] = field(default_factory=dict)
    centre: str = ""

    def overlay(self) -> dict[date, bool]:
        """Day → whether it is a working day here, for the days that differ from the national calendar."""
        return {day: holiday.working for holiday in self.holidays for day in holiday.days()}


def read_region(data: Mapping[str, Any]) -> RegionInfo:
    """A checked `region` definition as objects."""
    return RegionInfo(
        key=data["key"],
        name=data["name"],
        bureau=data["bureau"],
        centre=data.get("centre", ""),
        districts=tuple(
            District(d["key"], d["name"], d["authority"], d.get("centre", "")) for d in data.get("districts", [])
        ),
        holidays=tuple(
            LocalHoliday(h["name"], h["from"], h["to"], h["working"], h.get("source", ""))
            for h in data.get("holidays", [])
        ),
        register=MappingProxyType(read_facts(data.get("register", []))),
    )


def read_documents(data: Mapping[str, Any]) -> tuple[Document, ...]:
    """The documents of a checked `documents` definition, in the order written."""
    known = Document.__dataclass_fields__
    return tuple(Document(**{k: v for k, v in d.items() if k in known}) for d in data.get("documents", []))
