"""kaoping itself. Variants:
verbs   what the pages call: submitting.submit and acting.act, everything they check, record and remember
clocks  the same, the stages counting working days
move    only how a case moves: the case's row locked and read, its new place, one event, one outbox row
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import b1_driver
import kaoping_place
from work import STEPS

from core import clock
from core.cases import acting, definitions, moving, statements, submitting
from core.cases.action import transaction
from core.models import Case, CaseEvent, EvaluationRound, connect, database
from core.workflow.decision import decide

NOTHING = acting.Decision()


class Engine:
    """The five methods of B1."""

    def __init__(self, target: str, variant: str) -> None:
        self.variant = variant
        clock.follow(lambda: kaoping_place.DAY)
        if target.startswith("postgresql:"):
            connect(target)
        else:
            path, _, pragma = target.partition("?")
            connect(f"sqlite:///{path}").execute_sql(f"PRAGMA {pragma}")
        if database.obj.table_exists("case"):
            self.people = kaoping_place.actors()
            self.submit_with = self._submitted if variant == "move" else self._submit
            self.advance = self._moved if variant == "move" else self._act
            round_ = EvaluationRound.get()
            self.workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
            self.round = round_

    def setup(self, n: int) -> None:
        kaoping_place.make(n, clocks=self.variant == "clocks")

    def submit(self, case: int, actor: int, region: str, data: dict[str, Any]) -> int:
        self.submit_with(case + 1, actor)
        return case + 1  # the drafts were typed before; keys run from 1

    def _submit(self, key: int, actor: int) -> None:
        submitting.submit(kaoping_place.clerk(actor, key), key, 1, f"submit-{key}")

    def _submitted(self, key: int, actor: int) -> None:
        self._move(key, "submit", frozenset({"carrier_clerk"}), kaoping_place.clerk(actor, key))

    def _act(self, key: int, step: tuple[str, ...], actor: int, region: str) -> None:
        version = STEPS.index(step) + 1
        acting.act(self.people[actor], key, step[0], NOTHING, version, f"{step[0]}-{key}")

    def _moved(self, key: int, step: tuple[str, ...], actor: int, region: str) -> None:
        person = self.people[actor]
        self._move(key, step[0], person.roles, person)

    def _move(self, key: int, action: str, roles: frozenset[str], person: Any) -> None:
        with transaction():
            row = statements.load_case(key)
            step = decide(self.workflow, row.stage, action, roles, frozenset(), {})
            case = Case(id=row.id, region=row.region, round=self.round, procedure=row.procedure)
            moving.move(row, case, person, step)

    def count_statements(self, callback: Callable[[str], Any]) -> None:
        database.connection().set_trace_callback(callback)

    def verify(self) -> tuple[int, int]:
        return Case.select().where(Case.stage == "closed").count(), CaseEvent.select().count()


if __name__ == "__main__":
    b1_driver.main(Engine)
