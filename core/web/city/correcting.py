"""Correcting submitted figures with a ground: the old value is kept and shown beside the new one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask import render_template, request, url_for

from core.cases import definitions, intervening
from core.cases.action import Receipt
from core.cases.submitting import latest_submission
from core.errors import Refused
from core.models import Case, Submission
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_case, pages, token, version
from forms.compile import CompiledForm
from forms.definition import Field

CORRECTABLE = ("integer", "decimal", "money", "percent", "date", "text")


@pages.get("/cases/<int:case_id>/correct")
@open_to(ROLE)
def correction(case_id: int) -> Page:
    """The submitted figures, each with room for the right one."""
    return _draw(my_case(case_id))


def _draw(case: Case, refusal: Refusal = NOTHING) -> str:
    submission = latest_submission(case)
    form = definitions.fill_form(case)
    earlier = Submission.select().where(Submission.case == case).order_by(Submission.number.desc())
    changes = [
        (later, form.changes(before.answers, later.answers)) for later, before in pairwise(earlier)
    ]
    return render_template(
        "city/correction.html",
        case=case,
        sections=_sections(form),
        answers=submission.answers if submission else {},
        corrected=[(row, found) for row, found in changes if row.reason],
        typed=request.form if request.method == "POST" else {},
        refusal=refusal,
    )


def _sections(form: CompiledForm) -> list[tuple[str, list[Field]]]:
    found = [
        (section.title, [asked for asked in section.fields if asked.type in CORRECTABLE])
        for section in form.definition.sections
    ]
    return [(title, fields) for title, fields in found if fields]


@pages.post("/cases/<int:case_id>/correct")
@open_to(ROLE)
def correct(case_id: int) -> Page:
    """Keep the corrected figures as a new version of the answers."""
    case = my_case(case_id)
    back = request.form.get("back", "")

    def work() -> Receipt:
        answers = _typed_answers(case)
        return intervening.correct_submission(
            viewer(), case_id, answers, request.form.get("reason", ""), version(), token()
        )

    then = url_for(".determination", case_id=case_id) if back != "case" else f"/cases/{case_id}"
    return carry_out(work, then, lambda refusal: _draw(case, refusal))


def _typed_answers(case: Case) -> dict[str, Any]:
    """What was typed, read by the form's own kinds of field; blank means unchanged. Raises Refused."""
    form = definitions.fill_form(case)
    given = {
        asked.key: request.form[asked.key].strip()
        for _, fields in _sections(form)
        for asked in fields
        if request.form.get(asked.key, "").strip()
    }
    parsed = form.from_json(dict(given), {})
    if parsed.errors:
        raise Refused("有的地方填得不对。", {key: "".join(texts) for key, texts in parsed.errors.items()})
    return {key: parsed.answers[key] for key in given}
