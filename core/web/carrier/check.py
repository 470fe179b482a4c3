"""Before and after submitting: everything to read once more, the declaration, submitting, the receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import redirect, render_template, request, url_for

from core import clock
from core.cases import definitions, drafts, submitting
from core.errors import Refused
from core.models import Case, CaseEvent, Submission
from core.roles import FILLERS
from core.web import case_checks, shell
from core.web.access import open_to, viewer
from core.web.carrier.blueprint import ROLE, Page, case_page, days_left, holder, pages, title_of
from core.web.carrier.filling import Filling, find_filling
from core.web.shell import asset, clause_url
from core.workflow.definition import Action
from forms.draw import draw_view


@dataclass(frozen=True)
class FaultLink:
    """Something left to do before submitting, and where."""

    href: str
    section: str
    text: str


@pages.get("/cases/<int:case>/check")
@open_to(*FILLERS)
def check(case: int) -> Page:
    """All answers to read, with a way to change each; what is missing; the declaration and the button."""
    work = find_filling(case)
    if work is None:
        return redirect(case_page(case))
    return _page(work)


def _page(work: Filling, problem: str = "", token: str = "") -> str:
    last = submitting.latest_submission(work.case)
    changed = work.form.changes(last.answers, work.form.submitted(work.draft.answers)) if last else []
    faults = _fault_links(work)
    action, unmet = _way_on(work)
    return render_template(
        "carrier/check.html",
        work=work,
        title=title_of(work.case),
        left=days_left(work.case, clock.today()),
        faults=faults,
        groups=[(section, list(links)) for section, links in groupby(faults, key=lambda link: link.section)],
        view_html=draw_view(
            work.form,
            work.draft.answers,
            work.shown_files(),
            work.previous,
            changed,
            icons=asset("icons.svg"),
            clause_url=lambda cite: clause_url("", cite),
            edit_url=lambda key: _edit_url(work, key),
            previous_word=work.previous_word,
        ),
        checks=case_checks.shown(work.case, work.checks),
        action=action,
        next_stage=definitions.workflow_of(work.case).stage(action.to) if action else None,
        unmet=unmet,
        holder=holder,
        problem=problem,
        token=token,
    )


def _edit_url(work: Filling, path: str, show: str | None = None) -> str:
    anchor = "f-" + path.replace(".", "-")
    section = work.form.section_of(path)
    return url_for(".section", case=work.case.id, section=section, back="check", show=show, _anchor=anchor)


def _fault_links(work: Filling) -> list[FaultLink]:
    found = work.faults()
    titles = {line.key: f"{line.number}. {line.title}" for line in work.sections}
    links = []
    for anchor, text in work.summary(found):
        path = next(p for p in found if "f-" + p.replace(".", "-") == anchor)
        section = titles.get(work.form.section_of(path), "")
        links.append(FaultLink(_edit_url(work, path, "all"), section, text))
    return links + [FaultLink(f"#check-{key}", "核对", text) for key, text in work.barred()]


def _way_on(work: Filling) -> tuple[Action | None, str]:
    """The action that submitting takes by what is filled in now; else why none is allowed."""
    try:
        return submitting.action_for(work.case, work.draft), ""
    except Refused as refusal:
        return None, str(refusal)


@pages.post("/cases/<int:case>/check")
@open_to(*FILLERS)
def submit(case: int) -> Page:
    """Submit for review. A repeated click leads to the same receipt; who comes too late reads why."""
    token = request.form.get("form_token", "")
    version = request.form.get("stage_version", 0, type=int)
    drafts.find_to_fill(viewer(), case)
    if request.form.get("declared") != "yes":
        return _again(case, "请先勾选真实性声明，再提交。", token)
    try:
        receipt = submitting.submit(viewer(), case, version, token, declared=True)
    except Refused as refusal:
        return _again(case, str(refusal), token)
    return redirect(url_for(".receipt", case=case, version=receipt["submission"]))


def _again(case: int, problem: str, token: str) -> Page:
    work = find_filling(case)
    if work is None:
        raise Refused("这件事已经提交，不用再提交一次。")
    return _page(work, problem, token), 422


@pages.get("/cases/<int:case>/receipt")
@open_to(*FILLERS)
def receipt(case: int) -> Page:
    """What was submitted when, what happens next, by when and by whom; `?version=` for an older submission."""
    row = drafts.find_to_fill(viewer(), case)
    shell.use_region(row.region)
    submission = _submission(row)
    if submission is None:
        return redirect(url_for(".tasks", case=case))
    workflow = definitions.workflow_of(row)
    moved = _moved_by(row, submission)
    arrived = workflow.stage(moved["to"]) if moved else workflow.stage(row.stage)
    return render_template(
        "carrier/receipt.html",
        case=row,
        title=title_of(row),
        submission=submission,
        arrived=arrived,
        who=holder(row, arrived),
        by_carrier=drafts.fill_stage(row).role == ROLE,
        due=date.fromisoformat(moved["due_on"]) if moved.get("due_on") else None,
        now=workflow.stage(row.stage),
        now_who=holder(row, workflow.stage(row.stage)),
        case_page=case_page(case),
    )


def _submission(case: Case) -> Submission | None:
    number = request.args.get("version", type=int)
    if number is None:
        return submitting.latest_submission(case)
    return Submission.get_or_none((Submission.case == case) & (Submission.number == number))


def _moved_by(case: Case, submission: Submission) -> dict[str, Any]:
    """What the chain keeps of this submission: where it went and until when."""
    rows = CaseEvent.select(CaseEvent.body).where((CaseEvent.case == case) & (CaseEvent.kind == "submitted"))
    moves: list[dict[str, Any]] = [json.loads(row.body)["data"] for row in rows.order_by(CaseEvent.sequence)]
    return next((move for move in moves if move.get("submission") == submission.id), {})
