"""Cases outside a round: opened under the policy of the day, on their own clock, through the usual verbs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core import clock
from core.cases import definitions, events, prefilling, rounds, standing, timing
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.jobs import clocks as sweep
from core.models import Case, Draft, EvaluationRound
from core.people.scope import viewer_of
from core.policy.question import Asked
from core.policy.questions.dates import BUILT_IN
from tests import factories
from tests.core.cases import standing_world as s

OPINION = {"meets": True, "opinion": "经审查，仍符合条件。"}


@pytest.fixture
def tianjin(database: str) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 3)):
        yield s.build("tianjin", 2, "productivity_centre")


def opened(place: s.Place, since: date = date(2019, 5, 6), number: int = 0) -> Case:
    receipt = standing.open_case(
        place.clerk(number), "change_report", place.carriers[number].id, new_token(), since
    )
    return s.fresh(receipt["case"])


def test_it_is_pinned_numbered_and_due_by_its_clock(tianjin: s.Place) -> None:
    case = opened(tianjin)
    assert case.round_id is None and case.stage == "fill" and case.number == "TIA-2019-0001"
    assert case.pinned == definitions.in_force(tianjin.region, date(2019, 6, 3))
    # three months after Monday 6 May; 6 August 2019 was a working day
    assert case.due_on == date(2019, 8, 6)
    assert Draft.get(Draft.case == case).answers == {"changed_on": "2019-05-06"}
    assert events.verify(case) is None and events.replay(case)["stage"] == "fill"


def test_the_day_is_the_one_that_the_question_gives(tianjin: s.Place) -> None:
    question = next(q for q in BUILT_IN if q.key == "deadline")
    case = opened(tianjin)
    asked = Asked(definitions.policy_of(case), {"clock": "change_report", "from": "2019-05-06"})
    answer = question.answer(asked)
    found = timing.of_case(case)
    assert found is not None and found.last_day == answer["deadline"] and found.clock.clause == "二(三)3"


def test_the_same_form_twice_opens_one(tianjin: s.Place) -> None:
    token = new_token()
    given = (tianjin.clerk(), "change_report", tianjin.carriers[0].id, token, date(2019, 5, 6))
    first = standing.open_case(*given)
    assert standing.open_case(*given) == {**first, "repeated": True}
    assert Case.select().count() == 1


def test_a_second_one_waits_until_the_first_is_submitted(tianjin: s.Place) -> None:
    first = opened(tianjin)
    with pytest.raises(Refused, match=first.number):
        opened(tianjin, date(2019, 5, 20))
    s.submit(tianjin, first)
    assert opened(tianjin, date(2019, 5, 20)).number == "TIA-2019-0002"


def test_only_for_ones_own_carrier(tianjin: s.Place) -> None:
    for person in (tianjin.clerk(1), viewer_of(tianjin.city)):
        with pytest.raises(OutOfScope):
            standing.open_case(person, "change_report", tianjin.carriers[0].id, new_token(), date(2019, 5, 6))


@pytest.mark.parametrize(("since", "said"), [(None, "请先填写"), (date(2019, 6, 4), "晚于今天")])
def test_the_day_it_counts_from_is_asked_for(tianjin: s.Place, since: date | None, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        standing.open_case(tianjin.clerk(), "change_report", tianjin.carriers[0].id, new_token(), since)
    assert "since" in refusal.value.fields
    assert not Case.select().exists()


def test_past_the_policys_last_day_nothing_new_begins_and_the_old_goes_on(tianjin: s.Place) -> None:
    case = opened(tianjin)
    with clock.policy_date(date(2021, 1, 1)):
        with pytest.raises(Refused, match="不在有效期内"):
            opened(tianjin, date(2020, 12, 31), 1)
        s.submit(tianjin, case)
        assert s.fresh(case).stage == "district_review"
    with clock.policy_date(date(2020, 12, 31)):
        assert opened(tianjin, date(2020, 12, 31), 1).stage == "fill"


def test_it_is_kept_when_it_reaches_the_city_through_the_district(tianjin: s.Place) -> None:
    case = opened(tianjin)
    s.submit(tianjin, case)
    with clock.policy_date(date(2019, 8, 6)):
        assert not _timing(case).late
        s.act(tianjin.district, case, opinion=OPINION)
        assert _timing(case).done == date(2019, 8, 6) and not _timing(case).late
        s.act(tianjin.city, case, "keep", opinion=OPINION)
    assert (s.fresh(case).stage, s.fresh(case).outcome) == ("closed", "finished")


def test_a_late_one_is_flagged_and_not_refused(tianjin: s.Place) -> None:
    case = opened(tianjin)
    s.submit(tianjin, case)
    with clock.policy_date(date(2019, 8, 7)):
        assert _timing(case).late
        s.act(tianjin.district, case, opinion=OPINION)
        assert _timing(case).done == date(2019, 8, 7) and _timing(case).late
    receipt = standing.open_case(
        tianjin.clerk(1), "change_report", tianjin.carriers[1].id, new_token(), date(2019, 1, 2)
    )
    assert "已经过了" in receipt["message"]


def _timing(case: Case) -> timing.Timing:
    found = timing.of_case(s.fresh(case))
    assert found is not None
    return found


def test_the_time_follows_a_corrected_day(tianjin: s.Place) -> None:
    case = opened(tianjin)
    s.submit(tianjin, case, changed_on="2019-02-28")
    assert _timing(case).last_day == date(2019, 5, 28)


def test_returned_and_submitted_again(tianjin: s.Place) -> None:
    case = opened(tianjin)
    s.submit(tianjin, case)
    s.act(tianjin.district, case, "return", reasons={"after": "请写明新名称"})
    assert s.fresh(case).stage == "fill"
    assert s.submit(tianjin, case)["submission"] == 2


def test_nothing_is_carried_over_from_another_change(tianjin: s.Place) -> None:
    s.submit(tianjin, opened(tianjin))
    assert prefilling.last_answers(opened(tianjin, date(2019, 5, 20))) == {}


def test_it_never_becomes_a_round(tianjin: s.Place) -> None:
    with pytest.raises(Refused, match="不设批次"):
        rounds.create_round(viewer_of(tianjin.city), tianjin.region, "change_report", 2019, "变更")
    assert not EvaluationRound.select().exists()


def test_the_sweep_reminds_of_it(tianjin: s.Place) -> None:
    case = opened(tianjin)
    with clock.policy_date(date(2019, 8, 5)):
        assert sweep.sweep() == 1
    assert case.due_on == date(2019, 8, 6)


def test_kunming_files_within_ten_working_days(database: str) -> None:
    with clock.policy_date(date(2020, 9, 28)):
        place = s.build("kunming", 1, "demonstration_platform")
        receipt = standing.open_case(
            place.clerk(), "change_filing", place.carriers[0].id, new_token(), date(2020, 9, 25)
        )
        case = s.fresh(receipt["case"])
        # from the next day on: 27 (a Sunday worked) to 30 September are 4; 9, 10 (a Saturday worked), 12 to 15 October are 6
        assert case.due_on == date(2020, 10, 15)
        s.submit(place, case)
        s.act(place.district, case)
        s.act(factories.account("city_centre", region=place.region), case)
        assert s.fresh(case).outcome == "finished" and not _timing(case).late

