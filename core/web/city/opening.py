"""Opening a round: the page that says what happens, and the step itself."""

from __future__ import annotations

from flask import render_template, url_for

from core import clock
from core.cases import definitions
from core.cases import rounds as verbs
from core.models import EvaluationRound, Participant
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_round, pages, token
from core.web.city.plan import items_of, named_experts


@pages.get("/rounds/<int:round_id>/open")
@open_to(ROLE)
def opening(round_id: int) -> Page:
    """What opening does: the versions pinned, the cases made, the deadline."""
    return _draw(my_round(round_id))


def _draw(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    policy = definitions.pinned_policy(round_)
    items = items_of(round_)
    return render_template(
        "city/opening.html",
        round=round_,
        missing=verbs.missing_for_opening(round_) if round_.status == "planned" else {},
        policy=policy,
        scheme=verbs.chosen_scheme(round_, items),
        items=items,
        experts=named_experts(round_),
        included=round_.participants.where(Participant.included).count(),
        left_out=round_.participants.where(~Participant.included).count(),
        workflow=definitions.workflow_in(policy, round_.procedure),
        opens_on=clock.today(),
        refusal=refusal,
    )


@pages.post("/rounds/<int:round_id>/open")
@open_to(ROLE)
def open_round(round_id: int) -> Page:
    """Open it: from here on plan, list and versions stand."""
    round_ = my_round(round_id)
    return carry_out(
        lambda: verbs.open_round(viewer(), round_id, token()),
        url_for(".board", round_id=round_id),
        lambda refusal: _draw(round_, refusal),
    )
