"""Public notices: publishing a round's results, closing the notice, and what becomes final with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core import clock
from core.cases import awarding, clocks, definitions, determining, events, locking, moving, statements
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.rounds import find_round
from core.errors import OutOfScope, Refused, Stale
from core.models import Carrier, CarrierMark, Case, EvaluationRound, NoticeEntry, Objection, PublicNotice, Result
from core.people.scope import Viewer
from core.policy.clocks import NoticeRules, notice_rules
from core.policy.trace import Step
from core.workflow.decision import decide

PASSED = "passed"
"""The grade of a case that was approved where nothing is scored (通过)."""

MARKS = ("priority_recommendation", "research_dishonesty_record", "title_revoked")
"""The consequences of a final result that stay with the carrier."""


def rules_of(round_: EvaluationRound) -> NoticeRules:
    """How results of this round are noticed."""
    return notice_rules(definitions.pinned_policy(round_))


def notice_last_day(round_: EvaluationRound, opened: date) -> date:
    """The last day of a notice opened on a day. Raises CalendarMissing, Refused without a length."""
    last = rules_of(round_).clock.last_day(opened, clocks.calendar_of(round_.region_id))
    if last is None:
        raise Refused("公示期还没有设定天数，请管理员先在参数里录入。")
    return last


def publish_notice(viewer: Viewer, round_id: int, case_ids: Sequence[int], contact: str, token: str) -> Receipt:
    """Publish the results of the chosen cases as one notice. Raises Refused naming each case that is not ready."""

    def work() -> Receipt:
        find_round(viewer, round_id)
        round_ = locking.lock_round(round_id)
        locking.lock_cases(case_ids)
        if not contact.strip():
            raise Refused("请写明受理异议的单位和联系方式。", {"contact": "请写明受理异议的单位和联系方式。"})
        ready = [_ready(round_, case_id) for case_id in dict.fromkeys(case_ids)]
        if not ready:
            raise Refused("请至少选择一家单位。", {"cases": "请至少选择一家单位。"})
        if any(result.reference_version for _, result in ready):
            determining.require_settled_reference(round_)
        notice = _open_notice(viewer, round_, contact)
        for case, result in ready:
            _enter(viewer, notice, case, result)
        record(viewer, "notice_published", {"notice": notice.id, "cases": [case.id for case, _ in ready]})
        statements.append_outbox("notice_published", {"notice": notice.id})
        return {
            "notice": notice.id,
            "last_day": notice.last_day.isoformat(),
            "message": f"已发布公示，公示到 {notice.last_day.month}月{notice.last_day.day}日。",
        }

    return once(token, work)


def _ready(round_: EvaluationRound, case_id: int) -> tuple[Case, Result]:
    case = Case.get_or_none((Case.id == case_id) & (Case.round == round_))
    if case is None:
        raise OutOfScope
    result = determining.latest_result(case)
    if case.stage != "determination" or result is None:
        raise Refused(f"{case.carrier.name} 还没有认定结果，不能公示。")
    if determining.is_outdated(result):
        raise Refused(f"{case.carrier.name} 认定以后，最好值、核查或填报有变动，请重新认定后再公示。")
    if NoticeEntry.select().where(NoticeEntry.result == result).exists():
        raise Refused(f"{case.carrier.name} 的异议成立后还没有重新认定，不能再公示原来的结果。")
    require_no_open_objection(case)
    return case, result


def require_no_open_objection(case: Case) -> None:
    """Raises Refused while an objection to any line of the case waits for its ruling: its result is not settled."""
    if open_objection(case):
        raise Refused(f"{case.carrier.name} 还有异议没有处理完，处理完再办。")


def open_objection(case: Case | int) -> bool:
    """Whether an admitted objection to any line of the case waits for its ruling."""
    entries = NoticeEntry.select(NoticeEntry.id).where(NoticeEntry.case == case)
    return bool(Objection.select().where(Objection.entry.in_(entries) & (Objection.status == "open")).exists())


def _open_notice(viewer: Viewer, round_: EvaluationRound, contact: str, title: str = "") -> PublicNotice:
    rules, today = rules_of(round_), clock.today()
    return PublicNotice.create(
        round=round_,
        title=title or notice_title(round_),
        opened_on=today,
        last_day=notice_last_day(round_, today),
        working_days=rules.clock.length or 0,
        basis=rules.clock.basis,
        contact=contact,
        published_by=viewer.account,
        published_at=clock.now(),
    )


def notice_title(round_: EvaluationRound) -> str:
    """The notice's title; later ones of the same round say which they are."""
    number = round_.notices.count() + 1
    return f"{round_.title}结果公示" + (f"（第 {number} 次）" if number > 1 else "")


