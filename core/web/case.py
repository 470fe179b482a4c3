"""The one page of a case for everybody with business there, and the verbs that are called from it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from core import clock
from core.cases import acting, definitions, review_drafts, urging, visiting
from core.cases.action import Receipt
from core.errors import KaopingError, OutOfScope, Refused
from core.models import Case
from core.people.scope import Viewer, find_case
from core.web import case_decide, case_history, case_material, case_page, case_queue
from core.web.access import open_to, viewer
from core.web.case_decide import Typed
from core.web.expired import local_or
from core.web.files import SHOWN
from core.web.shell import use_region
from core.web.words import cn_date
from forms.draw import TICKS

pages = Blueprint("case", __name__)

Page = str | Response | tuple[str, int]
REVIEWERS = ("district_reviewer", "district_centre", "city_reviewer", "city_centre")
READERS = ("carrier_clerk", *REVIEWERS, "expert")


def _open(case_id: int) -> tuple[Viewer, Case, str]:
    """The person, the case and from which side they see it. Raises OutOfScope."""
    person = viewer()
    row = find_case(person, case_id)
    use_region(row.region)
    return person, row, case_page.side_of(person, row)


def _number(name: str) -> int | None:
    return request.values.get(name, type=int)


@pages.get("/cases/<int:case>")
@open_to(*READERS)
def page(case: int) -> Page:
    """The page; an expert is sent to the sheet. `file` opens evidence, `trial` asks for the trial score."""
    person, row, side = _open(case)
    if not side:
        return redirect(url_for("expert.sheet", case_id=row.id))
    shown = case_page.build(person, row, side, _number("file"), trial=bool(_number("trial")))
    if request.headers.get("X-Part") == "evidence":
        return render_template("case/evidence.html", page=shown)
    return _draw(shown, _reopened(shown))


def _reopened(shown: case_page.CasePage) -> Typed:
    """What this person had typed here before, if the case still stands where they typed it."""
    pairs = review_drafts.typed_now(shown.draft, shown.case)
    form = shown.acting.opinion_form if shown.acting else None
    return case_decide.reopened(form, pairs, _fields(shown.case))


def _fields(row: Case) -> list[str]:
    return [asked.key for asked in definitions.fill_form(row).definition.fields]


def _draw(shown: case_page.CasePage, typed: Typed, **more: Any) -> str:
    """The whole page with what was typed; `more` carries a problem, a kept token, what another form held."""
    form = shown.acting.opinion_form if shown.acting else None
    values: dict[str, Any] = {
        "page": shown,
        "typed": typed,
        "errors": case_decide.errors_of(typed),
        "opinion": case_decide.draw_opinion(form, typed) if form else "",
        "choices": case_material.choices_of(definitions.fill_form(shown.case)) if shown.acting else [],
        "visit": case_decide.draw_opinion(shown.visit_form, more.pop("visit", Typed())) if shown.visit_form else "",
        "blank_reasons": case_decide.BLANK_REASONS,
        "reason_texts": case_decide.REASONS,
        **more,
    }
    return render_template("case/page.html", **values)


def _typed(row: Case) -> Typed:
    """What was posted to the forms of the case's present stage."""
    policy, stage = definitions.policy_of(row), definitions.workflow_of(row).stage(row.stage)
    form = definitions.form_in(policy, stage.opinion_form) if stage.opinion_form else None
    return case_decide.read(form, request.form, _fields(row))


def _again(row: Case, typed: Typed, fault: KaopingError, **more: Any) -> Page:
    """The page as it stands now with the refusal on top and everything typed still there."""
    person, row, side = _open(row.id)
    shown = case_page.build(person, row, side)
    form = shown.acting.opinion_form if shown.acting else None
    if isinstance(fault, Refused):
        typed.mark(fault, [asked.key for asked in form.definition.fields] if form else [])
    else:
        typed.errors = {}
    more.setdefault("token", request.form.get("form_token"))
    return _draw(shown, typed, problem=str(fault), **more), fault.http_status


def _version() -> int:
    return _number("stage_version") or 0


@pages.post("/cases/<int:case>/act/<action>")
@open_to(*READERS)
def act(case: int, action: str) -> Page:
    """Take an action of the stage, then on to the next case that waits."""
    person, row, side = _open(case)
    typed = _typed(row)
    try:
        decision = typed.decision(definitions.workflow_of(row).stage(row.stage).action(action))
        receipt = acting.act(person, case, action, decision, _version(), request.form.get("form_token", ""))
    except OutOfScope:
        raise
    except KaopingError as fault:
        return _again(row, typed, fault)
    review_drafts.forget_typed(person, case)
    return _onward(person, row, side, receipt)


def _onward(person: Viewer, row: Case, side: str, receipt: Receipt) -> Response:
    """Say what happened and go to the next case in the queue; to the desk when none waits."""
    following = case_queue.next_case(person, case_page.ROLE_OF[side], row.id) if side in case_history.REVIEWERS else None
    done = _told(row, receipt)
    if following is None:
        flash(done)
        own = url_for(".page", case=row.id)
        return redirect(url_for("sign_in.desk") if side != "carrier" else own)
    flash(f"{done}接着办下一件：{following.carrier.name}。")
    return redirect(url_for(".page", case=following.id))


