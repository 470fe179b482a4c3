"""Rules read from data: a name, a clause and a condition over facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.policy.trace import Step
from forms.formula import compile_formula


@dataclass(frozen=True)
class Rule:
    """``when`` is a condition in the formula language; without one, somebody establishes the rule's finding."""

    key: str
    name: str
    clause: str
    basis: str = ""
    when: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The facts its condition looks at."""
        return compile_formula(self.when).names if self.when else frozenset()

    def holds(self, facts: Mapping[str, object]) -> bool:
        """Whether the condition is certainly met; a fact that is not there never meets it."""
        return bool(self.when) and compile_formula(self.when).holds(facts)

    def step(self, facts: Mapping[str, object], result: object) -> Step:
        """The reasoning step of this rule with the facts its condition looked at."""
        return Step(self.name, self.clause, self.basis, {n: facts.get(n) for n in sorted(self.names)}, result)


@dataclass(frozen=True)
class GradeRule(Rule):
    """A veto (``grade`` is what follows) or a ceiling (``grade`` is the best still possible)."""

    grade: str = ""


def read_rule(entry: Mapping[str, Any]) -> Rule:
    """A rule from a checked table."""
    return Rule(entry["key"], entry["name"], entry["clause"], entry.get("basis", ""), entry.get("when", ""))


def read_grade_rule(entry: Mapping[str, Any]) -> GradeRule:
    """A veto or a ceiling from a checked table."""
    grade = entry.get("grade") or entry["at_most"]
    rule = read_rule(entry)
    return GradeRule(rule.key, rule.name, rule.clause, rule.basis, rule.when, grade)
