"""The chart of an indicator: points over value, each point worked out by the scoring method itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from core.admin.designer_sheets import told
from core.cases.authoring_scheme import weight_of
from core.errors import Refused
from core.policy.builtins import METHODS
from core.policy.numbers import plain, round_half_up
from core.policy.scheme import Indicator, read_method
from core.policy.scoring.method import ScoringMethod
from core.policy.scoring.points import points_for

WIDTH, HEIGHT = 300, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 12, 22
SAMPLES = 60
SUPPOSED = Fraction(100)
"""The best value of a round while nobody has said another one."""


@dataclass(frozen=True)
class Chart:
    """A curve as text for an SVG, the same figures as a table, and one value worked out."""

    line: str
    rows: tuple[tuple[Decimal, Decimal], ...]
    top: Decimal
    most: Decimal
    needs_best: bool
    value: str
    tried: Decimal | None
    trace: list[dict[str, Any]]


def chart_of(entry: Mapping[str, Any], best: Fraction | None, value: Fraction | None) -> Chart | str:
    """The chart of an indicator as its draft stands, or in words why there is none yet.

    `best` is the supposed best value of the round; for methods that need none it is how far the chart goes.
    """
    indicator = _indicator(entry)
    method = METHODS.get(indicator.method.key)
    if method is None or method.by_panel or not indicator.weight_points:
        return "由专家评分，没有曲线。" if method is not None and method.by_panel else "写好权重和评分方法，这里就画出曲线。"
    try:
        method.read_settings(indicator.method.settings)
    except Refused as fault:
        return str(fault)
    needs = method.needs_reference
    supposed = best if best is not None and best > 0 else None
    top = supposed or (SUPPOSED if needs else _reach(indicator) * 6 / 5)
    reference = top if needs else None
    scored = None if value is None else points_for(indicator, value, reference)
    values = [top * n / SAMPLES for n in range(SAMPLES + 1)]
    quarters = [top * n / 4 for n in range(5)]
    return Chart(
        line=_line(indicator, values, top, reference),
        rows=tuple((plain(x), round_half_up(points_for(indicator, x, reference).points)) for x in quarters),
        top=plain(top),
        most=indicator.weight_points,
        needs_best=needs,
        value="" if value is None else str(plain(value)),
        tried=None if scored is None else scored.shown,
        trace=[] if scored is None else told([step.as_data() for step in scored.trace], _names(method), {}),
    )


def _names(method: ScoringMethod) -> dict[str, str]:
    """What the inputs of a score are called."""
    return {"value": "数值", "best": "最好值", **{key: setting.name for key, setting in method.settings.items()}}


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    method = entry.get("method")
    use = read_method({"key": "panel", **method} if isinstance(method, dict) else {"key": "panel"})
    name, clause = str(entry.get("name", "")), str(entry.get("clause", ""))
    return Indicator(str(entry.get("code", "")), name, "", weight_of(entry), "quantitative", clause, "", use)


def _reach(indicator: Indicator) -> Fraction:
    """The least value, within a sixty-fourth, that earns the most points; looked for by doubling."""
    far = Fraction(1)
    full = points_for(indicator, Fraction(2**40)).points
    while points_for(indicator, far).points < full and far < 2**40:
        far *= 2
    low, high = Fraction(0), far
    for _ in range(6):
        middle = (low + high) / 2
        low, high = (low, middle) if points_for(indicator, middle).points >= full else (middle, high)
    return high


def _line(indicator: Indicator, values: list[Fraction], top: Fraction, reference: Fraction | None) -> str:
    """The curve; where points jump between two samples the jump is found and drawn upright."""
    places = [(x, points_for(indicator, x, reference).points) for x in values]
    drawn = [places[0]]
    for (x0, y0), (x1, y1) in pairwise(places):
        if y1 != y0 and points_for(indicator, (x0 + x1) / 2, reference).points * 2 != y0 + y1:
            edge, before, after = _steepest(indicator, (x0, y0), (x1, y1), reference)
            drawn += [(edge, before), (edge, after)]
        drawn.append((x1, y1))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    most = Fraction(indicator.weight_points)
    return " ".join(
        f"{round_half_up(LEFT + x / top * wide, 1)},{round_half_up(TOP + high - y / most * high, 1)}" for x, y in drawn
    )


_Point = tuple[Fraction, Fraction]


def _steepest(
    indicator: Indicator, low: _Point, high: _Point, reference: Fraction | None
) -> tuple[Fraction, Fraction, Fraction]:
    """Where between two samples the points rise most, by halving: the value, the points before and after."""
    for _ in range(8):
        x = (low[0] + high[0]) / 2
        middle = (x, points_for(indicator, x, reference).points)
        left, right = abs(middle[1] - low[1]), abs(high[1] - middle[1])
        low, high = (low, middle) if left >= right and left else (middle, high)
    return high[0], low[1], high[1]
