"""What the core itself contributes through the same hooks as any plugin."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.policy.built_in_checks import BUILT_IN as BUILT_IN_CHECKS
from core.policy.national_calendars import BUILT_IN as BUILT_IN_CALENDARS
from core.policy.national_calendars import Calendar
from core.policy.prefill_sources import BUILT_IN as BUILT_IN_PREFILL_SOURCES
from core.policy.prefill_sources import PrefillSource
from core.policy.question import Question
from core.policy.questions.built_in import BUILT_IN as BUILT_IN_QUESTIONS
from core.policy.scoring.method import ScoringMethod
from core.policy.scoring.methods import BUILT_IN as BUILT_IN_METHODS
from core.policy.submission_checks import SubmissionCheck
from forms.fields import BUILT_IN as BUILT_IN_FIELD_TYPES
from forms.fields import FieldType


@hookimpl
def kaoping_scoring_methods() -> list[ScoringMethod]:
    """The scoring methods of the core."""
    return list(BUILT_IN_METHODS)


@hookimpl
def kaoping_questions() -> list[Question]:
    """The questions of the core."""
    return list(BUILT_IN_QUESTIONS)


@hookimpl
def kaoping_field_types() -> list[FieldType]:
    """The field types of the core."""
    return list(BUILT_IN_FIELD_TYPES)


@hookimpl
def kaoping_calendars() -> list[Calendar]:
    """The calendars of the core."""
    return list(BUILT_IN_CALENDARS)


@hookimpl
def kaoping_submission_checks() -> list[SubmissionCheck]:
    """The submission checks of the core."""
    return list(BUILT_IN_CHECKS)


@hookimpl
def kaoping_prefill_sources() -> list[PrefillSource]:
    """The sources of the core for what is filled ahead."""
    return list(BUILT_IN_PREFILL_SOURCES)


METHODS = {method.key: method for method in kaoping_scoring_methods()}
QUESTIONS = {question.key: question for question in kaoping_questions()}
SUBMISSION_CHECKS = {check.key: check for check in kaoping_submission_checks()}
"""What is known to this process; the plugin manager adds what plugins bring."""
