"""The bureau steps in: who did not take part is recorded so, and submitted figures are corrected with a ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import clock
from core.cases import definitions, events, locking, moving
from core.cases.action import Receipt, once
from core.cases.determining import CITY, excuse_fact, keep_check
from core.cases.submitting import add_submission, evidence_of, latest_submission
from core.errors import Refused
from core.people.scope import Viewer
from core.workflow.decision import decide


def mark_absent(viewer: Viewer, case_id: int, excused: bool, reason: str, version: int, token: str) -> Receipt:
    """Record that a carrier did not take part, once its deadline has passed, and whether it had a just cause."""

    def work() -> Receipt:
        case, row = locking.own_case(viewer, case_id, "city_reviewer", version)
        workflow = definitions.workflow_of(case)
        action = workflow.action_with_effect(row.stage, "absent")
        if action is None:
            raise Refused("这个环节不能记为未参加。")
        if case.due_on is None or clock.today() <= case.due_on:
            raise Refused("填报还没有截止，不能记为未参加。")
        step = decide(workflow, row.stage, action.key, CITY, frozenset({"said"} if reason.strip() else ()), {})
        receipt = moving.move(row, case, viewer, step, {"excused": excused}, reason)
        if excuse := excuse_fact(definitions.policy_of(case)):
            keep_check(viewer, case, excuse, excused, reason)
        return receipt

    return once(token, work)


def correct_submission(
    viewer: Viewer, case_id: int, answers: Mapping[str, Any], reason: str, version: int, token: str
) -> Receipt:
    """The city corrects submitted figures with a ground; the old version is kept beside the new one."""

    def work() -> Receipt:
        case, row = locking.own_case(viewer, case_id, "city_reviewer", version, with_round=True)
        last = latest_submission(case)
        if last is None or definitions.workflow_of(case).stage(row.stage).kind not in ("review", "expert_panel", "determination"):
            raise Refused("这个环节不能更正填报。")
        if not reason.strip():
            raise Refused("请写明更正的依据。", {"reason": "请写明更正的依据。"})
        changed = sorted(key for key, value in answers.items() if last.answers.get(key) != value)
        if not changed:
            raise Refused("没有改动。")
        form = definitions.fill_form(case)
        merged = {**last.answers, **answers}
        found = {k: "".join(v) for k, v in form.check(merged, evidence_of(case)).items() if k in changed}
        if found:
            raise Refused("更正的内容有误，请按提示改。", found)
        submission = add_submission(viewer, case, merged, reason)
        data = {"submission": submission.id, "fields": changed}
        events.append(row, viewer, "corrected", data, reason, renews=True)
        return {"case": case.id, "number": case.number, "message": "已更正，原来的填报仍保留。"}

    return once(token, work)
