"""The queue, page by page: every case once, by last day, those without one at the end."""

from __future__ import annotations

from datetime import date

import pytest

from core.models import Case
from core.people.scope import visible_cases
from core.web import case_queue
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")
DAYS = ["2023-06-05", "2023-06-05", None, "2023-06-02", "2023-06-05", None, "2023-06-20", "2023-06-02"]


@pytest.fixture
def world(tmp_path) -> w.World:
    made = w.build(carriers=len(DAYS), folder=tmp_path)
    for case, day in zip(made.cases, DAYS, strict=True):
        Case.update(due_on=date.fromisoformat(day) if day else None).where(Case.id == case.id).execute()
    return made


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 9])
def test_turning_pages_meets_every_case_once_in_order(world: w.World, size: int) -> None:
    queue = visible_cases(w.viewer(world.city_reviewer), "city_reviewer")
    met, after = [], ""
    while True:
        page = case_queue.page_of(queue, after, size)
        assert len(page.cases) <= size
        met += [(case.due_on, case.id) for case in page.cases]
        after = page.after
        if not after:
            break

    assert met == sorted(met, key=lambda row: (row[0] is None, row[0] or date.max, row[1]))
    assert len({number for _, number in met}) == len(met) == len(DAYS)


def test_a_mark_that_nobody_gave_starts_at_the_beginning(world: w.World) -> None:
    queue = visible_cases(w.viewer(world.city_reviewer), "city_reviewer")

    assert case_queue.page_of(queue, "nonsense", 3) == case_queue.page_of(queue, "", 3)
