"""The desk of a third party that the city commissioned to run panels: its rounds, the cases before them, their material."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from core.cases import panels
from core.cases.submitting import latest_submission
from core.errors import OutOfScope, Refused
from core.models import Case, EvaluationRound
from core.people.scope import Viewer, visible_cases
from core.policy.panel import THIRD_PARTY
from core.web.access import open_to, viewer
from core.web.city.blueprint import Page
from core.web.city.seats import PanelCase, panel_cases
from core.web.material import material_view
from core.web.nav import register_nav
from core.web.panel_desk import PanelDesk, add_pages
from core.web.shell import use_region

pages = Blueprint("third_party", __name__, url_prefix="/third-party")


def waiting(person: Viewer) -> int:
    """How many cases stand before panels of this third party, for the top bar."""
    return int(visible_cases(person, THIRD_PARTY).where(Case.outcome == "").count())


register_nav(THIRD_PARTY, "third_party.home", "专家评价", waiting)


def my_round(round_id: int) -> EvaluationRound:
    """A round whose panel this third party runs. Raises OutOfScope."""
    round_ = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
    if round_ is None or round_ not in rounds_of(viewer()):
        raise OutOfScope
    use_region(round_.region)
    return round_


def rounds_of(person: Viewer) -> list[EvaluationRound]:
    """The planned and open rounds whose panel this third party runs, newest first."""
    regions = [reach.region for reach in person.within(THIRD_PARTY) if reach.region is not None]
    rows = EvaluationRound.select().where(
        EvaluationRound.region.in_(regions or [0]) & EvaluationRound.status.in_(("planned", "open"))
    )
    ordered = rows.order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc())
    return [round_ for round_ in ordered if _runs(round_)]


def _runs(round_: EvaluationRound) -> bool:
    try:
        return panels.rules_of(round_).run_by == THIRD_PARTY
    except Refused:  # planned, and nothing is in force in its region today
        return False


DESK = PanelDesk("third_party", THIRD_PARTY, my_round, lambda _: url_for("third_party.home"))
add_pages(pages, DESK)


@pages.get("/")
@open_to(THIRD_PARTY)
def home() -> Page:
    """The rounds with their experts and the cases before them."""
    found: list[tuple[EvaluationRound, list[PanelCase], int]] = [
        (round_, panel_cases(round_), panels.rules_of(round_).minimum) for round_ in rounds_of(viewer())
    ]
    return render_template("third_party/desk.html", found=found)


@pages.get("/cases/<int:case_id>/material")
@open_to(THIRD_PARTY)
def material(case_id: int) -> Page:
    """Everything the carrier submitted, with its evidence."""
    case = DESK.case(case_id)
    submission = latest_submission(case)
    if submission is None:
        raise OutOfScope
    crumbs = [(DESK.url("home"), "专家评价"), (DESK.url("case_panel", case_id=case.id), case.carrier.name)]
    view = material_view(case, submission)
    return render_template("expert/material.html", case=case, view=view, submission=submission, trail=crumbs)
