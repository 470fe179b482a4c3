"""沿用: what need not be typed again: earlier submissions and reports of the carrier, and the register."""

from __future__ import annotations

from typing import Any

from core.cases import definitions, periods
from core.cases.drafts import TRIES, open_draft, paths_of, store
from core.cases.prefill_sources import Sources
from core.errors import Stale
from core.models import Case, EvaluationRound, Submission
from core.people.scope import Viewer
from core.policy.prefill import NEVER, is_of_a_year
from forms.definition import Field
from forms.situation import is_blank


def earlier_submission(case: Case) -> Submission | None:
    """What this carrier last submitted for the same procedure in an earlier round or period, if anything."""
    if case.round is None:
        return periods.earlier_submission(case)
    earlier = (
        Case.select(Case.id)
        .join(EvaluationRound)
        .where(
            (Case.carrier == case.carrier_id)
            & (Case.procedure == case.procedure)
            & EvaluationRound.before(case.round)
        )
        .order_by(EvaluationRound.year.desc(), EvaluationRound.batch.desc(), Case.id.desc())
        .limit(1)
    )
    submissions = Submission.select().where(Submission.case.in_(earlier))
    return submissions.order_by(Submission.number.desc()).first()


def last_answers(case: Case) -> dict[str, Any]:
    """The answers of the earlier submission as far as this form still reads them; empty without one."""
    last = earlier_submission(case)
    return _readable(case, last.answers) if last else {}


def known_before(case: Case) -> dict[str, Any]:
    """What need not be typed again, by field: last submitted answers that this form still reads, and the register.

    A field whose `prefill` is "never" is left out; one that names a source (core.cases.prefill_sources) takes what is
    there, and nothing where the source is of a certain year and that year has none.
    """
    known = last_answers(case)
    stated, sources = {}, Sources(case)
    for asked in definitions.fill_form(case).definition.fields:
        if asked.prefill == NEVER:
            known.pop(asked.key, None)
        elif asked.prefill and (value := sources.value_for(asked)) is not None:
            stated[asked.key] = value
        elif is_of_a_year(asked.prefill):
            known.pop(asked.key, None)
    return {**known, **_readable(case, stated)}


def _readable(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    form = definitions.fill_form(case)
    fields = {asked.key: asked for asked in form.definition.fields}
    read = form.from_json({key: _own_columns(fields[key], value) for key, value in given.items() if key in fields})
    faulty = {path.split(".", 1)[0] for path in read.errors}
    return {key: value for key, value in read.answers.items() if key not in faulty}


def _own_columns(asked: Field, value: Any) -> Any:
    """The rows of a table without the columns that this form does not have."""
    if asked.kind.control != "table" or not isinstance(value, list):
        return value
    known = {column.key for column in asked.columns}
    return [{key: cell for key, cell in row.items() if key in known} for row in value if isinstance(row, dict)]


def carry_over(viewer: Viewer, case_id: int) -> int:
    """Fill what is still blank with what is known already (沿用); how many fields were filled.

    Nothing typed is replaced. Raises OutOfScope, Refused when it is not being filled, Stale.
    """
    for _ in range(TRIES):
        case, draft = open_draft(viewer, case_id)
        blank = {
            key: value
            for key, value in known_before(case).items()
            if is_blank(draft.answers.get(key)) and not paths_of(key, draft.raw)
        }
        if store(viewer, draft, {**draft.answers, **blank}, dict(draft.raw)) is not None:
            return len(blank)
    raise Stale("另一个窗口正在保存，请再试一次。")
