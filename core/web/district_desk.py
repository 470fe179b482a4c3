"""The district's rounds and the list for stamping (汇总表)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.cases import definitions
from core.errors import OutOfScope
from core.models import Carrier, Case, District, EvaluationRound, Organisation, Review, Submission
from core.people.scope import Viewer, visible_cases
from core.web.case_page import LEVELS, in_words
from forms.compile import CompiledForm

ROLE = "district_reviewer"


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
