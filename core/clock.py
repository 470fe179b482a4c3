"""Two clocks: policy dates from `today()`, everything technical from `now()`.

Leases, sessions, tokens and audit time are real. Deadlines, notices and validity follow the policy date, which
a test sets and a demo instance stores and may advance, one for each region (their policies are valid in different
years). Whoever handles something of a region says so with `for_region`; outside demos that changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _real_today() -> date:
    return datetime.now(SHANGHAI).date()


_policy_date: Callable[[], date] = _real_today
_region: ContextVar[str] = ContextVar("region_at_hand", default="")


def now() -> datetime:
    """The real moment, aware, in UTC."""
    return datetime.now(UTC)


def today(region: str | None = None) -> date:
    """The policy date in Shanghai: the day that deadlines and validity are counted from.

    Of the region at hand, or of the one whose key is given (lists that mix regions).
    """
    if region is None:
        return _policy_date()
    with for_region(region):
        return _policy_date()


def region_at_hand() -> str:
    """The key of the region whose matters are being handled; "" while nobody has said."""
    return _region.get()


@contextmanager
def for_region(region: str) -> Iterator[None]:
    """Handle matters of a region (its key; "" for none) inside the block: `today()` answers for it."""
    before = _region.set(region)
    try:
        yield
    finally:
        _region.reset(before)


def turn_to(region: str) -> None:
    """Go on with another region until the surrounding `for_region` block ends."""
    _region.set(region)


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
