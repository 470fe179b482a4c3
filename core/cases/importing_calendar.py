"""A year's calendar from a spreadsheet: day, off or worked, name; beside the pasted text and by the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.cases import spreadsheets
from core.cases.action import Receipt
from core.cases.registering_days import SORTS, Day, YearReader, import_year
from core.cases.sheet_rows import Sheet, require_sound, take_rows, typed_day
from core.errors import OutOfScope, Refused
from core.models import CalendarDay, CalendarYear
from core.people.scope import Viewer

COLUMNS = {"day": "日期", "sort": "休或班", "name": "名称"}
MOST_ROWS = 120
"""A year's notice names about forty days."""


def empty_sheet() -> bytes:
    """The spreadsheet to fill."""
    return spreadsheets.filled_sheet("放假和调休", list(COLUMNS.values()))


def registered_sheet(viewer: Viewer, year: int) -> bytes:
    """A year that was entered, in the shape that is imported. Raises OutOfScope."""
    _require_officer(viewer)
    if CalendarYear.get_or_none(CalendarYear.year == year) is None:
        raise OutOfScope
    days = CalendarDay.select().where(CalendarDay.region.is_null() & CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    words = {working: sort for sort, working in SORTS.items()}
    rows = [[row.day.isoformat(), words[row.is_working_day], row.name] for row in days.order_by(CalendarDay.day)]
    return spreadsheets.filled_sheet("放假和调休", list(COLUMNS.values()), rows)


def read_sheet(viewer: Viewer, file: bytes) -> Sheet:
    """Read without keeping anything. Raises Refused for another kind of file, OutOfScope."""
    return _read(viewer, file)[0]


def year_of(sheet: Sheet) -> int | None:
    """The year whose days a sound sheet says."""
    return next((date.fromisoformat(line.told[:10]).year for line in sheet.lines), None)


def import_sheet(viewer: Viewer, file: bytes, source: str, token: str) -> Receipt:
    """Enter the year of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""
    sheet, reader = _read(viewer, file)
    require_sound(sheet)
    return import_year(viewer, "\n".join(one.line for one in reader.days), source, token)


def _require_officer(viewer: Viewer) -> None:
    if "system_admin" not in viewer.roles:
        raise OutOfScope


def _read(viewer: Viewer, file: bytes) -> tuple[Sheet, YearReader]:
    _require_officer(viewer)
    reader = YearReader()
    return take_rows(file, COLUMNS, MOST_ROWS, lambda cells: _take(cells, reader)), reader


def _take(cells: Mapping[str, str], reader: YearReader) -> str:
    """Read one day, and tell it as it would be pasted. Raises Refused with the columns."""
    faults = {} if cells["day"] else {"day": "请写日期。"}
    day = typed_day(cells, "day", faults)
    if cells["sort"] not in SORTS:
        faults["sort"] = f"“{cells['sort']}”应写“休”或“班”。"
    if faults or day is None:
        raise Refused("".join(faults.values()), faults)
    one = Day(day, SORTS[cells["sort"]], " ".join(cells["name"].split()))
    try:
        reader.take(one.checked(), "前面")
    except ValueError as fault:
        raise Refused(str(fault), {"day": str(fault)}) from None
    return one.line
