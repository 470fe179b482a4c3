"""An action takes a fixed small number of statements, however much there is in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.cases import acting, moving
from core.models import CaseEvent, database
from tests import world as w

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("database")]

MOST_FOR_FORWARDING = 30
"""Token, scope, case, roles, policy, opinion, review, move, event, outbox, token; begin and commit aside."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside the block, as peewee's hook tells them."""
    seen: list[str] = []

    def note(query: Any, *_more: Any) -> None:
        seen.append(str(getattr(query, "sql", query)))

    database.obj.query_hooks.append(note)
    try:
        yield seen
    finally:
        database.obj.query_hooks.remove(note)


def _forwarding(world: w.World, number: int) -> int:
    w.submit(world, world.cases[number])
    case = w.fresh(world.cases[number])
    reviewer, decision = w.viewer(world.district_reviewer), acting.Decision(opinion=w.opinion_for(case))
    with counted() as seen:
        acting.act(reviewer, case.id, "forward", decision, case.stage_version, f"form-{number}")
    return len(seen)


@pytest.fixture
def world(tmp_path: Path) -> w.World:
    return w.build(carriers=5, folder=tmp_path)


def test_forwarding_takes_few_statements_and_always_as_many(world: w.World) -> None:
    counts = [_forwarding(world, number) for number in range(5)]

    assert max(counts) <= MOST_FOR_FORWARDING
    assert len(set(counts[1:])) == 1, counts  # the first one may read the policy


def test_control_one_more_query_is_noticed(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = [_forwarding(world, number) for number in range(2)][-1]
    move = moving.move

    def with_one_more(*given: Any, **named: Any) -> Any:
        CaseEvent.select().count()
        return move(*given, **named)

    monkeypatch.setattr(moving, "move", with_one_more)

    assert _forwarding(world, 2) == usual + 1
