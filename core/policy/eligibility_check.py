"""The submission check `eligibility`: every condition of entry that the answers do not meet, all at once.

It forbids nothing: whether the conditions bar is for the policy (`binding`) and the workflow's actions to say, which
may ask for the fact `eligible`. An answer feeds the condition's fact of the same key; `applied_on` is the day of
submission where the form does not ask for it.
"""

from __future__ import annotations

from core.policy.eligibility import Eligibility, EligibilityRules, check_eligibility, eligibility_rules
from core.policy.submission_checks import Checked, CheckFinding, SubmissionCheck, Submitted


def _run(submitted: Submitted) -> Checked:
    rules = eligibility_rules(submitted.policy)
    known = {"applied_on": submitted.on, **submitted.register, **_stated(submitted)}
    decision = check_eligibility(rules, {key: known[key] for key in rules.facts if known.get(key) is not None})
    findings = (*_missing(rules, decision, submitted), *_failed(rules, decision, submitted))
    return Checked(findings, {"eligible": decision.eligible}, decision.trace)


def _stated(submitted: Submitted) -> dict[str, object]:
    """The answers that were given; what is not filled must not hide what the register knows."""
    return {key: value for key, value in submitted.values.items() if value is not None}


def _missing(rules: EligibilityRules, decision: Eligibility, submitted: Submitted) -> list[CheckFinding]:
    needed = [name for name in decision.missing if name in rules.required]
    return [
        CheckFinding(f"没有填“{rules.facts[name].name}”，条件核对不全", name if name in submitted.values else "")
        for name in needed
    ]


def _failed(rules: EligibilityRules, decision: Eligibility, submitted: Submitted) -> list[CheckFinding]:
    found = []
    for rule in rules.rules:
        if rule.rule.key in decision.failed:
            place = next((name for name in rule.names if name in submitted.values), "")
            found.append(CheckFinding(f"不符合条件：{rule.rule.name}", place, clause=rule.rule.clause))
    return found


ELIGIBILITY = SubmissionCheck("eligibility", "纳入条件", _run)
