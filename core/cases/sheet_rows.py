"""A spreadsheet taken row by row: what each row does, and every fault with its cell; tried by taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.cases import register_facts, spreadsheets
from core.errors import Refused
from core.models import database

UNCHANGED = "已经登记，没有变化"
"""What a row is told that says no more than what is there: an exported list can be imported again."""


@dataclass(frozen=True)
class Line:
    """A row as texts by column key, and what it does in words."""

    number: int
    cells: Mapping[str, str]
    told: str


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as it was taken: what each sound row did, and every fault as (sheet!cell, what is wrong)."""

    lines: Sequence[Line]
    faults: Sequence[tuple[str, str]]

    @property
    def changing(self) -> Sequence[Line]:
        """The rows that do something."""
        return [line for line in self.lines if line.told != UNCHANGED]


Take = Callable[[Mapping[str, str]], str]
"""Takes one row inside the caller's transaction and says what it did. Raises Refused with columns as fields."""


def take_rows(file: bytes, columns: Mapping[str, str], most: int, take: Take) -> Sheet:
    """Take every row; a row with faults does nothing and hides no later one.

    `columns`: key → head. Raises Refused for a file that is no such spreadsheet, or has no rows.
    """
    title, rows = spreadsheets.read_rows(file, list(columns.values()), most)
    if not rows:
        raise Refused("表里没有数据：第一行是表头，从第二行起填写。")
    letters = {key: spreadsheets.column_letter(place) for place, key in enumerate(columns)}
    lines: list[Line] = []
    faults: list[tuple[str, str]] = []
    for number, texts in rows:
        cells = dict(zip(columns, texts, strict=True))
        try:
            with database.atomic():
                lines.append(Line(number, cells, take(cells)))
        except Refused as refusal:
            found = refusal.fields or {"": str(refusal)}
            placed = sorted(found.items(), key=lambda one: list(letters).index(one[0]) if one[0] in letters else 0)
            faults += [(f"{title}!{letters.get(key, 'A')}{number}", text) for key, text in placed]
    return Sheet(lines, faults)


def tried(work: Callable[[], Sheet]) -> Sheet:
    """Do an import and take it back: it finds every fault that the import would."""
    with database.atomic() as whole:
        found = work()
        whole.rollback()
    return found


def require_sound(sheet: Sheet) -> Sheet:
    """Raises Refused with the first faults."""
    if sheet.faults:
        told = "；".join(f"{place} {text}" for place, text in sheet.faults[:5])
        raise Refused(f"有 {len(sheet.faults)} 处要改，什么都没有导入：{told}")
    return sheet


def require_change(sheet: Sheet) -> Sequence[Line]:
    """The rows that do something. Raises Refused with the first faults, or when there is no such row."""
    changing = require_sound(sheet).changing
    if not changing:
        raise Refused("表里写的与登记的完全相同，没有要导入的。")
    return changing


def key_of(known: Mapping[str, str], text: str) -> str:
    """The key that a cell means, written as the key or in words; "" when it means none."""
    return next((key for key, words in known.items() if text in (key, words)), "")


def typed_day(cells: Mapping[str, str], key: str, faults: dict[str, str]) -> date | None:
    """The day of a cell; what is none is told as a fault."""
    found = register_facts.typed_day(cells[key])
    if cells[key] and found is None:
        faults[key] = f"“{cells[key]}”不是日期，请写成 2019-05-06。"
    return found
