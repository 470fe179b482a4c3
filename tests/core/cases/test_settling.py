"""What a case decides takes hold when it closes: once, with its reasoning, and only when it can be decided."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from core import clock
from core.cases import acting, carrier_facts, definitions, drafts, events, settling, standing, submitting
from core.cases.action import new_token
from core.errors import KaopingError, OutOfScope, Refused
from core.models import Account, Carrier, CarrierMark, Case, Result
from core.people.scope import Viewer, viewer_of, visible_cases
from core.workflow.decision import Action
from tests.core.cases import standing_world as s

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MEETS = {
    "organisation_kind": "enterprise", "registered_in": "天津市和平区", "name": "演示生产力促进中心", "legal_person": True,
    "independent_since": "2015-01-01", "applied_on": "2019-06-03", "staff": 20, "bachelor_or_above": 18,
    "iso9001": True, "previous_year_service_income_yuan": "4000000",
}  # fmt: skip
OPINION = {key: True for key in ("strategy_met", "facilities_met", "capability_met", "head_met", "coordination_met")}


@pytest.fixture
def place(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[s.Place]:
    monkeypatch.setattr(submitting, "evidence_of", lambda case: _Plenty())
    with clock.policy_date(date(2019, 6, 3)):
        yield s.build("tianjin", 2, "productivity_centre")


class _Plenty(dict[str, Any]):
    """Evidence under every field; what is submitted lists none of it."""

    def get(self, key: str, default: Any = None) -> Any:
        return [object()]

    def __contains__(self, key: object) -> bool:
        return True


def carrier(place: s.Place, number: int = 0) -> Carrier:
    return Carrier.get_by_id(place.carriers[number].id)


def applicant(place: s.Place) -> Case:
    Carrier.update(title_status="applicant").where(Carrier.id == place.carriers[0].id).execute()
    receipt = standing.open_case(place.clerk(), "entry_application", place.carriers[0].id, new_token())
    return s.fresh(receipt["case"])


def opened_by(account: Account | None, place: s.Place, procedure: str) -> Case:
    assert account is not None
    receipt = standing.open_case(viewer_of(account), procedure, place.carriers[0].id, new_token())
    return s.fresh(receipt["case"])


def hand_in(account: Account | None, case: Case, **answers: Any) -> None:
    assert account is not None
    s.fill(case, **answers)
    submitting.submit(viewer_of(account), case.id, s.fresh(case).stage_version, new_token())


def opinion(said: str = "同意") -> dict[str, Any]:
    return {**OPINION, "opinion": said}


def buttons(account: Account | None, case: Case) -> set[str]:
    assert account is not None
    return {action.key for action in acting.actions_for(viewer_of(account), s.fresh(case))}


def test_an_applicant_that_meets_the_conditions_is_enrolled(place: s.Place) -> None:
    case = applicant(place)
    s.submit(place, case, **MEETS)
    assert buttons(place.district, case) == {"forward", "decline", "return"}
    s.act(place.district, case, opinion=opinion())
    assert carrier(place).title_status == "applicant" and not Result.select().exists()
    with clock.policy_date(date(2019, 6, 20)):
        s.act(place.city, case, "approve", opinion=opinion())
    row = carrier(place)
    assert (row.title_status, row.enrolled_on) == ("held", date(2019, 6, 20))
    result = Result.get()
    assert result.consequences == {"enrolled": True} and result.determined_on == date(2019, 6, 20)
    assert result.clauses == ["二(一)2"] and result.facts["district_opinion"] is True
    assert events.verify(s.fresh(case)) is None and events.replay(case)["outcome"] == "finished"


def test_one_that_does_not_is_only_let_through_with_a_reason(place: s.Place) -> None:
    case = applicant(place)
    s.submit(place, case, **{**MEETS, "staff": 20, "bachelor_or_above": 5})
    assert buttons(place.district, case) == {"forward_override", "decline", "return"}
    with pytest.raises(Refused, match="本科以上学历占70%以上") as refusal:
        s.act(place.district, case, opinion=opinion())
    assert "eligible" not in str(refusal.value)
    with pytest.raises(Refused, match="请写明理由"):
        s.act(place.district, case, "forward_override", opinion=opinion())
    s.act(place.district, case, "forward_override", opinion=opinion(), said="新近调入的人员学历证书待补")
    assert s.fresh(case).stage == "city_review"


def test_a_refusal_closes_without_enrolling(place: s.Place) -> None:
    case = applicant(place)
    s.submit(place, case, **MEETS)
    s.act(place.district, case, opinion=opinion())
    s.act(place.city, case, "refuse", opinion=opinion(), said="材料不实")
    assert carrier(place).title_status == "applicant" and Result.get().consequences == {"enrolled": False}


def test_what_was_decided_before_a_return_no_longer_counts(place: s.Place) -> None:
    case = applicant(place)
    s.submit(place, case, **MEETS)
    s.act(place.district, case, opinion=opinion())
    s.act(place.city, case, "return_to_district", said="请再核")
    s.act(place.district, case, "decline", opinion=opinion(), said="再核不符合")
    assert Result.get().facts["district_opinion"] is False and carrier(place).title_status == "applicant"


def test_the_citys_own_form_enrols_at_once(place: s.Place) -> None:
    Carrier.update(title_status="applicant").where(Carrier.id == place.carriers[0].id).execute()
    case = opened_by(place.city, place, "direct_entry")
    assert case.filled_by == "city_reviewer"
    hand_in(place.city, case, title="city_demonstration")
    assert carrier(place).title_status == "held" and s.fresh(case).outcome == "finished"
    assert "直接纳入" in str(Result.get().trace)


def test_a_carrier_meets_a_case_of_others_only_once_it_is_submitted(place: s.Place) -> None:
    case = opened_by(place.district, place, "yearly_check")
    clerk, reviewer = place.clerk(), viewer_of(place.district)
    assert not visible_cases(clerk).exists() and visible_cases(reviewer).count() == 1
    for person in (clerk, viewer_of(place.city)):
        with pytest.raises(OutOfScope):
            drafts.open_draft(person, case.id)
    assert drafts.open_draft(reviewer, case.id)[0] == case
    hand_in(place.district, case, operates=True)
    assert visible_cases(clerk).count() == 1
    with pytest.raises(OutOfScope):
        drafts.open_draft(clerk, case.id)


def test_a_check_that_finds_nothing_decides_nothing(place: s.Place) -> None:
    case = opened_by(place.district, place, "yearly_check")
    hand_in(place.district, case, operates=True)
    assert (s.fresh(case).stage, carrier(place).title_status) == ("closed", "held")
    assert not Result.select().exists()


def test_a_finding_that_the_city_approves_is_an_exit_from_that_day(place: s.Place) -> None:
    case = opened_by(place.district, place, "yearly_check")
    hand_in(place.district, case, operates=False, finding="lost_contact", proposal="建议退出")
    assert s.fresh(case).stage == "city_review"
    with clock.policy_date(date(2019, 7, 1)):
        s.act(place.city, case, "approve", said="核准")
    row, mark = carrier(place), CarrierMark.get()
    assert (row.title_status, row.title_ended_on) == ("exited", date(2019, 7, 1))
    assert (mark.kind, mark.effective_on, mark.clause) == ("exit", date(2019, 7, 1), "二(三)1")
    with pytest.raises(Refused, match="已退出"):
        opened_by(place.district, place, "yearly_check")


def test_an_exit_may_hold_from_a_day_before_its_decision(place: s.Place) -> None:
    receipt = standing.open_case(
        place.clerk(), "change_report", place.carriers[0].id, new_token(), date(2019, 5, 6)
    )
    case = s.fresh(receipt["case"])
    s.submit(place, case)
    s.act(place.district, case, opinion={"meets": False, "opinion": "不再符合"})
    s.act(place.city, case, "remove", opinion={"meets": False, "opinion": "不再符合"}, said="不再符合条件")
    row, mark = carrier(place), CarrierMark.get()
    assert (row.title_status, row.title_ended_on) == ("exited", date(2019, 5, 6))
    assert (mark.set_on, mark.effective_on) == (date(2019, 6, 3), date(2019, 5, 6))


def test_without_what_the_decision_needs_the_closing_is_refused(
    place: s.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = standing.open_case(
        place.clerk(), "change_report", place.carriers[0].id, new_token(), date(2019, 5, 6)
    )
    case = s.fresh(receipt["case"])
    s.submit(place, case)
    s.act(place.district, case, opinion={"meets": False, "opinion": "不再符合"})
    monkeypatch.setattr(Action, "sets", property(lambda _: {}, lambda *_: None), raising=False)
    before = s.fresh(case)
    definitions._workflow.cache_clear()
    try:
        with pytest.raises(Refused, match="尚缺：变更后经审核仍符合条件"):
            s.act(place.city, case, "keep", opinion={"meets": True, "opinion": "符合"})
    finally:
        monkeypatch.undo()
        definitions._workflow.cache_clear()
    after = s.fresh(case)
    assert (after.stage, after.stage_version, after.head_sequence) == ("city_review", before.stage_version, before.head_sequence)
    assert not Result.select().exists() and carrier(place).title_status == "held"


def test_earlier_results_are_facts_of_the_carrier(place: s.Place) -> None:
    policy = definitions.current_policy(place.region, clock.today())
    known = carrier_facts.facts_of(carrier(place), clock.today(), policy)
    assert known["kind"] == "productivity_centre" and known["title_status"] == "held"
    assert known["corrective_action_done"] is False and "last_grade" not in known
    assert known["integrity_breach"] is False
    CarrierMark.create(
        carrier=place.carriers[0], kind=carrier_facts.BREACH, clause="三(三)", set_on=date(2019, 6, 1), set_at=clock.now(),
        effective_on=date(2019, 6, 5),
    )  # fmt: skip
    for day, breach in ((date(2019, 6, 4), False), (date(2019, 6, 5), True)):
        assert carrier_facts.facts_of(carrier(place), day, policy)["integrity_breach"] is breach
    CarrierMark.update(lifted_on=date(2019, 6, 6)).execute()
    assert carrier_facts.facts_of(carrier(place), date(2019, 6, 7), policy)["integrity_breach"] is False


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_clicks_a_case_closes_once_and_the_register_changes_once(
    place: s.Place, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random people take random actions with stale pages, used tokens and missing words; the chain holds."""
    chance, applied = random.Random(seed), []
    original = settling._APPLY["enrolment"]
    monkeypatch.setitem(
        settling._APPLY, "enrolment", lambda case, *rest: (applied.append(case.id), original(case, *rest))[1]
    )
    case = applicant(place)
    people = [place.clerks[0], place.clerks[1], place.district, place.city]
    tokens = [new_token() for _ in range(6)]
    for _ in range(60):
        _click(chance, case, chance.choice(people), chance.choice(tokens) if chance.random() < 0.3 else new_token())
    for _ in range(3):  # and somebody brings it to its end, if nobody has
        _finish(place, case)
    done = s.fresh(case)
    assert done.outcome == "finished" and applied == [case.id] and Result.select().count() == 1
    assert carrier(place).title_status == ("held" if Result.get().consequences["enrolled"] else "applicant")
    assert events.verify(done) is None and events.replay(done)["stage"] == done.stage
    closings = [e for e in done.events if '"to":"closed"' in e.body or '"to":"not_enrolled"' in e.body]
    assert len(closings) == 1


