"""The points of a case as people read them: indicator by indicator, each with its reasons down to the clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.policy.numbers import exact, round_half_up
from core.policy.scheme import Indicator, IndicatorGroup, scheme_of
from core.policy.version import PolicyVersion
from core.web.case_score import Words
from core.web.words import plain_number

_FRACTION = re.compile(r"-?\d+(/\d+|\.\d{5,})")

Steps = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class PointLine:
    """One indicator: its points (rounded for display), weight, submitted value, each expert's points, reasons."""

    indicator: Indicator
    points: str
    value: str
    experts: tuple[str, ...]
    why: list[dict[str, Any]]


@dataclass(frozen=True)
class PointGroup:
    """A group of indicators and its sum."""

    group: IndicatorGroup
    points: str
    lines: list[PointLine]


class Names(Words):
    """Reasons in people's words, with numbers rounded for display."""

    def of(self, steps: Steps) -> list[dict[str, Any]]:
        """The steps in words; exact fractions are shown with at most four decimals."""
        return [
            {
                **step,
                "inputs": {name: _shown(value) for name, value in step["inputs"].items()},
                "result": _shown(step.get("result")),
            }
            for step in super().of(steps)
        ]


def _shown(value: Any) -> Any:
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        number = exact(value)
        return value if number is None else plain_number(round_half_up(number, 4))
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return value


def shown(number: object, places: int = 2) -> str:
    """An exact number rounded for display, without needless zeros."""
    found = exact(number)
    return "" if found is None else plain_number(round_half_up(found, places))


def point_groups(policy: PolicyVersion, indicators: Mapping[str, Any], names: Names) -> list[PointGroup]:
    """The table of points, as determination explained them."""
    scheme = scheme_of(policy)
    groups = []
    for group in scheme.groups:
        lines = [_line(i, indicators[i.code], names) for i in scheme.in_group(group.key) if i.code in indicators]
        total = sum((exact(indicators[line.indicator.code]["points"]) or Fraction(0) for line in lines), Fraction(0))
        groups.append(PointGroup(group, shown(total), lines))
    return groups


def _line(indicator: Indicator, explained: Mapping[str, Any], names: Names) -> PointLine:
    steps = [dict(step) for step in explained["trace"]]
    given = steps[-1].get("inputs", {}).get("points", []) if steps else []
    experts = tuple(shown(points) for points in given)
    if steps:
        said = {f"专家{i}": f"{points} 分" for i, points in enumerate(experts, start=1)}
        steps[-1] = {**steps[-1], "inputs": said}
    value = shown(explained["value"]) if explained.get("value") is not None else ""
    return PointLine(indicator, shown(explained["points"]), value, experts, names.of(steps))


def expert_totals(indicators: Mapping[str, Any]) -> list[Decimal]:
    """Each expert's total from the explained points, rounded for display, in the order 专家1 …"""
    totals: list[Fraction] = []
    for explained in indicators.values():
        given = explained["trace"][-1].get("inputs", {}).get("points", []) if explained["trace"] else []
        for place, points in enumerate(given):
            if place == len(totals):
                totals.append(Fraction(0))
            totals[place] += exact(points) or Fraction(0)
    return [round_half_up(total) for total in totals]
