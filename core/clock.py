"""Two clocks: policy dates from `today()`, everything technical from `now()`.

Leases, sessions, tokens and audit time are real. Deadlines, notices and validity follow the policy date, which
a demo instance stores and may advance (the policies of some regions have ended) and a test sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _real_today() -> date:
    return datetime.now(SHANGHAI).date()


_policy_date: Callable[[], date] = _real_today


def now() -> datetime:
    """The real moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The policy date in Shanghai: the day that deadlines and validity are counted from."""
    return _policy_date()


def follow(source: Callable[[], date] | None) -> None:
    """Take the policy date from `source` from now on; `None` goes back to the real day."""
    global _policy_date  # noqa: PLW0603 - the one switch of a process, set at start-up
    _policy_date = source or _real_today


@contextmanager
def policy_date(day: date) -> Iterator[None]:
    """Hold the policy date at `day` inside the block (tests, demo data)."""
    before = _policy_date
    follow(lambda: day)
    try:
        yield
    finally:
        follow(before)


def shanghai(moment: datetime) -> datetime:
    """The same moment on Shanghai's wall clock."""
    return moment.astimezone(SHANGHAI)


def moment() -> datetime:
    """Now on Shanghai's wall clock, on the policy date: the moment by which something was filed in time."""
    return datetime.combine(today(), datetime.now(SHANGHAI).time(), SHANGHAI)
