"""The district's desk: what waits, who must correct, who has not handed in, and the list for stamping."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from core.cases import standing
from core.people.scope import Viewer
from core.web import case_queue, district_desk
from core.web.access import open_to, viewer
from core.web.case_due import WorkingDays
from core.web.nav import register_nav
from core.web.shell import page_region

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
    region = page_region()
    days = WorkingDays(region.id if region else 0)
    soon = days.soon()
    key = request.args.get("show", "")
    key = key if key in case_queue.FILTERS else ""
    everything = case_queue.waiting(person, ROLE)
    shown = case_queue.page_of(case_queue.filtered(everything, key, days.today, soon), request.args.get("after", ""))
    filling = [reach.region for reach in person.within(ROLE) if reach.region is not None]
    return render_template(
        "district/desk.html",
        queue=shown,
        titles=standing.titles(shown.cases),
        again=case_queue.returned_among(shown.cases),
        counts=case_queue.counts(everything, days.today, soon),
        filters=case_queue.FILTERS,
        key=key,
        days=days,
        fillings=district_desk.fillings(person, case_queue.stages_of("carrier_clerk", filling)),
        rounds=district_desk.rounds_of(person),
        next_url=url_for(".desk", show=key or None, after=shown.after) if shown.after else "",
        mine=person.account,
    )


@pages.get("/district/rounds/<int:round_id>")
@open_to(ROLE)
def summary(round_id: int) -> str:
    """The list of all cases of the district in a round, to print and stamp (汇总表)."""
    return render_template("district/summary.html", summary=district_desk.summary(viewer(), round_id))
