"""整改: opened by a result that calls for it, decided when it closes, and known to the next evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from core import clock
from core.cases import awarding, carrier_facts, definitions, standing
from core.errors import Refused
from core.models import (
    Carrier,
    CarrierMark,
    Case,
    EvaluationRound,
    NoticeEntry,
    ParameterEntry,
    PublicNotice,
    Result,
)
from core.people.scope import viewer_of
from tests import factories
from tests.core.cases import standing_world as s
from tests.core.cases.test_settling import _Plenty

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TODAY = date(2021, 6, 1)


@pytest.fixture
def place(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[s.Place]:
    from core.cases import submitting

    monkeypatch.setattr(submitting, "evidence_of", lambda case: _Plenty())
    with clock.policy_date(TODAY):
        yield s.build("kunming", 1, "demonstration_platform")


def evaluated(place: s.Place, grade: str = "unqualified", on: date = TODAY, year: int = 2021) -> tuple[Case, Result]:
    """A final evaluation result of the carrier, as a published notice leaves it."""
    pinned = definitions.in_force(place.region, TODAY)
    round_ = EvaluationRound.create(
        region=place.region, procedure="platform_evaluation", year=year, title="年度评价", status="closed", pinned=pinned,
        created_at=clock.now(),
    )  # fmt: skip
    case = Case.create(
        number=f"KM-{year}", region=place.region, district=place.carriers[0].district, round=round_,
        carrier=place.carriers[0], procedure="platform_evaluation", stage="closed", outcome="finished",
        entered_stage_on=on, created_at=clock.now(),
    )  # fmt: skip
    result = Result.create(
        case=case, version=1, grade=grade, consequences={"corrective_action": grade == "unqualified"}, ground="认定",
        determined_at=clock.now(), determined_on=on,
    )  # fmt: skip
    notice = PublicNotice.create(
        round=round_, title="公示", opened_on=on, last_day=on, working_days=5, basis="text", published_at=clock.now()
    )
    NoticeEntry.create(notice=notice, case=case, result=result, status="final")
    return case, result


def ordered(place: s.Place) -> Case:
    case, result = evaluated(place)
    (opened,) = standing.open_following(viewer_of(place.city), case, result)
    return s.fresh(opened)


def opinion(case: Case) -> dict[str, Any]:
    from tests.world import value_for

    form = definitions.form_in(definitions.policy_of(case), "corrective_opinion").definition
    return {f.key: value_for(f, 0) for f in form.fields if f.type not in ("files", "calculated")}


def facts(place: s.Place, on: date = TODAY) -> dict[str, Any]:
    policy = definitions.current_policy(place.region, TODAY)
    return carrier_facts.facts_of(Carrier.get_by_id(place.carriers[0].id), on, policy)


def test_it_is_opened_for_the_carrier_with_its_origin(place: s.Place) -> None:
    case = ordered(place)
    assert case.origin is not None and case.origin.number == "KM-2021" and case.filled_by == "carrier_clerk"
    assert case.due_on is None  # nobody has entered how long it may take, and nothing is invented
    assert case.id in [c.id for c in Case.select().where(Case.stage == "fill")]


def test_its_time_counts_from_that_day_once_the_length_is_entered(place: s.Place) -> None:
    ParameterEntry.create(
        region=place.region, key="corrective_action_working_days", value=20, source="整改通知", valid_from=TODAY,
        entered_by=place.city, entered_at=clock.now(),
    )  # fmt: skip
    assert ordered(place).due_on == date(2021, 6, 30)  # 20 working days; 14 June 2021 was a holiday


def test_one_that_was_opened_before_gets_its_last_day_when_the_length_is_entered(place: s.Place) -> None:
    case, officer = ordered(place), factories.account("policy_officer", region=place.region)
    kept = ordered_before(place, case)
    with clock.policy_date(date(2021, 6, 3)):
        key, source = "corrective_action_working_days", "整改通知"
        awarding.enter_parameter(viewer_of(officer), place.region, key, 20, source, date(2021, 6, 3))
    assert s.fresh(case).due_on == date(2021, 6, 30)  # still counted from the day of the order
    assert s.fresh(kept).due_on is None  # handed in already: nothing is due any more


def ordered_before(place: s.Place, case: Case) -> Case:
    """Another case of the same kind that was handed in already."""
    opened = standing.open_under(
        viewer_of(place.city), standing._grounds_after(case)[_index(case)], place.carriers[0], TODAY
    )
    s.submit(place, opened)
    return opened


def _index(case: Case) -> int:
    return [g.procedure["key"] for g in standing._grounds_after(case)].index("corrective_action")


@pytest.mark.parametrize("decision", ["fail", "pass"])
def test_what_follows_is_put_on_the_register(place: s.Place, decision: str) -> None:
    case = ordered(place)
    s.submit(place, case)
    s.act(place.city, case, decision, opinion=opinion(case))
    row = Carrier.get_by_id(place.carriers[0].id)
    result = Result.get(Result.case == case)
    failed = decision == "fail"
    assert row.title_status == ("revoked" if failed else "held")
    assert row.title_ended_on == (TODAY if failed else None)
    assert [m.kind for m in CarrierMark.select()] == (["title_cancelled"] if failed else [])
    assert result.facts["outcome"] == ("failed" if failed else "passed") and result.facts["kind"] == row.kind
    assert result.consequences["title_cancelled"] is failed and "第十九条" in result.clauses


def test_a_refusal_is_recorded_by_the_city_without_a_report(place: s.Place) -> None:
    case = ordered(place)
    with pytest.raises(Refused, match="请写明理由"):
        s.act(place.city, case, "refuse")
    s.act(place.city, case, "refuse", said="两次通知没有答复")
    assert Result.get(Result.case == case).facts["outcome"] == "refused"
    assert Carrier.get_by_id(place.carriers[0].id).title_status == "revoked"


def test_the_next_evaluation_knows_that_it_was_put_right(place: s.Place) -> None:
    case = ordered(place)
    assert facts(place)["last_grade"] == "unqualified" and facts(place)["corrective_action_done"] is False
    assert facts(place)["last_evaluated_on"] == facts(place)["last_assessed_on"] == TODAY
    s.submit(place, case)
    with clock.policy_date(date(2021, 7, 1)):
        s.act(place.city, case, "pass", opinion=opinion(case))
    assert facts(place, date(2021, 6, 30))["corrective_action_done"] is False  # not yet on that day
    assert facts(place, date(2021, 7, 1))["corrective_action_done"] is True
    assert facts(place, date(2021, 7, 1))["last_grade"] == "unqualified"
    evaluated(place, "unqualified", date(2022, 6, 1), 2022)
    assert facts(place, date(2022, 6, 1))["corrective_action_done"] is False  # a new failure asks for a new one


def test_a_result_that_is_not_final_is_no_fact(place: s.Place) -> None:
    evaluated(place, "good")
    assert facts(place)["last_grade"] == "good"
    NoticeEntry.update(status="open").execute()
    assert "last_grade" not in facts(place) and "last_evaluated_on" not in facts(place)


def test_a_district_with_a_centre_is_known(place: s.Place) -> None:
    district = place.carriers[0].district
    assert facts(place)["district_has_centre"] is bool(district.centre)
    type(district).update(centre="" if district.centre else "演示服务中心").where(type(district).id == district.id).execute()
    assert facts(place)["district_has_centre"] is not bool(district.centre)
