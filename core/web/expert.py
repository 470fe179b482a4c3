"""The experts' pages: the pledge, stepping back or declaring, one sheet a carrier, signing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock
from core.cases import definitions, panels, scoring
from core.cases.submitting import latest_submission
from core.errors import KaopingError, OutOfScope, Refused, Stale
from core.models import Case, ScoreSheet
from core.policy.scheme import scheme_of
from core.web import expert_desk, expert_grade, expert_sheet
from core.web.access import open_to, viewer
from core.web.expert_entry import read_entered
from core.web.material import material_view
from core.web.nav import register_nav
from core.web.shell import use_region

pages = Blueprint("expert", __name__, url_prefix="/expert")
register_nav("expert", "expert.desk", "专家评价", expert_desk.waiting)

ELSEWHERE = "另一个窗口刚保存过这张评价表，这里没有保存。请按“保存”对照两边。"

Page = str | Response | tuple[str, int]


def _seen_version() -> int:
    text = request.form.get("stage_version", "")
    return int(text) if text.isdecimal() else 0


def _token() -> str:
    return request.form.get("form_token", "")


@pages.get("/")
@open_to("expert")
def desk() -> Page:
    """The rounds one sits on: the pledge first, then the carriers by name."""
    return render_template("expert/desk.html", sittings=expert_desk.sittings(viewer()))


@pages.post("/rounds/<int:round_id>/pledge")
@open_to("expert")
def pledge(round_id: int) -> Page:
    """Sign the pledge in the words of the round's policy."""
    seat = expert_desk.seat_in(viewer(), round_id)
    panels.sign_pledge(viewer(), round_id, expert_desk.pledge_of(seat.round).text)
    flash("承诺已签署。请先逐家声明有没有利害关系。")
    return redirect(url_for(".desk"))


@pages.post("/cases/<int:case_id>/declare")
@open_to("expert")
def declare(case_id: int) -> Page:
    """Say that nothing stands between oneself and this carrier; its sheet opens."""
    panels.declare_no_conflict(viewer(), case_id, _token())
    return redirect(url_for(".sheet", case_id=case_id))


@pages.get("/cases/<int:case_id>/recuse")
@open_to("expert")
def recuse_form(case_id: int) -> Page:
    """Ask for the reason before stepping back."""
    case, _ = panels.expert_case(viewer(), case_id)
    return _recuse_page(case)


def _recuse_page(case: Case, refusal: Refused | None = None) -> str:
    use_region(case.region)
    typed = {"reason": request.form.get("reason", ""), "token": request.form.get("form_token")}
    return render_template("expert/recuse.html", case=case, refusal=refusal, typed=typed)


@pages.post("/cases/<int:case_id>/recuse")
@open_to("expert")
def recuse(case_id: int) -> Page:
    """Step back from a carrier: nothing of it is shown any more."""
    try:
        receipt = panels.recuse(viewer(), case_id, request.form.get("reason", ""), _token())
    except Refused as refusal:
        case, _ = panels.expert_case(viewer(), case_id)
        return _recuse_page(case, refusal), refusal.http_status
    flash(receipt["message"])
    return redirect(url_for(".desk"))


def _graded(case: Case) -> bool:
    """Whether the sheet of this case holds a grade instead of points."""
    return panels.rules_of(case).gives_grade


def _drawn(case: Case, row: ScoreSheet, *, complete: bool = False) -> expert_sheet.Drawn | expert_grade.GradeSheet:
    draw = expert_grade.drawn if _graded(case) else expert_sheet.drawn
    return draw(case, row, complete=complete)


def _template(case: Case, name: str) -> str:
    return f"expert/grade_{name}.html" if _graded(case) else f"expert/{name}.html"


def _open(case_id: int) -> tuple[Case, ScoreSheet] | None:
    """The sheet, or None while the pledge or the declaration is missing. Raises OutOfScope."""
    try:
        case, _, row = scoring.open_sheet(viewer(), case_id)
    except Refused:
        return None
    use_region(case.region)
    return case, row


@pages.get("/cases/<int:case_id>")
@open_to("expert")
def sheet(case_id: int) -> Page:
    """One's own sheet of a carrier: to fill in, or to read once it is signed."""
    try:
        opened = _open(case_id)
    except OutOfScope:  # the case has left the panel: what one has signed can still be read
        opened = scoring.signed_sheet(viewer(), case_id)
        use_region(opened[0].region)
    if opened is None:
        return redirect(url_for(".desk"))
    case, row = opened
    drawn = _drawn(case, row, complete=request.args.get("check") == "1")
    if row.status == "signed":
        return render_template(_template(case, "signed"), sheet=drawn, case=case)
    return render_template(_template(case, "sheet"), sheet=drawn, case=case, version=row.version)


