"""The line of stages of a case: who, when, and how many days, from the workflow and what has happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from core.cases import definitions, noticing, panels
from core.models import Case
from core.policy.version import PolicyVersion
from core.web.case_due import WorkingDays
from core.web.case_history import Happened, body_of
from core.web.words import cn_date, month_day
from core.workflow.definition import Stage, Workflow

DONE = {"submitted": "提交", "forwarded": "同意", "returned": "退回", "marked_absent": "截止", "published": "公示"}
BACK = ("return", "withdraw", "redetermine")
"""Effects of actions that take a case back."""
CLOCK_UNITS = {"working_days": "个工作日", "calendar_days": "天", "calendar_months": "个月"}


def path_of(case: Case, events: Sequence[Happened], days: WorkingDays, mine: bool) -> list[dict[str, Any]]:
    """The steps for `parts/path.html`; `mine` when this person is to act now."""
    policy = definitions.policy_of(case)
    workflow = definitions.workflow_of(case)
    left = {e.left: f"{month_day(e.on)}{_done(workflow, e)}" for e in events if e.left}
    shown = stages_shown(workflow, case.stage, left)
    # a notice that the policy has switched off is no step, unless the case went through it
    met = {case.stage, *left}
    stages = [s for s in shown if s.kind != "public_notice" or s.key in met or not noticing.publishes_at_once(policy)]
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


def _done(workflow: Workflow, event: Happened) -> str:
    """What was done at a stage, in a word; what ends a case may as well be a refusal, so it is not called consent."""
    target = workflow.by_key.get(event.to)
    ended = target is not None and target.kind == "closed"
    if ended and event.kind in ("forwarded", "published"):
        return "办结" if event.kind == "forwarded" else "公布"  # final at once, without days for objections
    return DONE.get(event.kind, "办结")


def stages_shown(workflow: Workflow, now: str, passed: Collection[str] | None = None) -> list[Stage]:
    """The stages of the line: of several ends only the one reached, and until then one end without its name.

    With `passed`, only the stages that the case went through and those that it may still come to: of two ways that
    exclude each other the other one is left out once it is chosen.
    """
    ends = [stage for stage in workflow.stages if stage.kind == "closed"]
    way = [stage for stage in workflow.stages if stage.kind != "closed"]
    here = workflow.stage(now)
    if here.kind == "closed":
        return [*(stage for stage in way if passed is None or stage.key in passed), here]
    if passed is not None:
        before = way[: way.index(here)]
        way = [s for s in way if s.key in _ahead(workflow, here) or (s in before and s.key in passed)]
    return [*way, ends[0] if len(ends) == 1 else replace(ends[0], name="办结")]


def _ahead(workflow: Workflow, here: Stage) -> set[str]:
    """The stage itself and all that may follow it, going back left aside."""
    met, edge = {here.key}, [here]
    while edge:
        onward = [action.to for action in edge.pop().actions if action.effect not in BACK]
        new = [key for key in dict.fromkeys(onward) if key not in met]
        met.update(new)
        edge += [workflow.stage(key) for key in new]
    return met


def _who(case: Case, stage: Stage) -> str:
    if stage.scope != "panel":
        return body_of(case, stage)
    least = max(stage.minimum_experts, panels.rules_of(case).minimum)
    return body_of(case, stage) + (f" {least} 人以上" if least > 1 else "")


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
