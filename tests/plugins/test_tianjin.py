"""Tianjin's pack against the 2018-2020 plan, its figures written down here a second time by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import plugins.tianjin as plugin
from core.policy.awards import award_terms
from core.policy.clocks import clock_of, notice_rules
from core.policy.eligibility import eligibility_rules
from core.policy.grades import grades_of
from core.policy.pack import load_region

PACK = load_region(Path(plugin.__file__).parent)
POLICY = PACK.newest


def test_thresholds():
    rules = {rule.rule.key: rule for rule in eligibility_rules(POLICY).rules}
    assert {k: r.at_least for k, r in rules.items() if r.value} == {
        "bachelor_ratio": 70,
        "staff": 15,
        "income_per_head": 150_000,
        "assets": 500,
        "area": 300,
    }
    assert (rules["independent_years"].months, rules["name"].contains) == (24, "生产力")
    assert {k for k, r in rules.items() if "enterprise" in r.applies_when} == {"staff", "income_per_head"}
    assert {k for k, r in rules.items() if "public_institution" in r.applies_when} == {"assets", "area"}
    assert len(eligibility_rules(POLICY).judged) == 5


def test_one_amount_paid_once():
    terms = award_terms(POLICY)
    assert [(a.grade, a.yuan) for a in terms.amounts] == [("excellent", 200_000)]
    assert [c.yuan for c in terms.caps] == [200_000]
    assert terms.for_year == "same"


def test_no_lines_and_no_notice():
    assert grades_of(POLICY) is None
    assert not notice_rules(POLICY).enabled


def test_three_months():
    clock = clock_of(POLICY, "change_report")
    assert (clock.kind, clock.length) == ("months", 3)


@pytest.mark.parametrize(
    ("day", "in_force"), [("2017-12-31", False), ("2018-01-01", True), ("2020-12-31", True), ("2021-01-01", False)]
)
def test_in_force(day, in_force):
    assert POLICY.in_force(date.fromisoformat(day)) is in_force


def test_sixteen_districts():
    assert len({d.key for d in PACK.region.districts}) == 16
