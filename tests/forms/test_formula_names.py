"""Names inside formula text: only the name itself is written anew, everything else stays as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.formula import compile_formula
from forms.formula_names import position_in, position_of, renamed


@pytest.mark.parametrize(
    ("source", "table", "result"),
    [
        ("a ÷ ab × a2 + a", "", "新 ÷ ab × a2 + 新"),
        ('a == "a" 且 b', "", '新 == "a" 且 b'),
        ("（ａ＋ a）≥ 3", "", "（新＋ 新）≥ 3"),
        ('row_count("a") + column_sum("a", "a") > a', "", 'row_count("新") + column_sum("新", "a") > 新'),
        ('column_sum("t", "a") + column_sum(“t”， “a”) + a', "t", 'column_sum("t", "新") + column_sum(“t”， “新”) + a'),
        ('column_sum("u", "a")', "t", 'column_sum("u", "a")'),
        ('min(a, "a", "a")', "t", 'min(a, "a", "a")'),
        ('a "', "", 'a "'),
    ],
)
def test_a_name_is_written_anew(source: str, table: str, result: str) -> None:
    assert renamed(source, "a", "新", table) == result


def test_functions_and_words_are_no_names() -> None:
    assert renamed("min(min_staff, 1)", "min", "x") == "min(min_staff, 1)"
    assert renamed("a and b", "and", "x") == "a and b"


@given(st.lists(st.sampled_from(["a", "b", " + ", " ≥ ", "(", ")", '"a"', "3", " 且 "]), max_size=9))
def test_renaming_there_and_back_changes_nothing(parts: list[str]) -> None:
    source = "".join(parts)
    assert renamed(renamed(source, "a", "longer"), "longer", "a") == source


def test_the_names_of_the_result_are_the_new_ones() -> None:
    assert compile_formula(renamed("a / b", "a", "c")).names == {"c", "b"}


def test_where_a_name_or_a_fault_stands() -> None:
    assert position_of("b + ab + a", "a") == 10
    assert position_of("b", "a") is None and position_of('"', "a") is None
    assert position_in("公式第 12 个字符处的“=”不能用") == 12 and position_in("别的") is None
