"""Determination: what was checked, how the points came about, the result, and determining all that are ready."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from core import clock
from core.cases import awarding, clocks, definitions, determining, noticing, panel_opinion, panels, scoring
from core.cases.action import Receipt
from core.cases.points import points_of
from core.cases.submitting import latest_submission
from core.cases.timeliness import timeliness_of
from core.errors import Refused
from core.models import Case, EvaluationRound, Result
from core.policy.determination import Check, checks_offered
from core.policy.grades import grades_of
from core.web.access import open_to, viewer
from core.web.city import ready
from core.web.city.blueprint import (
    NOTHING,
    ROLE,
    Page,
    Refusal,
    carry_out,
    my_case,
    my_round,
    pages,
    token,
    version,
)
from core.web.city.points import Names, expert_totals, point_groups
from core.web.city.words import consequences_in_words


@pages.get("/cases/<int:case_id>/determination")
@open_to(ROLE)
def determination(case_id: int) -> Page:
    """One case: checks, points with their reasons, and its result versions."""
    return _draw(my_case(case_id))


def _draw(case: Case, refusal: Refusal = NOTHING) -> str:
    policy = definitions.policy_of(case)
    results = list(Result.select().where(Result.case == case).order_by(Result.version.desc()))
    proposal = _proposal(case)
    indicators = results[0].indicators if results else proposal["indicators"]
    names = Names(case)
    submission = latest_submission(case)
    return render_template(
        "city/determination.html",
        case=case,
        round=definitions.round_of(case),
        stage=definitions.workflow_of(case).stage(case.stage),
        checks=_checks(case),
        made=determining.checks_of(case),
        missing={check.key for check in determining.missing_checks(case)} if policy.has("facts") else set(),
        declared=submission.answers if submission else {},
        groups=point_groups(policy, indicators, names) if indicators else [],
        totals=expert_totals(indicators) if indicators else [],
        grades=grades_of(policy),
        graded=_graded(case),
        times=timeliness_of(case),
        at_once=noticing.publishes_at_once(policy),
        proposal=proposal,
        results=[(row, names.of(row.trace), consequences_in_words(policy, row.consequences)) for row in results],
        outdated=bool(results) and determining.is_outdated(results[0]),
        called_back=case.outcome == "finished" and bool(awarding.recovering_vetoes(case)),
        refusal=refusal,
        names=names,
    )


def _graded(case: Case) -> dict[str, Any] | None:
    """The sheets with their grades and the grade that the panel agreed on, once all are in; None elsewhere."""
    rules = panels.rules_of(case)
    if not rules.gives_grade or case.outcome == "absent":
        return None
    state = scoring.panel_state(case, rules.minimum)
    sheets = state.signed if state.complete else []
    return {"rules": rules, "sheets": sheets, "opinion": panel_opinion.opinion_of(case) if sheets else None}


def _checks(case: Case) -> list[Check]:
    """What can be checked in this case; nothing where the carrier did not take part or the policy asks nothing."""
    policy = definitions.policy_of(case)
    return checks_offered(policy) if policy.has("facts") and case.outcome != "absent" else []


def _proposal(case: Case) -> dict[str, Any]:
    """The result as it would be determined now, or what stands in its way; the points where the sheets are in."""
    found: dict[str, Any] = {"indicators": {}, "problem": "", "grade": "", "total": None, "trace": []}
    if definitions.workflow_of(case).stage(case.stage).kind != "determination":
        return found
    policy = clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())
    try:
        if case.outcome != "absent" and scoring.gives_points(policy):
            found["indicators"] = points_of(case)["indicators"]
        decided, _ = determining.decide_result(case)
    except Refused as refusal:
        found["problem"] = str(refusal)
        return found
    trace = Names(case).of([step.as_data() for step in decided.trace])
    return {
        **found,
        "grade": decided.grade or "",
        "total": decided.total,
        "trace": trace,
        "consequences": consequences_in_words(policy, decided.consequences),
    }


@pages.post("/cases/<int:case_id>/checks")
@open_to(ROLE)
def checks_save(case_id: int) -> Page:
    """Keep the findings that were entered; what was left open stays open."""
    case = my_case(case_id)
    given = {
        check.key: _finding(check)
        for check in _checks(case)
        if request.form.get(f"check-{check.key}", "").strip()
    }
    return carry_out(
        lambda: determining.record_checks(viewer(), case_id, given, version(), token()),
        url_for(".determination", case_id=case_id),
        lambda refusal: _draw(case, refusal),
    )


def _finding(check: Check) -> determining.Finding:
    text = request.form.get(f"check-{check.key}", "").strip()
    value: Any = {"yes": True, "no": False}.get(text) if check.type == "yes_no" else text
    return value, request.form.get(f"note-{check.key}", "").strip()


@pages.post("/cases/<int:case_id>/determine")
@open_to(ROLE)
def determine(case_id: int) -> Page:
    """Determine the case: a new version of its result."""
    case = my_case(case_id)
    return carry_out(
        lambda: determining.determine_case(viewer(), case_id, version(), token(), request.form.get("ground", "")),
        url_for(".determination", case_id=case_id),
        lambda refusal: _draw(my_case(case.id), refusal),
    )


@pages.get("/rounds/<int:round_id>/determination")
@open_to(ROLE)
def determinations(round_id: int) -> Page:
    """The cases in determination: who is ready, who waits for what."""
    return _draw_round(my_round(round_id))


def _draw_round(round_: EvaluationRound, refusal: Refusal = NOTHING, waiting: list[str] | None = None) -> str:
    return render_template(
        "city/determinations.html",
        round=round_,
        rows=ready.lines_of(round_),
        at_once=noticing.publishes_at_once(definitions.pinned_policy(round_)),
        scored=scoring.gives_points(definitions.pinned_policy(round_)),
        refusal=refusal,
        waiting=waiting or [],
    )


@pages.post("/rounds/<int:round_id>/determination")
@open_to(ROLE)
def determine_all(round_id: int) -> Page:
    """Determine every case that is ready."""
    round_ = my_round(round_id)

    def work() -> Receipt:
        receipt = determining.determine_round(viewer(), round_id, token())
        more = f"{len(receipt['waiting'])} 家还不能认定，原因见下表。" if receipt["waiting"] else ""
        return {**receipt, "message": receipt["message"] + more}

    then = url_for(".determinations", round_id=round_id)
    return carry_out(work, then, lambda refusal: _draw_round(round_, refusal))
