"""Who is behind with reports: nobody with the period that still runs, nobody before its first or after its last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core import clock
from core.cases import completeness, definitions, standing
from tests.core.cases import standing_world as s

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def place(database: str) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 20)):
        yield s.build("lhasa", 1)


def _months(place: s.Place, *sent: str):
    policy = definitions.current_policy(place.region, clock.today())
    procedure = next(p for p in standing.procedures_of(policy) if p["key"] == "monthly_report")
    return completeness.of_carrier(policy, place.carriers[0], procedure, list(sent))


def test_the_running_month_is_not_due_yet(place: s.Place) -> None:
    found = _months(place, "2019-01")
    assert (found.due, found.submitted, found.missing[-1]) == (5, 1, "2019-05")


def test_one_that_came_already_counts(place: s.Place) -> None:
    found = _months(place, "2019-01", "2019-06")
    assert (found.due, found.submitted) == (6, 2)


@pytest.mark.parametrize("known_by", ["recognised_on", "enrolled_on"])
def test_nothing_is_due_before_the_first_day(place: s.Place, known_by: str) -> None:
    setattr(place.carriers[0], known_by, date(2019, 4, 1))
    assert _months(place).missing == ("2019-04", "2019-05")


def test_nothing_is_due_after_the_title_ended(place: s.Place) -> None:
    place.carriers[0].title_ended_on = date(2019, 3, 31)
    assert _months(place).missing == ("2019-01", "2019-02", "2019-03")


def test_who_came_today_owes_nothing(place: s.Place) -> None:
    place.carriers[0].recognised_on = clock.today()
    assert _months(place) is None