def _click(chance: random.Random, case: Case, account: Account | None, token: str) -> None:
    assert account is not None
    row, person = s.fresh(case), viewer_of(account)
    version = row.stage_version - (chance.random() < 0.2)
    try:
        if row.stage == "fill" and chance.random() < 0.5:
            s.fill(case, **MEETS)
            submitting.submit(person, case.id, version, token)
            return
        keys = [action.key for stage in definitions.workflow_of(row).stages for action in stage.actions]
        said = acting.Decision(opinion() if chance.random() < 0.7 else {}, {}, "说明" if chance.random() < 0.5 else "")
        if chance.random() < 0.2:
            said = acting.Decision({}, {"name": "请改"}, "")
        acting.act(person, case.id, chance.choice(keys), said, version, token)
    except KaopingError:
        pass


def _finish(place: s.Place, case: Case) -> None:
    row = s.fresh(case)
    if row.stage == "fill":
        s.submit(place, case, **MEETS)
    elif row.stage == "district_review":
        s.act(place.district, case, opinion=opinion())
    elif row.stage == "city_review":
        s.act(place.city, case, "approve", opinion=opinion())


def test_settling_the_same_case_again_leaves_one_mark(place: s.Place) -> None:
    case = opened_by(place.district, place, "yearly_check")
    hand_in(place.district, case, operates=False, finding="lost_contact", proposal="建议退出")
    s.act(place.city, case, "approve", said="核准")
    person: Viewer = viewer_of(place.city)
    action = definitions.workflow_of(case).stage("city_review").action("approve")
    assert action is not None
    settling.settle(person, s.fresh(case), action)
    assert CarrierMark.select().count() == 1 and [r.version for r in Result.select().order_by(Result.id)] == [1, 2]


def test_false_materials_end_the_enrolment_and_stay_on_the_integrity_record(place: s.Place) -> None:
    case = opened_by(place.city, place, "false_materials")
    hand_in(place.city, case, given_at="evaluation", what="服务合同系伪造")
    marks = {mark.kind: mark.clause for mark in CarrierMark.select()}
    assert marks == {"exit": "三(三)", "research_dishonesty_record": "三(三)"}
    assert carrier(place).title_status == "exited"
    assert carrier_facts.facts_of(carrier(place), clock.today(), definitions.policy_of(case))["integrity_breach"] is True


def test_what_an_application_says_of_the_registers_facts_is_kept_there(place: s.Place) -> None:
    case = applicant(place)
    s.submit(place, case, **{**MEETS, "relies_on": "university", "centre_type": "sector"})
    s.act(place.district, case, opinion=opinion())
    assert carrier(place).facts.get("centre_type") is None
    s.act(place.city, case, "approve", opinion=opinion())
    kept = carrier(place).facts
    assert (kept["relies_on"], kept["centre_type"], kept["organisation_kind"]) == ("university", "sector", MEETS["organisation_kind"])
