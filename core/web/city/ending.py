"""Closing a round: what is still open, each with its reason, and the step itself."""

from __future__ import annotations

from flask import render_template, request, url_for

from core.cases import closing_rounds, definitions
from core.models import EvaluationRound
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_round, pages, token, version


@pages.get("/rounds/<int:round_id>/close")
@open_to(ROLE)
def ending(round_id: int) -> Page:
    """What closing does, and what is in its way."""
    return _draw(my_round(round_id))


def _draw(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    cases = closing_rounds.open_cases(round_) if round_.status == "open" else []
    stages = {s.key: s.name for s in definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure).stages}
    return render_template(
        "city/round_close.html",
        round=round_,
        rows=[(case, stages.get(case.stage, case.stage)) for case in cases],
        hindrances=closing_rounds.hindrances(round_),
        refusal=refusal,
    )


@pages.post("/rounds/<int:round_id>/close")
@open_to(ROLE)
def close(round_id: int) -> Page:
    """Closes it for good."""
    round_ = my_round(round_id)
    fields = {key.removeprefix("why-"): text for key, text in request.form.items() if key.startswith("why-")}
    reasons = {int(key): text for key, text in fields.items() if key.isdecimal()}
    return carry_out(
        lambda: closing_rounds.close_round(viewer(), round_id, reasons, version(), token()),
        url_for(".board", round_id=round_id),
        lambda refusal: _draw(round_, refusal),
    )
