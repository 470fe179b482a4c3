"""What the core itself contributes through the same hooks as any plugin."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.policy.question import Question
from core.policy.questions.built_in import BUILT_IN as BUILT_IN_QUESTIONS
from core.policy.scoring.method import ScoringMethod
from core.policy.scoring.methods import BUILT_IN as BUILT_IN_METHODS


@hookimpl
def kaoping_scoring_methods() -> list[ScoringMethod]:
    """The scoring methods of the core."""
    return list(BUILT_IN_METHODS)


@hookimpl
def kaoping_questions() -> list[Question]:
    """The questions of the core."""
    return list(BUILT_IN_QUESTIONS)


METHODS = {method.key: method for method in kaoping_scoring_methods()}
QUESTIONS = {question.key: question for question in kaoping_questions()}