def publish_alone(viewer: Viewer, case: Case) -> PublicNotice:
    """Notice one case that a review has just sent to public notice, inside the caller's transaction.

    For workflows without determination: the result is "passed" (通过), the notice has this one line, and the
    region's bureau takes objections. Raises Refused for a case outside a round or a notice without a length.
    """
    round_ = definitions.round_of(case)
    last = determining.latest_result(case)
    stage = definitions.workflow_of(case).stage(Case.get_by_id(case.id).stage)
    step = Step("各级审核同意，结果为通过", stage.clause, stage.basis)
    result = Result.create(
        case=case,
        version=last.version + 1 if last else 1,
        grade=PASSED,
        trace=[step.as_data()],
        ground="审核同意",
        determined_by=viewer.account,
        determined_at=clock.now(),
        determined_on=clock.today(),
    )
    title = f"{round_.title}：{case.carrier.name}结果公示"
    notice = _open_notice(viewer, round_, round_.region.bureau or round_.region.name, title)
    NoticeEntry.create(notice=notice, case=case, result=result)
    Case.update(due_on=notice.last_day).where(Case.id == case.id).execute()
    events.record(case.id, viewer, "determined", {"result": result.id, "version": result.version, "notice": notice.id})
    record(viewer, "notice_published", {"notice": notice.id, "cases": [case.id]})
    statements.append_outbox("notice_published", {"notice": notice.id})
    return notice


def _enter(viewer: Viewer, notice: PublicNotice, case: Case, result: Result) -> None:
    NoticeEntry.update(status="renewed").where((NoticeEntry.case == case) & (NoticeEntry.status != "final")).execute()
    NoticeEntry.create(notice=notice, case=case, result=result)
    _step(viewer, case, "publish", {"notice": notice.id, "result": result.id})
    Case.update(due_on=notice.last_day).where(Case.id == case.id).execute()


def _step(viewer: Viewer, case: Case, effect: str, data: dict[str, object], said: str = "") -> None:
    row = statements.load_case(case.id)
    workflow = definitions.workflow_of(case)
    action = workflow.action_with_effect(row.stage, effect)
    if action is None:
        raise Stale(f"{case.carrier.name} 刚有变化，请刷新后再看。")
    given = frozenset({"said", "reasons"} if said else ())
    move = decide(workflow, row.stage, action.key, determining.CITY, given, {})
    moving.move(row, case, viewer, move, data, said)


def close_notice(viewer: Viewer, notice_id: int, token: str) -> Receipt:
    """Close a notice after its last day: every line that no objection holds becomes final.

    Raises Refused on or before the last day (a notice cannot close early), OutOfScope.
    """

    def work() -> Receipt:
        notice = find_notice(viewer, notice_id)
        if notice.status == "closed":
            raise Refused("这份公示已经结束。")
        if clock.today() <= notice.last_day:
            last = notice.last_day
            raise Refused(f"公示到 {last.month}月{last.day}日二十四时为止，次日起才能结束公示。")
        closed = PublicNotice.update(status="closed", closed_on=clock.today()).where(
            (PublicNotice.id == notice.id) & (PublicNotice.status == "open")
        )
        if closed.execute() != 1:
            raise Stale("这份公示刚由别人结束，请刷新后再看。")
        entries = _held_entries(notice)
        final = [entry for entry in entries if entry.status == "open" and not open_objection(entry.case)]
        for entry in final:
            finalise(viewer, entry)
        record(viewer, "notice_closed", {"notice": notice.id, "final": [entry.id for entry in final]})
        frozen = sum(entry.status == "frozen" for entry in entries)
        held = f"；{frozen} 家因异议待处理" if frozen else ""
        return {"notice": notice.id, "message": f"公示已结束，{len(final)} 家结果生效{held}。"}

    return once(token, work)


