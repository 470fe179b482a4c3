from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CalendarMissing, Refused
from core.policy.calendar import EnteredDays, WorkingCalendar, add_months

NATIONAL = WorkingCalendar()
LOSAR = {date(2023, 2, day): day in (18, 19) for day in range(18, 27)}


def _day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("opened", "days", "counts", "last"),
    [
        ("2020-01-17", 5, False, "2020-01-23"),
        ("2020-01-22", 5, True, "2020-02-05"),
        ("2023-04-26", 5, False, "2023-05-06"),
        ("2024-03-16", 5, True, "2024-03-22"),
        ("2024-03-16", 5, False, "2024-03-22"),
        ("2026-12-24", 5, False, "2026-12-31"),
        ("2003-12-31", 1, False, "2004-01-02"),
    ],
)
def test_deadlines(opened, days, counts, last):
    assert NATIONAL.deadline(_day(opened), days, counts) == _day(last)


def test_a_regions_own_days_win():
    assert WorkingCalendar(overlay=LOSAR).deadline(_day("2023-02-15"), 5) == _day("2023-02-27")


@pytest.mark.parametrize(("opened", "counts", "year"), [("2026-12-29", False, 2027), ("2003-12-31", True, 2003)])
def test_an_unknown_year_is_never_guessed(opened, counts, year):
    with pytest.raises(CalendarMissing) as missing:
        NATIONAL.deadline(_day(opened), 5, counts)
    assert missing.value.years == [year]


def test_an_entered_year_is_complete():
    entered = EnteredDays({_day("2027-01-01"): False, _day("2027-01-02"): True}, frozenset({2027}))
    calendar = WorkingCalendar(entries=entered)
    assert calendar.deadline(_day("2026-12-29"), 5) == _day("2027-01-05")  # 30, 31, Sat 2 (worked), 4, 5
    assert not calendar.is_working_day(_day("2027-01-03"))


def test_single_entered_days_do_not_make_a_year_known():
    calendar = WorkingCalendar(entries=EnteredDays({_day("2027-01-02"): True}))
    assert calendar.is_working_day(_day("2027-01-02"))
    with pytest.raises(CalendarMissing):
        calendar.is_working_day(_day("2027-01-04"))


@pytest.mark.parametrize("days", [0, -3, 5000])
def test_senseless_lengths_are_refused(days):
    with pytest.raises(Refused):
        NATIONAL.deadline(_day("2024-05-08"), days)


@given(st.dates(date(2005, 1, 1), date(2025, 6, 30)), st.integers(1, 40), st.booleans())
def test_a_deadline_is_a_working_day_with_exactly_that_many_before_it(opened, days, counts):
    last = NATIONAL.deadline(opened, days, counts)
    first = opened if counts else opened + timedelta(days=1)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert NATIONAL.is_working_day(last)
    assert sum(NATIONAL.is_working_day(day) for day in span) == days


@given(st.dates(date(2005, 1, 1), date(2025, 6, 30)), st.integers(1, 40))
def test_counting_the_opening_day_never_ends_later(opened, days):
    assert NATIONAL.deadline(opened, days, True) <= NATIONAL.deadline(opened, days, False)


@given(st.dates(date(2005, 1, 1), date(2025, 6, 30)), st.integers(1, 40))
def test_days_left_count_down_to_the_last_day(opened, days):
    last = NATIONAL.deadline(opened, days)
    assert NATIONAL.working_days_left(opened, last) == days
    assert NATIONAL.working_days_left(last, last) == 0
    assert NATIONAL.working_days_left(last, opened) == -days


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        ("2018-11-30", 3, "2019-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2019-01-15", 3, "2019-04-15"),
        ("2023-10-31", 4, "2024-02-29"),
    ],
)
def test_months(day, count, later):
    assert add_months(_day(day), count) == _day(later)


def test_periods_in_days_and_months_roll_to_a_working_day():
    assert NATIONAL.after_days(_day("2023-09-25"), 5) == _day("2023-10-07")
    assert NATIONAL.after_days(_day("2024-05-08"), 5, True) == _day("2024-05-13")
    assert NATIONAL.after_months(_day("2023-07-01"), 3) == _day("2023-10-07")
