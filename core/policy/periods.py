"""Weeks, months, quarters and years: which one a day lies in, and the fixed day of one."""

from __future__ import annotations

import calendar as months
import re
from datetime import date, timedelta

from core.errors import Refused
from core.policy.calendar import add_months

PERIODS = ("weekly", "monthly", "quarterly", "yearly")
# No report runs longer; a bound, so that a wrong year cannot keep a worker busy.
MOST_YEARS = 100
_QUARTER = re.compile(r"(19[0-9]{2}|2[0-9]{3})-?Q([1-4])")
_NAMES = {
    "weekly": re.compile(r"(19[0-9]{2}|2[0-9]{3})-W([0-5][0-9])"),
    "monthly": re.compile(r"(19[0-9]{2}|2[0-9]{3})-(0[1-9]|1[0-2])"),
    "quarterly": re.compile(r"(19[0-9]{2}|2[0-9]{3})Q([1-4])"),
    "yearly": re.compile(r"(19[0-9]{2}|2[0-9]{3})"),
}


def period_of(day: date, period: str) -> str:
    """The name of the period a day lies in. A week is an ISO week: it begins on Monday and may name another year.

    >>> [period_of(date(2019, 12, 30), period) for period in PERIODS]
    ['2020-W01', '2019-12', '2019Q4', '2019']
    """
    if period == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if period == "monthly":
        return f"{day.year}-{day.month:02d}"
    if period == "quarterly":
        return f"{day.year}Q{_quarter(day)}"
    return str(day.year)


def first_day(day: date, period: str) -> date:
    """The first day of the period that a day lies in."""
    if period == "weekly":
        return day - timedelta(days=day.weekday())
    month = {"monthly": day.month, "quarterly": 3 * _quarter(day) - 2}.get(period, 1)
    return date(day.year, month, 1)


def next_period(day: date, period: str) -> date:
    """The first day of the period after the one that a day lies in."""
    first = first_day(day, period)
    if period == "weekly":
        return first + timedelta(days=7)
    return add_months(first, {"monthly": 1, "quarterly": 3}.get(period, 12))


def periods_between(first: date, last: date, period: str) -> list[tuple[date, date]]:
    """First and last day of every period that has a day from `first` to `last`, both included.

    Raises Refused when the days are the wrong way round or more than MOST_YEARS apart.
    """
    if last < first:
        raise Refused(f"结束日 {last} 早于开始日 {first}。", {"to": "早于开始日"})
    if last.year - first.year > MOST_YEARS:
        raise Refused(f"起止日相隔超过 {MOST_YEARS} 年。", {"to": "离开始日太远"})
    found = []
    start = first_day(first, period)
    while start <= last:
        following = next_period(start, period)
        found.append((start, following - timedelta(days=1)))
        start = following
    return found


def days_of(name: str) -> tuple[date, date]:
    """First and last day of a period by its name. Raises Refused for what names none.

    >>> [day.isoformat() for day in days_of("2020-W01")]
    ['2019-12-30', '2020-01-05']
    """
    period, number = _read(name)
    year = int(name[:4])
    if period == "weekly":
        try:
            first = date.fromisocalendar(year, number, 1)
        except ValueError:
            raise Refused(f"{year} 年没有第 {number} 周。", {"period": "没有这一周"}) from None
    else:
        first = date(year, {"monthly": number, "quarterly": 3 * number - 2}.get(period, 1), 1)
    return first, next_period(first, period) - timedelta(days=1)


def words_of(name: str) -> str:
    """A period as people write it.

    >>> [words_of(name) for name in ("2019-W23", "2019-05", "2019Q2", "2019")]
    ['2019年第23周', '2019年5月', '2019年第2季度', '2019年']
    """
    period, number = _read(name)
    words = {"weekly": f"第{number}周", "monthly": f"{number}月", "quarterly": f"第{number}季度"}
    return f"{name[:4]}年{words.get(period, '')}"


def _read(name: str) -> tuple[str, int]:
    """Of which kind a period is, and its number in the year."""
    for period, pattern in _NAMES.items():
        found = pattern.fullmatch(name)
        if found:
            return period, int(found[2]) if period != "yearly" else 0
    raise Refused(f"“{name}”不是一周、一月或一季，要写成 2019-W23、2019-05 或 2019Q2 的样子。", {"period": "期次不对"})


def kind_of(name: str) -> str:
    """Of which of PERIODS a name is. Raises Refused for what names none."""
    return _read(name)[0]


def first_day_of_quarter(text: object) -> date:
    """The first day of a quarter written like 2020Q1; raises Refused otherwise."""
    found = _QUARTER.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Refused(f"季度“{text}”要写成 2020Q1 的样子。", {"quarter": "季度不对"})
    return date(int(found[1]), 3 * int(found[2]) - 2, 1)


def fixed_day(within: date, period: str, number: int, month: int = 12) -> date:
    """The day with that number in the period: of the week, of the month, of a quarter's last month, or of `month`.

    A month that is too short gives its last day. The day does not move to a working day: the text names the day.

    >>> fixed_day(date(2024, 1, 1), "yearly", 31, 6)
    datetime.date(2024, 6, 30)
    """
    number = max(number, 1)
    if period == "weekly":
        return first_day(within, "weekly") + timedelta(days=min(number, 7) - 1)
    last = next_period(within, period) - timedelta(days=1)
    if period == "yearly":
        last = last.replace(day=1, month=min(max(month, 1), 12))
    return last.replace(day=min(number, months.monthrange(last.year, last.month)[1]))


def _quarter(day: date) -> int:
    return (day.month + 2) // 3