def _held_entries(notice: PublicNotice) -> list[NoticeEntry]:
    """The lines of a notice, their cases held: an objection that came first is seen, one that comes now waits."""
    entries = NoticeEntry.select().where(NoticeEntry.notice == notice).order_by(NoticeEntry.id)
    locking.lock_cases(entry.case_id for entry in entries.clone())
    return list(entries.clone())


def finalise(viewer: Viewer, entry: NoticeEntry) -> None:
    """Make one line final: the case closes, its consequences take hold, its award comes up for payment."""
    case, result = entry.case, entry.result
    NoticeEntry.update(status="final").where(NoticeEntry.id == entry.id).execute()
    _step(viewer, case, "close", {"notice": entry.notice_id, "result": result.id})
    apply_consequences(case, result)
    awarding.raise_award(viewer, case, result)


def apply_consequences(case: Case, result: Result) -> None:
    """Put the lasting consequences of a result on the carrier's register.

    Marks that an earlier result of the same case left and this one does not carry are lifted, not removed.
    """
    today = clock.today()
    own = CarrierMark.select().where((CarrierMark.case_number == case.number) & CarrierMark.lifted_on.is_null())
    standing = {mark.kind: mark.id for mark in own}
    for kind in MARKS:
        if result.consequences.get(kind) and kind not in standing:
            clause = next((s["clause"] for s in result.trace if s.get("result") is True and s.get("clause")), "")
            CarrierMark.create(
                carrier=case.carrier, kind=kind, clause=clause, reason=result.ground, case_number=case.number,
                set_on=today, set_at=clock.now(),
            )  # fmt: skip
        elif kind in standing and not result.consequences.get(kind):
            lifted = CarrierMark.update(lifted_on=today, lifted_because=result.ground)
            lifted.where(CarrierMark.id == standing[kind]).execute()
    if result.consequences.get("title_revoked") and case.carrier.level == "city":
        Carrier.update(title_status="revoked", title_revoked_on=today).where(Carrier.id == case.carrier_id).execute()


def find_notice(viewer: Viewer, notice_id: int) -> PublicNotice:
    """A notice of a region in which this person is the city's reviewer. Raises OutOfScope."""
    notice = PublicNotice.get_or_none(PublicNotice.id == notice_id)
    if notice is None or not viewer.has("city_reviewer", notice.round.region_id):
        raise OutOfScope
    return notice


def back_to_determination(viewer: Viewer, entry: NoticeEntry, reason: str) -> None:
    """Take a noticed case back to determination (an objection that leads to a new result)."""
    _step(viewer, entry.case, "redetermine", {"notice": entry.notice_id, "result": entry.result_id}, reason)


def finish_changed(viewer: Viewer, entry: NoticeEntry, result: Result) -> bool:
    """After a new determination: put the new result in force without another notice, where the policy allows.

    False when the policy has changed results noticed again (then the round publishes a new notice).
    """
    if rules_of(entry.notice.round).notice_again:
        return False
    _step(viewer, entry.case, "publish", {"notice": entry.notice_id, "result": result.id})
    NoticeEntry.update(result=result).where(NoticeEntry.id == entry.id).execute()
    finalise(viewer, NoticeEntry.get_by_id(entry.id))
    return True
