"""Determination: what it needs, that it answers as the question does, vetoes, ceilings, absence, references."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from core import clock
from core.cases import definitions, determining, intervening, noticing, scoring
from core.errors import Refused, Stale
from core.models import Carrier, Case, DeterminationCheck, EvaluationRound, Result
from core.policy.questions.asking import ask
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")

AFTER_THE_DEADLINE = date(2023, 7, 3)


@pytest.fixture
def world() -> w.World:
    """One carrier scored and waiting for its determination, another still filling."""
    made = w.build(2, 3)
    w.to_determination(made, made.cases[0])
    return made


def result_of(case: Case) -> Result:
    result = determining.latest_result(case)
    assert result is not None
    return result


def test_nothing_is_determined_before_every_check_is_made(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    assert determining.missing_checks(w.fresh(case))
    with pytest.raises(Refused, match="还有核查没有做"):
        determining.determine_case(city, case.id, w.fresh(case).stage_version, w.new_token())
    w.determine(world, case)
    assert result_of(case).version == 1


def test_the_result_is_what_the_questions_answer(world: w.World) -> None:
    case = world.cases[0]
    w.determine(world, case)
    result, policy = result_of(case), definitions.policy_of(w.fresh(case))
    state = scoring.panel_state(w.fresh(case), 3)
    ground = scoring.ground_of(w.fresh(case))
    totals = [str(sum(scoring.sheet_points(ground, sheet).values(), Fraction(0))) for sheet in state.signed]
    facts = {key: value for key, value in result.facts.items() if key != "vetoes"}
    scored = ask(policy, "score", {"expert_totals": totals, **facts})
    determined = ask(policy, "determination", {"total": result.total, **result.facts})
    for answer in (scored, determined):
        assert (Fraction(answer["total"]), answer["grade"]) == (Fraction(result.total), result.grade)
        assert answer["award_eligible"] == result.consequences["award_eligible"]
        assert answer["title_revoked"] == result.consequences["title_revoked"]
    assert set(result.clauses) <= set(scored["clauses"])
    assert set(result.indicators) == set(ground.scheme.codes)


def test_a_veto_makes_it_unqualified_whatever_the_total(world: w.World) -> None:
    case = world.cases[0]
    w.determine(world, case, false_materials=True)
    result = result_of(case)
    assert (result.grade, result.consequences["title_revoked"]) == ("unqualified", True)
    assert Fraction(result.total) > 60
    assert not result.consequences["award_eligible"]
    assert any("第二十条" in clause for clause in result.clauses)


def test_too_few_residents_veto_by_themselves(world: w.World) -> None:
    case = world.cases[0]
    w.determine(world, case, resident_tech_enterprises="6", resident_tech_teams="3")
    assert result_of(case).grade == "unqualified"
    w_city = w.viewer(world.city_reviewer)
    determining.record_check(w_city, case.id, "resident_tech_teams", "4", "")
    determining.determine_case(w_city, case.id, w.fresh(case).stage_version, w.new_token())
    assert result_of(case).grade != "unqualified"


def test_a_ceiling_lowers_but_never_raises(world: w.World) -> None:
    case = world.cases[0]
    w.determine(world, case, integrity_breach=True)
    assert result_of(case).grade == "qualified"
    city = w.viewer(world.city_reviewer)
    determining.record_check(city, case.id, "false_materials", True, "经查实")
    determining.determine_case(city, case.id, w.fresh(case).stage_version, w.new_token())
    assert result_of(case).grade == "unqualified"


@pytest.mark.parametrize(("excused", "revoked"), [(True, False), (False, True)])
def test_absence_costs_the_title_only_without_excuse(excused: bool, revoked: bool) -> None:
    world = w.build(1, 3)
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    with pytest.raises(Refused, match="还没有截止"):
        intervening.mark_absent(city, case.id, excused, "装修停业", 1, w.new_token())
    with clock.policy_date(AFTER_THE_DEADLINE):
        intervening.mark_absent(city, case.id, excused, "装修停业", 1, w.new_token())
        determining.determine_case(city, case.id, w.fresh(case).stage_version, w.new_token())
        result = result_of(case)
        assert (result.grade, result.total, result.consequences["title_revoked"]) == ("", "", revoked)
        assert not result.consequences["award_eligible"]
        notice = noticing.publish_notice(city, world.round.id, [case.id], "联系方式", w.new_token())
        assert w.fresh(case).outcome == "absent"
    with clock.policy_date(date(2023, 7, 31)):
        noticing.close_notice(city, notice["notice"], w.new_token())
    assert Carrier.get_by_id(case.carrier_id).title_status == ("revoked" if revoked else "held")


def test_a_moved_best_makes_results_outdated_until_determined_again(world: w.World) -> None:
    first, second = world.cases
    w.determine(world, first)
    before = result_of(first)
    w.to_determination(world, second, 10)
    w.determine(world, second)
    assert EvaluationRound.get_by_id(world.round.id).reference_version == 2
    assert determining.is_outdated(before)
    city = w.viewer(world.city_reviewer)
    with pytest.raises(Refused, match="重新认定"):
        noticing.publish_notice(city, world.round.id, [first.id], "联系方式", w.new_token())
    determining.determine_case(city, first.id, w.fresh(first).stage_version, w.new_token())
    after = result_of(first)
    assert (after.version, determining.is_outdated(after)) == (2, False)
    assert Fraction(after.total) < Fraction(before.total)
    assert Result.get_by_id(before.id).total == before.total


def test_after_publication_the_reference_stands(world: w.World) -> None:
    first, second = world.cases
    w.to_notice(world, first)
    frozen = EvaluationRound.get_by_id(world.round.id).reference
    w.to_determination(world, second, 10)
    w.determine(world, second)
    assert EvaluationRound.get_by_id(world.round.id).reference == frozen
    assert result_of(second).indicators["F1"]["points"] == "3"


def test_a_check_or_figure_changed_afterwards_asks_for_a_new_determination(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    w.determine(world, case)
    determining.record_check(city, case.id, "false_materials", True, "经查实")
    assert determining.is_outdated(result_of(case))
    with pytest.raises(Refused, match="重新认定"):
        noticing.publish_notice(city, world.round.id, [case.id], "联系方式", w.new_token())
    determining.determine_case(city, case.id, w.fresh(case).stage_version, w.new_token())
    assert not determining.is_outdated(result_of(case))
    version = w.fresh(case).stage_version
    intervening.correct_submission(city, case.id, {"area_m2": "15"}, "按租赁合同", version, w.new_token())
    assert determining.is_outdated(result_of(case))


def test_a_correction_keeps_the_old_version_and_needs_a_ground(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    version = w.fresh(case).stage_version
    for answers, reason, why in (
        ({"area_m2": "15"}, " ", "依据"),
        ({}, "按合同", "没有改动"),
        ({"area_m2": "-1"}, "按合同", "有误"),
    ):
        with pytest.raises(Refused, match=why):
            intervening.correct_submission(city, case.id, answers, reason, version, w.new_token())
    intervening.correct_submission(city, case.id, {"area_m2": "15"}, "按合同", version, w.new_token())
    kept = [(s.number, s.answers["area_m2"], s.reason) for s in case.submissions.order_by("number")]
    assert kept == [(1, "20", ""), (2, "15", "按合同")]


def test_findings_against_a_carrier_need_their_ground(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    bad: tuple[tuple[str, Any, str], ...] = (
        ("false_materials", True, " "),
        ("no_such_check", False, ""),
        ("false_materials", "yes", ""),
        ("resident_tech_teams", "-1", ""),
        ("resident_tech_teams", "2.5", ""),
    )
    for fact, value, note in bad:
        with pytest.raises(Refused) as refused:
            determining.record_check(city, case.id, fact, value, note)
        assert set(refused.value.fields) == {fact}
    assert not DeterminationCheck.select().exists()


def test_a_round_is_determined_as_far_as_it_is_ready(world: w.World) -> None:
    first, second = world.cases
    w.to_determination(world, second, 1)
    w.check(world, first)
    receipt = determining.determine_round(w.viewer(world.city_reviewer), world.round.id, w.new_token())
    assert receipt["message"] == "已认定 1 家。"
    assert [text.split("：")[0] for text in receipt["waiting"]] == [second.carrier.name]
    assert determining.latest_result(second) is None


def test_an_old_page_determines_nothing(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    w.check(world, case)
    with pytest.raises(Stale):
        determining.determine_case(city, case.id, w.fresh(case).stage_version - 1, w.new_token())
    assert determining.latest_result(case) is None


def test_the_panel_is_not_concluded_without_its_opinion_or_a_signature() -> None:
    world = w.build(1, 3)
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    w.to_panel(world, case)
    w.pledge(world)
    for expert in world.experts[:2]:
        w.score(world, case, expert)
    version = w.fresh(case).stage_version
    with pytest.raises(Refused, match=world.experts[2].display_name):
        determining.conclude_panel(city, case.id, version, w.new_token())
    w.score(world, case, world.experts[2])
    with pytest.raises(Refused, match="专家组意见"):
        determining.conclude_panel(city, case.id, version, w.new_token())
