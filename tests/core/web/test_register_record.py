"""What a carrier's page gathers beside grades: reports due and sent, marks in the policy's words."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.cases import periods
from core.cases.action import new_token
from core.models import CarrierMark, Case, Result
from core.people.scope import viewer_of
from core.web.register.record import record_of
from tests.core.cases import standing_world as s

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lhasa(database: str):
    with clock.policy_date(date(2019, 6, 20)):
        yield s.build("lhasa")


def test_reports_are_counted_against_those_due(lhasa: s.Place) -> None:
    carrier = lhasa.carriers[0]
    city = viewer_of(lhasa.city)
    before = {one.name: one.found for one in record_of(city, carrier).reports}
    assert before and all(found.submitted == 0 and found.due > 0 for found in before.values())
    opened = periods.open_report(lhasa.clerk(), "monthly_report", carrier.id, "2019-05", new_token())
    case = Case.get_by_id(opened["case"])
    name = next(one.title for one in record_of(city, carrier).cases).partition("的")[2]
    assert {one.name: one.found.submitted for one in record_of(city, carrier).reports}[name] == 0
    s.submit(lhasa, case)
    found = next(one for one in record_of(city, carrier).reports if one.name == name)
    assert found.found.submitted == 1 and "2019年5月" not in found.missing
    assert found.trace[0]["inputs"].keys() == {"起", "止", "应报期数"}


def test_reports_are_due_until_the_title_ended(lhasa: s.Place) -> None:
    carrier = lhasa.carriers[0]
    due = {one.name: one.found.due for one in record_of(viewer_of(lhasa.city), carrier).reports}
    carrier.title_status, carrier.title_ended_on = "exited", date(2019, 5, 10)
    carrier.save()
    ended = {one.name: one.found.due for one in record_of(viewer_of(lhasa.city), carrier).reports}
    assert all(ended[name] <= due[name] for name in ended) and sum(ended.values()) < sum(due.values())


def test_marks_are_told_in_the_words_of_the_policy(lhasa: s.Place) -> None:
    carrier = lhasa.carriers[0]
    CarrierMark.create(carrier=carrier, kind="remains_unqualified", clause="五", reason="说明", set_on=clock.today(),
                       set_at=clock.now())  # fmt: skip
    mark = record_of(viewer_of(lhasa.city), carrier).marks[0]
    assert mark.name.startswith("仍为不合格") and mark.reason == "说明"
    assert record_of(lhasa.clerk(), carrier).marks[0].reason == ""


def test_a_result_outside_rounds_counts_only_when_its_case_is_closed(lhasa: s.Place) -> None:
    carrier = lhasa.carriers[0]
    opened = periods.open_report(lhasa.clerk(), "monthly_report", carrier.id, "2019-05", new_token())
    Result.create(case=opened["case"], version=1, grade="qualified", determined_at=clock.now(),
                  determined_on=clock.today())  # fmt: skip
    city = viewer_of(lhasa.city)
    assert record_of(city, carrier).grades == []
    Case.update(outcome="finished").where(Case.id == opened["case"]).execute()
    assert [(grade.year, grade.word) for grade in record_of(city, carrier).grades] == [(2019, "合格")]
