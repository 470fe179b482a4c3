"""What the district's desk shows: who has been sent back, who has not handed in, and the list for stamping."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import ModelSelect

from core import clock
from core.cases import definitions
from core.errors import OutOfScope
from core.models import Carrier, Case, CaseEvent, District, EvaluationRound, Organisation, Review, Submission
from core.people.scope import Viewer, visible_cases
from core.web.case_page import LEVELS, in_words
from forms.compile import CompiledForm

ROLE = "district_reviewer"
MOST_LISTED = 200


@dataclass(frozen=True)
class Filling:
    """A carrier that has to act: why it was sent back ("" when it has not handed in yet), urged today or not."""

    case: Case
    reason: str
    urged_today: bool


@dataclass(frozen=True)
class Fillings:
    """The carriers of the district that have to act; `more` when the list was cut."""

    returned: list[Filling]
    missing: list[Filling]
    more: bool


def fillings(viewer: Viewer, stages: Iterable[str]) -> Fillings:
    """Who is filling in: sent back, or never handed in. Two statements whatever their number."""
    cases = _with_carrier(visible_cases(viewer, ROLE)).where(Case.stage.in_(list(stages) or [""]) & (Case.outcome == ""))
    rows = list(cases.order_by(Case.due_on.asc(nulls="last"), Case.id).limit(MOST_LISTED + 1))
    told = _events(rows)
    found = [
        Filling(row, told.get((row.id, "returned"), ("", None))[0], told.get((row.id, "urged"), ("", None))[1] == clock.today())
        for row in rows[:MOST_LISTED]
    ]
    returned = [f for f in found if (f.case.id, "returned") in told]
    missing = [f for f in found if (f.case.id, "returned") not in told]
    return Fillings(returned, missing, len(rows) > MOST_LISTED)


def _events(rows: list[Case]) -> dict[tuple[int, str], tuple[str, date]]:
    """The words and the day of the last return and the last urging of each case.

    A return between the reviewers was not meant for the carrier and does not count.
    """
    events = CaseEvent.select(CaseEvent.case, CaseEvent.kind, CaseEvent.said, CaseEvent.policy_date, CaseEvent.body)
    events = events.where(CaseEvent.case.in_([row.id for row in rows] or [0]) & CaseEvent.kind.in_(["returned", "urged"]))
    stage = {row.id: row.stage for row in rows}
    return {
        (e.case_id, e.kind): (e.said, e.policy_date)
        for e in events.order_by(CaseEvent.sequence)
        if e.kind == "urged" or json.loads(e.body)["data"].get("to") == stage[e.case_id]
    }


def _with_carrier(cases: ModelSelect[Any]) -> ModelSelect[Any]:
    return cases.select(Case, Carrier, Organisation).join(Carrier).join(Organisation).switch(Case)


def rounds_of(viewer: Viewer) -> list[EvaluationRound]:
    """The rounds in which this person's districts have cases, newest first."""
    regions = [reach.region for reach in viewer.within(ROLE) if reach.region is not None]
    rows = EvaluationRound.select().where(EvaluationRound.region.in_(regions or [0]) & (EvaluationRound.status != "planned"))
    return list(rows.order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc()).limit(10))


@dataclass(frozen=True)
class Row:
    """One line of the list for stamping."""

    case: Case
    level: str
    stage: str
    submitted_on: date | None
    reviewed_on: date | None
    opinion: list[tuple[str, str]]


@dataclass(frozen=True)
class Summary:
    """All cases of a person's districts in a round (汇总表), by district."""

    round: EvaluationRound
    authority: str
    districts: str
    rows: list[Row]


def summary(viewer: Viewer, round_id: int) -> Summary:
    """The list for stamping. Raises OutOfScope when no case of the round is this person's."""
    cases = visible_cases(viewer, ROLE).where(Case.round == round_id)
    joined = cases.select(Case, Carrier, Organisation, District).join(Carrier).join(Organisation)
    rows = list(joined.switch(Case).join(District).order_by(District.id, Case.number))
    if not rows:
        raise OutOfScope
    round_: EvaluationRound = EvaluationRound.get_by_id(round_id)
    workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
    forms = {
        s.key: definitions.form_in(definitions.pinned_policy(round_), s.opinion_form)
        for s in workflow.stages
        if s.role == ROLE and s.opinion_form
    }
    ids = [row.id for row in rows]
    handed_in = _submitted_days(ids)
    reviews = _last_reviews(ids, forms)
    lines = [_row(row, workflow.stage(row.stage).name, handed_in.get(row.id), reviews.get(row.id), forms) for row in rows]
    own = {row.district.id: row.district for row in rows}.values()
    return Summary(round_, "、".join(d.authority or d.name for d in own), "、".join(d.name for d in own), lines)


def _submitted_days(ids: list[int]) -> dict[int, date]:
    rows = Submission.select(Submission.case, Submission.submitted_on).where(Submission.case.in_(ids))
    return {row.case_id: row.submitted_on for row in rows.order_by(Submission.number)}


def _last_reviews(ids: list[int], forms: dict[str, CompiledForm]) -> dict[int, Review]:
    rows = Review.select().where(Review.case.in_(ids) & Review.stage.in_(list(forms) or [""]))
    return {row.case_id: row for row in rows.order_by(Review.id) if row.opinion}


def _row(case: Case, stage: str, submitted: date | None, review: Review | None, forms: dict[str, CompiledForm]) -> Row:
    level = LEVELS.get(case.carrier.level, case.carrier.level)
    opinion = in_words(forms[review.stage], review.opinion) if review else []
    return Row(case, level, stage, submitted, review.reviewed_on if review else None, opinion)
