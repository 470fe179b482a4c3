"""The pages of those who handle the money: awards of a round, releasing one, the ledger."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.cases import award_use, awarding
from core.errors import Refused
from core.models import Award, EvaluationRound
from core.web import files, finance_award, finance_board
from core.web.access import open_to, viewer
from core.web.nav import register_nav
from core.web.shell import use_region

pages = Blueprint("finance", __name__, url_prefix="/finance")
register_nav("finance", "finance.desk", "奖励资金", finance_board.payable)

Page = str | Response | tuple[str, int]


def _whole(name: str) -> int:
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _chosen() -> tuple[list[EvaluationRound], EvaluationRound | None]:
    """The rounds there are, and the one asked for or the newest. Raises OutOfScope for another region's."""
    rounds = finance_board.rounds_of(viewer())
    asked = _whole("round")
    round_ = finance_board.round_for(viewer(), asked) if asked else next(iter(rounds), None)
    if round_ is not None:
        use_region(round_.region)
    return rounds, round_


@pages.get("/")
@open_to("finance")
def desk() -> Page:
    """The awards of a round with their totals and what each waits for."""
    rounds, round_ = _chosen()
    if round_ is None:
        return render_template("finance/desk.html", rounds=rounds, round=None)
    status = request.args.get("status", "")
    lines, after = finance_board.lines(round_, status, _whole("after"))
    return render_template(
        "finance/desk.html", rounds=rounds, round=round_, lines=lines, after=after, status=status,
        totals=finance_board.totals(round_), statuses=finance_board.STATUSES, officers=finance_board.officers(round_),
    )  # fmt: skip


@pages.get("/ledger")
@open_to("finance")
def ledger() -> Page:
    """What was released and called back, in order, with the balance."""
    rounds, round_ = _chosen()
    book = finance_board.ledger(round_, _whole("after")) if round_ else None
    return render_template("finance/ledger.html", rounds=rounds, round=round_, ledger=book)


def _award(award_id: int) -> Award:
    award = awarding.find_award(viewer(), award_id)
    use_region(award.round.region)
    return award


@pages.get("/awards/<int:award_id>")
@open_to("finance")
def award(award_id: int) -> Page:
    """One award: amount, reason, what it waits for, its entries."""
    row = _award(award_id)
    return render_template(
        "finance/award.html", line=finance_board.line_of(row), round=row.round,
        entries=finance_board.entries_of(row), officers=finance_board.officers(row.round),
        received=finance_award.received(row), spent=finance_award.spent(row), blocked=awarding.blocks(row),
        balance=awarding.balance_fen(row),
    )  # fmt: skip


@pages.get("/awards/<int:award_id>/release")
@open_to("finance")
def release_form(award_id: int) -> Page:
    """Ask before releasing; an award that is not payable says why on its own page."""
    row = _award(award_id)
    if row.status != "payable":
        return redirect(url_for(".award", award_id=award_id))
    return render_template("finance/release.html", line=finance_board.line_of(row), round=row.round)


@pages.post("/awards/<int:award_id>/release")
@open_to("finance")
def release(award_id: int) -> Page:
    """Release an award once; the same form sent again gets the same receipt."""
    try:
        receipt = awarding.release(viewer(), award_id, _whole("stage_version"), request.form.get("form_token", ""))
    except Refused as refusal:
        flash(str(refusal), "warning")
    else:
        flash(receipt["message"])
    return redirect(url_for(".award", award_id=award_id))


@pages.get("/awards/<int:award_id>/reverse")
@open_to("finance")
def reverse_form(award_id: int) -> Page:
    """Ask before a lower award is called back in favour of the higher one of the same year."""
    row = _award(award_id)
    if not awarding.blocks(row):
        return redirect(url_for(".award", award_id=award_id))
    return _draw_reverse(row)


def _draw_reverse(row: Award, fault: str = "") -> str:
    return render_template(
        "finance/reverse.html", line=finance_board.line_of(row), round=row.round, fault=fault,
        higher=[finance_board.line_of(other) for other in awarding.blocks(row)],
    )  # fmt: skip


@pages.post("/awards/<int:award_id>/reverse")
@open_to("finance")
def reverse(award_id: int) -> Page:
    """Call the lower award back, once."""
    row, form = _award(award_id), request.form
    try:
        receipt = awarding.reverse_lower(
            viewer(), award_id, _whole("stage_version"), form.get("reason", ""), form.get("form_token", "")
        )
    except Refused as refusal:
        if "reason" in refusal.fields:
            return _draw_reverse(row, str(refusal)), refusal.http_status
        flash(str(refusal), "warning")
    else:
        flash(receipt["message"])
    return redirect(url_for(".award", award_id=award_id))


@pages.get("/awards/<int:award_id>/evidence/<int:attachment>")
@open_to("finance")
def evidence(award_id: int, attachment: int) -> Response:
    """A file behind a submitted use of this award; nothing else of any case."""
    return files.inert(*award_use.evidence_for_finance(viewer(), _award(award_id), attachment))
