"""From an indicator's value to its points, for one carrier and for a whole round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import Refused
from core.policy.numbers import Exact, exact, round_half_up
from core.policy.scheme import Indicator, Scheme
from core.policy.scoring.method import ScoringMethod
from core.policy.trace import Step, Trace

Methods = Mapping[str, ScoringMethod]


@dataclass(frozen=True)
class Scored:
    """Points of one indicator. ``points`` is exact: store ``str(points)`` and `numbers.exact` reads it back."""

    code: str
    points: Fraction
    trace: Trace

    @property
    def shown(self) -> Decimal:
        """The points rounded half up to 2 decimals, for display only."""
        return round_half_up(self.points)


def method_of(indicator: Indicator, methods: Methods) -> ScoringMethod:
    """The indicator's method; raises Refused naming the ones there are."""
    if indicator.method.key not in methods:
        raise Refused(f"没有“{indicator.method.key}”这种评分方法；允许：{'、'.join(methods)}")
    return methods[indicator.method.key]


def points_for(
    indicator: Indicator,
    value: Exact | None,
    reference: Exact | None = None,
    *,
    methods: Methods | None = None,
    undefined: Exact = 0,
) -> Scored:
    """Points for an indicator's value, between 0 and its weight.

    `value` None means that the value cannot be computed (a ratio over 0): `undefined` points are given.
    `reference` is the best value of the round, for methods that compare with it. Raises Refused for an
    indicator that only the panel can score, or when the reference is missing.
    """
    method = method_of(indicator, _known(methods))
    if method.points is None:
        raise Refused(f"“{indicator.name}”由专家评分，不能由数值算出。", {indicator.code: "由专家评分"})
    if method.needs_reference and reference is None and value is not None:
        raise Refused(f"“{indicator.name}”要与当年最好值比，最好值还没有定。", {indicator.code: "缺少最好值"})
    weight = Fraction(indicator.weight_points)
    best = None if reference is None else Fraction(reference)
    if value is None:
        points, text = Fraction(undefined), "数值算不出来，按规定的分数计"
    else:
        settings = method.read_settings(indicator.method.settings)
        points = method.points(Fraction(value), weight, settings, best)
        text = f"{method.name}，{'满分' if weight >= 0 else '至多扣'} {abs(indicator.weight_points)} 分"
    points = _between(points, weight)
    step = Step(
        text=f"{indicator.name}：{text}",
        clause=indicator.method.clause or indicator.clause,
        basis=indicator.method.basis,
        inputs={"value": value, "best": best, **indicator.method.settings},
        result=points,
    )
    return Scored(indicator.code, points, (step,))


def best_values(scheme: Scheme, cohort: Mapping[str, Mapping[str, Exact | None]]) -> dict[str, Fraction]:
    """The best value of each quantitative indicator over the carriers of a round (carrier → code → value).

    An indicator that no carrier has a value for has no best value. This is what a round freezes at determination.
    """
    best: dict[str, Fraction] = {}
    for indicator in scheme.indicators:
        if not indicator.value:
            continue
        present = [v for values in cohort.values() if (v := values.get(indicator.code)) is not None]
        if present:
            best[indicator.code] = max(Fraction(v) for v in present)
    return best


def points_of_carrier(
    scheme: Scheme,
    values: Mapping[str, Exact | None],
    reference: Mapping[str, Exact],
    *,
    methods: Methods | None = None,
    undefined: Exact = 0,
) -> dict[str, Scored]:
    """One carrier's points for every indicator that figures decide; the panel's indicators are left out."""
    scored = {}
    for indicator in scheme.indicators:
        if not method_of(indicator, _known(methods)).by_panel:
            scored[indicator.code] = points_for(
                indicator,
                values.get(indicator.code),
                reference.get(indicator.code),
                methods=methods,
                undefined=undefined,
            )
    return scored


def points_of_cohort(
    scheme: Scheme,
    cohort: Mapping[str, Mapping[str, Exact | None]],
    *,
    methods: Methods | None = None,
    undefined: Exact = 0,
    reference: Mapping[str, Fraction] | None = None,
) -> dict[str, dict[str, Fraction]]:
    """Every carrier's points (carrier → code → points), one indicator at a time; no traces, for large rounds.

    `reference` is the round's best values where the cohort is only a part of it. Agrees with `points_of_carrier` to
    the last digit.
    """
    table: dict[str, dict[str, Fraction]] = {carrier: {} for carrier in cohort}
    best = best_values(scheme, cohort) if reference is None else reference
    for indicator in scheme.indicators:
        method = method_of(indicator, _known(methods))
        if method.points is None:
            continue
        settings = method.read_settings(indicator.method.settings)
        weight = Fraction(indicator.weight_points)
        for carrier, values in cohort.items():
            value = values.get(indicator.code)
            points = (
                Fraction(undefined)
                if value is None
                else method.points(Fraction(value), weight, settings, best.get(indicator.code))
            )
            table[carrier][indicator.code] = _between(points, weight)
    return table


def read_points(scheme: Scheme, given: Mapping[str, object]) -> dict[str, Fraction]:
    """A reviewer's points as exact numbers.

    Raises Refused naming every unknown indicator and every figure that is no number or not between 0 and the
    weight; when those are in order, every indicator without points.
    """
    faults: dict[str, str] = {}
    read: dict[str, Fraction] = {}
    known = {i.code: i for i in scheme.indicators}
    for code, entry in given.items():
        points = exact(entry)
        if code not in known:
            faults[code] = f"没有“{code}”这项指标；允许：{'、'.join(known)}"
        elif points is None:
            faults[code] = f"{code} 的得分不是数字"
        elif not known[code].lowest <= points <= known[code].highest:
            faults[code] = f"{code} 的得分 {entry} 不在 {known[code].lowest} 至 {known[code].highest} 之间"
        else:
            read[code] = points
    missing = {code: f"{code} 还没有得分" for code in known if code not in given}
    if faults or missing:
        faults = faults or missing
        raise Refused("；".join(faults.values()) + "。", faults)
    return read


def _between(points: Fraction | int | Decimal, weight: Fraction) -> Fraction:
    """The points, kept between 0 and the weight, on whichever side of 0 that is."""
    return min(max(Fraction(points), min(weight, Fraction(0))), max(weight, Fraction(0)))


def _known(methods: Methods | None) -> Methods:
    if methods is not None:
        return methods
    from core.policy.builtins import METHODS

    return METHODS
