"""A year's calendar from a spreadsheet: day, off or worked, name; beside the pasted text and by the same rules."""

from __future__ import annotations

from dataclasses import dataclass

from core.cases import spreadsheets
from core.cases.action import Receipt
from core.cases.register_facts import typed_day
from core.cases.registering_days import PastedYear, import_year, read_year
from core.errors import OutOfScope, Refused
from core.people.scope import Viewer

HEADS = ("日期", "休或班", "名称")
MOST_ROWS = 120
"""A year's notice names about forty days."""


@dataclass(frozen=True)
class CalendarSheet:
    """A spreadsheet as the lines that could be pasted, what they say, and every fault as (sheet!cell, text)."""

    text: str
    year: PastedYear
    faults: tuple[tuple[str, str], ...]


def empty_sheet() -> bytes:
    """The spreadsheet to fill."""
    return spreadsheets.empty_sheet("放假和调休", HEADS)


def read_sheet(viewer: Viewer, file: bytes) -> CalendarSheet:
    """Read without keeping anything. Raises Refused for another kind of file, OutOfScope."""
    if "system_admin" not in viewer.roles:
        raise OutOfScope
    title, rows = spreadsheets.read_rows(file, HEADS, MOST_ROWS)
    if not rows:
        raise Refused("表里没有数据：第一行是表头，从第二行起一行一天。")
    faults: dict[str, str] = {}
    lines: list[str] = []
    numbers: list[int] = []
    for number, (day, sort, name) in rows:
        read = typed_day(day)
        if read is None:
            faults[f"{title}!A{number}"] = f"“{day}”不是日期，写成 2027-01-01 的样子。" if day else "请写日期。"
        elif sort not in ("休", "班"):
            faults[f"{title}!B{number}"] = f"“{sort}”应写“休”或“班”。"
        else:
            lines.append(f"{read.isoformat()} {sort} {' '.join(name.split())}".strip())
            numbers.append(number)
    year = read_year("\n".join(lines))
    if lines:
        faults |= {f"{title}!A{numbers[line - 1]}": text for line, text in year.faults}
    return CalendarSheet("\n".join(lines), year, tuple(faults.items()))


def import_sheet(viewer: Viewer, file: bytes, source: str, token: str) -> Receipt:
    """Enter the year of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""
    sheet = read_sheet(viewer, file)
    if sheet.faults:
        told = "；".join(f"{place} {text}" for place, text in sheet.faults[:5])
        raise Refused(f"有 {len(sheet.faults)} 处要改，什么都没有录入：{told}")
    return import_year(viewer, sheet.text, source, token)
