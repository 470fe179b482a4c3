"""eligibility, enrolment, exit: entering and leaving. corrective_action: what follows from its outcome."""

from __future__ import annotations

from core.policy.corrective_action import after_corrective_action
from core.policy.eligibility import check_eligibility, eligibility_rules
from core.policy.enrolment import enrol, leave
from core.policy.numbers import round_half_up
from core.policy.question import Answer, Asked, Question
from core.policy.questions.reading import reasons


def _eligibility(asked: Asked) -> Answer:
    rules = eligibility_rules(asked.policy)
    decision = check_eligibility(rules, asked.given)
    return {
        "eligible": decision.eligible,
        "failed": list(decision.failed),
        "missing": list(decision.missing),
        "values": {k: None if v is None else round_half_up(v) for k, v in decision.values.items()},
        "needs_judgement": rules.judged,
        **({"priorities": list(decision.priorities)} if rules.priorities else {}),
        "rounding": "half_up_2",
        **reasons(decision.trace),
    }


def _enrolment(asked: Asked) -> Answer:
    entry = enrol(asked.policy, asked.given)
    return {"enrolled_directly": entry.directly, "enrolled": entry.enrolled, **reasons(entry.trace)}


def _exit(asked: Asked) -> Answer:
    left = leave(asked.policy, asked.given)
    return {
        "enrolled": left.enrolled,
        "exit_effective": left.effective,
        "grounds": list(left.grounds),
        "missing": list(left.missing),
        **reasons(left.trace),
    }


def _corrective_action(asked: Asked) -> Answer:
    outcome = after_corrective_action(asked.policy, asked.given)
    return {**outcome.consequences, "grade": outcome.grade, **reasons(outcome.trace)}


BUILT_IN = (
    Question("eligibility", "纳入条件", _eligibility),
    Question("enrolment", "纳入", _enrolment),
    Question("exit", "退出", _exit),
    Question("corrective_action", "整改", _corrective_action),
)
