"""What stands beneath the bars of a procedure's last periods."""

from __future__ import annotations

from core.web.reports import chart


def test_eight_quarters_fit_side_by_side_and_say_their_year_once() -> None:
    drawn = chart.bars([(f"{year}Q{n}", 1) for year in (2018, 2019) for n in (1, 2, 3, 4)], 3)
    assert [bar.label for bar in drawn[:2]] == ["一季度", "二季度"]
    assert [bar.year for bar in drawn] == ["2018年", "", "", "", "2019年", "", "", ""]
    assert [bar.label + bar.year for bar in chart.bars([("2018", 1), ("2019", 1)], 1)] == ["2018年", "2019年"]
