"""The working-day strip of a notice: every day from its opening to its last day, and why it ends there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.policy.calendar import SATURDAY, WorkingCalendar
from core.web.words import month_day, weekday


@dataclass(frozen=True)
class Day:
    """One cell. `kind`: opening, passed, counted, off, or "" for padding without a date."""

    date: date | None
    word: str = ""
    kind: str = ""
    is_today: bool = False


@dataclass(frozen=True)
class Strip:
    """The cells by weeks from Monday, padded, and the reasons in plain sentences."""

    days: tuple[Day, ...]
    reasons: tuple[str, ...]


def make_strip(calendar: WorkingCalendar, opened: date, last_day: date, counts_opening_day: bool, today: date) -> Strip:
    """Draw the period. Raises CalendarMissing for a year nobody has entered."""
    span = [opened + timedelta(days=n) for n in range((last_day - opened).days + 1)]
    cells = [Day(None)] * opened.weekday() + list(_cells(calendar, span, counts_opening_day, today))
    return Strip(tuple(cells), tuple(_reasons(calendar, span, counts_opening_day)))


def _cells(calendar: WorkingCalendar, span: list[date], counts_opening_day: bool, today: date) -> Iterator[Day]:
    count = 0
    for day in span:
        working = calendar.is_working_day(day)
        is_today = day == today
        if day == span[0] and not counts_opening_day:
            yield Day(day, "发布", "opening", is_today)
        elif working:
            count += 1
            yield Day(day, "今天" if is_today else f"第{count}日", "passed" if day < today else "counted", is_today)
        else:
            yield Day(
                day, "休" if day.weekday() >= SATURDAY and not _in_holiday(calendar, day) else "放假", "off", is_today
            )


def _in_holiday(calendar: WorkingCalendar, day: date) -> bool:
    """Whether a day off belongs to a run of days off that takes in a weekday."""
    return any(d.weekday() < SATURDAY for d in _run(calendar, day))


def _run(calendar: WorkingCalendar, day: date) -> list[date]:
    first = last = day
    while not calendar.is_working_day(first - timedelta(days=1)):
        first -= timedelta(days=1)
    while not calendar.is_working_day(last + timedelta(days=1)):
        last += timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _reasons(calendar: WorkingCalendar, span: list[date], counts_opening_day: bool) -> Iterator[str]:
    yield "发布当天计入。" if counts_opening_day else "发布当天不计。"
    for first, last in _holidays(calendar, span):
        yield f"{month_day(first)}放假。" if first == last else f"{month_day(first)}至{month_day(last)}放假。"
    number = 0
    for day in span[0 if counts_opening_day else 1 :]:
        working = calendar.is_working_day(day)
        number += working
        if working and day.weekday() >= SATURDAY:
            yield f"{month_day(day)}（{weekday(day)}）调休上班，为第 {number} 个工作日。"
    yield f"周末和放假不计，第 {number} 个工作日是 {month_day(span[-1])}。"


def _holidays(calendar: WorkingCalendar, span: Iterable[date]) -> list[tuple[date, date]]:
    """Runs of days off within the span that take in a weekday, as first and last day of the whole run."""
    runs: dict[tuple[date, date], None] = {}
    for day in span:
        if not calendar.is_working_day(day):
            run = _run(calendar, day)
            if any(d.weekday() < SATURDAY for d in run):
                runs[(run[0], run[-1])] = None
    return list(runs)
