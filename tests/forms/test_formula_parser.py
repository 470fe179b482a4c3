"""What the grammar refuses, and how it says so."""

from __future__ import annotations

import time

import pytest

from forms.formula import FormulaError, compile_formula
from forms.formula_parser import MAX_SOURCE


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "空"),
        ("   ", "空"),
        ("2 ** 3", "第 3 个字符处的“**”"),
        ("7 // 2", "整除"),
        ("a.b", "点号"),
        ("a[0]", "第 2 个字符处的“[”"),
        ("{1}", "“{”"),
        ("lambda x: x", "“:”"),
        ("[x for x in y]", "“[”"),
        ("x for x in y", "多余"),
        ("__import__('os')", "“__import__”"),
        ("_x", "下划线"),
        ("open(1)", "允许：min、max"),
        ("a = 1", "两个等号"),
        ("20%", "百分号"),
        ("２０％", "百分号"),
        ("(1 + 2", "右括号"),
        ("1 + 2)", "多余"),
        ("1 2", "多余"),
        ("1 +", "没有写完"),
        ("* 2", "放错了地方"),
        ("'abc", "引号没有成对"),
        ("1 if a", "else"),
        ("sum", "函数名"),
        ("sum + 1", "函数名"),
        ("min()", "要写 1 至 50 项，现在是 0 项"),
        ("abs(1, 2)", "要写 1 项，现在是 2 项"),
        ("column_sum(a, b)", "加引号"),
        ("row_count(a)", "加引号"),
        ("1" * 31, "数字太长"),
        ("a; b", "“;”"),
        ("a \\ b", "“\\”"),
        ("a\x00b", "不能用"),
        ("a := 1", "“:”"),
        ("a in b", "多余"),
        ("f'{x}'", "多余"),
    ],
)
def test_refused(source: str, said: str) -> None:
    with pytest.raises(FormulaError, match=r"公式|函数") as caught:
        compile_formula(source)
    assert said in str(caught.value)


def test_is_a_value_error() -> None:
    assert issubclass(FormulaError, ValueError)


def test_source_is_capped() -> None:
    compile_formula("1" + "+1" * ((MAX_SOURCE - 1) // 2))
    with pytest.raises(FormulaError, match="太长"):
        compile_formula("1" + "+1" * MAX_SOURCE)


def test_a_long_chain_is_not_nesting() -> None:
    assert compile_formula("1" + "+1" * 999).evaluate({}).value == 1000


@pytest.mark.parametrize(
    "source",
    ["(" * 900 + "1" + ")" * 900, "min(" * 300 + "1" + ")" * 300, "1 if a else " * 160 + "1", "not " * 450 + "a"],
)
def test_nesting_is_bounded(source: str) -> None:
    with pytest.raises(FormulaError, match=r"嵌套太深|太多 not"):
        compile_formula(source)


def test_many_minuses_are_harmless() -> None:
    assert compile_formula("-" * 1999 + "1").evaluate({}).value == -1
    assert compile_formula("-" * 1998 + "1").evaluate({}).value == 1


def test_a_minus_before_text_is_invalid_however_many() -> None:
    assert compile_formula('--"x"').evaluate({}).state == "invalid"


def test_full_width_signs_inside_quotes_stay() -> None:
    assert compile_formula("x == “甲（乙），×”").evaluate({"x": "甲（乙），×"}).value is True


def test_position_counts_typed_characters() -> None:
    with pytest.raises(FormulaError, match="第 5 个字符"):
        compile_formula("a ≥ $")


def test_hostile_text_is_refused_quickly() -> None:
    began = time.perf_counter()
    for source in ("(" * 2000, "-" * 2000, "9" * 2000, "a+" * 1000, "'" * 1999):
        with pytest.raises(FormulaError):
            compile_formula(source)
    assert time.perf_counter() - began < 1


def test_words_are_words_only_when_they_stand_alone() -> None:
    assert compile_formula("或有负债 + 1").names == {"或有负债"}
