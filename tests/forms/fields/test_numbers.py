from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.definition import Column
from forms.fields import BadInput, field_type, whole_fen
from forms.fields.numbers import canonical, grouped


def column(kind: str, **more: object) -> Column:
    return Column(key="k", label="项", type=kind, **more)


def read(kind: str, typed: object, **more: object) -> object:
    return field_type(kind).read(typed, column(kind, **more))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1860", "1860"),
        (" 1,860.50 ", "1860.5"),
        ("１，８６０．５", "1860.5"),
        ("1 860", "1860"),
        ("1860 平方米", "1860"),
        ("-3", "-3"),
        ("－3", "-3"),
        ("+3", "3"),
        ("007", "7"),
        ("-0.00", "0"),
        ("0.000001", "0.000001"),
        (12, "12"),
        (Decimal("1.50"), "1.5"),
    ],
)
def test_decimal_as_typed(typed: object, answer: str) -> None:
    assert read("decimal", typed, unit="平方米") == answer


@pytest.mark.parametrize("blank", ["", "  ", "\u3000", None])
def test_blank_is_no_answer(blank: object) -> None:
    assert read("decimal", blank) is None
    assert read("integer", blank) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("约一百", "只能填数字"),
        ("1e5", "只能填数字"),
        ("NaN", "只能填数字"),
        ("Infinity", "只能填数字"),
        ("1.", "只能填数字"),
        ("--1", "只能填数字"),
        ("1,5", "逗号"),
        ("12,34,567", "逗号"),
        ("50万", "数字写全"),
        ("1" * 16, "太大"),
        ("0.1234567", "小数最多 6 位"),
        ([], "文字或数字"),
        (True, "文字或数字"),
        (1.5, "加引号"),
    ],
)
def test_decimal_refuses_and_says_why(typed: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read("decimal", typed)


def test_places_are_never_rounded_away() -> None:
    assert read("decimal", "1.20", places=1) == "1.2"
    with pytest.raises(BadInput, match="小数最多 1 位"):
        read("decimal", "1.25", places=1)


def test_integer() -> None:
    assert read("integer", "1,860") == 1860
    assert read("integer", "3.0") == 3
    with pytest.raises(BadInput, match="整数"):
        read("integer", "3.5")


def test_percent_in_points() -> None:
    assert read("percent", "20%") == "20"
    assert read("percent", "１４．２９％") == "14.29"
    assert column("percent").shown_unit == "%"


def test_money_is_exact_to_the_fen() -> None:
    assert read("money", "1,234.56", unit="元") == "1234.56"
    assert read("money", "12.345678", unit="万元") == "12.345678"
    with pytest.raises(BadInput, match="小数最多 2 位"):
        read("money", "0.001", unit="元")


def test_whole_fen() -> None:
    assert whole_fen("1234.56", "元") == 123456
    assert whole_fen("50", "万元") == 50_000_000
    assert whole_fen("0.000001", "万元") == 1
    with pytest.raises(ValueError, match="整分"):
        whole_fen("0.001", "元")


@pytest.mark.parametrize(
    ("answer", "said"), [("-1", "不能小于 0 人"), ("5001", "不能大于 5,000 人"), ("0", ""), ("5000", "")]
)
def test_range(answer: str, said: str) -> None:
    problems = field_type("decimal").problems(answer, column("decimal", min="0", max="5000", unit="人"))
    assert [p for p in problems if said in p] == problems
    assert bool(problems) is bool(said)


def test_grouped() -> None:
    assert grouped("1234567.891") == "1,234,567.891"
    assert grouped("-1234") == "-1,234"
    assert grouped("x") == "x"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False))
def test_what_is_shown_reads_back_the_same(number: Decimal) -> None:
    answer = read("decimal", canonical(number))
    assert Decimal(str(answer)) == number
    shown = field_type("decimal").typed(answer, column("decimal"))
    assert read("decimal", shown) == answer


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in ("decimal", "integer", "money", "percent"):
        try:
            answer = read(kind, text, unit="元")
        except BadInput as fault:
            assert str(fault)
        else:
            assert answer is None or isinstance(answer, (str, int))
