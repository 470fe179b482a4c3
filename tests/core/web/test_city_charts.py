"""The geometry of the charts: where totals, bars and lines stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.policy.grades import GradeLine, line_for
from core.web.city import charts
from core.web.city.figures import DistrictLine, ResultLine

LINES = [
    GradeLine("excellent", "优秀", Decimal(85)),
    GradeLine("good", "良好", Decimal(70), Decimal(85)),
    GradeLine("qualified", "合格", Decimal(60), Decimal(70)),
    GradeLine("unqualified", "不合格", Decimal(0), Decimal(60)),
]


def test_totals_stand_where_they_belong_and_those_near_a_line_are_pointed_out() -> None:
    results = [
        ResultLine(1, "甲", 1, "excellent", Decimal("85.00"), False),
        ResultLine(2, "乙", 1, "good", Decimal("84.62"), False),
        ResultLine(3, "丙", 1, "qualified", Decimal("66.00"), False),
        ResultLine(4, "丁", 1, "", None, True),
    ]
    scale = charts.scale(results, LINES)
    assert scale is not None
    assert [line.carrier for line in scale.near] == ["甲", "乙"]
    assert {band.name: band.count for band in scale.bands} == {"优秀": 1, "良好": 1, "合格": 1, "不合格": 0}
    edges = {band.grade: band for band in scale.bands}
    by_total = {dot.total: dot for dot in scale.dots}
    assert by_total[Decimal("85.00")].x == edges["excellent"].left
    assert by_total[Decimal("66.00")].x > edges["qualified"].left
    assert by_total[Decimal("85.00")].y != by_total[Decimal("84.62")].y  # neighbours stack
    assert charts.scale(results[3:], LINES) is None
    assert charts.scale(results, []) is None


def test_parts_of_a_bar_follow_each_other_and_stay_inside() -> None:
    line = DistrictLine("海港区", 1, {"decided": 8, "panel": 2, "city": 1, "district": 1, "fill": 0})
    parts = charts.bar(line, 12)
    assert [part.count for part in parts] == [8, 2, 1, 1]
    for before, after in pairwise(parts):
        assert after.x >= before.x + before.width
    assert parts[-1].x + parts[-1].width <= charts.BAR_WIDTH


def test_the_line_of_submissions_ends_today() -> None:
    counts = [(date(2023, 6, 2), 1), (date(2023, 6, 5), 4)]
    days = (date(2023, 6, 1), date(2023, 6, 11))
    chart = charts.steps(counts, days, date(2023, 6, 6), date(2023, 6, 11), 10)
    assert chart is not None
    assert chart.end == (Decimal("255.0"), Decimal("111.6"))  # half of the days, 4 of 10
    assert chart.deadline == Decimal("470.0")
    assert charts.steps([], days, date(2023, 6, 6), None, 10) is None


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=40))
def test_every_total_lies_in_the_band_of_its_grade_and_on_the_scale(totals: list[Decimal]) -> None:
    results = [ResultLine(n, "甲", 1, line_for(LINES, t).grade, t, False) for n, t in enumerate(totals)]
    scale = charts.scale(results, LINES)
    assert scale is not None
    assert sum(band.count for band in scale.bands) == len(totals)
    bands = {band.grade: band for band in scale.bands}
    for dot in scale.dots:
        band = bands[line_for(LINES, dot.total).grade]
        assert band.left <= dot.x <= band.right
        assert 0 < dot.y < scale.baseline
