"""Rows by ready-made text are the rows that peewee reads, column by column, on both databases."""

from __future__ import annotations

import pytest

from core.models import Case, Draft, EvaluationRound, Region, database
from core.models.reading import every, first, related
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


def _counted(work) -> int:
    seen: list[object] = []
    database.obj.query_hooks.append(seen.append)
    try:
        work()
    finally:
        database.obj.query_hooks.remove(seen.append)
    return len(seen)


@pytest.fixture
def case(tmp_path) -> Case:
    world = w.build(carriers=2, folder=tmp_path)
    w.fill(world, world.cases[0])
    return world.cases[0]


@pytest.mark.parametrize("model", [Case, Draft, EvaluationRound, Region])
def test_the_values_and_their_types_are_those_of_peewee(case: Case, model) -> None:
    ours, theirs = list(every(model, "ORDER BY id")), list(model.select().order_by(model.id))

    assert [row.__data__ for row in ours] == [row.__data__ for row in theirs]
    assert [{k: type(v) for k, v in row.__data__.items()} for row in ours] == [
        {k: type(v) for k, v in row.__data__.items()} for row in theirs
    ]
    assert all(not row.dirty_fields for row in ours)


def test_what_is_not_there_is_none(case: Case) -> None:
    assert first(Case, "WHERE id = ?", 0) is None
    assert list(every(Case, "WHERE id = ?", 0)) == []


def test_a_related_row_is_asked_for_once(case: Case) -> None:
    row = first(Case, "WHERE id = ?", case.id)
    assert row is not None

    assert related(row, "round").id == case.round_id
    assert _counted(lambda: (row.round.title, related(row, "round"))) == 0
    assert related(row, "assignee") is None
