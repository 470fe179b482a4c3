"""How values are written for people: dates, moments, money, numbers, names of grades and roles."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core import clock
from core.roles import ROLES

GRADES = {"excellent": "优秀", "good": "良好", "qualified": "合格", "unqualified": "不合格", "passed": "通过"}
WEEKDAYS = "一二三四五六日"
_WAN_FEN = 10_000 * 100


def _as_date(value: date | str) -> date:
    if isinstance(value, datetime):
        return clock.shanghai(value).date()
    return date.fromisoformat(value) if isinstance(value, str) else value


def cn_date(value: date | str | None) -> str:
    """A date in text: `2023年6月1日`. Moments are read on Shanghai's clock; nothing gives an empty text."""
    if not value:
        return ""
    day = _as_date(value)
    return f"{day.year}年{day.month}月{day.day}日"


def month_day(value: date | str | None) -> str:
    """A date within a known year: `6月1日`."""
    if not value:
        return ""
    day = _as_date(value)
    return f"{day.month}月{day.day}日"


def weekday(value: date | str) -> str:
    """`星期三`."""
    return f"星期{WEEKDAYS[_as_date(value).weekday()]}"


def iso_date(value: date | str | None) -> str:
    """A date in a table: `2023-06-01`."""
    return _as_date(value).isoformat() if value else ""


def moment(value: datetime | None) -> str:
    """A moment on Shanghai's clock: `2023年6月5日 16:20`."""
    return f"{cn_date(value)} {clock.shanghai(value):%H:%M}" if value else ""


def grouped(value: Decimal | int | str | None) -> str:
    """A number with thousands grouped and every digit it has: `1,860.50`. Text that is no number stays as it is."""
    if value is None or value == "":
        return ""
    try:
        return f"{Decimal(str(value)):,f}"
    except ArithmeticError:
        return str(value)


def plain_number(value: Decimal | int | str | None) -> str:
    """A number without needless zeros at its end: `83.50` → `83.5`, `60.00` → `60`."""
    text = grouped(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(fen: int | None) -> str:
    """Money in text: `50万元` where that is exact to four decimals, else exact yuan; unknown amounts say so."""
    if fen is None:
        return "未定"
    if abs(fen) >= _WAN_FEN and fen % 100_00 == 0:
        return f"{plain_number(Decimal(fen) / _WAN_FEN)}万元"
    return f"{yuan(fen)}元"


def yuan(fen: int | None) -> str:
    """Exact yuan for ledgers, the unit is in the column's head: `500,000.00`."""
    return "" if fen is None else f"{Decimal(fen) / 100:,.2f}"


def size(octets: int) -> str:
    """The size of a file: `1.8 MB`, `48 KB`."""
    if octets >= 1024 * 1024:
        return f"{Decimal(octets) / (1024 * 1024):.1f} MB"
    return f"{max(1, octets // 1024)} KB"


def grade_name(key: str) -> str:
    """优秀, 良好, 合格, 不合格; a region's own grade keeps its own word."""
    return GRADES.get(key, key)


def role_name(key: str) -> str:
    """The role as people call it."""
    return ROLES[key].name if key in ROLES else key


FILTERS = {
    "cn_date": cn_date,
    "month_day": month_day,
    "weekday": weekday,
    "iso_date": iso_date,
    "moment": moment,
    "grouped": grouped,
    "plain_number": plain_number,
    "money": money,
    "yuan": yuan,
    "size": size,
    "grade_name": grade_name,
    "role_name": role_name,
}
