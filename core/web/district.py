"""The district's desk: what waits, who must correct, who has not handed in, and the list for stamping."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.people.scope import Viewer
from core.web import case_queue, district_desk
from core.web.access import open_to, viewer
from core.web.desk import build
from core.web.nav import register_nav

pages = Blueprint("district", __name__)
ROLE = district_desk.ROLE


def _waiting(person: Viewer) -> int:
    return case_queue.count_waiting(person, ROLE)


register_nav(ROLE, "district.desk", "待办", _waiting)


@pages.get("/district/")
@open_to(ROLE)
def desk() -> str:
    """The queue by last day with its filters, and below it those who have to act."""
    person = viewer()
    rounds = district_desk.rounds_of(person)
    return render_template("desk/page.html", desk=build(person, ROLE), own="district.desk", rounds=rounds)


@pages.get("/district/rounds/<int:round_id>")
@open_to(ROLE)
def summary(round_id: int) -> str:
    """The list of all cases of the district in a round, to print and stamp (汇总表)."""
    return render_template("district/summary.html", summary=district_desk.summary(viewer(), round_id))
