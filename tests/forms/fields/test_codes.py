from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.definition import Column
from forms.fields import BadInput, field_type, mask
from forms.fields.codes import _CREDIT_CHARS, credit_check_digit, identity_check_digit

ANY = Column(key="k", label="项", type="text")
IDENTITY = "11010519491231002X"  # the example of GB 11643-1999


def read(kind: str, typed: str) -> object:
    return field_type(kind).read(typed, ANY)


@pytest.mark.parametrize(
    "typed",
    ["91350100M000100Y43", " 91350100m000100y43 ", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100-M000100Y4-3"],
)
def test_credit_code(typed: str) -> None:
    assert read("credit_code", typed) == "91350100M000100Y43"  # the example of GB 32100-2015


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("91350100M000100Y44", "校验位"),
        ("91350100M000100Y34", "校验位"),
        ("91350100M000100Y4", "现在是 17 位"),
        ("91350100I000100Y43", "没有“I”"),
        ("9135010000010中0Y43", "没有“中”"),
    ],
)
def test_credit_code_refused(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read("credit_code", typed)


@given(st.text(_CREDIT_CHARS, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(_CREDIT_CHARS))
def test_one_wrong_character_is_always_found(first: str, place: int, other: str) -> None:
    code = first + credit_check_digit(first)
    assert read("credit_code", code) == code
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(BadInput, match="校验位"):
            read("credit_code", wrong)


@pytest.mark.parametrize("typed", [IDENTITY, "11010519491231002x", " 110105 19491231 002X "])
def test_identity_number(typed: str) -> None:
    assert read("id_number", typed) == IDENTITY


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("110105194912310021", "校验位"),
        ("1101051949123100", "现在是 16 位"),
        ("11010519490231002X", "出生日期"),
        ("11010518001231002X", "出生日期"),
        ("1101051949123100XX", "前 17 位"),
    ],
)
def test_identity_number_refused(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read("id_number", typed)


@given(st.dates().filter(lambda day: day.year >= 1900), st.integers(0, 999))
def test_built_identity_numbers_are_read(day: object, order: int) -> None:
    first = f"130302{day:%Y%m%d}{order:03d}"
    number = first + identity_check_digit(first)
    assert read("id_number", number) == number


def test_mask_shows_three_and_two() -> None:
    assert mask(IDENTITY) == "110*************2X"
    assert mask("12345") == "*****"
    assert mask("") == ""


def test_identity_number_is_masked_in_views_and_kept_out_of_formulas() -> None:
    kind = field_type("id_number")
    assert kind.show(IDENTITY, ANY) == mask(IDENTITY)
    assert kind.typed(IDENTITY, ANY) == IDENTITY
    assert not kind.in_formulas
