"""Lhasa's year through the verbs: who is assessed, graded on site, published, rectified and assessed again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import clock, storage
from core.cases import (
    acting,
    awarding,
    carrier_facts,
    definitions,
    determining,
    files,
    noticing,
    panels,
    prefilling,
    rounds,
    scoring,
    standing,
    submitting,
)
from core.cases.action import new_token
from core.cases.panel_opinion import Opinion, record_opinion
from core.errors import OutOfScope, Refused
from core.models import Account, Case, EvaluationRound, NoticeEntry, ParameterEntry, PublicNotice, Result
from core.people.scope import find_case, viewer_of
from core.policy.scope import in_scope, scope_rules
from core.web.city import participants
from tests import factories
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, plain
from tests.world import PDF

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = date(2019, 5, 28)
REMARKS = {key: "看过现场" for key in ("subsidy_use", "services", "results", "management", "problems")}
VISIT = {
    "visited_on": "2019-05-28",
    "experts_present": "专家甲、专家乙、专家丙",
    "subsidy_findings": "账目清楚",
    "service_findings": "活动偏少",
    "result_findings": "入驻不足",
    "problems": ["idle_desks"],
    "advice": "提高工位利用率，配齐专职人员",
}


@pytest.fixture
def lhasa(database: str, tmp_path: Path) -> Iterator[s.Place]:
    storage.use(f"file://{tmp_path}")
    with clock.policy_date(DAY):
        yield s.build("lhasa", 2)


def open_round(place: s.Place) -> tuple[EvaluationRound, list[Account]]:
    city = viewer_of(place.city)
    experts = [factories.account("expert", region=place.region) for _ in range(3)]
    made = rounds.create_round(city, place.region, "carrier_assessment", 2019, "2019 年度专家现场考核")
    panels.form_panel(city, made.id, [expert.id for expert in experts])
    plan = {
        "cutoff": "2019-05-28", "period_from": "2018-06-01", "period_to": "2019-05-31",
        "submission_deadline": "2019-05-31", "schedule": "五月底，分两天去", "material_format": "网上填写",
    }  # fmt: skip
    rounds.save_plan(city, made.id, plan, made.version)
    rounds.set_participants(city, made.id, {row.id: (True, "") for row in place.carriers})
    rounds.open_round(city, made.id, new_token())
    for expert in experts:
        panels.sign_pledge(viewer_of(expert), made.id, "我将独立、公正地评定。")
    return EvaluationRound.get_by_id(made.id), experts


def to_panel(place: s.Place, case: Case, number: int) -> None:
    s.submit(place, case, number, subsidy_uses=[{"used_for": "装修", "used_on": "2019-03-01", "amount_wan": "1"}], **ZERO)
    s.act(place.city, case, "forward", opinion={"opinion": "材料齐全"})
    with pytest.raises(Refused, match="实地考察"):
        s.act(place.city, case, "forward")
    acting.record_site_visit(viewer_of(place.city), case.id, VISIT, new_token())
    s.act(place.city, case, "forward")


ZERO = {
    "subsidy_before_wan": "0", "subsidy_received_wan": "5", "subsidy_used_wan": "1", "tenants": 20,
    "student_startups": 5, "tibet_student_startups": 2, "lhasa_student_startups": 1, "tech_smes": 1,
    "high_tech_enterprises": 0, "jobs": 60, "tibet_graduates": 9, "lhasa_graduates": 4,
}  # fmt: skip


def grade(place: s.Place, case: Case, experts: list[Account], given: str) -> None:
    for expert in experts:
        person = viewer_of(expert)
        panels.declare_no_conflict(person, case.id, new_token())
        _, _, sheet = scoring.open_sheet(person, case.id)
        typed = {"grade": given, "remarks": REMARKS, "opinion": "综合现场情况"}
        kept = scoring.save_sheet(person, case.id, typed, sheet.version)
        scoring.sign_sheet(person, case.id, kept.version, new_token())
    city = viewer_of(place.city)
    record_opinion(city, case.id, Opinion(["site_inspection"], "专家组一致意见", given), new_token())
    determining.conclude_panel(city, case.id, s.fresh(case).stage_version, new_token())


def to_result(place: s.Place, grades: list[str]) -> list[Case]:
    """A round carried to published results, one grade a carrier."""
    round_, experts = open_round(place)
    cases = list(Case.select().where(Case.round == round_).order_by(Case.id))
    for number, (case, given) in enumerate(zip(cases, grades, strict=True)):
        to_panel(place, case, number)
        grade(place, case, experts, given)
    city = viewer_of(place.city)
    determining.determine_round(city, round_.id, new_token())
    noticing.publish_results(city, round_.id, [case.id for case in cases], new_token())
    return [s.fresh(case) for case in cases]


def facts(place: s.Place, number: int, on: date = DAY) -> dict[str, Any]:
    policy = definitions.current_policy(place.region, on)
    return carrier_facts.facts_of(place.carriers[number], on, policy)


def rectify(place: s.Place, number: int) -> Case:
    """The rectification that the result opened, filled by the carrier and handed in."""
    case = Case.get((Case.procedure == "corrective_action") & (Case.carrier == place.carriers[number]))
    known = prefilling.known_before(case)
    assert known["expert_advice"] == VISIT["advice"]
    measures = [{"advice": "提高工位利用率", "measure": "引进五家企业", "done_on": "2019-06-20"}]
    s.submit(place, case, number, measures=measures, **known)
    return s.fresh(case)


def reassess(place: s.Place, case: Case, action: str) -> None:
    acting.record_site_visit(viewer_of(place.city), case.id, {**VISIT, "visited_on": "2019-06-24"}, new_token())
    s.act(place.city, case, action, opinion={"opinion": "逐条看过"})


def test_results_are_published_without_a_notice_and_only_the_failed_rectify(lhasa: s.Place) -> None:
    passed, failed = to_result(lhasa, ["qualified", "unqualified"])
    assert (passed.stage, failed.stage) == ("closed", "closed")
    assert PublicNotice.get().kind == "publication"
    assert {entry.status for entry in NoticeEntry.select()} == {"final"}
    opened = list(Case.select().where(Case.procedure == "corrective_action"))
    assert [(case.carrier_id, case.origin_id) for case in opened] == [(failed.carrier_id, failed.id)]
    assert opened[0].due_on is None, "the text gives no time for rectification"
    assert facts(lhasa, 0)["last_grade"] == "qualified" and not facts(lhasa, 1)["corrective_action_done"]


def test_the_time_for_rectification_counts_once_somebody_entered_it(lhasa: s.Place) -> None:
    officer = viewer_of(factories.account("policy_officer", region=lhasa.region))
    awarding.enter_parameter(officer, lhasa.region, "corrective_action_working_days", "20", "整改要求（演示）", DAY)
    to_result(lhasa, ["qualified", "unqualified"])
    # 7 June is a holiday: 3 + 4 + 5 + 5 + 3 working days from the day after
    assert Case.get(Case.procedure == "corrective_action").due_on == date(2019, 6, 26)


def test_failed_rectified_and_assessed_again_is_qualified(lhasa: s.Place) -> None:
    to_result(lhasa, ["qualified", "unqualified"])
    with clock.policy_date(date(2019, 6, 24)):
        case = rectify(lhasa, 1)
        reassess(lhasa, case, "pass")
        result = Result.get(Result.case == case)
        assert (result.grade, result.clauses) == ("qualified", ["五"])
        assert s.fresh(case).outcome == "finished" and facts(lhasa, 1, date(2019, 6, 24))["corrective_action_done"]
    policy = definitions.current_policy(lhasa.region, DAY)
    assert policy is not None
    rules = scope_rules(policy)
    asked = {k: v for k, v in facts(lhasa, 1, date(2019, 12, 16)).items() if k in rules.facts}
    assert in_scope(rules, {**asked, "operating_since": date(2017, 1, 1)}, date(2019, 12, 16)).in_scope
    unmended = {**asked, "corrective_action_done": False, "operating_since": date(2017, 1, 1)}
    assert not in_scope(rules, unmended, date(2019, 12, 16)).in_scope


def test_nothing_leads_from_unqualified_to_qualified_but_the_rectification(lhasa: s.Place) -> None:
    _, failed = to_result(lhasa, ["qualified", "unqualified"])
    city = viewer_of(lhasa.city)
    for verb in (
        lambda: determining.determine_case(city, failed.id, failed.stage_version, new_token(), "改一下"),
        lambda: s.act(lhasa.city, failed, "publish"),
        lambda: record_opinion(city, failed.id, Opinion(["site_inspection"], "改判", "qualified"), new_token()),
        lambda: noticing.publish_results(city, failed.round_id, [failed.id], new_token()),
    ):
        with pytest.raises(Refused):
            verb()
    case = Case.get(Case.procedure == "corrective_action")
    with pytest.raises(Refused):  # not before the carrier has rectified
        s.act(lhasa.city, case, "pass", opinion={"opinion": "免了"})
    case = rectify(lhasa, 1)
    with pytest.raises(Refused, match="实地考察"):  # not without having been there again
        s.act(lhasa.city, case, "pass", opinion={"opinion": "不用去看"})
    assert [result.grade for result in Result.select().join(Case).where(Case.carrier == failed.carrier_id)] == ["unqualified"]


def test_a_failed_reassessment_stays_unqualified(lhasa: s.Place) -> None:
    to_result(lhasa, ["qualified", "unqualified"])
    with clock.policy_date(date(2019, 6, 24)):
        case = rectify(lhasa, 1)
        s.act(lhasa.city, case, "return", reasons={"measures": "第二条还没有改"})
        case = rectify(lhasa, 1)
        reassess(lhasa, case, "fail")
    result = Result.get(Result.case == case)
    assert result.grade == "unqualified" and not facts(lhasa, 1, date(2019, 6, 25))["corrective_action_done"]
    assert Case.select().where(Case.procedure == "corrective_action").count() == 1


def test_nobody_begins_a_rectification_by_hand(lhasa: s.Place) -> None:
    for person in (lhasa.clerk(), viewer_of(lhasa.city)):
        with pytest.raises((Refused, OutOfScope)):
            standing.open_case(person, "corrective_action", lhasa.carriers[0].id, new_token())


def test_the_carrier_opens_no_spot_check_and_fills_none(lhasa: s.Place) -> None:
    with pytest.raises(OutOfScope):
        standing.open_case(lhasa.clerk(), "spot_check", lhasa.carriers[0].id, new_token())
    city = viewer_of(lhasa.city)
    case = s.fresh(standing.open_case(city, "spot_check", lhasa.carriers[0].id, new_token())["case"])
    s.fill(case, duty="all", office_use="as_registered", service_state="regular", staff_on_duty=3)
    with pytest.raises((Refused, OutOfScope)):
        submitting.submit(lhasa.clerk(), case.id, case.stage_version, new_token())
    submitting.submit(city, case.id, s.fresh(case).stage_version, new_token())
    assert s.fresh(case).stage == "closed"


def test_the_carrier_sees_a_check_and_its_photos_once_it_is_handed_in(lhasa: s.Place) -> None:
    city, own, other = viewer_of(lhasa.city), lhasa.clerk(0), lhasa.clerk(1)
    case = s.fresh(standing.open_case(city, "spot_check", lhasa.carriers[0].id, new_token())["case"])
    photo = files.attach(city, case.id, "photos", "现场.pdf", io.BytesIO(PDF))
    for person in (own, other):
        with pytest.raises(OutOfScope):
            find_case(person, case.id)
        with pytest.raises(OutOfScope):
            files.readable(person, photo.id)
    s.fill(case, duty="none", office_use="not_used", service_state="stopped", staff_on_duty=0, problems=["idle_desks"])
    submitting.submit(city, case.id, s.fresh(case).stage_version, new_token())
    assert find_case(own, case.id).outcome == "finished"
    assert files.readable(own, photo.id)[0].filename == "现场.pdf"
    with pytest.raises(OutOfScope):
        files.readable(other, photo.id)


def test_nobody_on_duty_and_somebody_there_is_told(lhasa: s.Place) -> None:
    city = viewer_of(lhasa.city)
    case = s.fresh(standing.open_case(city, "spot_check", lhasa.carriers[0].id, new_token())["case"])
    s.fill(case, duty="none", office_use="partly", service_state="little", staff_on_duty=2, desks=5, desks_used=6)
    with pytest.raises(Refused) as refusal:
        submitting.submit(city, case.id, s.fresh(case).stage_version, new_token())
    assert {"staff_on_duty", "desks_used"} <= set(refusal.value.fields)


def test_the_self_report_takes_over_the_years_monthly_reports(lhasa: s.Place) -> None:
    from core.cases import periods

    # the last of what stands is that of the latest month, although an earlier one was handed in after it
    for period, activities, tenants in (("2019-04", 3, 21), ("2019-03", 2, 18)):
        receipt = periods.open_report(lhasa.clerk(), "monthly_report", lhasa.carriers[0].id, period, new_token())
        figures = {**ZERO, "activities": activities, "tenants": tenants, "output_wan": "10.5"}
        asked = {k: v for k, v in figures.items() if not k.startswith("subsidy")}
        s.submit(lhasa, s.fresh(receipt["case"]), **asked)
    round_, _ = open_round(lhasa)
    case = Case.get((Case.round == round_) & (Case.carrier == lhasa.carriers[0]))
    known = prefilling.known_before(case)
    assert (known["activities"], known["tenants"], known["output_wan"]) == (5, 21, "21")


def test_a_region_that_switches_the_notice_on_notices_first(lhasa: s.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    round_, experts = open_round(lhasa)
    case = Case.get((Case.round == round_) & (Case.carrier == lhasa.carriers[0]))
    to_panel(lhasa, case, 0)
    grade(lhasa, case, experts, "qualified")
    city = viewer_of(lhasa.city)
    determining.determine_case(city, case.id, s.fresh(case).stage_version, new_token())
    monkeypatch.setattr(noticing, "publishes_at_once", lambda policy: False)
    with pytest.raises(Refused, match="先公示"):
        noticing.publish_results(city, round_.id, [case.id], new_token())
    noticing.publish_notice(city, round_.id, [case.id], "市工信主管部门（演示）", new_token())
    assert s.fresh(case).stage == "public_notice" and s.fresh(case).due_on is not None
    assert not ParameterEntry.select().exists()


def test_the_list_of_a_round_is_not_changed_by_its_own_results(app: Flask, lhasa: s.Place) -> None:
    for number, carrier in enumerate(lhasa.carriers):
        carrier.facts = {"batch": 3, "operating_since": "2017-09-04"}
        if number:  # assessed before this system, too recently
            carrier.facts |= {"last_assessed_on": "2018-12-12", "last_grade": "qualified"}
        carrier.save()
    cases = to_result(lhasa, ["qualified", "qualified"])
    with clock.policy_date(date(2019, 6, 3)), app.test_request_context():
        rows = participants.candidates(EvaluationRound.get_by_id(cases[0].round_id))
    assert [row.proposed for row in rows] == [True, False]


def test_where_there_are_no_districts_the_board_names_none(app: Flask, lhasa: s.Place, sign_in: SignIn) -> None:
    cases = to_result(lhasa, ["qualified", "unqualified"])
    browser = Browser(app, sign_in, lhasa.city)
    board = plain(browser.get(f"/city/rounds/{cases[0].round_id}"))
    assert "办理进度" in board and "区级" not in board and "各区县" not in board
    assert "结果公示" not in board and "专家现场考核" in board
    summary = plain(browser.get(f"/city/rounds/{cases[0].round_id}/summary"))
    assert "各档次" in summary and "各区县" not in summary
