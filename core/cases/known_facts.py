"""Everything known of a case that a condition, or the question that decides it, may ask for.

Later ones hold over earlier ones: the carrier's facts, the answers, the opinions given so far in their order, what
the submission checks worked out, and what the actions taken so far mean (`sets`). A move back undoes the opinions
and decisions of the stages that have to be gone through again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.cases import carrier_facts, checking, definitions
from core.cases.checking import Ran
from core.models import Case, CaseEvent, Draft, Review, Submission
from core.models.reading import every, first
from core.workflow.definition import Stage, Workflow

Facts = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """The facts, and the checks that some of them come from (for the words of a refusal)."""

    facts: Facts
    ran: tuple[Ran, ...] = ()


def has_conditions(stage: Stage) -> bool:
    """Whether anything has to be known before the actions of a stage can be told."""
    return any(action.condition for action in stage.actions)


def of_case(case: Case, draft: Draft | None = None) -> Known:
    """The facts of a case from its latest submission; from the draft while that is being submitted."""
    policy, workflow = definitions.policy_of(case), definitions.workflow_of(case)
    answers, ran = _answers(case, draft)
    taken = _taken(case, workflow)
    known: Facts = {**carrier_facts.facts_of(case.carrier, clock.today(), policy)}
    known |= _given(definitions.fill_form(case).formula_values(answers))
    for review in _reviews(case, taken):
        known |= opinion_values(case, workflow.by_key[review.stage], review.opinion)
    known |= checking.facts(ran)
    for step in taken:
        known |= step.sets
    return Known(known, ran)


def opinion_values(case: Case, stage: Stage, opinion: Mapping[str, Any]) -> Facts:
    """The answers of a stage's opinion form as formulas read them."""
    if not stage.opinion_form or not opinion:
        return {}
    form = definitions.form_in(definitions.policy_of(case), stage.opinion_form)
    return _given(form.formula_values(opinion))


def _given(values: Mapping[str, Any]) -> Facts:
    """Without what was left blank: a blank must not hide what is known from elsewhere."""
    return {key: value for key, value in values.items() if value is not None}


def _answers(case: Case, draft: Draft | None) -> tuple[Mapping[str, Any], tuple[Ran, ...]]:
    if draft is not None:
        return draft.answers, checking.of_draft(case, draft)
    submission = first(Submission, "WHERE case_id = ? ORDER BY number DESC", case.id)
    if submission is None:
        return {}, ()
    return submission.answers, checking.of_submission(case, submission)


@dataclass(frozen=True)
class _Taken:
    """An action that was taken and still stands."""

    stage: str
    sets: Mapping[str, Any]
    review: int | None


def _taken(case: Case, workflow: Workflow) -> Sequence[_Taken]:
    order = {stage.key: place for place, stage in enumerate(workflow.stages)}
    standing: list[_Taken] = []
    for event in every(CaseEvent, "WHERE case_id = ? ORDER BY sequence", case.id):
        data = json.loads(event.body)["data"]
        source, target = data.get("from", ""), data.get("to", "")
        if source not in order or target not in order:
            continue
        if workflow.stage(target).kind != "closed" and order[target] <= order[source]:
            standing = [one for one in standing if order[one.stage] < order[target]]
            continue
        action = workflow.stage(source).action(data.get("action", ""))
        standing.append(_Taken(source, action.sets if action else {}, data.get("review")))
    return standing


def _reviews(case: Case, taken: Sequence[_Taken]) -> list[Review]:
    ids = [step.review for step in taken if step.review is not None]
    if not ids:
        return []
    rows = Review.select().where((Review.case == case) & Review.id.in_(ids))
    return list(rows.order_by(Review.id))
