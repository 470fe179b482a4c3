"""The pure decision: may this actor take this action now, and what follows. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Refused
from core.workflow.definition import ROUND_EFFECTS, Action, Stage, Workflow
from core.workflow.stage_kinds import STAGE_KINDS
from forms.formula import compile_formula

NEED_TEXT = {
    "opinion": "请先填写审核意见。",
    "reasons": "请至少写明一处要补正的内容和原因。",
    "said": "请写明理由。",
    "site_visit": "请先登记实地考察。",
}


@dataclass(frozen=True)
class Move:
    """What an allowed action leads to."""

    action: Action
    source: Stage
    target: Stage


def decide(
    workflow: Workflow,
    stage_key: str,
    action_key: str,
    roles: frozenset[str],
    given: frozenset[str],
    facts: Mapping[str, object],
) -> Move:
    """The move that `action_key` makes from `stage_key`.

    `roles` are those that the person holds *for this case*; `given` names what came with the action
    ("opinion", "reasons", …); `facts` feed the action's condition. Raises Refused with the reason in Chinese.
    """
    stage = workflow.stage(stage_key)
    action = stage.action(action_key)
    if action is None:
        raise Refused(f"“{stage.name}”环节没有这个办理动作，请刷新后再看。")
    if (action.role or stage.role) not in roles:
        raise Refused(f"“{stage.name}”环节的“{action.name}”不由您办理。")
    missing = [need for need in action.needs if need not in given]
    if missing:
        raise Refused("".join(NEED_TEXT[need] for need in missing), {need: NEED_TEXT[need] for need in missing})
    if action.condition and not compile_formula(action.condition).holds(facts):
        raise Refused(f"还不能“{action.name}”：条件“{action.condition}”没有满足。")
    said = _refusal(stage, action, given, facts)
    if said:
        raise Refused(f"还不能“{action.name}”：{said}")
    return Move(action, stage, workflow.stage(action.to))


def _refusal(stage: Stage, action: Action, given: frozenset[str], facts: Mapping[str, object]) -> str:
    """What the stage's own kind, a plugin's, has against the action."""
    kind = STAGE_KINDS.get(stage.own_kind)
    if kind is None or kind.refusal is None:
        return ""
    try:
        return kind.refusal(stage, action, given, facts)
    except Exception as fault:  # a plugin's code: the action is not done, everything else goes on
        told = f"环节类别“{kind.name}”（{kind.key}）出错，请告诉管理员：{type(fault).__name__}: {fault}"
        raise Refused(told) from fault


def open_actions(workflow: Workflow, stage_key: str, roles: frozenset[str]) -> list[Action]:
    """The buttons for a person with these roles; moves made by the round are not among them."""
    stage = workflow.stage(stage_key)
    return [a for a in stage.actions if a.effect not in ROUND_EFFECTS and (a.role or stage.role) in roles]
