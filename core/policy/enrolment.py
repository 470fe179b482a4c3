"""Entering a system of carriers (纳入) and leaving it (退出), and from which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import Refused
from core.policy.facts import fact_values, read_facts
from core.policy.rules import read_rule
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion
from forms.formula import compile_formula


@dataclass(frozen=True)
class Enrolment:
    """``directly``: the title alone is enough; otherwise it takes an application and its approval."""

    directly: bool
    enrolled: bool
    trace: Trace


@dataclass(frozen=True)
class Exit:
    """``effective`` is the day from which the carrier is out; None while it stays, or while the day is not known."""

    enrolled: bool
    effective: date | None
    grounds: tuple[str, ...]
    missing: tuple[str, ...]
    trace: Trace


def enrol(policy: PolicyVersion, given: Mapping[str, object]) -> Enrolment:
    """Whether a carrier enters by its `title`, or by an approved application.

    Raises Refused for unknown facts and titles, NotCovered when the policy knows no such system.
    """
    data = policy.definition("enrolment")
    facts: dict[str, Any] = dict(fact_values(read_facts(data["facts"]), given))
    titles = {entry["key"]: entry for entry in data["titles"]}
    title = titles.get(facts.get("title", ""))
    directly = bool(title and title["directly"])
    approved = compile_formula(data["approved_when"]).holds(facts)
    if title is not None:
        rule = read_rule(title)
        steps = [Step(rule.name, rule.clause, rule.basis, facts, "直接纳入" if directly else "须申请")]
    else:
        steps = [Step("没有原来认定的称号，须申请", data.get("clause", ""), data.get("basis", ""), facts, "须申请")]
    return Enrolment(directly, directly or approved, tuple(steps))


def brings_up_exit(policy: PolicyVersion, given: Mapping[str, object]) -> bool:
    """Whether the facts bring up any ground for leaving at all; without one there is nothing to decide."""
    data = policy.definition("exit")
    facts = fact_values(read_facts(data["facts"]), given)
    return any(compile_formula(entry["applies_when"]).holds(facts) for entry in data["grounds"])


def leave(policy: PolicyVersion, given: Mapping[str, object]) -> Exit:
    """Whether a carrier leaves on the grounds that the facts bring up; the earliest effective day counts.

    Raises Refused for unknown facts and when the facts bring up no ground, NotCovered without such rules.
    """
    data = policy.definition("exit")
    facts: dict[str, Any] = dict(fact_values(read_facts(data["facts"]), given))
    brought = [entry for entry in data["grounds"] if compile_formula(entry["applies_when"]).holds(facts)]
    _in_order(data, facts)
    if not brought:
        raise _no_ground(data, given)
    grounds: list[str] = []
    missing: list[str] = []
    days: list[date] = []
    steps = []
    for entry in brought:
        formula = compile_formula(entry["exits_when"])
        out = formula.holds(facts)
        missing.extend(sorted(name for name in formula.names if name not in facts))
        effective = facts.get(entry["effective"]) if out else None
        if out:
            grounds.append(entry["key"])
        if out and effective is None:
            missing.append(entry["effective"])
        if isinstance(effective, date):
            days.append(effective)
        rule = read_rule(entry)
        steps.append(Step(rule.name, rule.clause, rule.basis, facts, effective or ("退出" if out else "不退出")))
    return Exit(not grounds, min(days, default=None), tuple(grounds), tuple(dict.fromkeys(missing)), tuple(steps))


def _no_ground(data: Mapping[str, Any], given: Mapping[str, object]) -> Refused:
    """What to say when the facts bring up no ground: which fact is missing, where others of its ground are there."""
    names = read_facts(data["facts"])
    for entry in data["grounds"]:
        brought_by = compile_formula(entry["applies_when"]).names
        lacking = sorted(name for name in brought_by if given.get(name) is None)
        if lacking and any(given.get(name) is not None for name in compile_formula(entry["exits_when"]).names):
            words = "、".join(f"“{names[name].name}”（{name}）" for name in lacking)
            return Refused(f"“{entry['name']}”还要写{words}。", dict.fromkeys(lacking, "没有写"))
    needed = "、".join(entry["name"] for entry in data["grounds"])
    return Refused(f"没有写出退出的情形；可以是：{needed}。", {"finding": "没有写出情形"})


def _in_order(data: Mapping[str, Any], facts: Mapping[str, object]) -> None:
    """Nothing is decided on before it happened; raises Refused naming the day of the decision."""
    declared = read_facts(data["facts"])
    for entry in data["grounds"]:
        happened, decided = facts.get(entry["effective"]), facts.get("decided_on")
        if isinstance(happened, date) and isinstance(decided, date) and decided < happened:
            message = f"“{declared['decided_on'].name}”{decided} 早于“{declared[entry['effective']].name}”{happened}。"
            raise Refused(message, {"decided_on": f"不早于 {happened}"})
