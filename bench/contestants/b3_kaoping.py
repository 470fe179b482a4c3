"""B3 by core.policy: exact fractions from the table to the total, then the grade lines. The limit beside it.

limit   the table turned by hand into one Python function over floats
rows    a loop over the table, floats: what a simple low-code engine does
kaoping points_of_cohort, the panel's means, the sum, the grade
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import b3_clock
from b3_table import EXPERTS, FIGURES, RELATIVE, TABLE, THRESHOLDS, load

from core.policy.grades import GradeLine, Grades
from core.policy.scheme import Indicator, IndicatorGroup, MethodUse, Scheme
from core.policy.scoring.points import points_of_cohort

METHODS = {"target": "linear_to_target", "relative": "linear_to_best", "experts": "panel"}
GRADES = Grades(tuple(GradeLine(str(k), str(k), Decimal(at)) for k, at in enumerate((0, *THRESHOLDS))))


def scheme() -> Scheme:
    """The table as a scheme of ours."""
    indicators = tuple(
        Indicator(
            code=code, name=code, group="all", weight_points=Decimal(weight), clause="测量", basis="practice",
            type="qualitative" if kind == "experts" else "quantitative", value="" if kind == "experts" else code,
            method=MethodUse(METHODS[kind], {"target": target} if kind == "target" else {}),
        )
        for code, weight, kind, target in TABLE
    )  # fmt: skip
    return Scheme("bench", "测量", "form", (IndicatorGroup("all", "全部", Decimal(100), "测量"),), indicators)


def kaoping(n: int) -> b3_clock.Run:
    """Figures as a form hands them over (decimals); marks as the sheets keep them."""
    data = load(n)
    figures = {str(row): {code: Decimal(repr(data[code][row])) for code in FIGURES} for row in range(n)}
    marks = {
        str(row): [
            (weight, [Decimal(repr(data[f"{code}_{k}"][row])) for k in range(EXPERTS)])
            for code, weight, kind, _ in TABLE
            if kind == "experts"
        ]
        for row in range(n)
    }
    table = scheme()

    def run() -> tuple[list[Fraction], list[int]]:
        totals, grades = [], []
        for carrier, points in points_of_cohort(table, figures).items():
            panel = sum((weight * Fraction(sum(given)) for weight, given in marks[carrier]), Fraction(0)) / (
                EXPERTS * 100
            )
            total = sum(points.values(), panel)
            totals.append(total)
            grades.append(int(GRADES.line_for(GRADES.round_total(total)).grade))
        return totals, grades

    return run


def rows(n: int) -> b3_clock.Run:
    """One carrier at a time, driven by the table, in floats."""
    data = load(n)
    cohort = [dict(zip(data, values, strict=True)) for values in zip(*data.values(), strict=True)]

    def run() -> tuple[list[float], list[int]]:
        best = {code: max(row[code] for row in cohort) for code in RELATIVE}
        totals = []
        for row in cohort:
            total = 0.0
            for code, weight, kind, target in TABLE:
                if kind == "target":
                    total += weight * min(row[code] / target, 1.0)
                elif kind == "relative":
                    total += weight * row[code] / best[code]
                else:
                    total += weight * (row[f"{code}_0"] + row[f"{code}_1"] + row[f"{code}_2"]) / (EXPERTS * 100)
            totals.append(total)
        return totals, [sum(total >= limit for limit in THRESHOLDS) for total in totals]

    return run


def limit(n: int) -> b3_clock.Run:
    """The table written out as one expression, in floats; nothing is checked or traced."""
    data = load(n)
    cohort = list(zip(*data.values(), strict=True))
    terms = {
        "target": "({0} * {1} if {0} < {2} else {3})",
        "relative": "{0} * best_{0}",
        "experts": "({0}_0 + {0}_1 + {0}_2) * {4}",
    }
    total = " + ".join(
        terms[kind].format(code, weight / (target or 1), target, weight, weight / (EXPERTS * 100))
        for code, weight, kind, target in TABLE
    )
    source = f"def score(cohort, {', '.join(f'best_{code}' for code in RELATIVE)}):\n" + (
        f"    totals = [{total} for {', '.join(data)} in cohort]\n"
        "    return totals, [3 if t >= 85 else 2 if t >= 70 else 1 if t >= 60 else 0 for t in totals]\n"
    )
    made: dict[str, b3_clock.Run] = {}
    exec(source, made)
    weights = {code: weight for code, weight, _, _ in TABLE}
    return lambda: made["score"](cohort, *(weights[code] / max(data[code]) for code in RELATIVE))


if __name__ == "__main__":
    b3_clock.main({"kaoping": kaoping, "rows": rows, "limit": limit})
