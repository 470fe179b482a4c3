"""Objections: who objects (shown only here), the ruling, and what becomes of the line afterwards."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from peewee import Expression

from core.cases import definitions, determining, noticing, objecting, objection_files
from core.models import Carrier, Case, EvaluationRound, NoticeEntry, Objection, PublicNotice, Result
from core.policy.objection import OBJECTORS
from core.policy.scheme import scheme_of
from core.web.access import open_to, viewer
from core.web.city.blueprint import (
    NOTHING,
    ROLE,
    Page,
    Refusal,
    carry_out,
    my_case,
    my_regions,
    number,
    pages,
    token,
    version,
)
from core.web.city.points import Names, shown
from core.web.files import inert
from core.web.shell import use_region

PAGE = 50


@pages.get("/objections")
@open_to(ROLE)
def objections_list() -> Page:
    """Objections, those that wait first, newest first; 50 a page."""
    status = request.args.get("status", "open")
    rows = (
        Objection.select(Objection, NoticeEntry, Case, Carrier, PublicNotice, EvaluationRound)
        .join(NoticeEntry)
        .join(Case)
        .join(Carrier)
        .switch(NoticeEntry)
        .join(PublicNotice)
        .join(EvaluationRound)
        .where(_of_status(status) & Case.region.in_(my_regions() or [0]))
        .order_by(Objection.id.desc())
    )
    if request.args.get("after"):
        rows = rows.where(Objection.id < number(request.args.get("after")))
    found = list(rows.limit(PAGE + 1))
    return render_template(
        "city/objections.html",
        rows=found[:PAGE],
        after=found[PAGE - 1].id if len(found) > PAGE else "",
        status=status,
        kinds=OBJECTORS,
    )


def _of_status(status: str) -> Expression:
    if status == "open":
        return Objection.status == "open"
    if status == "not_admitted":
        return Objection.status == "not_admitted"
    return Objection.status.in_(tuple(objecting.RULINGS))


@pages.get("/objections/<int:objection_id>")
@open_to(ROLE)
def objection(objection_id: int) -> Page:
    """One objection with the result it is about, the ruling, and the results before and after."""
    return _draw(_mine(objection_id))


@pages.get("/objections/<int:objection_id>/files/<int:file_id>")
@open_to(ROLE)
def objection_file(objection_id: int, file_id: int) -> Response:
    """A file that came with it. Out of scope or unknown: the same 404."""
    return inert(*objecting.readable(viewer(), objection_id, file_id))


def _mine(objection_id: int) -> Objection:
    found = objecting.find_objection(viewer(), objection_id)
    use_region(found.entry.notice.round.region)
    return found


def _draw(found: Objection, refusal: Refusal = NOTHING) -> str:
    entry = found.entry
    case = Case.get_by_id(entry.case_id)
    results = list(Result.select().where(Result.case == case).order_by(Result.version))
    names = Names(case)
    newest = results[-1] if results else None
    stage = definitions.workflow_of(case).stage(case.stage)
    return render_template(
        "city/objection.html",
        objection=found,
        files=objection_files.files_of(found),
        case=case,
        entry=entry,
        round=entry.notice.round,
        stage=stage,
        noticed=entry.result,
        newest=newest,
        is_new=newest is not None and newest.id != entry.result_id,
        outdated=newest is not None and determining.is_outdated(newest),
        compared=_compared(case, entry.result, newest),
        trace=names.of(newest.trace) if newest else [],
        notice_again=noticing.rules_of(entry.notice.round).notice_again,
        handling_days=objecting.policy_handling_days(found),
        kinds=OBJECTORS,
        rulings=objecting.RULINGS,
        refusal=refusal,
    )


def _compared(case: Case, before: Result, after: Result | None) -> list[tuple[str, str, str]]:
    """Indicators whose points differ between two results: name, before, after."""
    if after is None or after.id == before.id or not (before.indicators or after.indicators):
        return []  # nothing changed, or a panel gives grades and no points
    scheme = scheme_of(definitions.policy_of(case))
    rows = [(i.name, _points(before, i.code), _points(after, i.code)) for i in scheme.indicators]
    return [row for row in rows if row[1] != row[2]]


def _points(result: Result, code: str) -> str:
    return shown(result.indicators.get(code, {}).get("points", ""))


@pages.post("/objections/<int:objection_id>/confirm")
@open_to(ROLE)
def ruling_confirm(objection_id: int) -> Page:
    """The page that says what a ruling does, before it is made."""
    found = _mine(objection_id)
    ruling, text = request.form.get("ruling", ""), request.form.get("text", "").strip()
    faults = {}
    if ruling not in objecting.RULINGS:
        faults["ruling"] = "请选择处理结果。"
    if not text:
        faults["text"] = "请写明调查核实的情况和理由。"
    if faults:
        missing = Refusal()
        missing.text, missing.fields = "".join(faults.values()), faults
        return _draw(found, missing), 422
    return render_template(
        "city/ruling_confirm.html",
        objection=found,
        case=Case.get_by_id(found.entry.case_id),
        ruling=ruling,
        ruling_name=objecting.RULINGS[ruling],
        said=text,
        seen=version(),
    )


@pages.post("/objections/<int:objection_id>/rule")
@open_to(ROLE)
def rule(objection_id: int) -> Page:
    """Make the ruling."""
    found = _mine(objection_id)
    ruling, text = request.form.get("ruling", ""), request.form.get("text", "")
    return carry_out(
        lambda: objecting.rule(viewer(), objection_id, ruling, text, version(), token()),
        url_for(".objection", objection_id=objection_id),
        lambda refusal: _draw(_mine(found.id), refusal),
    )


@pages.get("/objections/<int:objection_id>/settle")
@open_to(ROLE)
def settlement(objection_id: int) -> Page:
    """The page that says what putting the new result in force does."""
    found = _mine(objection_id)
    case = my_case(found.entry.case_id)
    newest = determining.latest_result(case)
    return render_template("city/settle_confirm.html", objection=found, case=case, newest=newest)


@pages.post("/objections/<int:objection_id>/settle")
@open_to(ROLE)
def settle(objection_id: int) -> Page:
    """Put the new result in force without another notice, where the policy allows."""
    found = _mine(objection_id)
    case = my_case(found.entry.case_id)
    return carry_out(
        lambda: objecting.settle_rescored(viewer(), case.id, version(), token()),
        url_for(".objection", objection_id=objection_id),
        lambda refusal: _draw(_mine(found.id), refusal),
    )
