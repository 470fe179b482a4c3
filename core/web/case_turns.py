"""Whose signature a case waits for, as conditions on a queue: core.cases.signing's rule for many cases at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peewee import OP, Expression, ModelSelect, fn

from core.cases.signing import ASKS_ANEW, SIGNED
from core.models import Case, CaseEvent
from core.workflow.definition import Stage


def still_to_sign(account: int | None, role: str, places: Mapping[str, Mapping[str, Stage]]) -> list[Expression]:
    """The conditions that leave out what this person signed or what is not yet their role's turn.

    Empty where no stage gathers signatures: the queue is then read as ever.
    """
    shared = [(procedure, stage) for procedure, stages in places.items() for stage in stages.values() if stage.signing]
    return [~_at(procedure, stage) | _waits(account, role, stage) for procedure, stage in shared]


def _at(procedure: str, stage: Stage) -> Expression:
    return (Case.procedure == procedure) & (Case.stage == stage.key)


def _waits(account: int | None, role: str, stage: Stage) -> Expression:
    waits: Expression = ~fn.EXISTS(_given().where(CaseEvent.actor == account))
    if stage.signing is not None and stage.signing.mode == "in_order":
        turns = [number for number, one in enumerate(stage.actors) if one == role]
        waits &= Expression(_given(fn.COUNT(CaseEvent.id)), OP.IN, turns or [-1])
    return waits


def _given(*columns: Any) -> ModelSelect[Any]:
    """The signatures since the case came to its stage, of the case of the outer statement."""
    began = CaseEvent.alias()
    since = began.select(fn.MAX(began.sequence)).where(
        (began.case == Case.id) & (began.body.contains('"to":') | (began.kind == ASKS_ANEW))
    )
    rows = CaseEvent.select(*(columns or (CaseEvent.id,)))
    return rows.where((CaseEvent.case == Case.id) & (CaseEvent.kind == SIGNED) & (CaseEvent.sequence > since))

