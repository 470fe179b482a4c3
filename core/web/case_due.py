"""Working days left, for pages with many dates: the region's calendar is read once."""

from __future__ import annotations

from datetime import date, timedelta

from core import clock
from core.cases import clocks
from core.errors import CalendarMissing

SOON_DAYS = 2
"""Working days left from which a date is shown as near (amber)."""


class WorkingDays:
    """Counts in one region's working calendar, on today's policy date."""

    def __init__(self, region: int) -> None:
        self._calendar = clocks.calendar_of(region)
        self.today = clock.today()

    def left(self, last_day: date | None) -> int | None:
        """Working days left: 0 on the day, negative once over; None without a date or without a calendar."""
        if last_day is None:
            return None
        try:
            return self._calendar.working_days_left(self.today, last_day)
        except CalendarMissing:
            return None

    def soon(self) -> date:
        """The last day that counts as near: two working days from today (calendar days without a calendar)."""
        try:
            return self._calendar.deadline(self.today, SOON_DAYS)
        except CalendarMissing:
            return self.today + timedelta(days=SOON_DAYS)
