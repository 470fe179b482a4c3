"""Find the question, read the rules for the right day, answer; a refusal is an answer too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from core.errors import KaopingError, Refused
from core.policy.question import Answer, Asked, Question
from core.policy.trace import plain_data
from core.policy.version import PolicyVersion

if TYPE_CHECKING:
    from core.policy.pack import RegionPack

Questions = Mapping[str, Question]


class UnknownQuestion(KaopingError):
    """Nobody knows such a question; the message names the ones there are."""


def find_question(question: str, questions: Questions | None = None) -> Question:
    """The question with that name. Raises UnknownQuestion."""
    if questions is None:
        from core.policy.builtins import QUESTIONS

        questions = QUESTIONS
    if question not in questions:
        raise UnknownQuestion(f"没有“{question}”这个问题；允许：{'、'.join(questions)}")
    return questions[question]


def ask(
    policy: PolicyVersion,
    question: str,
    given: Mapping[str, Any],
    on: date | None = None,
    *,
    questions: Questions | None = None,
) -> Answer:
    """Answer a question under one version of a policy, as plain data.

    Numbers in the answer are int or Decimal, dates ISO text. An input that a rule refuses is answered with
    ``accepted`` false, the ``fields`` at fault and ``messages``. `given` may carry ``parameters`` (key → value):
    values an administrator would enter. Raises UnknownQuestion.
    """
    found = find_question(question, questions)
    try:
        own = {key: value for key, value in given.items() if key != "parameters"}
        if "parameters" in given:
            policy = policy.with_parameters(_table(given["parameters"]))
        answer: Answer = plain_data(found.answer(Asked(policy, own, on)))
    except Refused as refusal:
        return refused(refusal)
    return answer


def ask_region(
    pack: RegionPack,
    question: str,
    given: Mapping[str, Any],
    on: date | None = None,
    *,
    questions: Questions | None = None,
) -> Answer:
    """Answer under the version in force on a day; without a day, under the newest version."""
    found = find_question(question, questions)
    version = pack.newest if on is None else pack.in_force_on(on)
    if version is None:
        if not found.any_date:
            message = f"{on} 这一天，{pack.region.name}没有生效的政策。"
            return refused(Refused(message, {"on": "没有生效的政策"}))
        version = pack.newest
    return ask(version, question, given, on, questions=questions)


def refused(refusal: Refused) -> Answer:
    """The answer to an input that a rule refuses."""
    return {"accepted": False, "fields": list(refusal.fields), "messages": [str(refusal)]}


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Refused("parameters 要写成一组键和值。", {"parameters": "要写成一组键和值"})
    return value
