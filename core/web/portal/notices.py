"""A public notice as everybody may read it, with the reason for its last day."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template

from core import clock
from core.cases.clocks import calendar_of
from core.cases.definitions import pinned_policy
from core.cases.noticing import NOTICE
from core.errors import CalendarMissing
from core.models import PublicNotice
from core.policy.clocks import NoticeRules, notice_rules
from core.policy.grades import GradeLine, grades_of
from core.policy.version import NotCovered, PolicyVersion
from core.web.access import open_to_everyone
from core.web.portal import publication
from core.web.portal.blueprint import Page, pages, region_named
from core.web.portal.strip import Strip, make_strip
from core.web.words import plain_number


@pages.get("/r/<region>/notices/<int:notice>")
@open_to_everyone
def notice(region: str, notice: int) -> Page:
    """The notice: grades, working days left, the way to object."""
    row = region_named(region)
    found = publication.find_notice(row, notice)
    policy = pinned_policy(found.round)
    calendar = calendar_of(row)
    groups = publication.groups_of(found)
    return render_template(
        "portal/notice.html",
        region=row,
        notice=found,
        document=policy.document,
        groups=groups,
        total=sum(len(group.lines) for group in groups),
        lines=grade_lines(policy),
        standing=publication.standing(found, calendar, counts_opening_day(policy)),
        strip=_strip(found, policy) if found.kind == NOTICE else None,
        rules=rules_of(policy),
        today=clock.today(),
    )


def rules_of(policy: PolicyVersion) -> NoticeRules | None:
    """The policy's rules of notice; None where it has none."""
    try:
        return notice_rules(policy)
    except NotCovered:
        return None


def counts_opening_day(policy: PolicyVersion) -> bool:
    """Whether the day of publication is the first day of the period."""
    rules = rules_of(policy)
    return rules is not None and rules.clock.counts_opening_day


def _strip(found: PublicNotice, policy: PolicyVersion) -> Strip | None:
    try:
        calendar = calendar_of(found.round.region)
        return make_strip(calendar, found.opened_on, found.last_day, counts_opening_day(policy), clock.today())
    except CalendarMissing:
        return None


def grade_lines(policy: PolicyVersion) -> dict[str, tuple[str, GradeLine]]:
    """Each grade's line in words (`70 分及以上，不满 85 分`) and as the policy has it."""
    grades = grades_of(policy)
    return {line.grade: (_words(line), line) for line in grades.lines} if grades else {}


def _words(line: GradeLine) -> str:
    parts = [f"{plain_number(line.at_least)} 分及以上"] if line.at_least > Decimal(0) else []
    if line.below is not None:
        parts.append(f"不满 {plain_number(line.below)} 分")
    return "，".join(parts)
