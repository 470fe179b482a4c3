"""What a region's register keeps of a carrier beside name, kind, level and dates (region.toml, `[[register]]`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from peewee import fn

from core import clock
from core.cases import definitions
from core.cases.register_words import KINDS, LEVELS, MARK_NAMES
from core.models import DefinitionVersion, Region
from core.policy.facts import Fact, as_date, fact_values, read_facts
from core.policy.numbers import exact
from core.policy.version import PolicyVersion

YES, NO = ("是", "有", "true", "1"), ("否", "无", "没有", "false", "0")


def governing(region: Region) -> PolicyVersion | None:
    """The policy in force today, else the one that was in force last: a register outlives its policy."""
    today = clock.today()
    found = definitions.current_policy(region, today)
    if found is not None:
        return found
    own = (DefinitionVersion.region == region) & (DefinitionVersion.status == "published")
    last = DefinitionVersion.select(fn.MAX(DefinitionVersion.in_force_to)).where(own).scalar()
    day = as_date(last)
    return definitions.current_policy(region, day) if day is not None and day < today else None


def declared(region: Region) -> Mapping[str, Fact]:
    """The facts that this region's register keeps, by key."""
    policy = governing(region)
    return policy.region_info.register if policy is not None else {}


def kinds_of(region: Region) -> dict[str, str]:
    """The kinds of carriers that the region's policy names: key → words. All known ones where it names none."""
    policy = governing(region)
    if policy is None:
        return dict(KINDS)
    named: dict[str, str] = {}
    for kind in ("scope", "facts"):
        for key in policy.keys(kind):
            fact = read_facts(policy.definition(kind, key).get("facts", [])).get("kind")
            named |= {one: fact.word(one) or named.get(one, "") for one in fact.allowed} if fact else {}
    if policy.has("procedures"):
        for procedure in policy.definition("procedures")["procedures"]:
            named = {**dict.fromkeys(procedure.get("carrier_kinds", ()), ""), **named}
    return {key: word or KINDS.get(key, key) for key, word in named.items()} or dict(KINDS)


def mark_names(policy: PolicyVersion | None) -> dict[str, str]:
    """Marks in words: our own, and the consequences that the region's policy names."""
    if policy is None:
        return dict(MARK_NAMES)
    named: dict[str, str] = {}
    for kind in ("corrective_action", "consequences"):
        for key in policy.keys(kind):
            named |= {entry["key"]: entry["name"] for entry in policy.definition(kind, key).get("consequences", ())}
    return {**named, **MARK_NAMES}


def read_typed(facts: Mapping[str, Fact], typed: Mapping[str, object]) -> dict[str, Any]:
    """Typed texts as the register stores them (dates and exact numbers as text); blanks are left out.

    Raises Refused with the faults by key, each naming the fact, what was typed and what is allowed.
    """
    given = {key: _value(facts[key], typed[key]) for key in facts if typed.get(key) not in (None, "")}
    values = fact_values({key: fact for key, fact in facts.items() if key in given}, given)
    return {key: _stored(value) for key, value in values.items()}


def _value(fact: Fact, typed: object) -> object:
    if isinstance(typed, (bool, date)):
        return typed
    text = str(typed).strip()
    if fact.type == "yes_no":
        return True if text.lower() in YES else False if text.lower() in NO else text
    if fact.type == "date":
        return typed_day(text) or text
    if fact.type == "choice":
        return next((key for key in fact.allowed if text in (key, choice_words(fact, key))), text)
    if fact.type in ("whole", "number"):
        number = exact(text.replace(",", ""))
        return text if number is None else text.replace(",", "")
    return text


def typed_day(text: str) -> date | None:
    """A day as people type it: 2019-5-6, 2019/05/06, 2019年5月6日. None when it is none."""
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text.strip())
    return as_date("{}-{:0>2}-{:0>2}".format(*found.groups())) if found else None


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value


def choice_words(fact: Fact, key: str) -> str:
    """A choice in words: the region's own, then ours; one that nobody names stays as the region wrote it."""
    return fact.word(key) or LEVELS.get(key) or KINDS.get(key) or key


def as_typed(fact: Fact, value: object) -> str:
    """A stored fact as the text that would store it; "" when nothing is stored."""
    if value is None:
        return ""
    if fact.type == "yes_no":
        return "是" if value else "否"
    return choice_words(fact, str(value)) if fact.type == "choice" else str(value)


def in_words(fact: Fact, value: object) -> str:
    """A stored fact for people: 是, 2023年1月17日, 12 人."""
    if value is None:
        return "没有登记"
    if fact.type == "yes_no":
        return "是" if value else "否"
    if fact.type == "choice":
        return choice_words(fact, str(value))
    day = as_date(value) if fact.type == "date" else None
    if day is not None:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{value} {fact.unit}".strip()


