"""The desks of the service centres of district and city (区级、市级服务机构): the same desk as the authority's."""

from __future__ import annotations

from flask import Blueprint, render_template

from core.people.scope import Viewer
from core.web import case_queue
from core.web.access import open_to, viewer
from core.web.desk import build
from core.web.nav import register_nav

pages = Blueprint("centre", __name__)
DISTRICT, CITY = "district_centre", "city_centre"


def _district_waiting(person: Viewer) -> int:
    return case_queue.count_waiting(person, DISTRICT)


def _city_waiting(person: Viewer) -> int:
    return case_queue.count_waiting(person, CITY)


register_nav(DISTRICT, "centre.district_desk", "待办", _district_waiting)
register_nav(CITY, "centre.city_desk", "待办", _city_waiting)


@pages.get("/district-centre/")
@open_to(DISTRICT)
def district_desk() -> str:
    """What waits for the service centre of a district."""
    return render_template("desk/page.html", desk=build(viewer(), DISTRICT), own="centre.district_desk")


@pages.get("/city-centre/")
@open_to(CITY)
def city_desk() -> str:
    """What waits for the service centre of the city."""
    return render_template("desk/page.html", desk=build(viewer(), CITY), own="centre.city_desk")
