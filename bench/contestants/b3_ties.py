"""Whole-number sheets whose total lies exactly on a grade line: how many float64 and how many we grade wrongly.

python b3_ties.py 200000
"""

from __future__ import annotations

import random
import sys
from decimal import Decimal
from fractions import Fraction

import b3_kaoping
from b3_table import EXPERTS, FIGURES, TABLE, THRESHOLDS
from work import answer

from core.policy.scoring.points import points_of_cohort

COMMON = 1200  # every denominator below divides it


def main(n: int) -> None:
    """Draw sheets, keep those on a line (the best of the cohort is 100), grade them three ways."""
    pick, ties = random.Random(7), []
    for _ in range(n):
        sheet = {}
        for code, _weight, kind, target in TABLE:
            low, high = {"target": (target // 3, target * 3 // 2), "relative": (40, 100), "experts": (180, 300)}[kind]
            sheet[code] = pick.randint(low, high)
        if exact_twelve_hundredths(sheet) in {limit * COMMON for limit in THRESHOLDS}:
            ties.append(sheet)
    floats = sum(by_float(sheet) != by_integers(sheet) for sheet in ties)
    best = {"best": {code: 100 for code in FIGURES}}
    cohort = best | {str(k): {code: Decimal(sheet[code]) for code in FIGURES} for k, sheet in enumerate(ties)}
    points = points_of_cohort(b3_kaoping.scheme(), cohort)
    ours = 0
    for k, sheet in enumerate(ties):
        panel = sum(Fraction(w * sheet[code], EXPERTS * 100) for code, w, kind, _ in TABLE if kind == "experts")
        total = sum(points[str(k)].values(), panel)
        ours += int(b3_kaoping.GRADES.line_for(b3_kaoping.GRADES.round_total(total)).grade) != by_integers(sheet)
    answer({"sheets": n, "ties": len(ties), "float64": floats, "kaoping": ours})


def exact_twelve_hundredths(sheet: dict[str, int]) -> int:
    """The total in whole twelve-hundredths of a point."""
    total = 0
    for code, weight, kind, target in TABLE:
        whole = {"target": target, "relative": 100, "experts": EXPERTS * 100}[kind]
        total += weight * min(sheet[code], whole) * (COMMON // whole)
    return total


def by_integers(sheet: dict[str, int]) -> int:
    """The grade by whole numbers."""
    return sum(exact_twelve_hundredths(sheet) >= limit * COMMON for limit in THRESHOLDS)


def by_float(sheet: dict[str, int]) -> int:
    """The grade by float64."""
    total = 0.0
    for code, weight, kind, target in TABLE:
        if kind == "target":
            total += weight * min(sheet[code] / target, 1.0)
        elif kind == "relative":
            total += weight * sheet[code] / 100.0
        else:
            total += sheet[code] * (weight / (EXPERTS * 100))
    return sum(total >= limit for limit in THRESHOLDS)


if __name__ == "__main__":
    main(int(sys.argv[1]))
