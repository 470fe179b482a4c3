"""The picture of a carrier's years as geometry: a grade for each year over the line of its title, in half pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, CELL_TOP, CELL_HEIGHT, LINE = Decimal(592), 26, 34, 84
MOST_YEARS = 12
TONES = {"excellent": "g1", "passed": "g1", "good": "g2", "qualified": "g3"}
"""Grade → tone; what is unqualified, or a grade of the region's own, is drawn hollow with its word."""


@dataclass(frozen=True)
class Cell:
    """A year: where it stands, its grade in words ("" for none) and its tone ("open": hollow)."""

    x: Decimal
    width: Decimal
    year: int
    word: str
    tone: str

    @property
    def middle(self) -> Decimal:
        """Where its texts are centred."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Dot:
    """A day on the line of the title."""

    x: Decimal
    word: str


@dataclass(frozen=True)
class Strip:
    """The whole picture: a cell a year, the line on which the title was held, and the days that matter on it."""

    cells: list[Cell]
    line: tuple[Decimal, Decimal] | None
    dots: list[Dot]


def strip(
    grades: Mapping[int, tuple[str, str]], title: tuple[date | None, date | None], days: Sequence[tuple[date, str]],
    today: date,
) -> Strip | None:  # fmt: skip
    """The picture up to today. `grades`: year → (grade, words); `title`: from and to (None: still held).

    None when nothing has happened yet.
    """
    known = [*grades, *(day.year for day, _ in days), *([title[0].year] if title[0] else [])]
    if not known:
        return None
    last = max([today.year, *grades])
    first = max(min([*known, last]), last - MOST_YEARS + 1)
    step = WIDTH / (last - first + 1)
    begun, ended = title[0], title[1] or today
    held = begun is not None and begun <= today
    return Strip(
        cells=[_cell(step * place, step, year, *grades.get(year, ("", ""))) for place, year in
               enumerate(range(first, last + 1))],
        line=(_place(begun, first, step), _place(ended, first, step)) if begun is not None and held else None,
        dots=[Dot(_place(day, first, step), word) for day, word in days if first <= day.year and day <= today],
    )  # fmt: skip


def _place(day: date, first: int, step: Decimal) -> Decimal:
    """Where a day lies; what lies before the first year shown is drawn at its beginning."""
    if day.year < first:
        return Decimal(0)
    part = Decimal((day - date(day.year, 1, 1)).days) / 366
    return ((day.year - first + part) * step).quantize(Decimal("0.5"))


def _cell(x: Decimal, step: Decimal, year: int, grade: str, word: str) -> Cell:
    half = Decimal("0.5")
    return Cell((x + 2).quantize(half), (step - 4).quantize(half), year, word, TONES.get(grade, "open") if grade else "")
