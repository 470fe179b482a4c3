"""Panels that give a grade: sheets, what the panel agrees on, the result, and what becomes public of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core import clock
from core.cases import acting, determining, events, intervening, noticing, objecting, panel_opinion, panels, scoring
from core.cases.action import new_token
from core.cases.panel_opinion import Opinion, record_opinion
from core.errors import OutOfScope, Refused, Stale
from core.models import Case, EvaluationRound, NoticeEntry, Objection, OutboxRow, PanelOpinion, Result, ScoreSheet
from tests import graded as g

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def place(tmp_path: Path) -> g.Place:
    return g.build(tmp_path)


def result_of(case: Case) -> Result:
    found = determining.latest_result(case)
    assert found is not None
    return found


def test_a_round_without_indicators_runs_to_its_end(place: g.Place) -> None:
    first, second = place.cases
    for case in place.cases:
        g.to_determination(place, case)
        g.check(place, case)
    determining.determine_round(place.city, place.round.id, new_token())
    result = result_of(first)
    assert (result.grade, result.total, result.indicators, result.reference_version) == ("good", "", {}, 0)
    assert EvaluationRound.get_by_id(place.round.id).reference is None
    notice = g.publish(place, first, second)
    assert (notice.kind, notice.status) == ("notice", "open")
    with g.after(notice):
        noticing.close_notice(place.city, notice.id, new_token())
    assert {g.fresh(case).stage for case in place.cases} == {"closed"}
    assert all(events.verify(g.fresh(case)) is None for case in place.cases)


def test_a_sheet_is_signed_with_a_grade_every_remark_and_an_opinion(place: g.Place) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    person = g.viewer(place.experts[0])
    panels.sign_pledge(person, place.round.id, "我承诺保密。")
    panels.declare_no_conflict(person, case.id, new_token())
    _, _, sheet = scoring.open_sheet(person, case.id)
    kept = scoring.save_sheet(person, case.id, {"grade": "very_good", "remarks": {"management": "好"}}, sheet.version)
    with pytest.raises(Refused) as refusal:
        scoring.sign_sheet(person, case.id, kept.version, new_token())
    assert set(refusal.value.fields) == {"grade", "remark-services", "opinion"}
    assert "优秀、良好、合格、不合格" in refusal.value.fields["grade"]
    assert ScoreSheet.get().status == "draft"


def test_the_panels_grade_waits_for_every_signature(place: g.Place) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    g.sheet(place, case, place.experts[0], "good")
    said = Opinion(["desk_review"], "意见", "good")
    with pytest.raises(Refused, match="都签字以后") as refusal:
        record_opinion(place.city, case.id, said, new_token())
    assert set(refusal.value.fields) == {"grade"}
    assert not PanelOpinion.select().exists()


@pytest.mark.parametrize(
    ("sheets", "grade", "reasons", "fault"),
    [
        (["good"] * 3, "good", "", ""),
        (["good"] * 3, "qualified", "", "reasons"),
        (["good"] * 3, "qualified", "现场核查发现服务台账不全", ""),
        (["good", "good", "excellent"], "good", "", "reasons"),
        (["good", "good", "excellent"], "good", "多数专家意见", ""),
        (["good"] * 3, "", "", "grade"),
        (["good"] * 3, "very_good", "理由", "grade"),
    ],
)
def test_another_grade_than_that_of_all_sheets_needs_reasons(
    place: g.Place, sheets: list[str], grade: str, reasons: str, fault: str
) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    for expert, given in zip(place.experts, sheets, strict=True):
        g.sheet(place, case, expert, given)
    said = Opinion(["desk_review"], "意见", grade, reasons)
    if fault:
        with pytest.raises(Refused) as refusal:
            record_opinion(place.city, case.id, said, new_token())
        assert set(refusal.value.fields) == {fault}
        return
    record_opinion(place.city, case.id, said, new_token())
    assert panel_opinion.agreed(g.fresh(case)).grade == grade


def test_a_sheet_signed_anew_asks_for_the_reasons_again(place: g.Place) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    for expert in place.experts:
        g.sheet(place, case, expert, "good")
    record_opinion(place.city, case.id, Opinion(["desk_review"], "意见", "good"), new_token())
    sheet = ScoreSheet.select().order_by(ScoreSheet.id).first()
    scoring.reopen_sheet(place.city, sheet.id, "笔误", new_token())
    person = g.viewer(place.experts[0])
    _, _, row = scoring.open_sheet(person, case.id)
    given = {"grade": "excellent", "remarks": g.REMARKS, "opinion": "好"}
    kept = scoring.save_sheet(person, case.id, given, row.version)
    scoring.sign_sheet(person, case.id, kept.version, new_token())
    with pytest.raises(Refused, match="写明理由"):
        determining.conclude_panel(place.city, case.id, g.fresh(case).stage_version, new_token())
    assert g.fresh(case).stage == "expert_panel"


def test_an_opinion_drawn_before_a_colleagues_is_stale(place: g.Place) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    for expert in place.experts:
        g.sheet(place, case, expert, "good")
    version = g.fresh(case).stage_version
    said = Opinion(["desk_review"], "第一位写的", "good")
    record_opinion(place.city, case.id, said, new_token(), version)
    with pytest.raises(Stale):
        record_opinion(place.city, case.id, Opinion(["desk_review"], "第二位写的", "good"), new_token(), version)
    assert PanelOpinion.get().opinion == "第一位写的"
    with pytest.raises(Stale):
        determining.conclude_panel(place.city, case.id, version, new_token())


def test_the_trace_shows_the_sheets_and_the_panels_grade(place: g.Place) -> None:
    case = place.cases[0]
    g.to_determination(place, case, ("good", "excellent", "good"), "good", "多数专家意见")
    g.determine(place, case, integrity_breach=True)
    result = result_of(case)
    first, ceiling = result.trace
    assert first["inputs"] == {"sheets": ["良好", "优秀", "良好"], "reasons": "多数专家意见"}
    assert (first["result"], first["clause"], first["basis"]) == ("good", "第四条", "text")
    assert (result.grade, ceiling["result"], ceiling["clause"]) == ("qualified", "qualified", "第七条")


@pytest.mark.parametrize(("found", "grade"), [({"false_materials": True}, "unqualified"), ({}, "good")])
def test_vetoes_stand_above_the_panels_grade(place: g.Place, found: dict[str, bool], grade: str) -> None:
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case, **found)
    assert result_of(case).grade == grade


def test_a_late_submission_is_possible_and_the_veto_decides(place: g.Place) -> None:
    late, in_time = place.cases
    g.to_determination(place, in_time)
    with clock.policy_date(date(2023, 7, 1)):
        g.to_determination(place, late, ("excellent",) * 3, "excellent")
        for case in place.cases:
            g.determine(place, case)
    assert (result_of(late).grade, result_of(in_time).grade) == ("unqualified", "good")
    assert result_of(late).facts["submitted_on"] == "2023-07-01"
    assert result_of(late).facts["deadline"] == g.DEADLINE
    assert any(step["clause"] == "第六条" for step in result_of(late).trace)


def test_the_first_submission_counts_not_the_correction(place: g.Place) -> None:
    case = place.cases[0]
    g.submit(place, case)
    reasons = acting.Decision(reasons={"events": "与台账不一致"})
    acting.act(place.city, case.id, "return", reasons, g.fresh(case).stage_version, new_token())
    with clock.policy_date(date(2023, 7, 3)):
        g.to_determination(place, case)
        g.determine(place, case)
    assert result_of(case).grade == "good"


@pytest.mark.parametrize(("excused", "grade"), [(False, "unqualified"), (True, "")])
def test_who_hands_in_nothing_is_decided_by_the_policys_own_words(place: g.Place, excused: bool, grade: str) -> None:
    case = place.cases[0]
    with clock.policy_date(date(2023, 7, 3)):
        version = g.fresh(case).stage_version
        intervening.mark_absent(place.city, case.id, excused, "没有报送", version, new_token())
        assert determining.missing_checks(g.fresh(case)) == []
        determining.determine_case(place.city, case.id, g.fresh(case).stage_version, new_token())
    result = result_of(case)
    assert (result.grade, result.facts["just_cause"]) == (grade, excused)
    assert "absence_excused" not in result.facts


def test_an_objection_leads_through_the_panel_to_a_new_grade(place: g.Place) -> None:
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    g.publish(place, case)
    entry = NoticeEntry.get()
    told = {"kind": "person", "name": "李四", "contact": "0335-3000001", "sealed": False, "text": "评得太低，请复核。"}
    objecting.object_to(entry.id, token=new_token(), **told)
    version = g.fresh(case).stage_version
    objecting.rule(place.city, Objection.get().id, "rescored", "经核实成立。", version, new_token())
    assert g.fresh(case).stage == "determination"
    decision = acting.Decision(said="请专家组重新评定")
    acting.act(place.city, case.id, "return_to_panel", decision, g.fresh(case).stage_version, new_token())
    said = Opinion(["panel_meeting"], "重新评定。", "excellent", "复核认定服务业绩突出")
    record_opinion(place.city, case.id, said, new_token())
    determining.conclude_panel(place.city, case.id, g.fresh(case).stage_version, new_token())
    assert determining.is_outdated(result_of(case))
    with pytest.raises(Refused, match="重新认定后再公布"):
        g.publish(place, case)
    determining.determine_case(place.city, case.id, g.fresh(case).stage_version, new_token())
    assert (result_of(case).grade, result_of(case).version) == ("excellent", 2)
    again = g.publish(place, case)
    with g.after(again):
        noticing.close_notice(place.city, again.id, new_token())
    assert g.fresh(case).stage == "closed"


def test_a_result_that_was_scored_anew_is_not_published(place: g.Place) -> None:
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    assert not determining.is_outdated(result_of(case))
    decision = acting.Decision(said="重评")
    acting.act(place.city, case.id, "return_to_panel", decision, g.fresh(case).stage_version, new_token())
    determining.conclude_panel(place.city, case.id, g.fresh(case).stage_version, new_token())
    with pytest.raises(Refused, match="重新认定后再公布"):
        g.publish(place, case)


@pytest.mark.parametrize("notice", [False, None])
def test_without_a_notice_results_are_final_at_once(tmp_path: Path, notice: bool | None) -> None:
    place = g.build(tmp_path, notice=notice)
    first, second = place.cases
    for case in place.cases:
        g.to_determination(place, case)
        g.determine(place, case)
    with pytest.raises(Refused, match="不设公示"):
        noticing.publish_notice(place.city, place.round.id, [first.id], "电话", new_token())
    publication = g.publish(place, first)
    assert (publication.kind, publication.status, publication.closed_on) == ("publication", "closed", clock.today())
    assert publication.title == "2023 年度服务平台评价结果公布"
    assert (g.fresh(first).stage, g.fresh(first).outcome) == ("closed", "finished")
    assert NoticeEntry.get().status == "final"
    assert "results_published" in {row.kind for row in OutboxRow.select()}
    assert g.publish(place, second).title.endswith("（第 2 次）")
    assert events.verify(g.fresh(first)) is None


def test_nobody_objects_to_a_publication(tmp_path: Path) -> None:
    place = g.build(tmp_path, notice=False)
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    g.publish(place, case)
    told = {"kind": "person", "name": "李四", "contact": "0335-3000001", "sealed": False, "text": "评得太低，请复核。"}
    with pytest.raises(Refused, match="没有公示和异议"):
        objecting.object_to(NoticeEntry.get().id, token=new_token(), **told)
    assert not Objection.select().exists()


def test_a_repeated_publication_is_one(tmp_path: Path) -> None:
    place, token = g.build(tmp_path, notice=False), new_token()
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    first = noticing.publish_results(place.city, place.round.id, [case.id], token)
    again = noticing.publish_results(place.city, place.round.id, [case.id], token)
    assert again == {**first, "repeated": True}
    with pytest.raises(OutOfScope):
        noticing.publish_results(g.viewer(place.experts[0]), place.round.id, [case.id], new_token())


def test_where_a_notice_is_written_results_are_not_published_past_it(place: g.Place) -> None:
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    with pytest.raises(Refused, match="要先公示"):
        noticing.publish_results(place.city, place.round.id, [case.id], new_token())
    assert g.fresh(case).stage == "determination"


@pytest.mark.parametrize(("fact", "amiss"), [("materials_conform", False), ("integrity_breach", True)])
def test_a_finding_against_the_carrier_needs_its_ground(place: g.Place, fact: str, amiss: bool) -> None:
    case = place.cases[0]
    g.to_determination(place, case)
    with pytest.raises(Refused, match="写明依据"):
        determining.record_check(place.city, case.id, fact, amiss, " ")
    determining.record_check(place.city, case.id, fact, not amiss, "")
    determining.record_check(place.city, case.id, fact, amiss, "核查记录")
    assert determining.checks_of(case)[fact].value is amiss


def test_materials_that_do_not_conform_are_unqualified_by_the_policys_words(place: g.Place) -> None:
    case = place.cases[0]
    g.to_determination(place, case, ("excellent",) * 3, "excellent")
    g.determine(place, case, materials_conform=False)
    assert result_of(case).grade == "unqualified"


@pytest.mark.parametrize(("just_cause", "grade"), [(False, "unqualified"), (True, "good")])
def test_a_late_submission_with_a_just_cause_keeps_the_panels_grade(
    place: g.Place, just_cause: bool, grade: str
) -> None:
    case = place.cases[0]
    with clock.policy_date(date(2023, 7, 3)):
        g.to_determination(place, case)
        assert "just_cause" not in [check.key for check in determining.missing_checks(g.fresh(case))]
        determining.record_check(place.city, case.id, "just_cause", just_cause, "道路中断，已核实")
        g.determine(place, case)
    assert result_of(case).grade == grade
