"""Charts as geometry: what the templates draw as SVG, in whole and half pixels. No scores are decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.policy.grades import GradeLine
from core.web.city.figures import SEGMENTS, DistrictLine, ResultLine

BAR_WIDTH = 312
GAP = 2
_TONES = {"decided": "g1", "panel": "g2", "city": "g3", "district": "g4", "fill": "open"}
NEAR_LINE = Decimal("0.5")
"""Points from a grade line within which a total is pointed out for another look."""


@dataclass(frozen=True)
class Part:
    """A part of a bar: where it begins, how wide it is, its tone and its number."""

    x: Decimal
    width: Decimal
    tone: str
    count: int
    name: str


def bar(line: DistrictLine, longest: int) -> list[Part]:
    """The parts of a district's bar; the longest bar of the table fills the width."""
    unit = (Decimal(BAR_WIDTH) - GAP * len(SEGMENTS)) / max(longest, 1)
    parts, x = [], Decimal(0)
    for key, name in SEGMENTS.items():
        count = line.parts.get(key, 0)
        if count:
            width = max(unit * count, Decimal(16)).quantize(Decimal("0.1"))
            parts.append(Part(x, width, _TONES[key], count, name))
            x += width + GAP
    return parts


@dataclass(frozen=True)
class Dot:
    """A total on the scale; `near` is pointed out."""

    x: Decimal
    y: Decimal
    tone: str
    total: Decimal
    near: bool


@dataclass(frozen=True)
class Band:
    """A grade between two lines: its middle and its edges on the scale, and how many are in it."""

    name: str
    grade: str
    middle: Decimal
    left: Decimal
    right: Decimal
    at_least: Decimal
    count: int


@dataclass(frozen=True)
class Scale:
    """Totals against the grade lines; `height` grows with the highest stack."""

    bands: list[Band]
    dots: list[Dot]
    ticks: list[tuple[Decimal, str]]
    height: Decimal
    baseline: Decimal
    near: list[ResultLine]


_LEFT, _WIDTH, _TOP, _STEP = Decimal(10), Decimal(560), Decimal(52), Decimal(18)
_GRADE_TONES = ("g1", "g2", "g3", "g4")


def scale(results: Sequence[ResultLine], lines: Sequence[GradeLine]) -> Scale | None:
    """Where each total stands between the lines; None without totals or without lines."""
    scored = [line for line in results if line.total is not None]
    if not scored or not lines:
        return None
    ordered = sorted(lines, key=lambda line: line.at_least)
    lowest = min([line.total or Decimal(0) for line in scored] + [ordered[min(1, len(ordered) - 1)].at_least - 10])
    start = max(Decimal(0), (lowest // 10) * 10)
    levels: list[Decimal] = []  # the rightmost dot of each level
    placed = []
    for line in sorted(scored, key=lambda line: line.total or Decimal(0)):
        x = _place(line.total or Decimal(0), start)
        level = next((n for n, last in enumerate(levels) if x - last >= _STEP), len(levels))
        levels[level : level + 1] = [x]
        placed.append((line, x, level))
    height = _TOP + _STEP * len(levels)
    near = [line for line in scored if _is_near(line, ordered)]
    tones = {line.grade: _GRADE_TONES[min(i, 3)] for i, line in enumerate(reversed(ordered))}
    dots = [
        Dot(x, height - 10 - _STEP * level, tones.get(line.grade, "g4"), line.total or Decimal(0), line in near)
        for line, x, level in placed
    ]
    bands = _bands(ordered, scored, start)
    ticks = [(_place(start, start), f"{start:f}")] + [(b.left, f"{b.at_least:f}") for b in bands if b.left > _LEFT]
    return Scale(bands, dots, [*ticks, (_place(Decimal(100), start), "100")], height + 26, height, near)


def _place(total: Decimal, start: Decimal) -> Decimal:
    return (_LEFT + _WIDTH * (total - start) / (100 - start)).quantize(Decimal("0.1"))


def _is_near(line: ResultLine, ordered: Sequence[GradeLine]) -> bool:
    return any(abs((line.total or Decimal(0)) - edge.at_least) < NEAR_LINE for edge in ordered if edge.at_least)


def _bands(ordered: Sequence[GradeLine], scored: Sequence[ResultLine], start: Decimal) -> list[Band]:
    bands = []
    for i, line in enumerate(ordered):
        upper = ordered[i + 1].at_least if i + 1 < len(ordered) else Decimal(100)
        if upper <= start:
            continue
        left, right = _place(max(line.at_least, start), start), _place(upper, start)
        inside = sum(1 for result in scored if result.grade == line.grade)
        bands.append(Band(line.name, line.grade, (left + right) / 2, left, right, line.at_least, inside))
    return bands


@dataclass(frozen=True)
class Steps:
    """A cumulative line: the path, its end and label, the grid and the deadline."""

    path: str
    end: tuple[Decimal, Decimal]
    grid: list[tuple[Decimal, int]]
    days: list[tuple[Decimal, date]]
    deadline: Decimal | None


def steps(
    counts: Sequence[tuple[date, int]], days: tuple[date, date], today: date, deadline: date | None, most: int
) -> Steps | None:
    """Submissions summed up over the days from the opening, drawn up to today; None before the first one."""
    first, last = days
    if not counts or last <= first:
        return None
    span = Decimal((last - first).days)

    def x(day: date) -> Decimal:
        return (40 + 430 * Decimal(max(0, (day - first).days)) / span).quantize(Decimal("0.1"))

    def y(count: int) -> Decimal:
        return (170 - Decimal(146) * count / max(most, 1)).quantize(Decimal("0.1"))

    path = f"M{x(first)},{y(0)}" + "".join(f"H{x(day)}V{y(count)}" for day, count in counts) + f"H{x(min(today, last))}"
    grid = [(y(n), n) for n in sorted({0, most // 4, most // 2, most * 3 // 4, most})]
    due = x(deadline) if deadline and first <= deadline <= last else None
    return Steps(path, (x(min(today, last)), y(counts[-1][1])), grid, [(x(first), first), (x(last), last)], due)
