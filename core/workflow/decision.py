"""The pure decision: may this actor take this action now, and what follows. No database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


class ConditionNotMet(Refused):
    """The facts do not allow an action; `missing` are those that its condition asks for and nobody has given."""

    def __init__(self, action: Action, missing: Sequence[str] = ()) -> None:
        super().__init__(f"还不能“{action.name}”：不符合这个动作的条件。")
        self.action = action
        self.missing = tuple(missing)


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
    ("opinion", "reasons", …); `facts` feed the action's condition. Raises Refused with the reason in Chinese,
    ConditionNotMet where it is the facts that do not allow it.
    """
    stage = workflow.stage(stage_key)
    action = stage.action(action_key)
    if action is None:
        raise Refused(f"“{stage.name}”环节没有这个办理动作，请刷新后再看。")
    if not _theirs(stage, action, roles):
        raise Refused(f"“{stage.name}”环节的“{action.name}”不由您办理。")
    missing = [need for need in action.needs if need not in given]
    if missing:
        raise Refused("".join(NEED_TEXT[need] for need in missing), {need: NEED_TEXT[need] for need in missing})
    if not holds(action, facts):
        raise ConditionNotMet(action, _missing(action, facts))
    said = _refusal(stage, action, given, facts)
    if said:
        raise Refused(f"还不能“{action.name}”：{said}")
    return Move(action, stage, workflow.stage(action.to))


def _theirs(stage: Stage, action: Action, roles: frozenset[str]) -> bool:
    """Whether an action is for a person with these roles to take."""
    return action.role in roles if action.role else not roles.isdisjoint(stage.actors)


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


def holds(action: Action, facts: Mapping[str, object]) -> bool:
    """Whether the facts certainly meet the action's condition; without a condition they always do."""
    return not action.condition or compile_formula(action.condition).holds(facts)


def _missing(action: Action, facts: Mapping[str, object]) -> list[str]:
    return sorted(name for name in compile_formula(action.condition).names if facts.get(name) is None)


def first_with_effect(stage: Stage, effect: str, facts: Mapping[str, object]) -> Action | None:
    """Of the actions of a stage that share an effect, the first whose condition holds; None without any such action.

    Raises ConditionNotMet when there are some and none is allowed.
    """
    actions = [action for action in stage.actions if action.effect == effect]
    for action in actions:
        if holds(action, facts):
            return action
    if actions:
        raise ConditionNotMet(actions[0], sorted({name for action in actions for name in _missing(action, facts)}))
    return None


def open_actions(
    workflow: Workflow,
    stage_key: str,
    roles: frozenset[str],
    facts: Mapping[str, object] | None = None,
    typed: Collection[str] = (),
) -> list[Action]:
    """The buttons for a person with these roles; moves made by the round are not among them.

    With `facts`, an action whose condition does not hold is left out, unless the condition also depends on what is
    yet to be typed with the action (`typed`: the questions of the stage's opinion form).
    """
    stage = workflow.stage(stage_key)
    mine = [a for a in stage.actions if a.effect not in ROUND_EFFECTS and _theirs(stage, a, roles)]
    return mine if facts is None else [a for a in mine if holds(a, facts) or _waits_for(a, typed)]


def _waits_for(action: Action, typed: Collection[str]) -> bool:
    return not compile_formula(action.condition).names.isdisjoint(typed)
