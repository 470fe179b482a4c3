"""Which carriers a round evaluates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.errors import Refused
from core.policy.calendar import add_months
from core.policy.facts import Fact, FactValue, fact_values, read_facts
from core.policy.rules import Rule, read_rule
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion
from forms.formula import compile_formula


@dataclass(frozen=True)
class ScopeCondition:
    """A condition over facts, or a date (the earliest of several) that lies so many months back.

    ``or_when`` is a formula that meets the condition whatever the dates say.
    """

    rule: Rule
    since: tuple[str, ...] = ()
    months: int = 0
    or_when: str = ""


@dataclass(frozen=True)
class ScopeRules:
    """All conditions must hold."""

    facts: Mapping[str, Fact]
    conditions: tuple[ScopeCondition, ...]


@dataclass(frozen=True)
class ScopeDecision:
    """``failed`` are the conditions not met, ``missing`` the facts that were needed and not there."""

    in_scope: bool
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    trace: Trace


def scope_rules(policy: PolicyVersion) -> ScopeRules:
    """The policy's scope. Raises NotCovered when it names none."""
    data = policy.definition("scope")
    conditions = tuple(
        ScopeCondition(
            read_rule(entry),
            tuple(entry.get("since", ())),
            int(policy.resolve(entry.get("months", 0))),
            entry.get("or_when", ""),
        )
        for entry in data["conditions"]
    )
    return ScopeRules(read_facts(data["facts"]), conditions)


def in_scope(rules: ScopeRules, given: Mapping[str, object], cutoff: date) -> ScopeDecision:
    """Decide for one carrier; the anniversary itself is a full year. Raises Refused for unknown facts."""
    facts = {**fact_values(rules.facts, given), "cutoff": cutoff}
    failed: list[str] = []
    missing: list[str] = []
    steps: list[Step] = []
    for condition in rules.conditions:
        met, step = _met(condition, facts, cutoff)
        steps.append(step)
        if not met:
            failed.append(condition.rule.key)
            if condition.since and not any(name in facts for name in condition.since):
                missing.extend(condition.since[:1])
            missing.extend(sorted(name for name in condition.rule.names if name not in facts))
    return ScopeDecision(not failed, tuple(failed), tuple(missing), tuple(steps))


def _met(condition: ScopeCondition, facts: Mapping[str, FactValue], cutoff: date) -> tuple[bool, Step]:
    rule = condition.rule
    if not condition.since:
        met = rule.holds(facts)
        return met, rule.step(facts, met)
    dates = [value for name in condition.since if isinstance(value := facts.get(name), date)]
    met = bool(dates) and add_months(min(dates), condition.months) <= cutoff
    if not met and condition.or_when:
        met = compile_formula(condition.or_when).holds(facts)
    inputs = {**{name: facts.get(name) for name in condition.since}, "cutoff": cutoff}
    return met, Step(rule.name, rule.clause, rule.basis, inputs, met)


def require_id(carrier: Mapping[str, object], position: int) -> str:
    """A carrier's id in a list; raises Refused when it has none."""
    identity = carrier.get("id")
    if not isinstance(identity, str) or not identity:
        raise Refused(f"第 {position} 个载体没有写 id。", {"carriers": "缺少 id"})
    return identity
