"""A work report's sentences: figures put in, missing ones said to be missing, conditions that certainly hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import Refused
from core.policy.work_report import Figure, ReportPart, Sentence, WorkReport, write

TENANTS = Figure("tenants", "在孵企业", 921, "家", "月报")


def report(*sentences: Sentence) -> WorkReport:
    return WorkReport("{year}年报告", (ReportPart("一、数据", "三", "text", sentences),))


def figures(*more: Figure) -> dict[str, Figure]:
    return {f.key: f for f in (Figure("year", "年度", "2019", "", "选定"), TENANTS, *more)}


def test_figures_are_put_in_and_listed_in_the_order_of_the_text() -> None:
    share = Figure("share", "占比", Decimal("37.50"), "%", "算出")
    written = write(report(Sentence("占{share}%，共{tenants}家，即{tenants}家。")), figures(share))
    assert written.title == "2019年报告" and written.parts[0][1] == ("占37.5%，共921家，即921家。",)
    assert [figure.key for figure in written.used] == ["year", "share", "tenants"]


def test_a_missing_figure_is_said_to_be_missing() -> None:
    written = write(report(Sentence("共{people}人次。")), figures(Figure("people", "参加人次", None, "人次", "签到")))
    assert written.parts[0][1] == ("共（缺：参加人次）人次。",)


@pytest.mark.parametrize(("when", "stands"), [("tenants > 0", True), ("tenants == 0", False), ("people > 0", False)])
def test_a_condition_stands_only_where_it_certainly_holds(when: str, stands: bool) -> None:
    missing = Figure("people", "参加人次", None, "人次", "签到")
    assert bool(write(report(Sentence("有。", when)), figures(missing)).parts[0][1]) is stands


@pytest.mark.parametrize("sentence", [Sentence("{nobody}家"), Sentence("有。", "nobody > 0")])
def test_a_figure_that_nobody_counts_is_refused_by_name(sentence: Sentence) -> None:
    with pytest.raises(Refused, match="nobody"):
        write(report(sentence), figures())