def _told(row: Case, receipt: Receipt) -> str:
    """A receipt as a sentence: which case, what was done, where it stands, until when."""
    name = f"{row.carrier.name}（{receipt['number']}）"
    if receipt.get("repeated"):
        return f"{name}刚才已经办过“{receipt['action']}”，没有重复办理。"
    if "message" in receipt:  # signed, and others still have to
        return f"{name}{receipt['message']}"
    until = f"，{cn_date(receipt['due_on'])}前办理" if receipt.get("due_on") else ""
    return f"{name}已办理“{receipt['action']}”，现在到“{receipt['stage_name']}”{until}。"


@pages.post("/cases/<int:case>/keep")
@open_to(*READERS)
def keep(case: int) -> Page:
    """Draw the page again with what was typed, taking over a template that was picked. Nothing is stored."""
    person, row, side = _open(case)
    typed = _typed(row)
    typed.errors = {}
    shown = case_page.build(person, row, side)
    picked = _number("pick")
    if shown.acting and shown.acting.opinion_field and picked is not None and picked < len(shown.acting.templates):
        typed.opinion[shown.acting.opinion_field] = shown.acting.templates[picked]
    return _draw(shown, typed, token=request.form.get("form_token"), more_reasons=bool(_number("more_reasons")))


@pages.post("/cases/<int:case>/draft")
@open_to(*READERS)
def autosave(case: int) -> Response | tuple[Response, int]:
    """Keep what is being typed; answers when it was kept. Nothing is judged here."""
    try:
        pairs = case_decide.typed_pairs(request.form)
        kept = review_drafts.keep_typed(viewer(), case, pairs, _number("page__revision") or 0, _version())
    except (Refused, OutOfScope) as refusal:
        return jsonify(message=str(refusal)), refusal.http_status
    return jsonify(revision=kept.revision, seen="", saved=f"{clock.shanghai(kept.saved_at):%H:%M}")


@pages.post("/cases/<int:case>/checked")
@open_to(*REVIEWERS)
def checked(case: int) -> Page:
    """Keep which items of the submission this person has compared."""
    problem = ""
    try:
        review_drafts.tick(viewer(), case, _number("submission") or 0, request.form.getlist(TICKS))
    except Refused as refusal:
        problem = str(refusal)
    if request.headers.get("X-Part") == "checked":
        return problem, 409 if problem else 200
    flash(problem or "已记下核过的项目。", "warning" if problem else "message")
    return redirect(f"{url_for('.page', case=case)}#material")


@pages.post("/cases/<int:case>/visit")
@open_to(*REVIEWERS)
def record_visit(case: int) -> Page:
    """Record a visit on site with its photos."""
    person, row, _ = _open(case)
    stage = definitions.workflow_of(row).stage(row.stage)
    form = definitions.form_in(definitions.policy_of(row), stage.site_visit_form) if stage.site_visit_form else None
    typed = case_decide.read(form, request.form, ())
    files = [f for f in form.definition.fields if f.type == "files"] if form else []
    sent = {
        f.key: [(u.filename or "", u.stream) for u in request.files.getlist(f"files__{f.key}") if u.filename]
        for f in files
    }
    try:
        if typed.errors:
            raise Refused("考察记录还有没填好的地方。")
        token, most = request.form.get("form_token", ""), current_app.config["MAX_UPLOAD_MB"]
        receipt = visiting.visit(person, case, typed.opinion, sent, token, most)
    except Refused as fault:
        for path, text in fault.fields.items():
            typed.errors.setdefault(path, [text])
        lost = any(sent.values())
        problem = Refused(f"{fault}{'照片请重新选择。' if lost else ''}")
        return _again(row, Typed(), problem, visit=typed, visit_errors=case_decide.errors_of(typed))
    flash(receipt["message"])
    return redirect(f"{url_for('.page', case=case)}#visits")


@pages.get("/cases/<int:case>/visits/<int:visit>/<field>/<int:number>")
@open_to(*REVIEWERS)
def photo(case: int, visit: int, field: str, number: int) -> Response:
    """A photo of a visit, for the reviewers of the case."""
    find_case(viewer(), case)
    name, stream = visiting.photo(viewer(), visit, field, number)
    kind = SHOWN.get(f".{name.rpartition('.')[2].lower()}")
    answer = send_file(
        stream, mimetype=kind or "application/octet-stream", as_attachment=kind is None, download_name=name
    )
    if kind != "application/pdf":  # a browser's own PDF reader does not start inside a sandbox
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'"
    return answer


@pages.post("/cases/<int:case>/reassign")
@open_to(*REVIEWERS)
def reassign(case: int) -> Page:
    """Hand the case to a colleague with the same role."""
    person, row, side = _open(case)
    reason, token = request.form.get("reason", ""), request.form.get("form_token", "")
    try:
        receipt = acting.reassign(person, case, _number("account") or 0, reason, _version(), token)
    except OutOfScope:
        raise
    except KaopingError as fault:
        return _again(row, Typed(), fault, reassign={"account": _number("account"), "reason": reason})
    flash(f"{row.carrier.name}（{row.number}）{receipt['message']}")
    following = case_queue.next_case(person, case_page.ROLE_OF[side], case) if side else None
    return redirect(url_for(".page", case=following.id) if following else url_for("sign_in.desk"))


@pages.post("/cases/<int:case>/urge")
@open_to(*REVIEWERS)
def urge(case: int) -> Response:
    """Urge the carrier to hand in; back to where the button was."""
    try:
        flash(urging.urge(viewer(), [case], request.form.get("form_token", ""))["message"])
    except Refused as refusal:
        flash(str(refusal), "warning")
    return redirect(local_or(request.form.get("next", ""), url_for(".page", case=case)))
