"""Closing a round: refused while cases are open unless each is named with its reason; afterwards it only reads.

What is left open ends unfinished, with its reason in its own chain. A case whose result is before the public, or
contested, cannot be ended that way. What the law asks for later (false materials, money back) stays possible.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from core import clock
from core.cases import definitions, events, locking, statements
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.rounds import find_round
from core.errors import Refused, Stale
from core.models import AdminEvent, Case, CaseEvent, EvaluationRound, NoticeEntry, Objection, PublicNotice
from core.people.scope import Viewer

EVENT = "closed_unfinished"
ENDED = "withdrawn"
"""The outcome of a case that its round left behind."""
LONGEST_REASON = 200


def open_cases(round_: EvaluationRound) -> list[Case]:
    """The cases of a round that have not come to their end, by number."""
    cases = Case.select().where((Case.round == round_) & Case.outcome.in_(("", "absent")))
    return list(cases.order_by(Case.id))


def hindrances(round_: EvaluationRound) -> list[str]:
    """What must be finished before a round can be closed, in words."""
    found = []
    notices = PublicNotice.select().where((PublicNotice.round == round_) & (PublicNotice.status == "open")).count()
    if notices:
        found.append(f"还有 {notices} 次公示没有结束，请先结束公示。")
    entries = NoticeEntry.select(NoticeEntry.id).join(PublicNotice).where(PublicNotice.round == round_)
    objections = Objection.select().where(Objection.entry.in_(entries) & (Objection.status == "open")).count()
    if objections:
        found.append(f"还有 {objections} 件异议没有处理，请先处理异议。")
    return found


def close_round(viewer: Viewer, round_id: int, reasons: Mapping[int, str], version: int, token: str) -> Receipt:
    """Close an open round; `reasons` names each case that is still open with why it ends unfinished.

    Raises Refused with the cases that lack a reason (`why-<case>`), Stale when the round or its cases changed since
    `version` was drawn, OutOfScope.
    """

    def work() -> Receipt:
        find_round(viewer, round_id)
        round_ = locking.lock_round(round_id)
        if round_.status != "open":
            raise Refused("这个批次已经结束。" if round_.status == "closed" else "批次还没有开启，不用结束。")
        found = hindrances(round_)
        if found:
            raise Refused("".join(found))
        unfinished = open_cases(round_)
        _refuse_unnamed(unfinished, reasons)
        locking.lock_cases(case.id for case in unfinished)
        for case in unfinished:
            _end(viewer, case, reasons[case.id].strip())
        changed = EvaluationRound.update(status="closed", version=EvaluationRound.version + 1).where(
            (EvaluationRound.id == round_.id) & (EvaluationRound.status == "open") & (EvaluationRound.version == version)
        )
        if changed.execute() != 1:
            raise Stale("这个批次刚有别人改过，请刷新后再结束。")
        record(viewer, "round_closed", {"round": round_.id, "unfinished": [int(case.id) for case in unfinished]})
        left = f"，{len(unfinished)} 件未办结的已写明原因" if unfinished else ""
        return {"round": round_.id, "message": f"批次“{round_.title}”已结束{left}。"}

    return once(token, work)


def _refuse_unnamed(unfinished: list[Case], reasons: Mapping[int, str]) -> None:
    faults = {}
    for case in unfinished:
        said = reasons.get(case.id, "").strip()
        if not said:
            faults[f"why-{case.id}"] = f"{case.carrier.name}（{case.number}）还没有办结，请写明为什么不再办。"
        elif len(said) > LONGEST_REASON:
            faults[f"why-{case.id}"] = f"{case.number} 的原因不超过 {LONGEST_REASON} 个字。"
    if faults:
        raise Refused(f"还有 {len(faults)} 件没有办结，要逐件写明原因，或先办完。", faults)


def _end(viewer: Viewer, case: Case, reason: str) -> None:
    row = statements.load_case(case.id)
    end = next(stage for stage in definitions.workflow_of(case).stages if stage.kind == "closed")
    if row.stage_version != case.stage_version:
        raise Stale("有办件刚有变化，批次没有结束。请刷新后再看。")
    body = {"from": row.stage, "to": end.key, "due_on": "", "outcome": ENDED}
    event = events.prepare(row, viewer, EVENT, body, reason)
    if not statements.move_case(row, statements.Arrival(end.key, clock.today(), None, ENDED), event.tip):
        raise Stale("有办件刚有变化，批次没有结束。请刷新后再看。")
    statements.append_event(*event.values)
    statements.append_outbox("case_moved", {"case": row.id, "sequence": event.sequence, "to": end.key})


def closed_on(round_: EvaluationRound) -> date | None:
    """The day on which a round was closed."""
    for event in AdminEvent.select().where(AdminEvent.kind == "round_closed").order_by(AdminEvent.sequence.desc()):
        if json.loads(event.body)["data"]["round"] == round_.id:
            day: date = event.policy_date
            return day
    return None


def left_unfinished(round_: EvaluationRound) -> list[tuple[Case, str]]:
    """The cases that ended with the round, and why."""
    rows = CaseEvent.select(CaseEvent, Case).join(Case).where((Case.round == round_) & (CaseEvent.kind == EVENT))
    return [(row.case, row.said) for row in rows.order_by(CaseEvent.case)]
