"""What a form field's `prefill` may say.

`never`; an entry of the register (`carrier.name`, `organisation.credit_code`, …); `register.<fact>`: a fact of the
carrier, declared in region.toml or known everywhere; or a source (core.policy.prefill_sources), those of plugins
among them: `last:<procedure>.<field>`: what the carrier last submitted there; `sum:<procedure>.<field>`: that figure
over the carrier's periodic reports of the year; `year:<procedure>.<field>` and `year_before:<procedure>.<field>`: what
a yearly procedure was told for the year that the case is about, or for the one before; `origin_visit:<field>`: what the
record of the last visit on site says in the case that this one follows from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.policy.carrier_fact_names import CARRIER_FACTS
from core.policy.checks_by_kind import Files
from core.policy.prefill_sources import PERIODIC, PREFILL_SOURCES, PrefillSource
from forms.findings import Finding

__all__ = ["ENTRIES", "NEVER", "NUMBERS", "PERIODIC", "Prefill", "is_of_a_year", "prefill_findings", "read_prefill"]

ENTRIES = ("carrier.name", "carrier.level", "carrier.recognised_on", "organisation.name", "organisation.credit_code")
NEVER = "never"
"""Typed anew every time (a pledge, for instance)."""
NUMBERS = ("integer", "decimal", "money")
_KEY = "[a-z][a-z0-9_]*"
_FACT = re.compile(rf"register\.({_KEY})")
_SOURCE = re.compile(rf"({_KEY})(?::(?:({_KEY})\.)?({_KEY}))?")
_SHAPES = {"": "{}", "visit": "{}:<字段>", "answer": "{}:<事项>.<字段>"}


@dataclass(frozen=True)
class Prefill:
    """A source that has to be asked, and what it is to look at; `procedure` and `field` may be empty."""

    kind: str
    field: str
    procedure: str = ""

    @property
    def source(self) -> PrefillSource:
        """The source that is named."""
        return PREFILL_SOURCES[self.kind]


def read_prefill(text: str) -> Prefill | None:
    """The source that a `prefill` names; None for never, for a plain entry of the register, and for anything else."""
    fact = _FACT.fullmatch(text)
    if fact:
        return Prefill("register", fact[1])
    found = _SOURCE.fullmatch(text)
    source = PREFILL_SOURCES.get(found[1]) if found else None
    if found is None or source is None:
        return None
    procedure, field = found[2] or "", found[3] or ""
    looked_at = "answer" if procedure else "visit" if field else ""
    return Prefill(source.key, field, procedure) if looked_at == source.looks_at else None


def is_of_a_year(text: str) -> bool:
    """Whether a `prefill` asks for the answer of one certain year, which another year's cannot stand for."""
    asked = read_prefill(text)
    return asked is not None and asked.source.of_a_year


def prefill_findings(files: Files) -> Iterator[Finding]:
    """Every `prefill` of every form leads to something that is there, and sums add figures of periodic reports."""
    procedures = {p["key"]: p for _, data in files.get("procedures", []) for p in data["procedures"]}
    forms = {data.get("key"): _fields(data) for _, data in files.get("form", [])}
    facts = {*CARRIER_FACTS, *(fact["key"] for _, data in files.get("region", []) for fact in data.get("register", []))}
    for file, data in files.get("form", []):
        for place, asked in _places(data):
            text = asked.get("prefill", "")
            if text and text != NEVER and text not in ENTRIES:
                for told, allowed in _wrong(text, procedures, forms, facts):
                    yield Finding(file, f"{place}.prefill", told, allowed)


def _wrong(
    text: str, procedures: dict[str, Any], forms: dict[Any, dict[str, Any]], facts: set[str]
) -> Iterator[tuple[str, str]]:
    asked = read_prefill(text)
    if asked is None:
        shapes = [_SHAPES[one.looks_at].format(one.key) for one in PREFILL_SOURCES.values() if one.looks_at in _SHAPES]
        yield f"不认识的沿用来源“{text}”", "、".join([*ENTRIES, NEVER, "register.<事实>", *shapes])
    elif asked.source.looks_at == "fact":
        if asked.field not in facts:
            yield f"没有“{asked.field}”这个事实", "、".join(sorted(facts))
    elif asked.source.looks_at == "visit":
        known = {key for fields in forms.values() for key in fields}
        if asked.field not in known:
            yield f"没有一份表单有“{asked.field}”", "考察记录表单里的字段"
    elif asked.source.looks_at == "answer" and asked.procedure not in procedures:
        yield f"没有“{asked.procedure}”这个事项", "、".join(sorted(procedures))
    elif asked.source.looks_at == "answer":
        yield from _wrong_answer(asked, procedures[asked.procedure], forms)


def _wrong_answer(
    asked: Prefill, procedure: dict[str, Any], forms: dict[Any, dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    fields = forms.get(procedure.get("form"), {})
    name, source = procedure["name"], asked.source
    if asked.field not in fields:
        yield f"“{name}”的表单里没有“{asked.field}”", "、".join(sorted(fields))
        return
    if source.every and procedure.get("every") not in source.every:
        wrong = "不是一年一份的，没有哪一年的" if source.every == ("annual",) else "不是按期报送的，没有可以累加的各期"
        yield f"“{name}”{wrong}", "last:<事项>.<字段>"
    if source.numeric and fields[asked.field].get("type") not in NUMBERS:
        yield f"“{name}”的“{asked.field}”不是数字，不能累加", "、".join(NUMBERS)


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    return {asked.get("key", ""): asked for _, asked in _places(data)}


def _places(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for i, section in enumerate(data.get("sections", [])):
        for j, asked in enumerate(section.get("fields", [])):
            yield f"sections.{i}.fields.{j}", asked
