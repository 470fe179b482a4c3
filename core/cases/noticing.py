"""Public notices: publishing a round's results, closing the notice, and what becomes final with it.

Where the policy writes no notice (or switches it off), results are published at once and final with that (公布).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core import clock
from core.cases import (
    awarding,
    clocks,
    definitions,
    determining,
    events,
    locking,
    moving,
    placing,
    standing,
    statements,
)
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.rounds import find_round
from core.errors import KaopingError, OutOfScope, Refused, Stale
from core.models import (
    Carrier,
    CarrierMark,
    Case,
    EvaluationRound,
    NoticeEntry,
    Objection,
    PublicNotice,
    Region,
    Result,
)
from core.people.scope import Viewer
from core.policy.clocks import NoticeRules, notice_rules
from core.policy.trace import Step
from core.policy.version import PolicyVersion
from core.workflow.decision import decide

PASSED = "passed"
"""The grade of a case that was approved where nothing is scored (通过)."""

ENDS_TITLE = {"title_revoked": "revoked", "removed": "exited"}
"""Consequences that end the carrier's title → where it comes to stand. A city revokes its own titles only."""

MARKS = ("priority_recommendation", "research_dishonesty_record", *ENDS_TITLE)
"""The consequences of a final result that stay with the carrier."""


NOTICE, PUBLICATION = "notice", "publication"
"""The kinds of making results public: with days for objections (公示), or final at once (公布)."""


def rules_of(round_: EvaluationRound) -> NoticeRules:
    """How results of this round are noticed."""
    return notice_rules(definitions.pinned_policy(round_))


def publishes_at_once(policy: PolicyVersion) -> bool:
    """Whether results are published without a notice: none is written, or it is switched off."""
    return not policy.has("notice") or not notice_rules(policy).enabled


def takes_objections(region: Region) -> bool:
    """Whether a region notices results before they are final, under the policy in force or on a notice of earlier."""
    own = PublicNotice.select().join(EvaluationRound).where(EvaluationRound.region == region)
    if own.where(PublicNotice.kind == NOTICE).exists():
        return True
    try:
        policy = definitions.current_policy(region, clock.today())
    except KaopingError:  # a policy that cannot be read must not take a page down
        return False
    return policy is not None and not publishes_at_once(policy)


def notice_last_day(round_: EvaluationRound, opened: date) -> date:
    """The last day of a notice opened on a day. Raises CalendarMissing, Refused without a length."""
    last = rules_of(round_).clock.last_day(opened, clocks.calendar_of(round_.region_id))
    if last is None:
        raise Refused("公示期还没有设定天数，请管理员先在参数里录入。")
    return last


def publish_notice(viewer: Viewer, round_id: int, case_ids: Sequence[int], contact: str, token: str) -> Receipt:
    """Publish the results of the chosen cases as one notice. Raises Refused naming each case that is not ready."""

    def work() -> Receipt:
        round_ = _held_round(viewer, round_id, case_ids)
        if publishes_at_once(definitions.pinned_policy(round_)):
            raise Refused("按现行办法这里不设公示，请直接公布结果。")
        if not contact.strip():
            raise Refused("请写明受理异议的单位和联系方式。", {"contact": "请写明受理异议的单位和联系方式。"})
        ready = _all_ready(round_, case_ids)
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


def publish_results(viewer: Viewer, round_id: int, case_ids: Sequence[int], token: str) -> Receipt:
    """Publish the results of the chosen cases; they are final at once, and nobody objects to them here.

    Raises Refused naming each case that is not ready, and where the policy has results noticed first.
    """

    def work() -> Receipt:
        round_ = _held_round(viewer, round_id, case_ids)
        if not publishes_at_once(definitions.pinned_policy(round_)):
            raise Refused("按现行办法结果要先公示，请发布公示。")
        ready = _all_ready(round_, case_ids)
        publication = _open_publication(viewer, round_)
        for case, result in ready:
            _publish(viewer, publication, case, result)
        record(viewer, "results_published", {"notice": publication.id, "cases": [case.id for case, _ in ready]})
        statements.append_outbox("results_published", {"notice": publication.id})
        return {"notice": publication.id, "message": f"已公布 {len(ready)} 家单位的结果，结果已生效。"}

    return once(token, work)


def _publish(viewer: Viewer, publication: PublicNotice, case: Case, result: Result) -> None:
    """One line of a publication, final with it."""
    NoticeEntry.update(status="renewed").where((NoticeEntry.case == case) & (NoticeEntry.status != "final")).execute()
    entry = NoticeEntry.create(notice=publication, case=case, result=result)
    finalise(viewer, entry, "publish")


def _open_publication(viewer: Viewer, round_: EvaluationRound) -> PublicNotice:
    today = clock.today()
    return PublicNotice.create(
        round=round_,
        kind=PUBLICATION,
        title=publication_title(round_),
        opened_on=today,
        last_day=today,
        working_days=0,
        basis="practice",
        status="closed",
        closed_on=today,
        published_by=viewer.account,
        published_at=clock.now(),
    )


