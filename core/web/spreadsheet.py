"""Tables for spreadsheets: CSV that opens as it is and runs nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Text that a spreadsheet shows and never runs: what could begin a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def as_csv(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """CSV with a byte order mark, a row at a time."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([safe_cell(cell) for cell in row])
        yield line.getvalue()
