"""What each kind of outbox row leads to: messages to the people concerned. One function a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from core import clock
from core.cases import (
    audit_checks,
    award_use,
    awarding,
    definitions,
    outcome_words,
    panels,
    replaying,
    standing,
    statements,
    urging,
)
from core.jobs import channels, messages
from core.jobs.outbox import Handler, Outward
from core.models import (
    Account,
    Award,
    Case,
    CaseEvent,
    EvaluationRound,
    NoticeEntry,
    Objection,
    Organisation,
    OutboxRow,
    PublicNotice,
    Region,
)

HANDLERS: dict[str, Handler] = {}
"""Kind of row → what handles it, inside the transaction that marks the row done."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register a function for a kind of row. It may be called again for the same row and must then add nothing."""

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"{kind} has a handler already")
        HANDLERS[kind] = partial(_in_its_region, handler)
        return handler

    return register


def _in_its_region(handler: Handler, row: OutboxRow) -> None:
    """Handle a row for the region of what it names: in a demo each region has a day of its own."""
    with clock.for_region(_region_of(row.payload)):
        handler(row)


_REGION_OF: dict[str, Callable[[int], Region]] = {
    "case": lambda key: Case.get_by_id(key).region,
    "round": lambda key: EvaluationRound.get_by_id(key).region,
    "notice": lambda key: PublicNotice.get_by_id(key).round.region,
    "award": lambda key: Award.get_by_id(key).round.region,
    "objection": lambda key: Objection.get_by_id(key).entry.case.region,
    "organisation": lambda key: Organisation.get_by_id(key).region,
}
"""What a row's payload may name → the region it belongs to."""


def _region_of(payload: Mapping[str, Any]) -> str:
    """The key of the region; "" for work that names nothing of a region."""
    return next((find(payload[name]).key for name, find in _REGION_OF.items() if name in payload), "")


def case_page(case: Case) -> str:
    """The one page of a case."""
    return f"/cases/{case.id}"


def case_name(case: Case) -> str:
    """A case as people call it: the carrier and the number."""
    return f"{case.carrier.name}（{case.number}）"


def matter_of(case: Case) -> str:
    """What a case outside rounds is about, to follow its name: many procedures run beside each other there."""
    return f"的“{standing.titles([case])[case.id]}”" if case.round_id is None else ""


def name_for(case: Case, role: str) -> str:
    """A case as a message may name it: an expert learns of no carrier before pledge and declaration."""
    return "有一家单位" if role == "expert" else f"{case_name(case)}{matter_of(case)}"


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
        text = f"{case_name(case)}{matter_of(case)}已{said}{until(case.due_on)}。"
        messages.send(_source(row), clerks, text, case_page(case))
        return
    if case.stage == stage.key and stage.role:
        acting = messages.who_must_act(case, stage.role)
        text = f"{name_for(case, stage.role)}到了“{stage.name}”{until(case.due_on)}。"
        messages.send(_source(row), acting, text, page_for(case, stage.role))
    # what it came to is only told while it is closed: a result that is looked at again is nobody's yet
    done = stage.kind == "closed" and case.stage == stage.key
    said = outcome_words.told_at_closing(case) if done else f"到了“{stage.name}”。"
    messages.send(_source(row), clerks, f"{case_name(case)}{matter_of(case)}{said}", case_page(case))


@handles("case_signed")
def case_signed(row: OutboxRow) -> None:
    """Tell those who are to sign next, where bodies sign in order; the others were asked when the case came."""
    case = Case.get_by_id(row.payload["case"])
    stage = definitions.workflow_of(case).stage(case.stage)
    if stage.signing is not None and stage.signing.mode == "in_order":
        asked = messages.who_must_act(case, stage.role)
        text = f"{name_for(case, stage.role)}的“{stage.name}”轮到您签署{until(case.due_on)}。"
        messages.send(_source(row), asked, text, page_for(case, stage.role))


@handles("case_reassigned")
def case_reassigned(row: OutboxRow) -> None:
    """Tell the colleague to whom a case was handed."""
    case = Case.get_by_id(row.payload["case"])
    colleague = Account.get_by_id(row.payload["account"])
    messages.send(_source(row), [colleague], f"{case_name(case)}已转给您办理{until(case.due_on)}。", case_page(case))


@handles("case_urged")
def case_urged(row: OutboxRow) -> None:
    """Ask the carrier to hand in, or to do what it is its turn to do, unless it has done so meanwhile."""
    case = Case.get_by_id(row.payload["case"])
    stage = definitions.workflow_of(case).stage(case.stage)
    if urging.is_awaited(stage):
        waits = "还没有提交" if stage.kind == "fill" else f"等您办理“{stage.name}”"
        text = f"{case_name(case)}{matter_of(case)}{waits}{until(case.due_on)}。"
        messages.send(_source(row), messages.who_must_act(case, stage.role), text, case_page(case))


@handles("experts_urged")
def experts_urged(row: OutboxRow) -> None:
    """Ask the experts whose sheet of a case is still to be signed; the carrier is not named."""
    case = Case.get_by_id(row.payload["case"])
    if case.stage == "expert_panel":
        late = [seat.account for seat in panels.unsigned_members(case)]
        messages.send(_source(row), late, f"“{definitions.round_of(case).title}”还有评价表等您签字，请尽快办理。", "/expert/")


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


@handles("results_published")
def results_published(row: OutboxRow) -> None:
    """Tell the carriers of a publication that their results are public and in force."""
    publication = PublicNotice.get_by_id(row.payload["notice"])
    link = f"/r/{publication.round.region.key}/notices/{publication.id}"
    for entry in publication.entries.order_by(NoticeEntry.id):
        clerks = messages.who_handles(entry.case, "carrier_clerk")
        messages.send(f"{_source(row)}:{entry.case_id}", clerks, f"{case_name(entry.case)}的结果已公布并生效。", link)


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


@handles("awards_of_organisation")
def awards_of_organisation(row: OutboxRow) -> None:
    """One result, payment or balance of an organisation moves its other awards: work them out again."""
    awarding.work_out_organisation(row.payload["organisation"])


@handles("award_released")
def award_released(row: OutboxRow) -> None:
    """Tell the carrier that its money was released, and ask what it is used for where the policy wants to know."""
    award = Award.get_by_id(row.payload["award"])
    if award.status != "released":
        return
    asked = award_use.is_possible(award)
    text = f"{case_name(award.case)}的奖励已发放" + ("，请按用途填报使用情况。" if asked else "。")
    clerks = messages.who_handles(award.case, "carrier_clerk")
    messages.send(_source(row), clerks, text, "/carrier/awards/" if asked else case_page(award.case))


@handles("replay_step")
def replay_step(row: OutboxRow) -> None:
    """Work out the next carriers of a replay; the rest goes on in a row of its own, so that it can be stopped."""
    if replaying.step(row.payload["run"]):
        statements.append_outbox("replay_step", dict(row.payload))


@handles("audit_step")
def audit_step(row: OutboxRow) -> None:
    """Check the next audit chains; the rest goes on in a row of its own, so that it can be stopped."""
    if audit_checks.step(row.payload["check"]):
        statements.append_outbox("audit_step", dict(row.payload))


HANDLERS[channels.KIND] = Outward(channels.pass_on)
