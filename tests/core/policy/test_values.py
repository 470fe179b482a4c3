from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.scheme import Indicator, MethodUse, scheme_of
from core.policy.values import indicator_values, value_of


def _indicator(formula: str) -> Indicator:
    return Indicator("X", "某项", "g", Decimal(5), "quantitative", "附件", "text", MethodUse("panel"), formula)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_ratio_is_the_fraction_itself(part, whole):
    value = value_of(_indicator("part / whole * 100"), {"part": part, "whole": whole})
    assert value.value == Fraction(100 * part, whole)


def test_nothing_over_nothing_is_undefined_not_zero():
    value = value_of(_indicator("part / whole * 100"), {"part": 0, "whole": 0})
    assert (value.value, value.state) == (None, "division_by_zero")


def test_a_missing_answer_is_named():
    value = value_of(_indicator("part / whole"), {"part": 1})
    assert (value.value, value.state, value.missing) == (None, "missing", ("whole",))


@pytest.mark.parametrize(
    ("formula", "expected"), [("min(a, b)", 1), ("-a + b * 2", 3), ("(a - b) / 4", Fraction(-1, 4))]
)
def test_functions_and_signs(formula, expected):
    assert value_of(_indicator(formula), {"a": Decimal(1), "b": Decimal(2)}).value == expected


def test_text_where_a_number_is_due_is_invalid():
    assert value_of(_indicator("a * 2"), {"a": "x"}).state == "invalid"


def test_all_thirteen_figures_of_qinhuangdao_come_from_the_form(qinhuangdao):
    values = indicator_values(scheme_of(qinhuangdao), {})
    assert len(values) == 13
    assert all(value.state == "missing" for value in values.values())
