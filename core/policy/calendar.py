"""Working days: the national calendar, a region's own days over it, and years entered by administrators."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from core.errors import Refused
from core.policy.national_calendars import PublishedCalendars

SATURDAY = 5
# No period of a policy is longer; a bound, so that a wrong figure cannot keep a worker busy.
MOST_DAYS = 2000


class NationalCalendar(Protocol):
    """Whoever knows the State Council's schedules. Raises CalendarMissing for a year it does not know."""

    def is_working_day(self, day: date) -> bool:
        """Whether the whole country works that day."""


@dataclass(frozen=True)
class EnteredDays:
    """What administrators entered: ``years`` are complete, so that their other days follow the week."""

    days: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()


class WorkingCalendar:
    """Which days are working days in one region.

    `overlay` holds the region's days that differ (day → working) and wins; then what was entered; then the
    national calendar.

    >>> WorkingCalendar().deadline(date(2020, 4, 28), 10)
    datetime.date(2020, 5, 14)
    """

    def __init__(
        self,
        national: NationalCalendar | None = None,
        overlay: Mapping[date, bool] | None = None,
        entries: EnteredDays | None = None,
    ) -> None:
        self._national = national or PublishedCalendars()
        self._overlay = dict(overlay or {})
        self._entries = entries or EnteredDays()

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarMissing for a year whose schedule nobody has entered; it is never guessed."""
        if day in self._overlay:
            return self._overlay[day]
        if day in self._entries.days:
            return self._entries.days[day]
        if day.year in self._entries.years:
            return day.weekday() < SATURDAY
        return self._national.is_working_day(day)

    def deadline(self, opened: date, working_days: int, counts_opening_day: bool = False) -> date:
        """The last of `working_days` working days from `opened`, which counts itself only if told so.

        Raises CalendarMissing, and Refused for fewer than 1 or more than MOST_DAYS days.
        """
        _bounded(working_days, "working_days")
        day = opened if counts_opening_day else opened + timedelta(days=1)
        left = working_days
        while True:
            left -= self.is_working_day(day)
            if not left:
                return day
            day += timedelta(days=1)

    def working_days_left(self, today: date, last_day: date) -> int:
        """Working days after today up to the last day, included: 0 on the last day, negative once it is over."""
        first, last, sign = (today, last_day, 1) if today <= last_day else (last_day, today, -1)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sign * sum(self.is_working_day(day) for day in days)

    def roll(self, day: date) -> date:
        """The day itself, or the next working day when it is a day off (民法典第二百零三条)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def after_days(self, opened: date, days: int, counts_opening_day: bool = False) -> date:
        """The last of so many calendar days, rolled to a working day."""
        _bounded(days, "days")
        return self.roll(opened + timedelta(days=days - counts_opening_day))

    def after_months(self, opened: date, count: int) -> date:
        """The same day so many months later (the month's last day when it has no such day), rolled."""
        _bounded(count, "months")
        return self.roll(add_months(opened, count))


def add_months(day: date, count: int) -> date:
    """The corresponding day, or the last day of a month that has none (民法典第二百零二条).

    >>> add_months(date(2018, 11, 30), 3), add_months(date(2020, 2, 29), 12)
    (datetime.date(2019, 2, 28), datetime.date(2021, 2, 28))
    """
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def _bounded(count: int, name: str) -> None:
    if not 1 <= count <= MOST_DAYS:
        raise Refused(f"期限“{count}”不对，应是 1 至 {MOST_DAYS} 的整数。", {name: f"应在 1 至 {MOST_DAYS} 之间"})
