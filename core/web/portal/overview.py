"""The regions, a region's front page, and the archive of results."""

from __future__ import annotations

from datetime import date

from flask import render_template

from core import clock
from core.cases.clocks import calendar_of
from core.cases.definitions import current_policy, pinned_policy
from core.cases.noticing import publishes_at_once
from core.models import DefinitionVersion, Region
from core.web.access import open_to_everyone
from core.web.portal import publication
from core.web.portal.blueprint import Page, pages, region_named
from core.web.portal.guides import guide_links
from core.web.portal.notices import counts_opening_day
from core.web.shell import grade_name
from core.web.words import GRADES


@pages.get("/")
@open_to_everyone
def regions() -> Page:
    """All regions that are served here: first those with something to do online, then those with rules only."""
    served = list(Region.select().where(Region.enabled).order_by(Region.id))
    with_procedures = {
        row.region_id
        for row in DefinitionVersion.select(DefinitionVersion.region).where(
            (DefinitionVersion.kind == "procedures") & (DefinitionVersion.status == "published")
        )
    }
    return render_template(
        "portal/regions.html",
        regions=[row for row in served if row.id in with_procedures],
        rules_only=[row for row in served if row.id not in with_procedures],
    )


@pages.get("/r/<region>/")
@open_to_everyone
def region(region: str) -> Page:
    """What runs now: notices with the working days left for objections, announced rounds, guides."""
    row = region_named(region)
    calendar = calendar_of(row)
    notices = [
        (notice, publication.standing(notice, calendar, counts_opening_day(pinned_policy(notice.round))))
        for notice in publication.published_notices(row)
    ]
    rounds = [(r, _deadline(row, r.plan.get("submission_deadline"))) for r in publication.announced_rounds(row)]
    policy = current_policy(row, clock.today())
    return render_template(
        "portal/region.html",
        region=row,
        open_notices=[pair for pair in notices if pair[1].is_open],
        past_notices=[notice for notice, now in notices if not now.is_open],
        rounds=rounds,
        guides=guide_links(policy),
        document=policy.document if policy else None,
        has_notices=policy is None or not publishes_at_once(policy),
    )


def _deadline(region: Region, stated: object) -> tuple[str, int | None]:
    """The plan's deadline as ISO text and the working days left, ("", None) when the plan has none."""
    if not isinstance(stated, str) or not stated:
        return "", None
    return stated, publication.due_days(region, date.fromisoformat(stated))


@pages.get("/r/<region>/results")
@open_to_everyone
def results(region: str) -> Page:
    """The archive: only lines that are final on notices that are closed."""
    row = region_named(region)
    return render_template("portal/results.html", region=row, archive=publication.final_results(row), summary=summary)


def summary(groups: list[publication.GradeGroup]) -> str:
    """One sentence on a closed notice: `5家优秀，10家良好`."""
    return "，".join(f"{len(g.lines)} 家{grade_name(g.grade) if g.grade in GRADES else '未参加'}" for g in groups) or "没有已定的结果"