def publication_title(round_: EvaluationRound) -> str:
    """The title of a publication; later ones of the same round say which they are."""
    return _numbered(round_, "结果公布")


def _numbered(round_: EvaluationRound, what: str) -> str:
    number = round_.notices.count() + 1
    return f"{round_.title}{what}" + (f"（第 {number} 次）" if number > 1 else "")


def _held_round(viewer: Viewer, round_id: int, case_ids: Sequence[int]) -> EvaluationRound:
    find_round(viewer, round_id)
    round_ = locking.lock_round(round_id)
    locking.lock_cases(case_ids)
    return round_


def _all_ready(round_: EvaluationRound, case_ids: Sequence[int]) -> list[tuple[Case, Result]]:
    """The chosen cases with the results to be made public. Raises Refused with the first that is not ready."""
    ready = [_ready(round_, case_id) for case_id in dict.fromkeys(case_ids)]
    if not ready:
        raise Refused("请至少选择一家单位。", {"cases": "请至少选择一家单位。"})
    if any(result.reference_version for _, result in ready):
        determining.require_settled_reference(round_)
    placing.require_settled_places(round_, [result for _, result in ready])
    return ready


def _ready(round_: EvaluationRound, case_id: int) -> tuple[Case, Result]:
    case = Case.get_or_none((Case.id == case_id) & (Case.round == round_))
    if case is None:
        raise OutOfScope
    result = determining.latest_result(case)
    if case.stage != "determination" or result is None:
        raise Refused(f"{case.carrier.name} 还没有认定结果，不能公布。")
    if determining.is_outdated(result):
        raise Refused(f"{case.carrier.name} 认定以后，最好值、核查、评分或填报有变动，请重新认定后再公布。")
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
    return _numbered(round_, "结果公示")


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
    _step(viewer, case, "publish", {"notice": notice.id, "result": result.id}, to="public_notice")
    Case.update(due_on=notice.last_day).where(Case.id == case.id).execute()


def _step(viewer: Viewer, case: Case, effect: str, data: dict[str, object], said: str = "", to: str = "") -> None:
    """Move a case by the action with this effect (and, where `to` names one, to a stage of that kind)."""
    row = statements.load_case(case.id)
    workflow = definitions.workflow_of(case)
    found = [a for a in workflow.stage(row.stage).actions if a.effect == effect]
    if not found:
        raise Stale(f"{case.carrier.name} 刚有变化，请刷新后再看。")
    action = next((a for a in found if not to or workflow.stage(a.to).kind == to), None)
    if action is None:
        raise Refused(_NO_WAY[to])
    move = decide(workflow, row.stage, action.key, determining.CITY, frozenset({"said", "reasons"} if said else ()), {})
    moving.move(row, case, viewer, move, data, said)


_NO_WAY = {
    "closed": "流程里没有从结果认定直接办结的动作，不能公布。请政策管理员先在流程里加上“公布”。",
    "public_notice": "流程里没有公示环节，不能发布公示。请政策管理员先在流程里加上公示。",
}


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


def finalise(viewer: Viewer, entry: NoticeEntry, effect: str = "close") -> None:
    """Make one line final: the case closes, its consequences take hold, its award comes up for payment.

    `effect` is what closes the case: the end of a notice, or a publication that needs none.
    """
    case, result = entry.case, entry.result
    NoticeEntry.update(status="final").where(NoticeEntry.id == entry.id).execute()
    _step(viewer, case, effect, {"notice": entry.notice_id, "result": result.id}, to="closed")
    apply_consequences(case, result)
    standing.open_following(viewer, case, result)
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
    _end_or_restore_title(case, result, lifted={kind for kind in standing if not result.consequences.get(kind)})


def _end_or_restore_title(case: Case, result: Result, lifted: set[str]) -> None:
    """End the title as the result says; give it back where an earlier result of this case alone had ended it."""
    own = Carrier.id == case.carrier_id
    for kind, status in ENDS_TITLE.items():
        if result.consequences.get(kind) and (kind != "title_revoked" or case.carrier.level == "city"):
            Carrier.update(title_status=status, title_ended_on=clock.today()).where(own).execute()
            return
    ended = {ENDS_TITLE[kind] for kind in lifted if kind in ENDS_TITLE}
    ending = CarrierMark.kind.in_((*ENDS_TITLE, "exit", "title_cancelled", "title_exited"))
    others = CarrierMark.select().where(
        (CarrierMark.carrier == case.carrier_id) & CarrierMark.lifted_on.is_null() & ending
    )
    if ended and not others.exists():
        Carrier.update(title_status="held", title_ended_on=None).where(own & Carrier.title_status.in_(ended)).execute()


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
    _step(viewer, entry.case, "publish", {"notice": entry.notice_id, "result": result.id}, to="public_notice")
    NoticeEntry.update(result=result).where(NoticeEntry.id == entry.id).execute()
    finalise(viewer, NoticeEntry.get_by_id(entry.id))
    return True
