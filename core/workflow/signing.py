"""When a review that several people sign (会签、或签、依次签) goes on. No database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.workflow.definition import Action, Stage

MODE_NAMES = {"all": "会签（每个人都要同意）", "any": "或签（够数即可）", "in_order": "依次签（按先后一方一人）"}
ONWARD = "forward"
"""The effect of the action that is signed; any other action of the stage moves the case at once."""


@dataclass(frozen=True)
class Signed:
    """One person's agreement, and the roles of the stage in which it was given."""

    account: int
    roles: tuple[str, ...]


def is_signed(stage: Stage, action: Action) -> bool:
    """Whether this action waits for the signatures of the stage."""
    return stage.signing is not None and action.effect == ONWARD


def turn_of(stage: Stage, signed: Sequence[Signed]) -> tuple[str, ...]:
    """The roles whose people may sign next: the one in turn, or all of the stage; none once all have had theirs."""
    if stage.signing is not None and stage.signing.mode == "in_order":
        return stage.actors[len(signed) : len(signed) + 1]
    return stage.actors


def is_complete(stage: Stage, signed: Sequence[Signed], asked: Collection[int]) -> bool:
    """Whether the stage has the signatures that its rule asks for; `asked` are the accounts that may sign now.

    Without `signing` one signature is enough, as for any review.
    """
    rule, signers = stage.signing, {one.account for one in signed}
    if rule is None:
        return bool(signers)
    if rule.mode == "in_order":
        return len(signers) >= len(stage.actors)
    if len(signers) < max(rule.quorum, 1):
        return False
    return rule.mode == "any" or (set(asked) <= signers and _every_role(stage, signed))


def _every_role(stage: Stage, signed: Sequence[Signed]) -> bool:
    """A role that nobody holds any more cannot have agreed: 会签 waits until somebody does."""
    return set(stage.actors) <= {role for one in signed for role in one.roles}
