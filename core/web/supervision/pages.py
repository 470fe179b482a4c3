"""The city's pages of daily supervision: what there is in a year, who was never visited, which problems were met."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from core.cases.meetings import KINDS
from core.cases.standing import PERIODS, procedures_of
from core.errors import KaopingError, OutOfScope
from core.models import Meeting, Region
from core.people.scope import Viewer
from core.policy.version import PolicyVersion
from core.web.access import open_to
from core.web.nav import register_nav
from core.web.supervision import coverage, problems, year
from core.web.supervision.year import ROLE, Year

pages = Blueprint("supervision", __name__, url_prefix="/city/supervision")

Page = str | Response


@pages.get("/")
@open_to(ROLE)
def index() -> Page:
    """What daily supervision a region does, each with how it stands this year."""
    of = year.asked()
    return render_template(
        "supervision/index.html",
        of=of,
        visits=[coverage.coverage(of, p) for p in coverage.opened_by_city(of.policy)],
        problems=problems.collect(of),
        meetings=_meetings(of),
        reports=[p for p in procedures_of(of.policy) if p.get("every") in PERIODS],
        has_report=of.policy is not None and of.policy.has("work_report"),
    )


def _meetings(of: Year) -> list[tuple[str, int]]:
    """The name of each kind of meeting with how many were held in the year."""
    held = [row.kind for row in Meeting.select().where(Meeting.region == of.region) if row.held_on.year == of.year]
    return [(name, held.count(kind)) for kind, name in KINDS.items()]


@pages.get("/visits/<procedure>")
@open_to(ROLE)
def visits(procedure: str) -> Page:
    """Every carrier with how often it was visited in the year, those never visited first."""
    of = year.asked()
    found = next((p for p in coverage.opened_by_city(of.policy) if p["key"] == procedure), None)
    if found is None:
        raise OutOfScope
    return render_template("supervision/visits.html", of=of, found=coverage.coverage(of, found))


@pages.get("/problems")
@open_to(ROLE)
def common_problems() -> Page:
    """The common problems by carrier, each count leading to the records."""
    of = year.asked()
    return render_template("supervision/problems.html", of=of, found=problems.collect(of))


def is_offered(person: Viewer) -> bool:
    """Whether any region of this person's supervises by visits, meetings about problems or a yearly report."""
    regions = Region.select().where(Region.id.in_(year.regions_of(person) or [0]))
    return any(_supervises(region) for region in regions)


def _supervises(region: Region) -> bool:
    try:
        policy: PolicyVersion | None = year.of(region).policy
    except KaopingError:  # a policy that cannot be read must not take the top bar down
        return False
    if policy is None:
        return False
    return policy.has("common_problems") or policy.has("work_report") or bool(coverage.opened_by_city(policy))


register_nav(ROLE, "supervision.index", "日常监督", offered=is_offered)
