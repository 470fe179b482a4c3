"""The picture of a carrier's years as geometry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.web.register import chart


def test_the_strip_shows_a_cell_a_year_and_the_time_of_the_title() -> None:
    grades = {2021: ("good", "良好"), 2022: ("unqualified", "不合格")}
    found = chart.strip(grades, (date(2021, 1, 1), date(2022, 12, 31)), [(date(2021, 1, 1), "认定")], date(2023, 6, 1))
    assert found is not None
    assert [(cell.year, cell.word, cell.tone) for cell in found.cells] == [
        (2021, "良好", "g2"), (2022, "不合格", "open"), (2023, "", ""),
    ]  # fmt: skip
    assert found.line is not None and found.line[0] == 0 < found.line[1] < chart.WIDTH
    assert [(dot.x, dot.word) for dot in found.dots] == [(Decimal(0), "认定")]
    assert chart.strip({}, (None, None), [], date(2023, 6, 1)) is None


def test_the_strip_keeps_to_the_last_years_and_draws_nothing_of_the_future() -> None:
    long = chart.strip({}, (date(1998, 5, 1), None), [(date(1998, 5, 1), "认定")], date(2023, 6, 1))
    assert long is not None and len(long.cells) == chart.MOST_YEARS and long.cells[-1].year == 2023
    assert long.line is not None and long.line[0] == 0 and long.dots == []
    later = chart.strip({}, (date(2024, 1, 1), None), [(date(2024, 1, 1), "认定")], date(2023, 6, 1))
    assert later is not None and later.line is None and later.dots == []
