"""办事指南: who takes part, what to hand in, which way it goes, by when, and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template

from core import clock
from core.cases.clocks import with_entered_values
from core.cases.definitions import current_policy, pinned_policy, workflow_in
from core.errors import OutOfScope
from core.models import District, EvaluationRound, Region
from core.policy.scheme import Scheme, scheme_of
from core.policy.version import NotCovered, PolicyVersion
from core.web.access import open_to_everyone
from core.web.portal import publication
from core.web.portal.blueprint import Page, pages, region_named
from core.web.words import role_name
from core.workflow.definition import Clock, Stage


@dataclass(frozen=True)
class PlanDate:
    """A date of the round's plan that the public may know."""

    name: str
    on: str
    clause: str
    help: str
    days_left: int | None


@dataclass(frozen=True)
class StageLine:
    """A stage in plain words: who, how long, and on which ground."""

    name: str
    who: str
    how_long: str
    clause: str
    basis: str


_UNITS = {"working_days": "个工作日", "calendar_days": "天", "calendar_months": "个月"}
_WHO = {"carrier_clerk": "申报单位", "district_reviewer": "区县主管部门", "district_centre": "区县服务机构", "expert": "评审专家组"}


def guide_links(policy: PolicyVersion | None) -> list[Mapping[str, Any]]:
    """The procedures of a policy (key, name, guide)."""
    if policy is None or not policy.has("procedures"):
        return []
    return list(policy.definition("procedures")["procedures"])


@pages.get("/r/<region>/guide/")
@open_to_everyone
def guides(region: str) -> Page:
    """All procedures of the region's policy in force."""
    row = region_named(region)
    return render_template("portal/guides.html", region=row, guides=guide_links(current_policy(row, clock.today())))


@pages.get("/r/<region>/guide/<procedure>")
@open_to_everyone
def guide(region: str, procedure: str) -> Page:
    """One procedure: conditions, materials, stages, dates, contact. The round's own policy while one is open."""
    row = region_named(region)
    open_round = next((r for r in publication.announced_rounds(row) if r.procedure == procedure), None)
    policy = pinned_policy(open_round) if open_round else current_policy(row, clock.today())
    entry = next((p for p in guide_links(policy) if p["key"] == procedure), None)
    if policy is None or entry is None:
        raise OutOfScope
    policy = with_entered_values(policy, row, clock.today())
    return render_template(
        "portal/guide.html",
        region=row,
        procedure=entry,
        document=policy.document,
        round=open_round,
        conditions=_conditions(policy, procedure),
        scheme=_scheme(policy, procedure),
        stages=[_stage_line(policy, row, stage) for stage in workflow_in(policy, procedure).stages],
        dates=_plan_dates(policy, row, open_round) if open_round else [],
        opened_by=entry.get("opened_by", ["carrier_clerk"]),
        districts=District.select().where(District.region == row).order_by(District.id),
    )


def _conditions(policy: PolicyVersion, procedure: str) -> list[Mapping[str, Any]]:
    keys = policy.keys("scope")
    return list(policy.definition("scope", procedure)["conditions"]) if procedure in keys else []


def _scheme(policy: PolicyVersion, procedure: str) -> Scheme | None:
    try:
        return scheme_of(policy, procedure if procedure in policy.keys("indicators") else None)
    except NotCovered:
        return None


def _stage_line(policy: PolicyVersion, region: Region, stage: Stage) -> StageLine:
    bureau = (region.centre or role_name(stage.role)) if stage.role == "city_centre" else region.bureau or region.name
    who = _WHO.get(stage.role, bureau) if stage.role else ""
    return StageLine(stage.name, who, _how_long(policy, stage.clock), stage.clause, stage.basis)


def _how_long(policy: PolicyVersion, stage_clock: Clock | None) -> str:
    if stage_clock is None:
        return ""
    if stage_clock.kind == "plan":
        return "按年度方案"
    named = policy.parameters.get(stage_clock.parameter)
    number = named.value if named is not None and named.value is not None else stage_clock.days
    return f"{number} {_UNITS[stage_clock.kind]}" if number is not None else ""


def _plan_dates(policy: PolicyVersion, region: Region, round_: EvaluationRound) -> list[PlanDate]:
    """Only dates: what else the plan holds (experts, scoring rules) is not for the public."""
    if round_.procedure not in policy.keys("plan"):
        return []
    found = []
    for item in policy.definition("plan", round_.procedure)["items"]:
        on = round_.plan.get(item["key"])
        if item["type"] == "date" and on:
            left = (
                publication.due_days(region, date.fromisoformat(on)) if item["key"] == "submission_deadline" else None
            )
            found.append(PlanDate(item["name"], on, item.get("clause", ""), item.get("help", ""), left))
    return found
