"""What follows from a total and the facts, under Qinhuangdao's measure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.determination import checks_needed, determine
from core.policy.version import NotCovered


def _facts(**changed):
    return {"total": 92, "resident_tech_enterprises": 12, "resident_tech_teams": 0, "level": "city"} | changed


def test_an_excellent_result(qinhuangdao):
    result = determine(qinhuangdao, _facts())
    assert (result.grade, result.total, result.vetoed, result.title_revoked) == ("excellent", 92, False, False)
    assert result.award_eligible
    assert result.award_yuan is None
    assert result.consequences["priority_recommendation"]


@pytest.mark.parametrize(
    ("enterprises", "teams", "vetoed"),
    [
        (10, 0, False),
        (0, 10, False),
        (6, 4, False),
        (9, 0, True),
        (4, 5, True),
        (0, 0, True),
        (None, None, False),
        (9, None, True),
    ],
)
def test_residence_below_ten_is_a_veto_once_somebody_has_counted(qinhuangdao, enterprises, teams, vetoed):
    result = determine(
        qinhuangdao, {"total": 92, "resident_tech_enterprises": enterprises, "resident_tech_teams": teams}
    )
    assert result.vetoed is vetoed
    assert result.grade == ("unqualified" if vetoed else "excellent")


@pytest.mark.parametrize("veto", ["false_materials", "major_safety_accident", "adverse_inspection"])
def test_only_fraud_recovers_awards(qinhuangdao, veto):
    result = determine(qinhuangdao, _facts(vetoes=[veto]))
    assert (result.grade, result.title_revoked, result.award_yuan) == ("unqualified", True, 0)
    assert result.consequences["awards_recovered"] is (veto == "false_materials")
    assert result.consequences["research_dishonesty_record"] is (veto == "false_materials")
    assert result.total == 92


@pytest.mark.parametrize(
    ("total", "grade"), [(93, "qualified"), (75, "qualified"), (65, "qualified"), (50, "unqualified")]
)
def test_bad_credit_presses_down_to_qualified_and_pays_nothing(qinhuangdao, total, grade):
    result = determine(qinhuangdao, _facts(total=total, integrity_breach=True))
    assert (result.grade, result.award_eligible, result.award_yuan) == (grade, False, 0)
    assert "第十九条" in result.clauses


def test_bad_credit_does_not_soften_a_veto(qinhuangdao):
    result = determine(qinhuangdao, _facts(integrity_breach=True, vetoes=["adverse_inspection"]))
    assert result.grade == "unqualified"
    assert {"第十九条", "第二十条"} <= set(result.clauses)


@pytest.mark.parametrize(("excused", "revoked"), [(False, True), (True, False)])
def test_absence_revokes_only_without_excuse(qinhuangdao, excused, revoked):
    result = determine(qinhuangdao, {"participated": False, "absence_excused": excused})
    assert (result.title_revoked, result.grade, result.award_eligible) == (revoked, None, False)


def test_a_veto_needs_no_score(qinhuangdao):
    result = determine(qinhuangdao, {"vetoes": ["false_materials"]})
    assert (result.grade, result.total) == ("unqualified", None)


@pytest.mark.parametrize("level", ["provincial", "national"])
def test_higher_titles_are_out_of_the_city_s_hands(qinhuangdao, level):
    failed = determine(qinhuangdao, _facts(total=50, level=level))
    assert failed.title_revoked
    assert not failed.consequences[f"{level}_title_revoked"]
    assert not determine(qinhuangdao, _facts(level=level)).consequences["priority_recommendation"]


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({}, "total"),
        ({"total": 101}, "total"),
        ({"total": -1}, "total"),
        ({"total": "90分"}, "total"),
        ({"total": True}, "total"),
        ({"grade": "superb"}, "grade"),
        ({"total": 90, "grade": "good"}, "grade"),
        ({"total": 90, "flood": True}, "flood"),
        ({"total": 90, "vetoes": ["flood"]}, "flood"),
        ({"total": 90, "vetoes": "false_materials"}, "vetoes"),
        ({"total": 90, "integrity_breach": "yes"}, "integrity_breach"),
        ({"total": 90, "resident_tech_enterprises": "1.5"}, "resident_tech_enterprises"),
        ({"total": 90, "level": "village"}, "level"),
    ],
)
def test_unknown_and_unusable_facts_are_refused_by_name(qinhuangdao, given_, field):
    with pytest.raises(Refused) as refusal:
        determine(qinhuangdao, given_)
    assert field in refusal.value.fields


def test_the_amount_counts_once_it_is_entered(qinhuangdao):
    entered = qinhuangdao.with_parameters({"award_good_yuan": 80000}, "秦政字〔2022〕9号")
    assert determine(entered, _facts(total=75)).award_yuan == 80000
    assert determine(entered, _facts(total=92)).award_yuan is None


def test_what_the_web_must_have_checked(qinhuangdao):
    assert {check.key for check in checks_needed(qinhuangdao)} == {
        "false_materials",
        "major_safety_accident",
        "adverse_inspection",
        "integrity_breach",
        "resident_tech_enterprises",
        "resident_tech_teams",
    }


def test_every_step_of_the_reasoning_cites_a_clause(qinhuangdao):
    result = determine(qinhuangdao, _facts(vetoes=["false_materials"], integrity_breach=True))
    assert all(step.clause for step in result.trace)


def test_the_nation_determines_nothing(national):
    with pytest.raises(NotCovered):
        determine(national.newest, {"total": 90})


@given(total=st.decimals(0, 100, places=3), breach=st.booleans(), residents=st.integers(0, 20))
def test_grade_money_and_revocation_never_contradict(qinhuangdao, total, breach, residents):
    result = determine(
        qinhuangdao, {"total": total, "integrity_breach": breach, "resident_tech_enterprises": residents}
    )
    assert result.title_revoked is (result.grade == "unqualified")
    assert result.award_eligible is (result.grade in {"excellent", "good"})
    assert not (breach and result.award_eligible)
    assert result.vetoed is (residents < 10)
    assert result.total.as_tuple().exponent == -2 and abs(result.total - total) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"deadline": "2019-06-10"}, ["submitted_on"]),
        ({"deadline": "2019-06-10", "submitted_on": "2019-06-10"}, []),
        ({}, ["deadline", "submitted_on"]),
    ],
)
def test_what_a_veto_asks_for_and_nobody_gave_is_named(manager, given, missing):
    assert manager.ask("tianjin", "determination", {"grade": "good", **given})["missing"] == missing
