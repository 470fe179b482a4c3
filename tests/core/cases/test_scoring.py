"""Sheets: saving, faults, signing, secrecy; the points behind them, computed two ways alike."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cases import panels, scoring
from core.errors import OutOfScope, Refused, Stale
from core.models import Case, CaseEvent, ScoreSheet, Submission
from core.policy.pack import load_region
from core.policy.questions.asking import ask
from core.policy.scheme import scheme_of
from core.policy.scoring.points import best_values, points_of_carrier, points_of_cohort
from core.policy.totals import sheet_total
from tests import world as w

POLICY = load_region(w.PACK).newest
SCHEME = scheme_of(POLICY)
WHOLE = {"S4": "3", "S5": "4.5", "P5": "5", "C1": "4", "C2": "2"}


@pytest.fixture
def world(database: str) -> w.World:
    """Two carriers before a panel of three that has pledged and declared."""
    made = w.build(2, 3)
    for number, case in enumerate(made.cases):
        w.to_panel(made, case, number * 4)
    w.pledge(made)
    for expert in made.experts:
        panels.declare_no_conflict(w.viewer(expert), made.cases[0].id, w.new_token())
    return made


def save(world: w.World, version: int = 1, expert: int = 0, **entered: Any) -> ScoreSheet:
    return scoring.save_sheet(w.viewer(world.experts[expert]), world.cases[0].id, entered, version)


def sign(world: w.World, version: int, token: str = "", expert: int = 0) -> dict[str, Any]:
    person = w.viewer(world.experts[expert])
    scoring.open_sheet(person, world.cases[0].id)
    return scoring.sign_sheet(person, world.cases[0].id, version, token or w.new_token())


def faults(world: w.World, **entered: Any) -> dict[str, str]:
    scoring.open_sheet(w.viewer(world.experts[0]), world.cases[0].id)
    row = ScoreSheet(case=world.cases[0], **{"points": {}, "changes": {}, "opinion": "", **entered})
    return scoring.sheet_faults(scoring.ground_of(w.fresh(world.cases[0])), row)


def test_figures_kept_as_text_are_worked_out_exactly(world: w.World) -> None:
    ground = scoring.ground_of(w.fresh(world.cases[0]))
    assert ground.values["F3"].value == Fraction(100, 3)
    assert ground.values["F2"].value == 30
    assert ground.reference["F1"] == 24
    assert ground.computed["F1"].points == Fraction(3 * 20, 24)
    assert set(ground.scheme.codes) - set(ground.computed) == set(WHOLE)


def test_what_is_unfinished_is_kept_and_told_at_signing(world: w.World) -> None:
    kept = save(world, points={"S4": "很好", "S5": "9"})
    assert kept.points == {"S4": "很好", "S5": "9"}
    with pytest.raises(Refused) as refused:
        sign(world, kept.version)
    assert set(refused.value.fields) == {"S4", "S5", "opinion"}
    assert ScoreSheet.get_by_id(kept.id).status == "draft"


def test_every_indicator_and_the_opinion_are_needed(world: w.World) -> None:
    assert set(faults(world, opinion="好")) == set(WHOLE)
    assert set(faults(world, points=WHOLE)) == {"opinion"}
    assert faults(world, points=WHOLE, opinion="好") == {}


@pytest.mark.parametrize(
    ("points", "wrong"), [("-0.01", True), ("0", False), ("4", False), ("4.01", True), ("1/3", False)]
)
def test_points_stay_within_the_weight(world: w.World, points: str, wrong: bool) -> None:
    assert ("S4" in faults(world, points={**WHOLE, "S4": points}, opinion="好")) is wrong


def test_a_computed_figure_is_changed_only_with_a_reason(world: w.World) -> None:
    change = {"F1": {"points": "1", "reason": " "}}
    assert set(faults(world, points=WHOLE, opinion="好", changes=change)) == {"F1"}
    change["F1"]["reason"] = "合同面积较小"
    assert faults(world, points=WHOLE, opinion="好", changes=change) == {}
    assert set(faults(world, points=WHOLE, opinion="好", changes={"F1": {"points": "", "reason": "理由"}})) == {"F1"}
    judged = {"S4": {"points": "1", "reason": "理由"}}
    assert "S4" in faults(world, points=WHOLE, opinion="好", changes=judged)


def test_a_signed_sheet_is_read_only_until_it_is_given_back(world: w.World) -> None:
    kept = save(world, points=WHOLE, opinion="好")
    sign(world, kept.version)
    row = ScoreSheet.get_by_id(kept.id)
    ground = scoring.ground_of(w.fresh(world.cases[0]))
    assert row.total == str(sheet_total(ground.scheme, scoring.sheet_points(ground, row)))
    with pytest.raises(Refused, match="已经签字"):
        save(world, row.version, points={})
    city = w.viewer(world.city_reviewer)
    with pytest.raises(Refused, match="原因"):
        scoring.reopen_sheet(city, row.id, "", w.new_token())
    with pytest.raises(OutOfScope):
        scoring.reopen_sheet(w.viewer(world.experts[1]), row.id, "理由", w.new_token())
    scoring.reopen_sheet(city, row.id, "专家要求更正", w.new_token())
    with pytest.raises(Refused, match="还没有签字"):
        scoring.reopen_sheet(city, row.id, "再退一次", w.new_token())
    assert save(world, row.version + 1, points=WHOLE, opinion="改过").opinion == "改过"


def test_two_windows_do_not_overwrite_each_other(world: w.World) -> None:
    save(world, 1, points={"S4": "3"})
    with pytest.raises(Stale, match="另一个窗口"):
        save(world, 1, points={"S4": "1"})
    assert ScoreSheet.get().points == {"S4": "3"}
    with pytest.raises(Stale):
        sign(world, 1)


def test_one_form_signs_once_and_the_chain_tells_no_score(world: w.World) -> None:
    kept = save(world, points=WHOLE, opinion="好")
    token = w.new_token()
    first, second = sign(world, kept.version, token), sign(world, kept.version, token)
    assert second == {**first, "repeated": True}
    events = list(CaseEvent.select().where(CaseEvent.kind == "sheet_signed"))
    assert len(events) == 1
    sheet = ScoreSheet.get()
    assert json.loads(events[0].body)["data"] == {"member": sheet.member_id, "sheet": sheet.id}


def test_each_expert_has_only_an_own_sheet(world: w.World) -> None:
    save(world, points=WHOLE, opinion="第一位")
    own = save(world, expert=1, points={"S4": "1"}, opinion="第二位")
    assert own.opinion == "第二位"
    case = world.cases[0]
    assert scoring.open_sheet(w.viewer(world.experts[0]), case.id)[2].opinion == "第一位"
    for stranger in (world.city_reviewer, world.district_reviewer, world.clerks[0], world.finance):
        with pytest.raises(OutOfScope):
            scoring.open_sheet(w.viewer(stranger), case.id)


def test_the_panel_is_complete_only_with_all_sheets_of_enough_members(world: w.World) -> None:
    case = world.cases[0]
    for number in range(3):
        assert not scoring.panel_state(w.fresh(case), 3).complete
        sign(world, save(world, expert=number, points=WHOLE, opinion="好").version, expert=number)
    assert scoring.panel_state(w.fresh(case), 3).complete
    assert not scoring.panel_state(w.fresh(case), 4).complete


def test_only_carriers_that_took_part_and_came_to_the_panel_set_the_best(world: w.World) -> None:
    round_ = w.fresh(world.cases[0]).round
    policy = scoring.ground_of(w.fresh(world.cases[0])).policy
    assert scoring.current_best(round_, policy)["F1"] == 24
    Case.update(outcome="absent").where(Case.id == world.cases[1].id).execute()
    assert scoring.current_best(round_, policy)["F1"] == 20
    Case.update(outcome="", stage="city_review").where(Case.id == world.cases[1].id).execute()
    assert scoring.current_best(round_, policy)["F1"] == 20


def test_unreadable_figures_hold_up_nobody_else_and_are_named_where_it_counts(world: w.World) -> None:
    policy, round_ = scoring.ground_of(w.fresh(world.cases[0])).policy, w.fresh(world.cases[0]).round
    other = Submission.get(Submission.case == world.cases[1])
    broken = {key: value for key, value in other.answers.items() if key != "area_m2"}
    Submission.update(answers=broken, digest="0" * 64).where(Submission.id == other.id).execute()
    assert scoring.current_best(round_, policy)["F1"] == 20
    kept = save(world, points=WHOLE, opinion="好")
    sign(world, kept.version)
    with pytest.raises(Refused, match=f"^{world.carriers[1].name}：.*F1"):
        scoring.current_best(round_, policy, strict=True)


def test_the_best_of_the_round_is_not_worked_out_anew_for_each_signature(
    world: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, round_ = scoring.ground_of(w.fresh(world.cases[0])).policy, w.fresh(world.cases[0]).round
    scoring.current_best(round_, policy)
    worked_out: list[object] = []
    monkeypatch.setattr(scoring, "values_of", lambda *given: worked_out.append(given))
    assert scoring.current_best(round_, policy)["F1"] == 24
    assert worked_out == []


def test_an_own_signed_sheet_stays_readable_and_nothing_else_does(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    person, other = w.viewer(world.experts[0]), w.viewer(world.experts[1])
    kept = save(world, points=WHOLE, opinion="好")
    with pytest.raises(OutOfScope):
        scoring.signed_sheet(person, case.id)
    sign(world, kept.version)
    Case.update(stage="determination").where(Case.id == case.id).execute()
    assert scoring.signed_sheet(person, case.id)[1].opinion == "好"
    for read in (panels.expert_case, scoring.open_sheet):
        with pytest.raises(OutOfScope):
            read(person, case.id)
    for nobody in (other, city, w.viewer(world.clerks[0])):
        with pytest.raises(OutOfScope):
            scoring.signed_sheet(nobody, case.id)
    Case.update(stage="expert_panel").where(Case.id == case.id).execute()
    panels.order_recusal(city, case.id, kept.member_id, "有合作关系", w.new_token())
    with pytest.raises(OutOfScope):
        scoring.signed_sheet(person, case.id)


figures = st.fractions(min_value=0, max_value=10**6, max_denominator=997)
carriers = st.fixed_dictionaries({i.code: st.none() | figures for i in SCHEME.indicators if i.value})


@given(st.dictionaries(st.sampled_from("甲乙丙丁戊"), carriers, min_size=1, max_size=5), st.integers(0, 2))
def test_one_carrier_and_the_whole_round_are_scored_alike(cohort: dict[str, Any], undefined: int) -> None:
    best = best_values(SCHEME, cohort)
    table = points_of_cohort(SCHEME, cohort, methods=POLICY.methods, undefined=undefined)
    for name, values in cohort.items():
        alone = points_of_carrier(SCHEME, values, best, methods=POLICY.methods, undefined=undefined)
        assert {code: scored.points for code, scored in alone.items()} == table[name]


points = st.fixed_dictionaries(
    {i.code: st.integers(0, int(i.weight_points) * 100).map(lambda n: Fraction(n, 100)) for i in SCHEME.indicators}
)


@given(points)
def test_a_sheets_total_is_what_the_question_answers(given_points: dict[str, Fraction]) -> None:
    answer = ask(POLICY, "score", {"points": {code: str(value) for code, value in given_points.items()}})
    assert Fraction(answer["total"]) == sheet_total(SCHEME, given_points)
