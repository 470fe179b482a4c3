"""Public notices: choosing what is noticed, seeing it as the public will, publishing, and closing."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from peewee import JOIN

from core import clock
from core.cases import clocks, definitions, noticing, scoring
from core.cases.action import Receipt
from core.errors import CalendarMissing, Refused
from core.models import Carrier, Case, District, EvaluationRound, NoticeEntry, Objection, PublicNotice, Result
from core.web.access import open_to, viewer
from core.web.city import figures, ready
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_round, number, pages, token
from core.web.portal.notices import grade_lines
from core.web.portal.publication import grouped
from core.web.portal.strip import Strip, make_strip
from core.web.shell import use_region


@pages.get("/rounds/<int:round_id>/notices")
@open_to(ROLE)
def notices(round_id: int) -> Page:
    """The notices of a round, and the cases that could be noticed next."""
    return _draw(my_round(round_id))


def _draw(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    lines = ready.lines_of(round_)
    found = figures.notices_of(round_)
    return render_template(
        "city/notices.html",
        round=round_,
        notices=[(notice, clocks.days_left(round_.region_id, notice.last_day, clock.today())) for notice in found],
        ready=[line for line in lines if line.can_publish],
        waiting=[line for line in lines if not line.can_publish],
        chosen=[int(text) for text in request.values.getlist("case") if text.isdigit()],
        at_once=at_once(round_),
        scored=scoring.gives_points(definitions.pinned_policy(round_)),
        today=clock.today(),
        refusal=refusal,
    )


def at_once(round_: EvaluationRound) -> bool:
    """Whether results of this round are published without a notice."""
    return noticing.publishes_at_once(definitions.pinned_policy(round_))


@pages.get("/rounds/<int:round_id>/notices/preview")
@open_to(ROLE)
def preview(round_id: int) -> Page:
    """The notice exactly as the public will see it, with the reason for its last day."""
    round_ = my_round(round_id)
    chosen = [number(text) for text in request.args.getlist("case")]
    can_be = {line.case.id for line in ready.lines_of(round_) if line.can_publish}
    if not chosen or not can_be.issuperset(chosen):
        text = "选中的单位里有现在不能公布的，请重新选择。" if chosen else "请至少选择一家单位。"
        return _draw(round_, Refusal(Refused(text, {"cases": text}))), 422
    return _draw_preview(round_, chosen)


def _draw_preview(round_: EvaluationRound, chosen: list[int], refusal: Refusal = NOTHING) -> str:
    policy = definitions.pinned_policy(round_)
    groups = grouped(_entries(round_, chosen))
    days = _publication_days(round_) if at_once(round_) else _notice_days(round_)
    return render_template(
        "city/notice_preview.html",
        round=round_,
        region=round_.region,
        chosen=chosen,
        groups=groups,
        total=sum(len(group.lines) for group in groups),
        lines=grade_lines(policy),
        document=policy.document,
        refusal=refusal,
        **days,
    )


def _publication_days(round_: EvaluationRound) -> dict[str, Any]:
    """The publication as it would be made today; nothing can stand in its way but the results themselves."""
    today = clock.today()
    unsaved = PublicNotice(
        round=round_, kind=noticing.PUBLICATION, title=noticing.publication_title(round_), opened_on=today,
        last_day=today, working_days=0,
    )  # fmt: skip
    return {"notice": unsaved, "problem": "", "strip": None, "rules": None}


def _notice_days(round_: EvaluationRound) -> dict[str, Any]:
    """The notice as it would be made today with the reason for its last day, or what keeps it from having one."""
    today, rules = clock.today(), noticing.rules_of(round_)
    problem, last, strip = "", None, None
    try:
        last = noticing.notice_last_day(round_, today)
        strip = _strip(round_, today, last)
    except Refused as missing:
        problem = str(missing)
    unsaved = PublicNotice(
        round=round_,
        title=noticing.notice_title(round_),
        opened_on=today,
        last_day=last or today,
        working_days=rules.clock.length or 0,
        basis=rules.clock.basis,
    )
    return {"notice": unsaved, "problem": problem, "strip": strip, "rules": rules}


def _strip(round_: EvaluationRound, opened: date, last: date) -> Strip | None:
    counts = noticing.rules_of(round_).clock.counts_opening_day
    try:
        return make_strip(clocks.calendar_of(round_.region_id), opened, last, counts, clock.today())
    except CalendarMissing:
        return None


def _entries(round_: EvaluationRound, chosen: list[int]) -> list[NoticeEntry]:
    """The lines as they would be entered, not stored; cases of other rounds are not among them."""
    newest: dict[int, Result] = {}
    columns = Result.select(Result, Case, Carrier, District).join(Case).join(Carrier).switch(Case)
    rows = columns.join(District, JOIN.LEFT_OUTER).where((Case.round == round_) & Case.id.in_(chosen))
    for result in rows.order_by(District.id, Carrier.id, Result.version):
        newest[result.case_id] = result
    return [NoticeEntry(id=0, case=result.case, result=result, status="open") for result in newest.values()]


@pages.post("/rounds/<int:round_id>/notices")
@open_to(ROLE)
def publish(round_id: int) -> Page:
    """Publish; from here on the public sees it and the last day stands."""
    round_ = my_round(round_id)
    chosen = [number(text) for text in request.form.getlist("case")]

    def work() -> Receipt:
        if at_once(round_):
            return noticing.publish_results(viewer(), round_id, chosen, token())
        return noticing.publish_notice(viewer(), round_id, chosen, request.form.get("contact", ""), token())

    return carry_out(
        work,
        lambda receipt: url_for(".notice", notice_id=receipt["notice"]),
        lambda refusal: _draw_preview(round_, chosen, refusal),
    )


@pages.get("/notices/<int:notice_id>")
@open_to(ROLE)
def notice(notice_id: int) -> Page:
    """One notice: its days, its lines with what holds them, and closing it."""
    return _draw_notice(_mine(notice_id))


def _mine(notice_id: int) -> PublicNotice:
    found = noticing.find_notice(viewer(), notice_id)
    use_region(found.round.region)
    return found


def _draw_notice(found: PublicNotice, refusal: Refusal = NOTHING) -> str:
    rows = (
        NoticeEntry.select(NoticeEntry, Case, Carrier, District, Result)
        .join(Case)
        .join(Carrier)
        .switch(Case)
        .join(District, JOIN.LEFT_OUTER)
        .switch(NoticeEntry)
        .join(Result)
        .where(NoticeEntry.notice == found)
        .order_by(District.id, Carrier.id)
    )
    objections: dict[int, list[Objection]] = {}
    for row in Objection.select().join(NoticeEntry).where(NoticeEntry.notice == found).order_by(Objection.id):
        objections.setdefault(row.entry_id, []).append(row)
    round_ = found.round
    return render_template(
        "city/notice.html",
        notice=found,
        round=round_,
        rows=list(rows),
        objections=objections,
        strip=_strip(round_, found.opened_on, found.last_day) if found.kind == noticing.NOTICE else None,
        days_left=clocks.days_left(round_.region_id, found.last_day, clock.today()),
        over=clock.today() > found.last_day,
        public_url=url_for("portal.notice", region=round_.region.key, notice=found.id),
        refusal=refusal,
    )


@pages.get("/notices/<int:notice_id>/close")
@open_to(ROLE)
def closing_notice(notice_id: int) -> Page:
    """What closing does, line by line."""
    found = _mine(notice_id)
    counts = {"open": 0, "frozen": 0, "final": 0}
    for entry in found.entries:
        counts[entry.status] = counts.get(entry.status, 0) + 1
    return render_template(
        "city/notice_close.html", notice=found, counts=counts, over=clock.today() > found.last_day, round=found.round
    )


@pages.post("/notices/<int:notice_id>/close")
@open_to(ROLE)
def notice_close(notice_id: int) -> Page:
    """Close it: every line that no objection holds becomes final."""
    found = _mine(notice_id)
    return carry_out(
        lambda: noticing.close_notice(viewer(), notice_id, token()),
        url_for(".notice", notice_id=notice_id),
        lambda refusal: _draw_notice(found, refusal),
    )
