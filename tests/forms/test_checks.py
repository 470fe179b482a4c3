"""Handing in: required, conditions, ranges, evidence, tables, rules between answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forms.compile import CompiledForm

Answers = dict[str, object]
Files = dict[str, list[dict[str, object]]]
Make = Callable[..., CompiledForm]


def test_a_complete_form_may_be_handed_in(form: CompiledForm, complete: Answers, files: Files) -> None:
    assert form.check(complete, files) == {}


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"area_m2": None}, "area_m2", "请填写场地面积"),
        ({"area_m2": ""}, "area_m2", "请填写场地面积"),
        ({"area_m2": "-1"}, "area_m2", "不能小于 0"),
        ({"area_m2": "1.234"}, "area_m2", "小数最多 2 位"),
        ({"area_m2": "x"}, "area_m2", "只能填数字"),
        ({"area_m2": 1.5}, "area_m2", "加引号"),
        ({"area_m2": ["5"]}, "area_m2", "文字或数字"),
        ({"has_fund": None}, "has_fund", "请选择有无种子基金"),
        ({"has_fund": True}, "fund", "请填写基金规模"),
        ({"staff": 0, "trained": 0}, "reason", "请填写说明"),
        ({"trained": 7}, "trained", "受训人数多于服务人员"),
        ({"services": ["z"]}, "services", "没有这个选项"),
        ({"orgs": "x"}, "orgs", "一行一行"),
        ({"orgs": ["x"]}, "orgs.0", "不是表格的一行"),
        ({"orgs": [{"kind": "law"}]}, "orgs.0.name", "请填写名称"),
        ({"orgs": [{"name": "甲", "kind": "art"}]}, "orgs.0.kind", "没有这个选项"),
        ({"orgs": [{"name": "甲"}, {}, {"name": "乙", "times": -1}]}, "orgs.2.times", "不能小于 0"),
        ({"orgs": [{"name": str(n)} for n in range(4)]}, "orgs", "最多填 3 行，现在是 4 行"),
    ],
)
def test_fault(form: CompiledForm, complete: Answers, files: Files, changes: Answers, path: str, said: str) -> None:
    found = form.check({**complete, **changes}, files)
    assert path in found, found
    assert any(said in message for message in found[path])


def test_blank_rows_do_not_count(form: CompiledForm, complete: Answers, files: Files) -> None:
    rows = [{"name": "甲"}, {}, {"name": "", "kind": None}, {}]
    assert form.check({**complete, "orgs": rows}, files) == {}


def test_hidden_questions_are_not_asked(form: CompiledForm, complete: Answers, files: Files) -> None:
    assert form.check({**complete, "has_fund": False, "fund": "bad"}, files) == {}


def test_what_could_not_be_read_stands_against_handing_in(form: CompiledForm, complete: Answers, files: Files) -> None:
    del complete["trained"]
    assert form.check(complete, files) == {}
    complete["orgs"] = [{}]
    found = form.check(complete, files, {"trained": "三", "orgs.0.times": "多"})
    assert set(found) == {"trained", "orgs.0.name", "orgs.0.times"}


def test_evidence(form: CompiledForm, complete: Answers, files: Files) -> None:
    assert form.check(complete, {}) == {"lease": ["还没有附租赁合同，请上传"]}
    found = form.check(complete, {"lease": files["lease"] * 3})
    assert found == {"lease": ["最多附 2 份，现在是 3 份，请移除多余的"]}


def test_least_files(one_field: Make) -> None:
    form = one_field({"key": "photos", "label": "照片", "type": "files", "min_files": 3})
    assert form.check({}, {}) == {}
    assert form.check({}, {"photos": ["a"]}) == {"photos": ["照片要 3 份，现在是 1 份"]}
    assert form.check({}, {"photos": ["a", "b", "c"]}) == {}


def test_required_table_needs_its_rows(one_field: Make) -> None:
    columns = [{"key": "n", "label": "名", "type": "text"}]
    form = one_field(
        {"key": "t", "label": "名单", "type": "table", "columns": columns, "required": True, "min_rows": 2}
    )
    assert form.check({}, {}) == {"t": ["名单至少填 2 行"]}
    assert form.check({"t": [{"n": "a"}]}, {}) == {"t": ["名单至少填 2 行，现在是 1 行"]}
    assert form.check({"t": [{"n": "a"}, {"n": "b"}]}, {}) == {}


WHOLE = {"key": "all", "label": "学生企业", "type": "integer", "unit": "家"}
PARTS = [
    {"key": "p1", "label": "西藏籍", "type": "integer"},
    {"key": "p2", "label": "女性", "type": "integer"},
]


@pytest.mark.parametrize(
    ("total", "answers", "paths"),
    [
        (False, {"all": 5, "p1": 6}, {"p1"}),
        (False, {"all": 5, "p1": 5, "p2": 5}, set()),
        (True, {"all": 5, "p1": 3, "p2": 3}, {"p1"}),
        (True, {"all": 5, "p1": 3, "p2": 2}, set()),
        (True, {"all": 5, "p1": 6, "p2": 1}, {"p1"}),
        (True, {"p1": 6}, set()),
        (True, {"all": 5}, set()),
    ],
)
def test_parts_of_a_whole(one_field: Make, total: bool, answers: Answers, paths: set[str]) -> None:
    parts = [{"whole": "all", "parts": ["p1", "p2"], "sum": total}]
    form = one_field(WHOLE, *PARTS, parts=parts)
    assert set(form.check(answers, {})) == paths


def test_part_says_both_figures(one_field: Make) -> None:
    form = one_field(WHOLE, *PARTS, parts=[{"whole": "all", "parts": ["p1"]}])
    assert form.check({"all": 1500, "p1": 1600}, {}) == {"p1": ["西藏籍 1,600 多于学生企业 1,500，请核对"]}


def test_check_over_missing_or_impossible_figures_is_not_broken(one_field: Make) -> None:
    check = {"key": "c", "formula": "p1 / p2 <= 1", "message": "比例过大"}
    form = one_field(*PARTS, checks=[check])
    assert form.check({"p1": 5}, {}) == {}
    assert form.check({"p1": 5, "p2": 0}, {}) == {}
    assert form.check({"p1": 5, "p2": 4}, {}) == {"p1": ["比例过大"]}


def test_check_that_cannot_be_judged_says_so(one_field: Make) -> None:
    check = {"key": "c", "formula": "p1 and true", "message": "核对人数"}
    form = one_field(*PARTS, checks=[check])
    (message,) = form.check({"p1": 5}, {})["p1"]
    assert message.startswith("核对人数（无法核对：")
