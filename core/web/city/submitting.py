"""Who has not handed in: urging them, and recording after the deadline that a carrier did not take part."""

from __future__ import annotations

from flask import render_template, request, url_for

from core import clock
from core.cases import definitions, intervening, urging
from core.models import Carrier, Case, EvaluationRound
from core.web.access import open_to, viewer
from core.web.city.blueprint import (
    NOTHING,
    ROLE,
    Page,
    Refusal,
    carry_out,
    my_case,
    my_round,
    number,
    pages,
    token,
    version,
)
from core.web.city.figures import not_submitted


@pages.get("/rounds/<int:round_id>/urge")
@open_to(ROLE)
def urge(round_id: int) -> Page:
    """Who will be urged; everybody who has not handed in unless some are taken out."""
    return _draw_urging(my_round(round_id))


def _draw_urging(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    return render_template("city/urge.html", round=round_, rows=not_submitted(round_, 500), refusal=refusal)


@pages.post("/rounds/<int:round_id>/urge")
@open_to(ROLE)
def urge_now(round_id: int) -> Page:
    """Urge the chosen ones."""
    round_ = my_round(round_id)
    chosen = [number(text) for text in request.form.getlist("case")]
    return carry_out(
        lambda: urging.urge(viewer(), chosen, token()),
        url_for(".board", round_id=round_id),
        lambda refusal: _draw_urging(round_, refusal),
    )


@pages.get("/cases/<int:case_id>/absent")
@open_to(ROLE)
def absent(case_id: int) -> Page:
    """The form: with or without a good excuse, and what follows from each."""
    return _draw_absent(my_case(case_id))


def _draw_absent(case: Case, refusal: Refusal = NOTHING) -> str:
    action = definitions.workflow_of(case).action_with_effect(case.stage, "absent")
    over = case.due_on is not None and clock.today() > case.due_on
    carrier = Carrier.get_by_id(case.carrier_id)
    return render_template("city/absent.html", case=case, carrier=carrier, action=action, over=over, refusal=refusal)


@pages.post("/cases/<int:case_id>/absent")
@open_to(ROLE)
def absent_record(case_id: int) -> Page:
    """Record it; the case goes on to determination."""
    case = my_case(case_id)
    excused = request.form.get("excused", "")
    if excused not in ("yes", "no"):
        missing = Refusal()
        missing.text, missing.fields = "请选择有没有正当理由。", {"excused": "请选择有没有正当理由。"}
        return _draw_absent(case, missing), 422
    return carry_out(
        lambda: {
            **intervening.mark_absent(
                viewer(), case_id, excused == "yes", request.form.get("reason", ""), version(), token()
            ),
            "message": "已记为未参加，转入结果认定。",
        },
        url_for(".board", round_id=case.round_id),
        lambda refusal: _draw_absent(case, refusal),
    )
