"""Spreadsheets as people exchange them: rows read as texts, each with its number, and rows written the same way."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from core.errors import Refused

Rows = list[tuple[int, list[str]]]
"""Row number as the spreadsheet counts it, and its cells as texts."""
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Control characters that an .xlsx cannot hold."""


MOST_UNPACKED = 50_000_000
"""Octets of an .xlsx once unpacked: a small file can be packed so that it would fill the memory."""


def read_rows(file: bytes, heads: Sequence[str], most: int) -> tuple[str, Rows]:
    """The first sheet's title and its filled rows below the heads.

    Raises Refused for a file that is no .xlsx or a broken one, has other heads, or more rows than `most`.
    """
    title, texts = _texts(file, len(heads), most + 2)
    head = texts[0][1] if texts else []
    if head != list(heads):
        raise Refused(f"表头不对：{title}!A1 起要依次是 {'、'.join(heads)}。可先下载空表。")
    filled = [(number, [*cells, *[""] * (len(heads) - len(cells))]) for number, cells in texts[1:] if any(cells)]
    if len(filled) > most:
        raise Refused(f"一次最多导入 {most} 行，请分几份。")
    return title, filled


def _texts(file: bytes, columns: int, rows: int) -> tuple[str, Rows]:
    from openpyxl import load_workbook  # slow to import, and few requests need it

    try:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked <= MOST_UNPACKED:
            sheet = load_workbook(io.BytesIO(file), read_only=True, data_only=True).worksheets[0]
            lines = enumerate(sheet.iter_rows(max_col=columns, max_row=rows, values_only=True), 1)
            return str(sheet.title), [(number, [cell_text(cell) for cell in cells]) for number, cells in lines]
    except Exception:  # a file from outside: its zip, its XML and its values each break in ways of their own
        raise Refused("读不了这份文件。请用 Excel 另存为 .xlsx 再上传。") from None
    raise Refused("这份文件展开后太大，没有读。请只留要导入的那一张表，另存为 .xlsx 再上传。")


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


def filled_sheet(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]] = (), width: int = 18) -> bytes:
    """A spreadsheet with its heads and rows, every cell a text that never runs as a formula; without rows it is to fill."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, texts in enumerate([heads, *rows], 1):
        for column, text in enumerate(texts, 1):
            cell = sheet.cell(number, column, ILLEGAL.sub("", text) or None)
            if cell.value is not None:
                cell.data_type = "s"
    for place in range(len(heads)):
        sheet.column_dimensions[column_letter(place)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
