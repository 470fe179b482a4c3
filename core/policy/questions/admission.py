"""corrective_action: what follows when it passed, failed or was refused."""

from __future__ import annotations

from core.policy.corrective_action import after_corrective_action
from core.policy.question import Answer, Asked, Question
from core.policy.questions.reading import reasons


def _corrective_action(asked: Asked) -> Answer:
    outcome = after_corrective_action(asked.policy, asked.given)
    return {**outcome.consequences, "grade": outcome.grade, **reasons(outcome.trace)}


BUILT_IN = (Question("corrective_action", "整改", _corrective_action),)
