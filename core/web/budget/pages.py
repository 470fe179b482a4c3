"""The pages of budget performance, for the city's reviewer and for the unit itself."""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import quote

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from core.policy.numbers import round_half_up
from core.web import shell
from core.web.access import open_to, viewer
from core.web.budget import board as reading
from core.web.budget import chart, export, filings
from core.web.budget.words import SIGNS, SOURCES, STATES, TARGETS
from core.web.carrier.blueprint import ROLE as CLERK
from core.web.city.blueprint import ROLE as CITY
from core.web.nav import register_nav
from core.web.spreadsheet import as_csv
from core.web.words import grouped

pages = Blueprint("budget", __name__, url_prefix="/budget")

Page = str | AnyResponse

MOST_YEARS = 5
"""So many years of a unit stand on the list; older ones are reached from a year's page."""

# after the desks of both roles, which their packages register when they are imported
for role in (CLERK, CITY):
    register_nav(role, "budget.index", "预算绩效", offered=filings.is_offered)


@pages.app_template_filter("wan")
def wan(value: Fraction) -> str:
    """An exact amount in 万元, or a share in percent, with two decimals and thousands grouped."""
    return grouped(round_half_up(value))


@pages.get("/")
@open_to(CLERK, CITY)
def index() -> Page:
    """Every budget unit in scope with its years: how spending stands, what was reached, what is open."""
    units = filings.units(viewer())
    if units:
        shell.use_region(units[0].carrier.region)
    boards = [reading.build(unit, year) for unit in units for year in unit.years[:MOST_YEARS]]
    return render_template("budget/index.html", units=units, boards=boards, states=STATES, sources=SOURCES)


@pages.get("/<int:carrier>/<int:year>")
@open_to(CLERK, CITY)
def year(carrier: int, year: int) -> Page:
    """One year of a unit."""
    shown = _board(carrier, year)
    return render_template(
        "budget/year.html",
        board=shown,
        groups=chart.groups(shown.nodes),
        monitoring=shown.unit.procedure("monitored_in"),
        is_clerk=any(reach.carrier == carrier for reach in viewer().within(CLERK)),
        states=STATES,
        sources=SOURCES,
        said=TARGETS,
        signs=SIGNS,
    )


@pages.get("/<int:carrier>/<int:year>/table.csv")
@open_to(CLERK, CITY)
def table(carrier: int, year: int) -> Page:
    """The year for a spreadsheet."""
    shown = _board(carrier, year)
    answer = Response(as_csv(export.rows(shown)), mimetype="text/csv")
    name = quote(f"{shown.unit.carrier.name}{year}年预算绩效.csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"budget.csv\"; filename*=UTF-8''{name}"
    return answer


def _board(carrier: int, year: int) -> reading.YearBoard:
    unit = filings.unit(viewer(), carrier)
    shell.use_region(unit.carrier.region)
    return reading.build(unit, year)
