"""Entering and leaving, under Tianjin's plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.calendar import add_months
from core.policy.determination import determine
from core.policy.eligibility import check_eligibility, eligibility_rules
from core.policy.enrolment import enrol, leave
from core.policy.scope import in_scope, scope_rules

CENTRE = {
    "registered_in": "天津市",
    "name": "天津某某生产力促进中心",
    "legal_person": True,
    "iso9001": True,
    "independent_since": "2015-06-01",
    "applied_on": "2018-06-15",
}


@pytest.fixture(scope="module")
def tianjin(manager):
    return manager.region("tianjin").newest


def decide(policy, **facts):
    return check_eligibility(eligibility_rules(policy), {**CENTRE, **facts})


@given(staff=st.integers(0, 400), bachelors=st.integers(0, 400), income=st.integers(0, 60_000_000))
def test_thresholds_of_an_enterprise_are_exact(tianjin, staff, bachelors, income):
    facts = {"staff": staff, "bachelor_or_above": bachelors, "previous_year_service_income_yuan": income}
    if bachelors > staff:
        with pytest.raises(Refused) as refusal:
            decide(tianjin, organisation_kind="enterprise", **facts)
        assert list(refusal.value.fields) == ["bachelor_or_above"]
        return
    failed = set(decide(tianjin, organisation_kind="enterprise", **facts).failed)
    assert ("staff" in failed) is (staff < 15)
    assert ("bachelor_ratio" in failed) is (staff == 0 or 10 * bachelors < 7 * staff)
    assert ("income_per_head" in failed) is (staff == 0 or income < 150_000 * staff)


@given(days=st.integers(-40, 40), since=st.dates(date(2000, 1, 1), date(2018, 1, 1)))
def test_two_years_are_full_on_the_anniversary(tianjin, days, since):
    full = add_months(since, 24)
    applied = full + timedelta(days=days)
    decision = decide(
        tianjin, organisation_kind="other", staff=10, bachelor_or_above=7, independent_since=since, applied_on=applied
    )
    assert ("independent_years" in decision.failed) is (applied < full)
    assert decision.eligible is (applied >= full)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("天津生产力促进中心", True), ("天津生产促进中心", False), ("", False), ("生产力", True), (None, False)],
)
def test_the_name(tianjin, name, allowed):
    decision = decide(tianjin, organisation_kind="other", staff=10, bachelor_or_above=7, name=name)
    assert ("name" not in decision.failed) is allowed


@pytest.mark.parametrize(
    ("place", "allowed"), [("天津", True), ("天津市滨海新区", True), ("北京市天津大厦", False), ("", False)]
)
def test_the_place(tianjin, place, allowed):
    decision = decide(tianjin, organisation_kind="other", staff=10, bachelor_or_above=7, registered_in=place)
    assert decision.eligible is allowed


def test_a_kind_that_nobody_stated_is_missing_not_waved_through(tianjin):
    decision = decide(tianjin, staff=10, bachelor_or_above=7)
    assert (decision.eligible, decision.failed, decision.missing) == (False, (), ("organisation_kind",))


def test_nothing_given_fails_everything_that_binds_everybody(tianjin):
    decision = check_eligibility(eligibility_rules(tianjin), {"organisation_kind": "enterprise"})
    assert set(decision.failed) == {
        "registered_in",
        "legal_person",
        "independent_years",
        "name",
        "bachelor_ratio",
        "iso9001",
        "staff",
        "income_per_head",
    }
    assert "staff" in decision.missing


@pytest.mark.parametrize(
    ("facts", "directly", "enrolled"),
    [
        ({"title": "national_demonstration"}, True, True),
        ({"title": "city_demonstration"}, True, True),
        ({"title": "qualified_level"}, False, False),
        ({"title": "qualified_level", "district_opinion": True}, False, False),
        ({"title": "qualified_level", "city_approved": True}, False, False),
        ({"district_opinion": True, "city_approved": True}, False, True),
        ({}, False, False),
    ],
)
def test_entering(tianjin, facts, directly, enrolled):
    entry = enrol(tianjin, facts)
    assert (entry.directly, entry.enrolled) == (directly, enrolled)
    assert all(step.clause for step in entry.trace)


@pytest.mark.parametrize("finding", ["cannot_operate", "closed_down", "lost_contact", "left_the_field"])
@pytest.mark.parametrize("district", [True, False])
@pytest.mark.parametrize("city", [True, False])
def test_a_finding_takes_both_decisions(tianjin, finding, district, city):
    left = leave(tianjin, {"finding": finding, "district_opinion": district, "city_approved": city})
    assert left.enrolled is not (district and city)
    assert left.effective is None
    assert left.missing == (("decided_on",) if district and city else ())


@given(changed=st.dates(date(2018, 1, 1), date(2020, 12, 31)), later=st.integers(0, 500), fits=st.booleans())
def test_a_change_counts_from_its_own_day(tianjin, changed, later, fits):
    decided = changed + timedelta(days=later)
    left = leave(tianjin, {"changed_on": changed, "decided_on": decided, "qualifies": fits})
    assert (left.enrolled, left.effective) == (fits, None if fits else changed)


def test_an_unexamined_change_removes_nobody(tianjin):
    left = leave(tianjin, {"changed_on": "2019-01-15"})
    assert (left.enrolled, left.missing) == (True, ("qualifies",))


def test_two_grounds_the_earlier_day_counts(tianjin):
    facts = {"changed_on": "2019-01-15", "qualifies": False, "grade": "unqualified", "decided_on": "2019-05-20"}
    left = leave(tianjin, facts)
    assert (left.grounds, left.effective) == (("change", "evaluation"), date(2019, 1, 15))


@pytest.mark.parametrize("given_", [{}, {"finding": "asleep"}, {"weather": "rain"}])
def test_no_ground_or_an_unknown_one_is_refused(tianjin, given_):
    with pytest.raises(Refused):
        leave(tianjin, given_)


@given(
    submitted=st.dates(date(2019, 5, 1), date(2019, 7, 1)),
    cause=st.booleans(),
    breach=st.booleans(),
    grade=st.sampled_from(["excellent", "good", "qualified", "unqualified"]),
)
def test_late_without_cause_fails_and_only_clean_excellence_pays(tianjin, submitted, cause, breach, grade):
    deadline = date(2019, 6, 10)
    result = determine(
        tianjin,
        {
            "grade": grade,
            "submitted_on": submitted,
            "deadline": deadline,
            "just_cause": cause,
            "integrity_breach": breach,
        },
    )
    late = submitted > deadline and not cause
    assert result.grade == ("unqualified" if late else grade)
    assert result.consequences["enrolled"] is (result.grade != "unqualified")
    assert result.award_yuan == (200_000 if result.grade == "excellent" and not breach else 0)


def test_not_evaluated_again_within_a_cycle(tianjin):
    rules = scope_rules(tianjin)
    facts = {"enrolled_on": "2015-01-01", "last_evaluated_on": "2018-03-01"}
    assert in_scope(rules, facts, date(2021, 2, 28)).failed == ("cycle",)
    assert in_scope(rules, facts, date(2021, 3, 1)).in_scope
    assert in_scope(rules, {}, date(2021, 3, 1)).missing == ("enrolled_on",)
