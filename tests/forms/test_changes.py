from __future__ import annotations

from collections.abc import Callable

import pytest

from forms.changes import Change
from forms.compile import CompiledForm

Make = Callable[..., CompiledForm]


def test_nothing_changed(form: CompiledForm, complete: dict[str, object]) -> None:
    assert form.changes(complete, dict(complete)) == []


def test_in_readable_words_and_in_order(form: CompiledForm, complete: dict[str, object]) -> None:
    after = {**complete, "trained": 6, "area_m2": "2100", "has_fund": True, "services": ["a", "b"]}
    assert form.changes(complete, after) == [
        Change("area_m2", "场地面积", "1,860 平方米", "2,100 平方米"),
        Change("trained", "受训人员", "3 人", "6 人"),
        Change("share", "受训占比", "50%", "100%"),
        Change("has_fund", "有无种子基金", "否", "是"),
        Change("services", "服务内容", "未填", "培训、路演"),
    ]


A, B, C = ({"name": name, "times": 1} for name in "甲乙丙")


def test_a_row_taken_out_does_not_mark_the_rows_below(form: CompiledForm) -> None:
    (change,) = form.changes({"orgs": [A, B, C]}, {"orgs": [B, C]})
    assert change == Change("orgs", "机构（删去一行）", "名称 甲，服务 1 次", "未填")


def test_rows_added_and_changed(form: CompiledForm) -> None:
    changes = form.changes({"orgs": [A]}, {"orgs": [{**A, "times": 2}, B]})
    assert changes == [
        Change("orgs.0.times", "机构 第 1 行 服务", "1 次", "2 次"),
        Change("orgs.1", "机构 第 2 行（新增）", "未填", "名称 乙，服务 1 次"),
    ]


def test_masked_answers_still_show_that_they_changed(one_field: Make) -> None:
    form = one_field({"key": "id", "label": "身份证号码", "type": "id_number"})
    (change,) = form.changes({"id": "11010519491231002X"}, {"id": "11010519491230002X"})
    assert change.before_text == "110*************2X"
    assert change.after_text == "110*************2X（已更改）"


@pytest.mark.parametrize(("places", "shown"), [(None, "33.33%"), (0, "33%"), (1, "33.3%"), (4, "33.3333%")])
def test_calculated_figures_are_rounded_for_reading(one_field: Make, places: int | None, shown: str) -> None:
    figure: dict[str, object] = {"key": "s", "label": "比", "type": "calculated", "formula": "n / 3", "unit": "%"}
    if places is not None:
        figure["places"] = places
    form = one_field({"key": "n", "label": "数", "type": "integer"}, figure)
    assert form.changes({}, {"n": 100})[1].after_text == shown
