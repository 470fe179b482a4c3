"""Submission checks and settled decisions as a case's pages show them: findings, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases import checking, definitions, outcome_words
from core.cases.checking import Ran
from core.cases.registering import KINDS, LEVELS
from core.models import Case, Result, Submission
from core.policy.carrier_fact_names import CARRIER_FACTS
from core.policy.facts import read_facts
from core.policy.submission_checks import CheckFinding
from core.policy.version import PolicyVersion

DECLARING = ("facts", "eligibility", "enrolment", "exit", "corrective_action")
"""Kinds of definitions that declare facts of their own."""
INPUTS = {"value": "数值", "at_least": "至少要", "outcome": "整改结果"}
VALUES = {"kind": KINDS, "level": LEVELS, "outcome": {"passed": "合格", "failed": "不合格", "refused": "拒不整改"}}


@dataclass(frozen=True)
class CheckShown:
    """A check on a page; `good` when it was made and found nothing."""

    key: str
    name: str
    findings: tuple[CheckFinding, ...]
    problem: str
    trace: list[dict[str, Any]]

    @property
    def good(self) -> bool:
        """Whether nothing stands against it."""
        return not self.findings and not self.problem


def shown(case: Case, ran: Iterable[Ran]) -> list[CheckShown]:
    """Checks ready to draw."""
    words = _Words(case)
    return [CheckShown(one.key, one.name, one.checked.findings, one.problem, words.of(one.trace)) for one in ran]


def of_submission(case: Case, submission: Submission | None) -> list[CheckShown]:
    """The checks over what was submitted last; nothing before that."""
    return shown(case, checking.of_submission(case, submission)) if submission else []


@dataclass(frozen=True)
class Settled:
    """What a closed case outside the rounds has decided, in sentences."""

    result: Result
    sentences: list[str]
    trace: list[dict[str, Any]]


def settled(case: Case) -> Settled | None:
    """The decision of a case outside the rounds, if it came to one."""
    if case.round_id is not None:
        return None
    result = Result.select().where(Result.case == case).order_by(Result.version.desc()).first()
    if result is None:
        return None
    return Settled(result, outcome_words.decided(case, result), _Words(case).of(result.trace))


class _Words:
    """Names of facts, and of what was chosen for them, as the policy and the forms write them."""

    def __init__(self, case: Case) -> None:
        policy, workflow = definitions.policy_of(case), definitions.workflow_of(case)
        self._names = {**CARRIER_FACTS, **_fact_names(policy), **INPUTS}
        self._choices: dict[str, Mapping[str, str]] = dict(VALUES)
        keys = dict.fromkeys(key for stage in workflow.stages for key in (stage.form, stage.opinion_form) if key)
        for key in keys:
            for asked in definitions.form_in(policy, key).definition.fields:
                self._names[asked.key] = asked.label
                if asked.choices:
                    self._choices[asked.key] = {choice.key: choice.label for choice in asked.choices}

    def of(self, steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Steps with names and choices in words; what has no name for people, or no value, is left out."""
        return [{**step, "inputs": self._inputs(step["inputs"])} for step in steps]

    def _inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        told = {}
        for key, value in inputs.items():
            if value is not None and key in self._names:
                told[self._names[key]] = self._choices.get(key, {}).get(value, value) if isinstance(value, str) else value
        return told


def _fact_names(policy: PolicyVersion) -> dict[str, str]:
    declared = {**policy.region_info.register}
    for kind in DECLARING:
        for key in policy.keys(kind):
            declared |= read_facts(policy.definition(kind, key).get("facts", ()))
    return {key: fact.name for key, fact in declared.items()}
