"""Timing an engine of B3, and holding its totals and grades against exact ones."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from b3_table import EXPERTS, RELATIVE, TABLE, THRESHOLDS, load
from work import answer, peak_rss_mib

Run = Callable[[], tuple[Sequence[object], Sequence[int]]]
CHECKED = 2000


def exact_totals(n: int) -> list[Fraction]:
    """Totals of the first carriers without any rounding."""
    data = load(n)
    best = {code: Fraction(repr(max(data[code]))) for code in RELATIVE}
    totals = []
    for row in range(min(n, CHECKED)):
        total = Fraction(0)
        for code, weight, kind, target in TABLE:
            if kind == "target":
                total += weight * min(Fraction(repr(data[code][row])) / target, Fraction(1))
            elif kind == "relative":
                total += weight * Fraction(repr(data[code][row])) / best[code]
            else:
                given = sum(Fraction(repr(data[f"{code}_{k}"][row])) for k in range(EXPERTS))
                total += weight * given / (EXPERTS * 100)
        totals.append(total)
    return totals


def grade(total: Fraction) -> int:
    """0 fail, 1 pass, 2 good, 3 excellent."""
    return sum(total >= limit for limit in THRESHOLDS)


def main(engines: dict[str, Callable[[int], Run]]) -> None:
    """`python b3_x.py <engine> <n>`: the median of some runs, and how many grades differ from the exact ones."""
    name, n = sys.argv[1], int(sys.argv[2])
    run = engines[name](n)
    times: list[float] = []
    while sum(times) < 0.2:
        start = time.perf_counter()
        totals, grades = run()
        times.append(time.perf_counter() - start)
    rss = peak_rss_mib()
    wanted = exact_totals(n) if name != "limit" else []
    assert all(abs(float(t) - float(w)) < 1e-3 for t, w in zip(totals, wanted, strict=False)), name
    differ = sum(int(g) != grade(w) for g, w in zip(grades, wanted, strict=False))
    answer({"seconds": sorted(times)[len(times) // 2], "rss": rss, "differ": differ})
