"""Targets as printed, and what was reached against them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.questions import ask
from core.policy.target_text import read_day, read_target, target_settings
from core.policy.targets import judge

ALPHABET = "≥≧≤≦=＝><＞＜0123456789０９.,，%％元万家次小时年月日底前不低于超过以上内 是否稳步显著提升—/-()m2㎡²½①"
SIGNS = {
    ">=": ["≥", "≧", ">=", "不低于", "至少"],
    "<=": ["≤", "≦", "不超过"],
    "=": ["=", "＝"],
    ">": ["＞", "超过"],
    "<": ["<"],
}


@pytest.fixture(scope="module")
def tangshan(manager):
    return manager.region("tangshan").newest


@pytest.fixture(scope="module")
def settings(tangshan):
    return target_settings(tangshan)


@given(text=st.one_of(st.text(), st.text(alphabet=ALPHABET, max_size=20)))
def test_reading_never_raises_and_never_invents_a_number(settings, text):
    target = read_target(settings, text)
    assert target.comparator in {None, ">=", "<=", "=", ">", "<", "text", "on_or_before", "missing"}
    if isinstance(target.value, Decimal):
        assert any(character.isnumeric() for character in text)
    assert target.flag or target.comparator not in {None, "missing"}


@given(
    data=st.data(), value=st.decimals(0, 99999, places=2), unit=st.sampled_from(["家", "%", "小时", "元", "元/㎡", ""])
)
def test_every_way_of_writing_a_sign_means_the_same(settings, data, value, unit):
    comparator = data.draw(st.sampled_from(sorted(SIGNS)))
    sign = data.draw(st.sampled_from(SIGNS[comparator]))
    target = read_target(settings, f"{sign} {value}{unit}")
    assert (target.comparator, target.value, target.unit, target.flag) == (comparator, value, unit, "")


@given(value=st.decimals(0, 999, places=2), actual=st.decimals(0, 999, places=2), cost=st.booleans())
def test_comparisons_are_exact_and_a_cost_is_never_over_fulfilled(settings, value, actual, cost):
    tests = {
        "≥": actual >= value,
        "≤": actual <= value,
        "=": actual == value,
        ">": actual > value,
        "<": actual < value,
        "": actual <= value if cost else actual >= value,
    }
    for sign, met in tests.items():
        outcome = judge(settings, read_target(settings, f"{sign}{value}家"), actual, cost)
        assert outcome.met is met
        assert outcome.difference == Fraction(actual) - Fraction(value)
        assert outcome.over_fulfilled is (sign == "=" and actual > value and not cost)
        assert outcome.needs_explanation is (sign == "=" and actual != value)
        assert bool(outcome.flag) is (sign == "")


@given(year=st.integers(2000, 2100), month=st.integers(1, 12))
def test_the_end_of_a_month_is_its_last_day(year, month):
    last = read_day(f"{year}年{month}月底前")
    assert (last.year, last.month) == (year, month)
    assert date.fromordinal(last.toordinal() + 1).day == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年12月底前", "2024-12-31"),
        ("2024年2月末", "2024-02-29"),
        ("2024年6月15日前完成", "2024-06-15"),
        ("2024-06-15", "2024-06-15"),
        ("2024年底前", "2024-12-31"),
        ("２０２４年１２月底之前", "2024-12-31"),
        ("2024年13月底前", None),
        ("2024年2月30日前", None),
        ("0000年12月底前", None),
        ("2024年12月前", None),
    ],
)
def test_days(text, day):
    assert read_day(text) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("printed", "comparator", "value", "unit", "flagged"),
    [
        ("95%", None, 95, "%", True),
        ("130家次", None, 130, "家次", True),
        ("≧95％", ">=", 95, "%", False),
        ("90%及以上", ">=", 90, "%", False),
        ("=20万元", "=", 20, "万元", False),
        ("1,000家以上", ">=", 1000, "家", False),
        ("≥30家以上", ">=", 30, "家", False),
        ("≤30家以上", "text", "≤30家以上", "", True),
        ("≥", "missing", None, "", True),
        ("≥家", "missing", None, "家", True),
        ("元/年", "missing", None, "元/年", True),
        (" — ", "missing", None, "", True),
        ("30-40家", "text", "30-40家", "", True),
        ("各2次", "text", "各2次", "", True),
        ("12月底前", "text", "12月底前", "", True),
        ("稳步提升", "text", "稳步提升", "", False),
        ("2024年12月前", "text", "2024年12月前", "", True),
    ],
)
def test_reading(settings, printed, comparator, value, unit, flagged):
    target = read_target(settings, printed)
    assert (target.comparator, target.value, target.unit, bool(target.flag)) == (comparator, value, unit, flagged)


@pytest.mark.parametrize(
    ("printed", "actual", "met"),
    [
        ("是", True, True),
        ("是", False, False),
        ("是", " 是 ", True),
        ("是", "大概", None),
        ("稳步提升", "持平", False),
        ("≥95%", "95.0％", True),
        ("2024年12月底前", "2024年12月20日", True),
        ("≥30家", None, None),
        ("元", 3, None),
    ],
)
def test_what_was_reached(settings, printed, actual, met):
    assert judge(settings, read_target(settings, printed), actual).met is met


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"target": "≥30家", "actual": "三十"}, "actual"),
        ({"target": "≥30家", "actual": "30次"}, "actual"),
        ({"target": "≥30家", "actual": True}, "actual"),
        ({"target": "≤2小时", "actual": -1}, "actual"),
        ({"target": "=2.45元", "actual": "-2.45元"}, "actual"),
        ({"target": "是", "actual": 1}, "actual"),
        ({"target": "2024年12月底前", "actual": "快了"}, "actual"),
        ({"target": "≥30家", "kind": "colour"}, "kind"),
        ({"target": ["≥30家"]}, "target"),
        ({"target": "≥30家", "kind": ["cost"]}, "kind"),
        ({"target": "≥30家", "mood": 1}, "mood"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(tangshan, given_, field):
    answer = ask(tangshan, "targets", given_)
    assert (answer["accepted"], answer["fields"]) == (False, [field])


def test_a_rate_may_fall_below_nothing(tangshan):
    assert ask(tangshan, "targets", {"target": "≤5%", "actual": -3})["met"] is True


def test_what_the_administrator_says_of_unsigned_numbers_counts(tangshan):
    given_ = {"target": "95%", "actual": 96}
    assert ask(tangshan, "targets", given_)["met"] is True
    strict = ask(tangshan, "targets", {**given_, "parameters": {"unsigned_target_means": "="}})
    assert (strict["met"], strict["flagged"]) == (False, True)


def test_a_blank_target_is_read_as_entered(tangshan):
    entered = ask(tangshan, "targets", {"parameters": {"robot_centre_cost_2_yuan": "36.10"}})
    listed = {entry["key"]: entry for entry in entered["targets"]}
    assert (listed["robot_cost_2"]["comparator"], listed["robot_cost_2"]["value"]) == ("=", Decimal("36.1"))
    assert listed["robot_cost_1"]["missing"]
