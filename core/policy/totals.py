"""Points → group points → a total, and several experts' totals → one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from core.errors import Refused
from core.policy.numbers import Exact, exact
from core.policy.scheme import Scheme
from core.policy.scoring.points import read_points

COMBINATIONS = {"mean": "算术平均", "trimmed_mean": "去掉一个最高分和一个最低分后平均"}


def group_points(scheme: Scheme, points: Mapping[str, Exact]) -> dict[str, Fraction]:
    """Points per group, by the group's key."""
    sums = {group.key: Fraction(0) for group in scheme.groups}
    for indicator in scheme.indicators:
        sums[indicator.group] += Fraction(points.get(indicator.code, 0))
    return sums


def sheet_total(scheme: Scheme, points: Mapping[str, object]) -> Fraction:
    """The exact total of one complete sheet. Raises Refused as `points.read_points` does."""
    return sum(read_points(scheme, points).values(), Fraction(0))


def combine(totals: Sequence[Exact], how: str = "mean") -> Fraction:
    """Several experts' totals as one, exact and unrounded, whatever their order.

    `trimmed_mean` leaves out one highest and one lowest; with fewer than three totals it is the plain mean.
    Raises Refused without totals or for an unknown way.
    """
    if not isinstance(how, str) or how not in COMBINATIONS:
        raise Refused(f"没有“{how}”这种合并办法；允许：{'、'.join(COMBINATIONS)}。", {"combine": "没有这种办法"})
    if not totals:
        raise Refused("还没有专家评分，无法合并。", {"expert_totals": "至少要有一份评分"})
    numbers = sorted(Fraction(total) for total in totals)
    if how == "trimmed_mean" and len(numbers) >= 3:
        numbers = numbers[1:-1]
    return sum(numbers, Fraction(0)) / len(numbers)


def read_totals(given: object, full: Exact, lowest: Exact = 0) -> list[Fraction]:
    """Experts' totals as exact numbers between `lowest` and `full`; raises Refused saying which is not."""
    if not isinstance(given, list) or not given:
        raise Refused("专家总分要是一列数字，至少一个。", {"expert_totals": "至少要有一份评分"})
    totals = []
    for position, entry in enumerate(given, start=1):
        total = exact(entry)
        if total is None or not lowest <= total <= full:
            fault = f"第 {position} 份评分“{entry}”不是 {lowest} 至 {full} 之间的数字"
            raise Refused(fault + "。", {"expert_totals": fault})
        totals.append(total)
    return totals
