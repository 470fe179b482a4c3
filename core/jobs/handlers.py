"""What each kind of outbox row leads to: messages to the people concerned. One function a kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.cases import definitions
from core.jobs import messages
from core.jobs.outbox import Handler
from core.models import (
    Account,
    Award,
    Case,
    CaseEvent,
    EvaluationRound,
    NoticeEntry,
    Objection,
    OutboxRow,
    PublicNotice,
)

HANDLERS: dict[str, Handler] = {}
"""Kind of row → what handles it, inside the transaction that marks the row done."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register a function for a kind of row. It may be called again for the same row and must then add nothing."""

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"{kind} has a handler already")
        HANDLERS[kind] = handler
        return handler

    return register


def case_page(case: Case) -> str:
    """The one page of a case."""
    return f"/cases/{case.id}"


def case_name(case: Case) -> str:
    """A case as people call it: the carrier and the number."""
    return f"{case.carrier.name}（{case.number}）"


def name_for(case: Case, role: str) -> str:
    """A case as a message may name it: an expert learns of no carrier before pledge and declaration."""
    return "有一家单位" if role == "expert" else case_name(case)


def page_for(case: Case, role: str) -> str:
    """Where a message leads: an expert to the own desk, where pledge and declaration come first."""
    return "/expert/" if role == "expert" else case_page(case)


def in_words(day: date | None) -> str:
    """A day as people write it, empty without one."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if day else ""


def until(due: date | None) -> str:
    """The request to act by the last day, empty without one."""
    return f"，请在 {in_words(due)}前办理" if due else ""


def _source(row: OutboxRow) -> str:
    return f"outbox:{row.id}"


@handles("case_moved")
def case_moved(row: OutboxRow) -> None:
    """Tell who must act next, unless the case has gone on since, and the carrier where its case stands."""
    case = Case.get_by_id(row.payload["case"])
    event = CaseEvent.get((CaseEvent.case == case) & (CaseEvent.sequence == row.payload["sequence"]))
    stage = definitions.workflow_of(case).stage(row.payload["to"])
    clerks = messages.who_handles(case, "carrier_clerk")
    if stage.role == "carrier_clerk":
        said = "退回补正" if event.kind == "returned" else f"到了“{stage.name}”"
        messages.send(_source(row), clerks, f"{case_name(case)}已{said}{until(case.due_on)}。", case_page(case))
        return
    if case.stage == stage.key and stage.role:
        acting = messages.who_must_act(case, stage.role)
        text = f"{name_for(case, stage.role)}到了“{stage.name}”{until(case.due_on)}。"
        messages.send(_source(row), acting, text, page_for(case, stage.role))
    messages.send(_source(row), clerks, f"{case_name(case)}到了“{stage.name}”。", case_page(case))


@handles("case_reassigned")
def case_reassigned(row: OutboxRow) -> None:
    """Tell the colleague to whom a case was handed."""
    case = Case.get_by_id(row.payload["case"])
    colleague = Account.get_by_id(row.payload["account"])
    messages.send(_source(row), [colleague], f"{case_name(case)}已转给您办理{until(case.due_on)}。", case_page(case))


@handles("case_urged")
def case_urged(row: OutboxRow) -> None:
    """Ask the clerks of a carrier to hand in, unless they have done so meanwhile."""
    case = Case.get_by_id(row.payload["case"])
    stage = definitions.workflow_of(case).stage(case.stage)
    if stage.kind == "fill":
        text = f"{case_name(case)}还没有提交{until(case.due_on)}。"
        messages.send(_source(row), messages.who_handles(case, "carrier_clerk"), text, case_page(case))


@handles("round_opened")
def round_opened(row: OutboxRow) -> None:
    """Tell the clerks of every carrier on the list that they may begin."""
    round_ = EvaluationRound.get_by_id(row.payload["round"])
    for case in round_.cases.order_by(Case.id):
        text = f"“{round_.title}”已开始填报{until(case.due_on)}。"
        messages.send(f"{_source(row)}:{case.id}", messages.who_handles(case, "carrier_clerk"), text, case_page(case))


@handles("notice_published")
def notice_published(row: OutboxRow) -> None:
    """Tell the carriers on a notice that their results are public, and until when."""
    notice = PublicNotice.get_by_id(row.payload["notice"])
    link = f"/r/{notice.round.region.key}/notices/{notice.id}"
    for entry in notice.entries.order_by(NoticeEntry.id):
        text = f"{case_name(entry.case)}的结果已公示，公示到 {in_words(notice.last_day)}。"
        clerks = messages.who_handles(entry.case, "carrier_clerk")
        messages.send(f"{_source(row)}:{entry.case_id}", clerks, text, link)


@handles("objection_filed")
def objection_filed(row: OutboxRow) -> None:
    """Tell the city's reviewers; who objects is not said."""
    case = Objection.get_by_id(row.payload["objection"]).entry.case
    text = f"收到对{case_name(case)}公示结果的异议，请核查。"
    city = messages.who_holds("city_reviewer", case.region_id)
    messages.send(_source(row), city, text, f"/city/rounds/{case.round_id}")


@handles("objection_ruled")
def objection_ruled(row: OutboxRow) -> None:
    """Tell the carrier, and finance, whose payment may have waited for it."""
    case = Objection.get_by_id(row.payload["objection"]).entry.case
    text = f"对{case_name(case)}公示结果的异议已有处理结论。"
    messages.send(_source(row), messages.who_handles(case, "carrier_clerk"), text, case_page(case))
    messages.send(_source(row), messages.who_holds("finance", case.region_id), text, "/finance/")


@handles("award_changed")
def award_changed(row: OutboxRow) -> None:
    """Tell finance that an award must be looked at."""
    award = Award.get_by_id(row.payload["award"])
    text = f"{award.organisation.name}（{award.round.title}）的奖补有变化，请查看。"
    messages.send(_source(row), messages.who_holds("finance", award.round.region_id), text, "/finance/")
