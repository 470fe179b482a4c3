"""Undo and redo of a draft: every saved state is a step, and the draft stands at one of them."""

from __future__ import annotations

from core import clock
from core.errors import Refused
from core.models import DefinitionVersion, DraftStep
from core.people.scope import Viewer

MOST_STEPS = 200
"""States kept of a draft; the oldest go first."""


def remember(viewer: Viewer, row: DefinitionVersion, text: str) -> int:
    """Keep a new state of a draft, inside the caller's transaction; what had been undone is given up. Its number."""
    own = DraftStep.definition == row
    DraftStep.delete().where(own & (DraftStep.number > row.step)).execute()
    if not DraftStep.select().where(own).exists():
        _keep(row, row.step, row.text, row.created_by_id)
    _keep(row, row.step + 1, text, viewer.account)
    DraftStep.delete().where(own & (DraftStep.number <= row.step + 1 - MOST_STEPS)).execute()
    return int(row.step) + 1


def _keep(row: DefinitionVersion, number: int, text: str, account: int | None) -> None:
    DraftStep.create(definition=row, number=number, text=text, saved_by=account, saved_at=clock.now())


def reachable(row: DefinitionVersion) -> tuple[int, int]:
    """How many steps can be undone and done again."""
    numbers = [step.number for step in DraftStep.select(DraftStep.number).where(DraftStep.definition == row)]
    return sum(number < row.step for number in numbers), sum(number > row.step for number in numbers)


def step_by(row: DefinitionVersion, by: int) -> DraftStep:
    """The state that lies one step back (-1) or ahead (+1). Raises Refused when there is none."""
    step: DraftStep | None = DraftStep.get_or_none(
        (DraftStep.definition == row) & (DraftStep.number == row.step + by)
    )
    if step is None:
        raise Refused("没有可以撤销的改动了。" if by < 0 else "没有可以重做的改动了。")
    return step


def editors(row: DefinitionVersion) -> set[int]:
    """Who made or changed a draft: the accounts that may not publish it where four eyes are asked for."""
    saved = {step.saved_by_id for step in DraftStep.select(DraftStep.saved_by).where(DraftStep.definition == row)}
    return {account for account in (*saved, row.created_by_id) if account is not None}
