"""Caps, what was paid before, and the highest award only, over any run of years."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.award_years import AwardYear, pay_years
from core.policy.awards import award_for, award_terms
from core.policy.questions import ask

TITLES = ("service_centre", "demonstration_platform", "demonstration_base")
CAPS = {"demonstration_platform": 150_000, "demonstration_base": 400_000}
NOMINAL = {
    ("service_centre", "excellent"): 500_000,
    ("service_centre", "good"): 300_000,
    ("service_centre", "qualified"): 100_000,
    ("demonstration_platform", "excellent"): 50_000,
    ("demonstration_platform", "good"): 50_000,
    ("demonstration_base", "excellent"): 100_000,
    ("demonstration_base", "good"): 100_000,
}
GRADES = st.dictionaries(
    st.sampled_from(TITLES), st.sampled_from(["excellent", "good", "qualified", "unqualified"]), min_size=1
)
YEARS = st.dictionaries(st.integers(2015, 2030), GRADES, min_size=1, max_size=10)
PAID = st.fixed_dictionaries({}, optional={t: st.integers(0, 500_000) for t in CAPS})
FACTS = {"level": "city"}


@pytest.fixture(scope="module")
def kunming(manager):
    return manager.region("kunming").newest


def run(policy, years, paid):
    return pay_years(award_terms(policy), [AwardYear(y, g, FACTS) for y, g in years.items()], paid)


@given(years=YEARS, paid=PAID)
def test_never_over_a_cap_and_never_more_than_the_highest(kunming, years, paid):
    result = run(kunming, years, paid)
    assert [p.year for p in result.payments] == sorted(years)
    for payment in result.payments:
        assert payment.title in years[payment.year]
        assert 0 <= payment.yuan <= max(NOMINAL.get((t, g), 0) for t, g in years[payment.year].items())
        assert payment.for_year == payment.year - 1
    for title, total in result.cumulative.items():
        received = sum(p.yuan for p in result.payments if p.title == title)
        assert total == paid.get(title, 0) + received
        assert title not in CAPS or received == 0 or total <= CAPS[title]
    assert result.total == sum(p.yuan for p in result.payments)


@given(years=YEARS, paid=PAID, seed=st.integers())
def test_the_order_in_which_years_are_written_does_not_matter(kunming, years, paid, seed):
    shuffled = list(years.items())
    random.Random(seed).shuffle(shuffled)
    assert run(kunming, dict(shuffled), paid).payments == run(kunming, years, paid).payments


@given(years=YEARS, paid=PAID)
def test_the_paid_title_is_the_best_that_its_caps_leave(kunming, years, paid):
    before = {title: paid.get(title, 0) for title in TITLES}
    for payment in run(kunming, years, paid).payments:
        payable = {}
        for title, grade in years[payment.year].items():
            due = NOMINAL.get((title, grade), 0)
            payable[title] = min(due, max(0, CAPS[title] - before[title])) if title in CAPS else due
        assert payment.yuan == payable[payment.title] == max(payable.values())
        before[payment.title] += payment.yuan


@given(years=YEARS, paid=PAID)
def test_without_the_remainder_a_payment_is_whole_or_nothing(kunming, years, paid):
    strict = kunming.with_parameters({"cap_pays_remainder": False})
    for payment in run(strict, years, paid).payments:
        assert payment.yuan in {0, NOMINAL.get((payment.title, years[payment.year][payment.title]), 0)}


def test_an_amount_that_is_not_set_leaves_the_year_and_the_total_open(qinhuangdao):
    years = [AwardYear(2023, {"makerspace": "good"}), AwardYear(2024, {"makerspace": "qualified"})]
    result = pay_years(award_terms(qinhuangdao), years, {})
    assert [p.yuan for p in result.payments] == [None, 0]
    assert (result.total, result.cumulative, result.eligible) == (None, {"makerspace": None}, True)


def test_the_title_is_asked_for_only_where_it_decides(kunming):
    terms = award_terms(kunming)
    assert award_for(terms, "unqualified", FACTS).yuan == 0
    with pytest.raises(Refused) as refusal:
        award_for(terms, "good", FACTS)
    assert "kind" in refusal.value.fields


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"years": [{"year": 2021, "grades": {"service_centre": "good"}}] * 2}, "2021"),
        ({"years": [{"year": 2021, "grades": {}}]}, "grades"),
        ({"years": [{"year": 2021, "grades": {"service_centre": "best"}}]}, "service_centre"),
        ({"years": [{"year": 2021, "grades": {"service_centre": "good"}}], "paid_before": {"moon": 1}}, "moon"),
        (
            {"years": [{"year": 2021, "grades": {"service_centre": "good"}}], "paid_before": {"service_centre": -1}},
            "service_centre",
        ),
        ({"years": "2021"}, "years"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(kunming, given_, field):
    answer = ask(kunming, "awards", given_)
    assert (answer["accepted"], answer["fields"]) == (False, [field])


@pytest.mark.parametrize(
    ("grades", "paid", "parameters", "read"),
    [
        ({"demonstration_base": "good"}, {}, {}, []),
        ({"demonstration_base": "good"}, {"demonstration_base": 350000}, {}, ["补到上限为止"]),
        ({"demonstration_base": "good"}, {"demonstration_base": 350000}, {"cap_pays_remainder": False}, ["这一年不补"]),
        ({"service_centre": "qualified", "demonstration_base": "good"}, {}, {}, ["金额相同"]),
        (
            {"demonstration_platform": "good", "demonstration_base": "good"},
            {"demonstration_base": 400000},
            {},
            ["还能领的金额"],
        ),
        ({"service_centre": "good", "demonstration_base": "good"}, {}, {}, []),
    ],
)
def test_what_is_read_into_the_text_is_said_as_a_reading(manager, grades, paid, parameters, read):
    given = {"years": [{"year": 2021, "grades": grades}], "paid_before": paid, "parameters": parameters}
    answer = manager.ask("kunming", "awards", given)
    steps = [step["text"] for step in answer["trace"] if step["basis"] == "reading"]
    for_year = ["上年度（2020 年）"] if answer["total_yuan"] else []
    assert len(steps) == len(read + for_year)
    assert all(word in text for word, text in zip(read + for_year, steps, strict=True))
