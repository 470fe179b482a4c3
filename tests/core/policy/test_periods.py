"""Weeks, months, quarters, years, and fixed days."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.periods import PERIODS, first_day_of_quarter, fixed_day, next_period, period_of, periods_between

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(day=DAYS)
def test_a_week_is_the_iso_week(day):
    year, week = period_of(day, "weekly").split("-W")
    assert date.fromisocalendar(int(year), int(week), day.isoweekday()) == day


@given(day=DAYS, period=st.sampled_from(PERIODS))
def test_the_next_period_begins_where_the_name_changes(day, period):
    following = next_period(day, period)
    assert following > day
    assert period_of(following - timedelta(days=1), period) == period_of(day, period) != period_of(following, period)


@given(first=DAYS, length=st.integers(0, 900), period=st.sampled_from(PERIODS))
def test_periods_cover_every_day_once(first, length, period):
    last = first + timedelta(days=length)
    found = periods_between(first, last, period)
    assert found[0][0] <= first <= found[0][1]
    assert found[-1][0] <= last <= found[-1][1]
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in itertools.pairwise(found))
    names = {period_of(first + timedelta(days=n), period) for n in range(length + 1)}
    assert [period_of(start, period) for start, _ in found] == sorted(names)


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2019-12-30", ["2020-W01", "2019-12", "2019Q4", "2019"]),
        ("2021-01-03", ["2020-W53", "2021-01", "2021Q1", "2021"]),
        ("2020-12-31", ["2020-W53", "2020-12", "2020Q4", "2020"]),
        ("2019-06-30", ["2019-W26", "2019-06", "2019Q2", "2019"]),
    ],
)
def test_the_ends_of_years(day, names):
    assert [period_of(date.fromisoformat(day), period) for period in PERIODS] == names


@pytest.mark.parametrize(
    ("within", "period", "number", "day"),
    [
        ("2020-01-01", "quarterly", 25, "2020-03-25"),
        ("2022-11-30", "quarterly", 25, "2022-12-25"),
        ("2021-02-03", "monthly", 31, "2021-02-28"),
        ("2019-06-12", "weekly", 5, "2019-06-14"),
        ("2019-06-12", "weekly", 9, "2019-06-16"),
        ("2019-06-12", "yearly", 31, "2019-12-31"),
        ("2019-06-12", "monthly", 0, "2019-06-01"),
    ],
)
def test_fixed_days(within, period, number, day):
    assert fixed_day(date.fromisoformat(within), period, number) == date.fromisoformat(day)


def test_quarters_as_written():
    assert first_day_of_quarter("2020Q3") == date(2020, 7, 1)
    for text in ("2020Q5", "Q1", 2020, None, "2020q1", "二〇二〇Q1"):
        with pytest.raises(Refused):
            first_day_of_quarter(text)


def test_days_the_wrong_way_round_are_refused():
    with pytest.raises(Refused) as refusal:
        periods_between(date(2019, 2, 1), date(2019, 1, 31), "weekly")
    assert "to" in refusal.value.fields
