"""The built-in scoring methods. None of them is in a city's policy text: each use is marked as a reading."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from core.policy.scoring.method import ScoringMethod, Setting


def _to_best(value: Fraction, max_points: Fraction, _: Mapping[str, Any], best: Fraction | None) -> Fraction:
    """max_points × value ÷ best of the round; a round in which everybody has 0 gives 0."""
    return max_points * value / best if best and best > 0 else Fraction(0)


def _to_target(value: Fraction, max_points: Fraction, settings: Mapping[str, Any], _: object) -> Fraction:
    """max_points × value ÷ target, full points from the target on."""
    return max_points * min(Fraction(value / settings["target"]), Fraction(1))


def _step(value: Fraction, _max: Fraction, settings: Mapping[str, Any], _: object) -> Fraction:
    """Nothing below the floor, floor_points at it, step_points for every whole step above it."""
    if value < settings["floor"]:
        return Fraction(0)
    steps = (value - settings["floor"]) // settings["step"]
    return Fraction(settings["floor_points"] + steps * settings["step_points"])


def _bands(value: Fraction, _max: Fraction, settings: Mapping[str, Any], _: object) -> Fraction:
    """The points of the highest band the value reaches; below all bands nothing."""
    return next((points for at_least, points in settings["bands"] if value >= at_least), Fraction(0))


PANEL = ScoringMethod("panel", "专家评分", by_panel=True)
LINEAR_TO_BEST = ScoringMethod("linear_to_best", "与当年最好值成比例", _to_best, needs_reference=True)
LINEAR_TO_TARGET = ScoringMethod(
    "linear_to_target", "与目标值成比例", _to_target, {"target": Setting("目标值", above_zero=True)}
)
STEP = ScoringMethod(
    "step",
    "达到底数后逐级加分",
    _step,
    {
        "floor": Setting("底数"),
        "floor_points": Setting("达到底数的得分"),
        "step": Setting("每级的数量", above_zero=True),
        "step_points": Setting("每级加分"),
    },
)
BANDS = ScoringMethod("bands", "分段给分", _bands, {"bands": Setting("分段", type="bands")})

BUILT_IN = (PANEL, LINEAR_TO_BEST, LINEAR_TO_TARGET, STEP, BANDS)
