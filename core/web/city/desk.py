"""The city reviewer's desk: what waits, and where."""

from __future__ import annotations

from flask import render_template, request

from core import clock
from core.people.scope import Viewer
from core.web.access import open_to, viewer
from core.web.city import offered, waiting
from core.web.city.blueprint import ROLE, Page, my_regions, pages
from core.web.nav import register_nav
from core.web.reports import board


@pages.get("/")
@open_to(ROLE)
def desk() -> Page:
    """Cases by due date, then objections, notices whose days are over, panels that are not complete, rounds."""
    person = viewer()
    open_rounds = waiting.rounds_of(my_regions())
    queue = waiting.queue(person, open_rounds, request.args.get("after", ""))
    return render_template(
        "city/desk.html",
        queue=queue,
        objections=waiting.objections(my_regions()),
        to_close=waiting.notices_to_close(my_regions(), clock.today()),
        panels=waiting.panels(open_rounds),
        rounds=open_rounds,
        reports=board.offered_to(my_regions()),
        runs_rounds=offered.runs_rounds(person),
        noticing=offered.takes_objections(person),
    )


def count_waiting(person: Viewer) -> int:
    """How much waits on the desk, for the top bar (capped)."""
    return waiting.count(person)


register_nav(ROLE, "city.desk", "待办", count_waiting)
register_nav(ROLE, "city.rounds_list", "批次", offered=offered.runs_rounds)
register_nav(ROLE, "city.objections_list", "异议", offered=offered.takes_objections)
register_nav(ROLE, "city.marks", "名单", offered=offered.runs_rounds)
