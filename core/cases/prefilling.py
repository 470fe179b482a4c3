"""沿用: what a carrier need not type again, from its last submission and from the register."""

from __future__ import annotations

from typing import Any

from core.cases import definitions, periods
from core.cases.drafts import TRIES, open_draft, paths_of, store
from core.errors import Stale
from core.models import Carrier, Case, EvaluationRound, Submission
from core.people.scope import Viewer
from forms.situation import is_blank

NEVER = "never"
"""A field with this `prefill` is typed anew every time (a pledge, for instance)."""


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
            & (EvaluationRound.year < case.round.year)
        )
        .order_by(EvaluationRound.year.desc(), Case.id.desc())
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

    A field whose `prefill` is "never" is left out; one that names an entry of the register takes that.
    """
    known = last_answers(case)
    register = _register(case.carrier)
    stated = {}
    for asked in definitions.fill_form(case).definition.fields:
        if register.get(asked.prefill) is not None:
            stated[asked.key] = register[asked.prefill]
        elif asked.prefill == NEVER:
            known.pop(asked.key, None)
    return {**known, **_readable(case, stated)}


def _readable(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    form = definitions.fill_form(case)
    keys = {asked.key for asked in form.definition.fields}
    read = form.from_json({key: value for key, value in given.items() if key in keys})
    faulty = {path.split(".", 1)[0] for path in read.errors}
    return {key: value for key, value in read.answers.items() if key not in faulty}


def _register(carrier: Carrier) -> dict[str, Any]:
    return {
        "carrier.name": carrier.name,
        "carrier.level": carrier.level,
        "carrier.recognised_on": carrier.recognised_on.isoformat() if carrier.recognised_on else None,
        "organisation.name": carrier.organisation.name,
        "organisation.credit_code": carrier.organisation.credit_code or None,
    }


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
