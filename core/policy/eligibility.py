"""Who may enter: an applicant's facts against every condition, all failures at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import Refused
from core.policy.calendar import add_months
from core.policy.facts import Fact, FactValue, fact_values, read_facts
from core.policy.numbers import exact
from core.policy.rules import Rule, read_rule
from core.policy.trace import Step, Trace
from core.policy.values import exact_value
from core.policy.version import PolicyVersion
from forms.formula import compile_formula


@dataclass(frozen=True)
class EligibilityRule:
    """One condition, written in one of four ways.

    ``rule.when``: a formula. ``value`` and ``at_least``: a figure that must reach a threshold, compared exactly.
    ``since``, ``until`` and ``months``: a date that lies so many months before another. ``fact`` with ``contains``
    or ``starts_with``: a text. ``applies_when`` says whom it binds; empty binds everybody.
    """

    rule: Rule
    applies_when: str = ""
    value: str = ""
    at_least: Fraction = Fraction(0)
    unit: str = ""
    since: str = ""
    until: str = ""
    months: int = 0
    fact: str = ""
    contains: str = ""
    starts_with: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The facts it looks at."""
        read = compile_formula(self.value).names if self.value else frozenset()
        return tuple(sorted({*self.rule.names, *read, *filter(None, (self.since, self.until, self.fact))}))


@dataclass(frozen=True)
class EligibilityRules:
    """All conditions; ``judged`` are those that a reviewer has to judge, key → name.

    ``priorities`` put an applicant first and bar nobody.

    ``binding`` False: conditions that fail are told to the reviewer and do not bar by themselves, except where
    ``binding_when`` holds.
    """

    facts: Mapping[str, Fact]
    rules: tuple[EligibilityRule, ...]
    required: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    binding: bool
    binding_when: str
    judged: Mapping[str, str]
    priorities: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """``failed`` are the keys of all conditions not met, ``missing`` the facts that were needed and not there.

    ``priorities`` are the keys of the grounds for priority that hold.
    """

    eligible: bool
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    values: Mapping[str, Fraction | None]
    trace: Trace
    priorities: tuple[str, ...] = ()


def eligibility_rules(policy: PolicyVersion) -> EligibilityRules:
    """The policy's conditions of entry. Raises NotCovered when it names none."""
    data = policy.definition("eligibility")
    return EligibilityRules(
        facts=read_facts(data["facts"]),
        rules=tuple(_rule(policy, entry) for entry in data["rules"]),
        required=tuple(data.get("required", ())),
        parts=tuple((part, entry["whole"]) for entry in data.get("parts", []) for part in entry["parts"]),
        binding=bool(policy.resolve(data.get("binding", True))),
        binding_when=data.get("binding_when", ""),
        judged={entry["key"]: entry["name"] for entry in data.get("judged", [])},
        priorities=tuple(read_rule(entry) for entry in data.get("priorities", [])),
    )


def check_eligibility(rules: EligibilityRules, given: Mapping[str, object]) -> Eligibility:
    """Decide on one applicant. Raises Refused for unknown facts and for a part that exceeds its whole."""
    facts = fact_values(rules.facts, given)
    _require_parts(rules, facts)
    failed: list[str] = []
    values: dict[str, Fraction | None] = {}
    missing = [name for name in rules.required if name not in facts]
    steps: list[Step] = []
    for rule in rules.rules:
        if rule.applies_when and not compile_formula(rule.applies_when).holds(facts):
            continue
        met, value = _met(rule, facts)
        if rule.value:
            values[rule.rule.key] = value
        if not met:
            failed.append(rule.rule.key)
            missing.extend(name for name in rule.names if name not in facts)
        inputs: dict[str, object] = {name: facts.get(name) for name in rule.names}
        if rule.value:
            inputs |= {"value": value, "at_least": rule.at_least}
        steps.append(Step(rule.rule.name, rule.rule.clause, rule.rule.basis, inputs, met))
    first = [rule for rule in rules.priorities if rule.holds(facts)]
    steps.extend(rule.step(facts, "优先") for rule in first)
    binding = rules.binding or (bool(rules.binding_when) and compile_formula(rules.binding_when).holds(facts))
    unknown = any(name in missing for name in rules.required)
    eligible = not unknown and (not failed or not binding)
    return Eligibility(eligible, tuple(failed), tuple(dict.fromkeys(missing)), values, tuple(steps), tuple(r.key for r in first))


def _met(rule: EligibilityRule, facts: Mapping[str, FactValue]) -> tuple[bool, Fraction | None]:
    if rule.value:
        value = exact_value(rule.value, facts)
        return value is not None and value >= rule.at_least, value
    if rule.since:
        since, until = facts.get(rule.since), facts.get(rule.until)
        if not isinstance(since, date) or not isinstance(until, date):
            return False, None
        return add_months(since, rule.months) <= until, None
    if rule.fact:
        text = str(facts.get(rule.fact, "")).strip()
        return bool(text) and rule.contains in text and text.startswith(rule.starts_with), None
    return rule.rule.holds(facts), None


def _require_parts(rules: EligibilityRules, facts: Mapping[str, FactValue]) -> None:
    faults = {}
    for part, whole in rules.parts:
        few, many = facts.get(part), facts.get(whole)
        if isinstance(few, Decimal) and isinstance(many, Decimal) and few > many:
            names = rules.facts[part].name, rules.facts[whole].name
            faults[part] = f"“{names[0]}”{few} 多于“{names[1]}”{many}"
    if faults:
        raise Refused("；".join(faults.values()) + "。", faults)


def _rule(policy: PolicyVersion, entry: Mapping[str, Any]) -> EligibilityRule:
    known = {"applies_when", "value", "unit", "since", "until", "fact", "contains", "starts_with"}
    return EligibilityRule(
        read_rule(entry),
        at_least=exact(policy.resolve(entry.get("at_least", 0))) or Fraction(0),
        months=int(policy.resolve(entry.get("months", 0))),
        **{name: value for name, value in entry.items() if name in known},
    )
