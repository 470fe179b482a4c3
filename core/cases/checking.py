"""Submission checks at work: those that a procedure names, over a draft or over what was submitted.

Two things can keep a check from answering: a figure that it cannot read (it refuses, naming fields), and a fault of
the plugin that brought it. Either is told; only a refusal at a field of the form stands in the way of submitting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.cases import award_use, carrier_facts, clocks, definitions
from core.contributions import PluginFault
from core.errors import Refused
from core.models import Case, Draft, Submission
from core.policy.builtins import SUBMISSION_CHECKS
from core.policy.submission_checks import Checked, CheckFinding, SubmissionCheck, Submitted


@dataclass(frozen=True)
class Ran:
    """One check with what it found; `problem` says why it could not be made, empty when it was."""

    key: str
    name: str
    checked: Checked
    problem: str = ""

    @property
    def trace(self) -> list[dict[str, Any]]:
        """The reasoning as pages show it."""
        return [step.as_data() for step in self.checked.trace]


def of_draft(case: Case, draft: Draft) -> tuple[Ran, ...]:
    """The checks over what is typed so far, as of today."""
    return _run(case, draft.answers, clock.today())


def of_submission(case: Case, submission: Submission) -> tuple[Ran, ...]:
    """The checks over a submitted version, as of the day it was submitted."""
    return _run(case, submission.answers, submission.submitted_on)


def facts(ran: Iterable[Ran]) -> dict[str, Any]:
    """What the checks worked out, for the conditions of actions."""
    return {key: value for one in ran for key, value in one.checked.facts.items()}


def blocking(ran: Iterable[Ran]) -> dict[str, list[str]]:
    """What forbids submission, by field path; findings that concern no field stand under the check's key."""
    found: dict[str, list[str]] = {}
    for one in ran:
        for finding in one.checked.findings:
            if finding.blocks:
                found.setdefault(finding.field or one.key, []).append(finding.text)
    return found


def _run(case: Case, answers: Mapping[str, Any], on: date) -> tuple[Ran, ...]:
    policy = definitions.policy_of(case)
    keys = definitions.procedure_in(policy, case.procedure).get("checked_by", ())
    if not keys:
        return ()
    bound = clocks.with_entered_values(policy, case.region_id, on)
    form = definitions.fill_form(case)
    register = {**carrier_facts.facts_of(case.carrier, on, bound), **award_use.awarding_facts(case)}
    submitted = Submitted(bound, answers, form.formula_values(answers), register, on)
    fields = {asked.key for asked in form.definition.fields}
    return tuple(_one(SUBMISSION_CHECKS.get(key), key, submitted, fields) for key in keys)


def _one(check: SubmissionCheck | None, key: str, submitted: Submitted, fields: set[str]) -> Ran:
    if check is None:  # its plugin was taken away after the case had begun
        return Ran(key, key, Checked(), f"核对“{key}”的插件不在了，请告诉管理员。")
    try:
        return Ran(key, check.name, check.run(submitted))
    except PluginFault as fault:
        return Ran(key, check.name, Checked(), str(fault))
    except Refused as refusal:
        at = {path: text for path, text in refusal.fields.items() if path.split(".", 1)[0] in fields}
        unread = tuple(CheckFinding(text, path, blocks=True) for path, text in at.items())
        return Ran(key, check.name, Checked(unread), "" if at else str(refusal))
