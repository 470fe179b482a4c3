"""What a clock can do by itself when the time of a stage is over, and whom it can tell above."""

from __future__ import annotations

from collections.abc import Iterator

from core.workflow.definition import ROUND_EFFECTS, Action, Stage
from forms.findings import Finding

ABOVE = "city_reviewer"
"""Who is told beside those who must act when a stage escalates: there is nobody above them."""


def why_not_by_itself(stage: Stage, action: Action) -> str:
    """Why a clock cannot take an action in a person's place; empty when it can."""
    if action.needs:
        return "办理它要有人填写意见或理由"
    if action.effect == "submit":
        return "它要交一份填报"
    if action.effect in ROUND_EFFECTS:
        return "它由批次统一办理"
    return "它要几个人签署" if stage.signing is not None else ""


def lint_clock(stage: Stage, file: str, key: str) -> Iterator[Finding]:
    """What the clock of a stage promises and cannot keep."""
    clock = stage.clock
    if clock is None:
        return
    action = stage.action(clock.action)
    if clock.when_over == "act" and action is None:
        told = "到期自动办理要写明本环节的哪个动作"
        yield Finding(file, f"{key}.clock.action", told, "、".join(a.key for a in stage.actions))
    elif clock.when_over == "act" and action is not None and (why := why_not_by_itself(stage, action)):
        able = [a.key for a in stage.actions if not why_not_by_itself(stage, a)]
        told = f"到期不能自动办理“{action.name}”：{why}"
        yield Finding(file, f"{key}.clock.action", told, "、".join(able) or "改为到期提醒")
    elif clock.when_over != "act" and clock.action:
        yield Finding(file, f"{key}.clock.action", "只有到期自动办理才写办哪个动作", "去掉，或改为自动办理")
    if clock.when_over == "escalate" and stage.actors == (ABOVE,):
        told = "这一环节就由市级审核员办理，没有更上一级可提醒"
        yield Finding(file, f"{key}.clock.when_over", told, "remind、act")
