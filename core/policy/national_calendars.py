"""Whoever knows the State Council's schedules: the package, and what plugins bring for years it lacks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.errors import CalendarMissing

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Calendar:
    """A published calendar of the whole country.

    ``is_working_day`` says of a day whether the country works, make-up days included. It raises CalendarMissing
    for a year it does not know; it never guesses.
    """

    key: str
    name: str
    is_working_day: Callable[[date], bool]


def _packaged(day: date) -> bool:
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarMissing([day.year]) from None


BUILT_IN = (Calendar("chinesecalendar", "国务院放假安排（程序包，2004 年起）", _packaged),)

CALENDARS: dict[str, Calendar] = {calendar.key: calendar for calendar in BUILT_IN}
"""Every calendar known to this process, in the order asked; the plugin manager adds those of plugins."""


class PublishedCalendars:
    """All known calendars as one: the first that knows the year answers."""

    def is_working_day(self, day: date) -> bool:
        """Whether the whole country works that day. Raises CalendarMissing when nobody knows the year."""
        for calendar in list(CALENDARS.values()):
            try:
                return bool(calendar.is_working_day(day))
            except CalendarMissing:
                continue
            except Exception:  # a plugin's code: named in the log; the others are asked
                _log.exception("日历“%s”（%s）出错，改问别的日历", calendar.name, calendar.key)
        raise CalendarMissing([day.year])
