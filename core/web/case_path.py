"""The line of stages of a case: who, when, and how many days, from the workflow and what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.cases import definitions
from core.models import Case
from core.policy.version import PolicyVersion
from core.web.case_due import WorkingDays
from core.web.case_history import Happened, body_of
from core.web.words import cn_date, month_day
from core.workflow.definition import Stage

DONE = {"submitted": "提交", "forwarded": "同意", "returned": "退回", "marked_absent": "截止", "published": "公示"}
CLOCK_UNITS = {"working_days": "个工作日", "calendar_days": "天", "calendar_months": "个月"}


def path_of(case: Case, events: Sequence[Happened], days: WorkingDays, mine: bool) -> list[dict[str, Any]]:
    """The steps for `parts/path.html`; `mine` when this person is to act now."""
    policy = definitions.policy_of(case)
    stages = definitions.workflow_of(case).stages
    left = {e.left: f"{month_day(e.on)}{DONE.get(e.kind, '办结')}" for e in events if e.left}
    here = next((i for i, stage in enumerate(stages) if stage.key == case.stage), 0)
    steps = []
    for place, stage in enumerate(stages):
        state = "ok" if place < here and stage.key in left else "next"
        if place == here:
            state = "ok" if stage.kind == "closed" else "now"
        when = _when(case, policy, stage, days, left, state)
        who = "您在办理" if state == "now" and mine else _who(case, stage)
        steps.append({"name": stage.name, "who": who, "when": when, "state": state})
    return steps


def _who(case: Case, stage: Stage) -> str:
    least = f" {stage.minimum_experts} 人以上" if stage.scope == "panel" and stage.minimum_experts else ""
    return body_of(case, stage) + least


def _when(case: Case, policy: PolicyVersion, stage: Stage, days: WorkingDays, left: dict[str, str], state: str) -> str:
    if stage.kind == "closed":
        return month_day(case.entered_stage_on) if state == "ok" else ""
    if state == "ok":
        return left[stage.key]
    if state == "now":
        return _still(case, days)
    return length_of(case, policy, stage)


def _still(case: Case, days: WorkingDays) -> str:
    number = days.left(case.due_on)
    if case.due_on is None:
        return f"{month_day(case.entered_stage_on)}起"
    if number is None:
        return f"{month_day(case.due_on)}到期"
    if number < 0:
        return f"超期 {-number} 个工作日"
    return f"还剩 {number} 个工作日" if number else "今天到期"


def length_of(case: Case, policy: PolicyVersion, stage: Stage) -> str:
    """How long a stage takes or until when, in words; empty where nothing says so."""
    clock = stage.clock
    if clock is None:
        return ""
    if clock.kind == "plan":
        stated = (case.round.plan if case.round else {}).get(clock.field)
        return f"{cn_date(stated)}前" if stated else ""
    parameter = policy.parameters.get(clock.parameter)
    length = parameter.value if parameter is not None and parameter.value is not None else clock.days
    return f"约 {length} {CLOCK_UNITS[clock.kind]}" if length is not None else ""
