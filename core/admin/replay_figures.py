"""A replay as figures: who changes grade and why, how grades and totals lie side by side, what the awards come to."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.models import Carrier, Case, Organisation, ReplayLine, ReplayRun
from core.policy.grades import NAMES, ORDER
from core.policy.numbers import round_half_up
from core.web.spreadsheet import safe_cell

BAND = 5
"""Points that a column of the distribution spans."""


@dataclass(frozen=True)
class Row:
    """One carrier: its result then, under the drafts, and the indicators that moved it most."""

    case_id: int
    name: str
    before: dict[str, Any]
    after: dict[str, Any]
    moved: list[dict[str, Any]]
    reasons: list[str]

    @property
    def problem(self) -> str:
        """Why it cannot be replayed; empty when it can."""
        return str(self.after.get("problem", ""))

    @property
    def flips(self) -> bool:
        """Whether the grade is another one."""
        return not self.problem and self.before["grade"] != self.after["grade"]

    @property
    def by(self) -> Decimal | None:
        """How many points more in total, None where there are none."""
        if self.problem or not self.before["total"] or not self.after["total"]:
            return None
        return Decimal(self.after["total"]) - Decimal(self.before["total"])


@dataclass(frozen=True)
class Bar:
    """A pair of columns: how many before and after, and how high they are drawn."""

    name: str
    before: int
    after: int
    x: Decimal
    height_before: Decimal
    height_after: Decimal


@dataclass(frozen=True)
class Figures:
    """Everything the page of a replay shows."""

    rows: list[Row]
    flips: list[Row]
    problems: list[Row]
    grades: list[Bar]
    totals: list[Bar]
    yuan_before: int
    yuan_after: int
    unset: int


WIDTH, HEIGHT = Decimal(560), Decimal(120)


def figures_of(run: ReplayRun) -> Figures:
    """The lines of a replay, those that change grade first, then by how much they move."""
    lines = (
        ReplayLine.select(ReplayLine, Case, Carrier, Organisation)
        .join(Case).join(Carrier).join(Organisation)
        .where(ReplayLine.run == run).order_by(ReplayLine.case)
    )  # fmt: skip
    rows = [_row(line) for line in lines]
    rows.sort(key=lambda row: (not row.flips, bool(row.problem), -abs(row.by or Decimal(0)), row.case_id))
    sound = [row for row in rows if not row.problem]
    yuan = [(row.before["yuan"], row.after["yuan"]) for row in sound]
    return Figures(
        rows=rows,
        flips=[row for row in rows if row.flips],
        problems=[row for row in rows if row.problem],
        grades=_grades(sound),
        totals=_totals(sound),
        yuan_before=sum(before or 0 for before, _ in yuan),
        yuan_after=sum(after or 0 for _, after in yuan),
        unset=sum(before is None or after is None for before, after in yuan),
    )


def _row(line: ReplayLine) -> Row:
    told = [
        {**one, "by": round_half_up(Fraction(one["after"]) - Fraction(one["before"])),
         "before": round_half_up(Fraction(one["before"])), "after": round_half_up(Fraction(one["after"]))}
        for one in line.moved
    ]  # fmt: skip
    return Row(line.case_id, line.case.carrier.name, line.before, line.after, told, line.reasons)


def _grades(rows: Sequence[Row]) -> list[Bar]:
    known = [grade for grade in ORDER if any(grade in (r.before["grade"], r.after["grade"]) for r in rows)]
    counts = [
        (NAMES[grade], sum(r.before["grade"] == grade for r in rows), sum(r.after["grade"] == grade for r in rows))
        for grade in known
    ]
    return _bars(counts)


def _totals(rows: Sequence[Row]) -> list[Bar]:
    """Totals in bands of BAND points, from the lowest to the highest that occurs."""
    pairs = [(Decimal(r.before["total"]), Decimal(r.after["total"])) for r in rows if r.before["total"] and r.after["total"]]
    if not pairs:
        return []
    bands = [(int(min(before, Decimal(99)) // BAND), int(min(after, Decimal(99)) // BAND)) for before, after in pairs]
    low, high = min(min(pair) for pair in bands), max(max(pair) for pair in bands)
    counts = [
        (f"{band * BAND}—{band * BAND + BAND}", sum(b == band for b, _ in bands), sum(a == band for _, a in bands))
        for band in range(low, high + 1)
    ]
    return _bars(counts)


def _bars(counts: Sequence[tuple[str, int, int]]) -> list[Bar]:
    most = max((max(before, after) for _, before, after in counts), default=0) or 1
    step = (WIDTH / max(len(counts), 1)).quantize(Decimal("0.1"))
    return [
        Bar(name, before, after, step * place + step / 2, _height(before, most), _height(after, most))
        for place, (name, before, after) in enumerate(counts)
    ]


def _height(count: int, most: int) -> Decimal:
    return (HEIGHT * count / most).quantize(Decimal("0.1"))


def workbook(told: Figures) -> bytes:
    """The replay for a spreadsheet: one row a carrier, one a moved indicator on a second sheet."""
    from openpyxl import Workbook  # slow to import, and few ask for a workbook

    book = Workbook()
    lines, moves = book.active, book.create_sheet("变动的指标")
    lines.title = "试算结果"
    lines.append(["单位", "原总分", "试算总分", "原档次", "试算档次", "原奖励（元）", "试算奖励（元）", "说明"])
    moves.append(["单位", "指标", "名称", "原得分", "试算得分", "变动"])
    for row in told.rows:
        lines.append([*_cells(row)])
        for one in row.moved:
            moves.append([safe_cell(row.name), safe_cell(one["code"]), safe_cell(one["name"]), one["before"], one["after"], one["by"]])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _cells(row: Row) -> list[Any]:
    before, after = row.before, row.after
    grades = (NAMES.get(before["grade"], ""), NAMES.get(after.get("grade", ""), ""))
    return [
        safe_cell(row.name),
        Decimal(before["total"]) if before["total"] else "",
        Decimal(after["total"]) if after.get("total") else "",
        *grades,
        "未定" if before["yuan"] is None else before["yuan"],
        "" if row.problem else "未定" if after["yuan"] is None else after["yuan"],
        safe_cell(row.problem or "；".join(row.reasons)),
    ]
