"""Urging (催办): asking those who have not handed in yet to do so, with a trace in each case."""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.cases import definitions, events, locking, statements
from core.cases.action import Receipt, once
from core.errors import OutOfScope, Refused
from core.models import Case, CaseEvent
from core.people.scope import Viewer, find_case, may_handle
from core.workflow.definition import Stage

MAY_URGE = ("district_reviewer", "district_centre", "city_reviewer", "city_centre")


def urge(viewer: Viewer, case_ids: Sequence[int], token: str) -> Receipt:
    """Urge the carriers of these cases; each case gets an event and its clerks a message.

    A case is urged once a day. Raises Refused when none of them is still to be handed in or all were urged today,
    OutOfScope for a case that is not this person's.
    """

    def work() -> Receipt:
        locking.lock_cases(case_ids)  # "once a day" is looked at by one colleague after the other
        cases = [_own(viewer, case_id) for case_id in sorted(set(case_ids))]
        waiting = [case for case in cases if is_awaited(definitions.workflow_of(case).stage(case.stage))]
        if not waiting:
            raise Refused("没有需要催办的单位：都已经办了。")
        waiting = [case for case in waiting if may_be_urged(case)]
        if not waiting:
            raise Refused("今天已经催办过，明天再催。")
        for case in waiting:
            sequence = events.record(case.id, viewer, "urged", {"stage": case.stage})
            statements.append_outbox("case_urged", {"case": case.id, "sequence": sequence})
        return {"cases": [case.id for case in waiting], "message": f"已催办 {len(waiting)} 家单位，经办人会收到消息。"}

    return once(token, work)


def is_awaited(stage: Stage) -> bool:
    """Whether a stage waits for the carrier: to hand in, or to confirm, for instance."""
    return stage.role == "carrier_clerk"


def may_be_urged(case: Case) -> bool:
    """Whether nobody has urged this carrier today."""
    today = (CaseEvent.case == case) & (CaseEvent.kind == "urged") & (CaseEvent.policy_date == clock.today())
    return not CaseEvent.select().where(today).exists()


def _own(viewer: Viewer, case_id: int) -> Case:
    case = find_case(viewer, case_id)
    if not any(may_handle(viewer, case, role) for role in MAY_URGE):
        raise OutOfScope
    return case