@pages.get("/cases/<int:case_id>/material")
@open_to("expert")
def material(case_id: int) -> Page:
    """Everything the carrier submitted, with its evidence."""
    opened = _open(case_id)
    if opened is None:
        return redirect(url_for(".desk"))
    case, _ = opened
    submission = latest_submission(case)
    if submission is None:
        raise OutOfScope
    trail = [(url_for(".desk"), "专家评价"), (url_for(".sheet", case_id=case_id), case.carrier.name)]
    view = material_view(case, submission)
    return render_template("expert/material.html", case=case, view=view, submission=submission, trail=trail)


@pages.post("/cases/<int:case_id>")
@open_to("expert")
def save(case_id: int) -> Page:
    """Keep the sheet as it stands; answers scripts with data, browsers with the next page."""
    opened = _open(case_id)
    if opened is None:
        return redirect(url_for(".desk"))
    case, row = opened
    entered = _entered(case)
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        kept = scoring.save_sheet(viewer(), case_id, entered, _seen_version())
    except (Refused, Stale) as fault:
        return _not_saved(case, row, entered, fault, by_script)
    return _go_on(case, kept, by_script)


def _entered(case: Case) -> dict[str, Any]:
    policy = definitions.policy_of(case)
    if _graded(case):
        return expert_grade.read_entered(policy, request.form)
    return read_entered(policy, scheme_of(policy), request.form)


def _differences(kept: ScoreSheet, typed: ScoreSheet, case: Case) -> list[tuple[str, str, str]]:
    policy = definitions.policy_of(case)
    if _graded(case):
        return expert_grade.differences(kept, typed, policy)
    return expert_sheet.differences(kept, typed, scheme_of(policy))


def _go_on(case: Case, kept: ScoreSheet, by_script: bool) -> Page:
    if by_script:
        return jsonify(_saved(case, kept))
    if request.form.get("then") == "sign":
        return redirect(url_for(".sign_form", case_id=case.id))
    flash("已保存。")
    return redirect(url_for(".sheet", case_id=case.id))


def _saved(case: Case, kept: ScoreSheet) -> dict[str, Any]:
    drawn = _drawn(case, kept)
    return {
        "version": kept.version,
        "saved": f"已保存 {clock.shanghai(kept.saved_at):%H:%M}",
        "total": drawn.total,
        "left": drawn.left,
        "sums": drawn.sums,
        "faults": drawn.faults,
    }


def _not_saved(case: Case, row: ScoreSheet, entered: dict[str, Any], fault: KaopingError, by_script: bool) -> Page:
    """A conflict or a signed sheet: say so, and keep on the page what was typed."""
    typed = ScoreSheet(id=row.id, case=case, version=row.version, saved_at=row.saved_at, **entered)
    conflict = _differences(row, typed, case)
    if isinstance(fault, Stale) and not conflict:
        return _go_on(case, row, by_script)  # the other window kept the very same
    if by_script:
        problem = ELSEWHERE if isinstance(fault, Stale) else str(fault)
        answer = jsonify({"problem": problem})
        answer.status_code = fault.http_status
        return answer
    if row.status == "signed":
        flash(str(fault), "warning")
        return redirect(url_for(".sheet", case_id=case.id))
    drawn = _drawn(case, typed)
    page = render_template(_template(case, "sheet"), sheet=drawn, case=case, version=row.version, conflict=conflict)
    return page, fault.http_status


@pages.get("/cases/<int:case_id>/sign")
@open_to("expert")
def sign_form(case_id: int) -> Page:
    """Ask before signing; back to the sheet with the places while something is missing."""
    opened = _open(case_id)
    if opened is None:
        return redirect(url_for(".desk"))
    case, row = opened
    drawn = _drawn(case, row, complete=True)
    if row.status == "signed" or drawn.faults:
        return redirect(url_for(".sheet", case_id=case_id, check=1))
    return render_template(_template(case, "sign"), sheet=drawn, case=case)


@pages.post("/cases/<int:case_id>/sign")
@open_to("expert")
def sign(case_id: int) -> Page:
    """Sign the sheet as it was last saved."""
    try:
        receipt = scoring.sign_sheet(viewer(), case_id, _seen_version(), _token())
    except Refused as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for(".sheet", case_id=case_id, check=1))
    flash(receipt["message"])
    return redirect(url_for(".sheet", case_id=case_id))
