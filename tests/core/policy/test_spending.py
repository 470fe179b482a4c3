"""Spending plans: shares, sums, standing, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.questions import ask
from core.policy.spending import read_project, spending_rules, standing, together

SHARES = st.lists(st.decimals(0, 100, places=1), min_size=3, max_size=3).map(lambda s: [*sorted(s), 100])
BUDGET = st.decimals(0, 9999, places=2)
NODES = (3, 6, 10, 12)


@pytest.fixture(scope="module")
def tangshan(manager):
    return manager.region("tangshan").newest


@given(budget=BUDGET, plan=SHARES, spent=st.decimals(0, 9999, places=2), at=st.integers(0, 3))
def test_behind_is_exactly_what_is_short_of_the_plan(tangshan, budget, plan, spent, at):
    rules = spending_rules(tangshan)
    project = read_project(rules, {"budget_wan": budget, "plan_pct": plan, "spent_wan": spent})
    state = standing(rules, project, NODES[at])
    planned = Fraction(budget) * Fraction(plan[at]) / 100
    assert state.planned == planned
    assert state.behind == max(Fraction(0), planned - Fraction(spent))
    assert state.on_track is (state.behind == 0)
    assert (state.actual_pct is None) is (budget == 0)
    assert list(project.planned) == sorted(project.planned)
    assert project.planned[-1] == Fraction(budget)


@given(projects=st.lists(st.tuples(BUDGET, SHARES), min_size=1, max_size=6))
def test_projects_add_up_node_by_node(tangshan, projects):
    rules = spending_rules(tangshan)
    read = [read_project(rules, {"budget_wan": budget, "plan_pct": plan}) for budget, plan in projects]
    whole = together(read)
    assert whole.budget == sum(project.budget for project in read)
    for at in range(len(NODES)):
        assert whole.planned[at] == sum(project.planned[at] for project in read)


@given(plan=st.lists(st.integers(-10, 110), min_size=4, max_size=4))
def test_only_a_rising_plan_that_ends_at_100_is_accepted(tangshan, plan):
    sound = all(0 <= share <= 100 for share in plan) and plan == sorted(plan) and plan[-1] == 100
    try:
        read_project(spending_rules(tangshan), {"budget_wan": 1, "plan_pct": plan})
    except Refused as refusal:
        assert not sound
        assert list(refusal.fields) == ["plan_pct"]
    else:
        assert sound


@given(
    fiscal=st.decimals(0, 99, places=2), other=st.none() | st.decimals(0, 99, places=2), more=st.sampled_from([0, 1])
)
def test_funds_must_add_up(tangshan, fiscal, other, more):
    budget = fiscal + (other or 0) + more
    given_ = {"budget_wan": budget, "fiscal_wan": fiscal, "other_wan": other, "plan_pct": [0, 0, 0, 100]}
    answer = ask(tangshan, "spending", given_)
    assert answer["accepted"] is (more == 0)
    if more == 0:
        assert answer["other_wan"] == (other or 0)


@pytest.mark.parametrize(
    ("given_", "fields"),
    [
        ({"budget_wan": "many", "plan_pct": [0, 0, 0, 99]}, ["budget_wan", "plan_pct"]),
        ({"plan_pct": [0, 0, 0, 100]}, ["budget_wan"]),
        ({"budget_wan": 1, "plan_pct": ["45%", 46, 95, 100]}, ["plan_pct"]),
        ({"budget_wan": 1, "plan_pct": [0, 0, 0, 100], "spent_wan": 1}, ["node_month"]),
        ({"budget_wan": 1, "plan_pct": [0, 0, 0, 100], "spent_wan": 1, "node_month": 9}, ["node_month"]),
        ({"budget_wan": 1, "plan_pct": [0, 0, 0, 100], "node_month": "三"}, ["node_month"]),
        ({"budget_wan": 1, "plan_pct": [0, 0, 0, 100], "colour": 1}, ["colour"]),
        ({"projects": []}, ["projects"]),
        ({"name": ["甲"], "budget_wan": 1, "plan_pct": [0, 0, 0, 100]}, ["name"]),
        ({"projects": [{"budget_wan": 1, "plan_pct": [0, 0, 0, 100], "colour": 1}]}, ["colour"]),
    ],
)
def test_what_is_refused_is_named(tangshan, given_, fields):
    answer = ask(tangshan, "spending", given_)
    assert (answer["accepted"], sorted(answer["fields"])) == (False, sorted(fields))


def test_a_node_without_spending_says_what_was_planned_and_what_is_missing(tangshan):
    half = {"name": "乙", "budget_wan": 100, "plan_pct": [30, 60, 90, 100]}
    given_ = {"node_month": 6, "projects": [{**half, "name": "甲", "spent_wan": 60}, half]}
    answer = ask(tangshan, "spending", given_)
    assert (answer["planned_pct"], answer["actual_pct"], answer["on_track"]) == (60, None, None)
    assert answer["missing"] == answer["projects"][1]["missing"] == ["spent_wan"]
    assert answer["projects"][0]["on_track"] is True


def test_spending_beyond_the_budget_is_told(tangshan):
    given_ = {"budget_wan": 100, "plan_pct": [0, 0, 0, 100], "node_month": 12, "spent_wan": "100.01"}
    answer = ask(tangshan, "spending", given_)
    assert (answer["on_track"], answer["over_budget"]) == (True, True)
