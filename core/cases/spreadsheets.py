"""Spreadsheets that people fill for an import: rows as texts, each with its number, and the empty one to fill."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

from core.errors import Refused

Rows = list[tuple[int, list[str]]]
"""Row number as the spreadsheet counts it, and its cells as texts."""


def read_rows(file: bytes, heads: Sequence[str], most: int) -> tuple[str, Rows]:
    """The first sheet's title and its filled rows below the heads.

    Raises Refused for a file that is no .xlsx, has other heads, or more rows than `most`.
    """
    from openpyxl import load_workbook  # slow to import, and few requests need it

    try:
        book = load_workbook(io.BytesIO(file), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise Refused("读不了这份文件。请用 Excel 另存为 .xlsx 再上传。") from None
    sheet = book.worksheets[0]
    lines = enumerate(sheet.iter_rows(max_col=len(heads), max_row=most + 2, values_only=True), 1)
    texts = [(number, [cell_text(cell) for cell in cells]) for number, cells in lines]
    head = texts[0][1] if texts else []
    if head != list(heads):
        raise Refused(f"表头不对：{sheet.title}!A1 起要依次是 {'、'.join(heads)}。可先下载空表。")
    filled = [(number, [*cells, *[""] * (len(heads) - len(cells))]) for number, cells in texts[1:] if any(cells)]
    if len(filled) > most:
        raise Refused(f"一次最多导入 {most} 行，请分几份。")
    return str(sheet.title), filled


def cell_text(value: object) -> str:
    """A cell as text; a number that a spreadsheet keeps as a float, and a day, are written as people see them."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return "" if value is None else str(value).strip()


def column_letter(place: int) -> str:
    """The letters of a column counted from 0: A, B, … Z, AA."""
    letters, rest = "", place + 1
    while rest:
        rest, mark = divmod(rest - 1, 26)
        letters = chr(ord("A") + mark) + letters
    return letters


def empty_sheet(title: str, heads: Sequence[str], width: int = 18) -> bytes:
    """The empty spreadsheet to fill, with its heads."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.append(list(heads))
    for place in range(len(heads)):
        sheet.column_dimensions[column_letter(place)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
