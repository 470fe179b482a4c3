from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.numbers import exact, plain, round_half_up


@pytest.mark.parametrize(
    ("text", "number"),
    [("84.99", Fraction(8499, 100)), ("254/3", Fraction(254, 3)), (" 7 ", Fraction(7)), ("-0.5", Fraction(-1, 2))],
)
def test_written_numbers_are_read_exactly(text, number):
    assert exact(text) == number


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        0.5,
        "",
        "1e9",
        "nan",
        "1/0",
        "٣",
        [],
        Decimal("Infinity"),
        "9" * 40,
        10**31,
        Decimal("1e-99999999"),
        Decimal("1e31"),
    ],
)
def test_what_is_not_exact_is_no_number(value):
    assert exact(value) is None


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("84.995", "85.00"), ("84.9949999", "84.99"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("254/3", "84.67")],
)
def test_rounds_half_up_as_people_do(value, rounded):
    assert round_half_up(exact(value)) == Decimal(rounded)


@given(st.fractions(-(10**30), 10**30), st.integers(0, 6))
def test_rounding_moves_at_most_half_a_unit(value, places):
    assert abs(Fraction(round_half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)


@given(st.fractions())
def test_a_stored_fraction_reads_back_the_same(value):
    if abs(value.numerator) < 10**30 and value.denominator < 10**30:
        assert exact(str(value)) == value


@given(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=6))
def test_plain_keeps_the_value_and_drops_trailing_zeros(value):
    written = format(plain(value), "f")
    assert Decimal(written) == value
    assert not ("." in written and written.endswith("0"))
