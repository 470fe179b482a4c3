"""The board of a round: how far it is, who is missing, how the totals stand, what waits."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from peewee import JOIN

from core import clock
from core.cases import closing_rounds, definitions
from core.cases import rounds as verbs
from core.models import Carrier, Case, District, EvaluationRound, NoticeEntry, PublicNotice
from core.policy.grades import grade_names, grades_of
from core.policy.version import PolicyVersion
from core.web.access import open_to
from core.web.city import charts, figures
from core.web.city.blueprint import ROLE, Page, my_round, number, pages
from core.web.city.plan import named_experts

LATE_SHOWN = 12
PAGE = 50


@pages.get("/rounds/<int:round_id>")
@open_to(ROLE)
def board(round_id: int) -> Page:
    """The board; before the round opens, the steps that prepare it."""
    round_ = my_round(round_id)
    if round_.status == "planned":
        return _preparation(round_)
    policy = definitions.pinned_policy(round_)
    workflow = definitions.workflow_in(policy, round_.procedure)
    found = figures.figures_of(round_, workflow)
    grades = grades_of(policy)
    return render_template(
        "city/board.html",
        round=round_,
        figures=found,
        segments=figures.segments_of(workflow),
        bars=[(line, charts.bar(line, max(d.total for d in found.districts))) for line in found.districts],
        scale=charts.scale(found.results, grades.lines if grades else ()),
        lines=grades.lines if grades else (),
        by_grade=figures.by_grade(found.results, grade_names(policy)),
        published=_published(round_),
        progress=_progress(round_, found.total),
        late=figures.not_submitted(round_, LATE_SHOWN),
        absent_action=_absent_action(policy, round_),
        notices=figures.notices_of(round_),
        objections=figures.objection_counts(round_),
        awards=figures.awards_of(round_),
        recusals=figures.recusals_of(round_, 5),
        pledge=policy.definition("panel").get("pledge") if policy.has("panel") else None,
        has_awards=policy.has("awards"),
        closed_on=closing_rounds.closed_on(round_) if round_.status == "closed" else None,
        unfinished=closing_rounds.left_unfinished(round_) if round_.status == "closed" else [],
        last_year=figures.previous_round(round_),
    )


def _published(round_: EvaluationRound) -> int:
    """How many carriers' results have been published."""
    return int(NoticeEntry.select().join(PublicNotice).where(PublicNotice.round == round_).count())


def _preparation(round_: EvaluationRound) -> str:
    workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
    return render_template(
        "city/preparation.html",
        round=round_,
        missing=verbs.missing_for_opening(round_),
        experts=named_experts(round_),
        has_panel=any(stage.kind == "expert_panel" for stage in workflow.stages),
        participants=round_.participants.count(),
    )


def _absent_action(policy: PolicyVersion, round_: EvaluationRound):  # type: ignore[no-untyped-def]
    workflow = definitions.workflow_in(policy, round_.procedure)
    return workflow.action_with_effect(workflow.start, "absent")


def _progress(round_: EvaluationRound, most: int) -> dict[str, object]:
    """The cumulative line of submissions up to today (or the deadline, whichever is later)."""
    counts = figures.submitted_by_day(round_)
    first = round_.opened_on or clock.today()
    fields = verbs.deadline_fields(definitions.pinned_policy(round_), round_.procedure)
    stated = next((round_.plan[key] for key in fields if round_.plan.get(key)), None)
    deadline = date.fromisoformat(stated) if stated else None
    last = max(clock.today(), deadline or clock.today())
    in_time = next((n for day, n in reversed(counts) if deadline is None or day <= deadline), 0)
    return {
        "counts": counts,
        "chart": charts.steps(counts, (first, last), clock.today(), deadline, most),
        "deadline": deadline,
        "in_time": in_time,
        "all": counts[-1][1] if counts else 0,
    }


@pages.get("/rounds/<int:round_id>/cases")
@open_to(ROLE)
def cases(round_id: int) -> Page:
    """The cases of a round by number, of one stage or district where asked; 50 a page."""
    round_ = my_round(round_id)
    workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
    stage, district = request.args.get("stage", ""), request.args.get("district", "")
    rows = (
        Case.select(Case, Carrier, District)
        .join(Carrier)
        .switch(Case)
        .join(District, JOIN.LEFT_OUTER)
        .where(Case.round == round_)
        .order_by(Case.id)
    )
    if stage:
        rows = rows.where(Case.stage == stage)
    if district:
        rows = rows.where(Case.district == number(district))
    if request.args.get("after"):
        rows = rows.where(Case.id > number(request.args.get("after")))
    found = list(rows.limit(PAGE + 1))
    return render_template(
        "city/cases.html",
        round=round_,
        workflow=workflow,
        rows=found[:PAGE],
        after=found[PAGE - 1].id if len(found) > PAGE else "",
        stage=stage,
        district=district,
        districts=list(District.select().where(District.region == round_.region_id).order_by(District.id)),
        results={line.case_id: line for line in figures.results_of(round_)},
    )
