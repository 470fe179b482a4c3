"""Weekly, monthly and quarterly reports as cases: one a period, told when late, urged, prefilled from the last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core import clock
from core.cases import definitions, periods, prefilling, standing, timing
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.jobs.handlers import HANDLERS
from core.models import Case, Draft, Message, OutboxRow, ParameterEntry, PeriodicReport
from core.people.scope import viewer_of
from core.policy.periods import days_of, words_of
from tests.core.cases import standing_world as s


@pytest.fixture
def lhasa(database: str) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 5)):
        yield s.build("lhasa", 3)


def opened(place: s.Place, period: str, number: int = 0, procedure: str = "monthly_report") -> Case:
    receipt = periods.open_report(place.clerk(number), procedure, place.carriers[number].id, period, new_token())
    return s.fresh(receipt["case"])


def send(place: s.Place, period: str, number: int = 0, **answers: object) -> Case:
    case = opened(place, period, number)
    s.submit(place, case, number, **answers)
    return s.fresh(case)


def test_a_report_is_a_case_of_its_period(lhasa: s.Place) -> None:
    case = opened(lhasa, "2019-05")
    assert (case.round_id, case.stage, case.number, case.district_id) == (None, "fill", "LHA-2019-0001", None)
    assert PeriodicReport.get().period == "2019-05"
    assert standing.titles([case]) == {case.id: "2019年5月的月度统计报表"}


def test_a_second_one_is_told_where_the_first_is(lhasa: s.Place) -> None:
    first = opened(lhasa, "2019-05")
    with pytest.raises(Refused, match=f"已有一份（{first.number}）"):
        opened(lhasa, "2019-05")
    assert opened(lhasa, "2019-05", 1).id != first.id and opened(lhasa, "2019-04").id != first.id
    assert Case.select().count() == 3


@pytest.mark.parametrize(
    ("period", "said"),
    [("2019-07", "还没有开始"), ("2018-12", "施行"), ("2019-W23", "没有“2019-W23”这一期"), ("五月", "不是一周")],
)
def test_a_period_that_cannot_be_reported_is_refused(lhasa: s.Place, period: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        opened(lhasa, period)
    assert not Case.select().exists() and not PeriodicReport.select().exists()


def test_a_case_on_demand_is_not_opened_for_a_report(lhasa: s.Place) -> None:
    with pytest.raises(Refused, match="按期报送"):
        standing.open_case(lhasa.clerk(), "monthly_report", lhasa.carriers[0].id, new_token())


def test_only_for_ones_own_carrier(lhasa: s.Place) -> None:
    with pytest.raises(OutOfScope):
        periods.open_report(lhasa.clerk(1), "monthly_report", lhasa.carriers[0].id, "2019-05", new_token())


def enter(place: s.Place, key: str, value: str) -> None:
    """A value that the report leaves open, as an administrator enters it."""
    ParameterEntry.create(
        region=place.region, key=key, value=value, source="通知", valid_from=date(2019, 1, 1), entered_at=clock.now()
    )


def test_without_a_day_nobody_is_late_and_with_one_the_late_are_told(lhasa: s.Place) -> None:
    found = timing.of_case(opened(lhasa, "2019-05"))
    assert found is not None and found.last_day is None and not found.late
    enter(lhasa, "monthly_report_day", "28")
    receipt = periods.open_report(lhasa.clerk(1), "monthly_report", lhasa.carriers[1].id, "2019-05", new_token())
    case = s.fresh(receipt["case"])
    assert case.due_on == date(2019, 5, 28) and "2019-05-28" in receipt["message"] and "逾期" in receipt["message"]
    s.submit(lhasa, case, 1)
    late = timing.of_case(s.fresh(case))
    assert late is not None and late.late and late.done == date(2019, 6, 5)
    in_time = opened(lhasa, "2019-06", 1)
    s.submit(lhasa, in_time, 1)
    kept = timing.of_case(s.fresh(in_time))
    assert kept is not None and not kept.late and kept.last_day == date(2019, 6, 28)


def test_the_weekly_one_is_kept_at_once_and_the_monthly_one_is_looked_at(lhasa: s.Place) -> None:
    weekly = opened(lhasa, "2019-W23", procedure="weekly_report")
    s.submit(lhasa, weekly)
    assert (s.fresh(weekly).stage, s.fresh(weekly).outcome) == ("closed", "finished")
    monthly = send(lhasa, "2019-05")
    assert monthly.stage == "city_review"
    s.act(lhasa.city, monthly, "return", reasons={"jobs": "与上月差得太多，请核对"})
    s.submit(lhasa, s.fresh(monthly))
    s.act(lhasa.city, monthly)
    assert s.fresh(monthly).outcome == "finished"


def test_it_is_prefilled_from_the_last_one_of_its_own(lhasa: s.Place) -> None:
    send(lhasa, "2019-03", tenants=31)
    send(lhasa, "2019-04", tenants=33)
    send(lhasa, "2019-04", 1, tenants=99)
    s.submit(lhasa, opened(lhasa, "2019-W18", procedure="weekly_report"))
    case = opened(lhasa, "2019-05")
    assert prefilling.last_answers(case)["tenants"] == 33
    assert prefilling.carry_over(lhasa.clerk(), case.id) == 16
    assert Draft.get(Draft.case == case).answers["tenants"] == 33
    assert prefilling.last_answers(s.fresh(PeriodicReport.get(PeriodicReport.period == "2019-03").case_id)) == {}


def test_urging_opens_what_is_missing_and_tells_only_those(lhasa: s.Place) -> None:
    send(lhasa, "2019-05")
    opened(lhasa, "2019-05", 1)
    city = viewer_of(lhasa.city)
    receipt = periods.urge_missing(city, lhasa.region, "monthly_report", "2019-05", new_token())
    assert len(receipt["cases"]) == 2 and PeriodicReport.select().count() == 3
    for row in OutboxRow.select().where(OutboxRow.kind == "case_urged"):
        HANDLERS["case_urged"](row)
    assert {m.account_id for m in Message.select()} == {lhasa.clerks[1].id, lhasa.clerks[2].id}
    with pytest.raises(Refused, match="今天已经催办过"):
        periods.urge_missing(city, lhasa.region, "monthly_report", "2019-05", new_token())


def test_a_refused_urging_opens_nothing(lhasa: s.Place) -> None:
    for number in range(3):
        send(lhasa, "2019-05", number)
    with pytest.raises(Refused, match="都已经办了"):
        periods.urge_missing(viewer_of(lhasa.city), lhasa.region, "monthly_report", "2019-05", new_token())
    with pytest.raises(OutOfScope):
        periods.urge_missing(lhasa.clerk(), lhasa.region, "monthly_report", "2019-04", new_token())
    assert PeriodicReport.select().count() == 3


def test_who_must_report(lhasa: s.Place) -> None:
    first, second, third = lhasa.carriers
    first.title_status = "revoked"
    first.save()
    second.recognised_on = date(2019, 6, 1)
    second.save()
    procedure = next(p for p in standing.offered(lhasa.region) if p["key"] == "monthly_report")
    due = {period: periods.must_report(lhasa.region, procedure, period) for period in ("2019-05", "2019-06")}
    assert due == {"2019-05": [third], "2019-06": [second, third]}


def test_a_policy_that_has_ended_takes_no_more(lhasa: s.Place) -> None:
    with clock.policy_date(date(2020, 1, 1)), pytest.raises(Refused, match="不在有效期内"):
        opened(lhasa, "2019-12")
    assert definitions.current_policy(lhasa.region, date(2020, 1, 1)) is None


@pytest.mark.parametrize(
    ("name", "first", "last", "words"),
    [
        ("2020-W01", date(2019, 12, 30), date(2020, 1, 5), "2020年第1周"),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28), "2019年2月"),
        ("2019Q4", date(2019, 10, 1), date(2019, 12, 31), "2019年第4季度"),
        ("2019", date(2019, 1, 1), date(2019, 12, 31), "2019年"),
    ],
)
def test_names_of_periods(name: str, first: date, last: date, words: str) -> None:
    assert days_of(name) == (first, last) and words_of(name) == words


@pytest.mark.parametrize("name", ["2019-13", "2019-W54", "2019-W00", "2019Q5", "2021-W53", "19-05", ""])
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        days_of(name)
