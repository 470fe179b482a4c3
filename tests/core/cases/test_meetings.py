"""Entering and changing trainings and forums: sound, once, in scope, never over somebody else's change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from core import clock
from core.cases import meetings
from core.cases.action import new_token
from core.cases.meetings import MeetingEntry, change_meeting, record_meeting
from core.errors import OutOfScope, Refused, Stale
from core.models import AdminEvent, Meeting, MeetingAttendance
from core.people.scope import NOBODY, viewer_of
from tests import factories
from tests.core.cases import standing_world as s


@pytest.fixture
def lhasa(database: str) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 12, 20)):
        yield s.build("lhasa", 2)


def entry(**more: Any) -> MeetingEntry:
    return MeetingEntry(**{"kind": "training", "title": "数据填报培训", "held_on": date(2019, 5, 7), "people": 72, **more})


def enter(place: s.Place, **more: Any) -> int:
    number: int = record_meeting(viewer_of(place.city), place.region, entry(**more), new_token())["meeting"]
    return number


def test_a_meeting_is_kept_with_who_came_and_leaves_a_trace(lhasa: s.Place) -> None:
    first, second = (row.id for row in lhasa.carriers)
    meeting = enter(lhasa, attendance={first: 2, second: 3}, topics=("idle_desks",))
    assert {row.carrier_id: row.people for row in MeetingAttendance.select()} == {first: 2, second: 3}
    change_meeting(viewer_of(lhasa.city), meeting, entry(attendance={second: 4}, people=None), 1, new_token())
    row = Meeting.get_by_id(meeting)
    assert (row.version, row.people, row.topics) == (2, None, [])
    assert [(one.carrier_id, one.people) for one in MeetingAttendance.select()] == [(second, 4)]
    kinds = [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)]
    assert kinds == ["meeting_recorded", "meeting_changed"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "长" * 161}, "title"),
        ({"held_on": None}, "held_on"),
        ({"held_on": date(2019, 12, 21)}, "held_on"),
        ({"people": 0}, "people"),
        ({"people": 100_001}, "people"),
        ({"topics": ("weather",)}, "topics"),
        ({"summary": "长" * 5001}, "summary"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(lhasa: s.Place, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        enter(lhasa, **wrong)
    assert set(refusal.value.fields) == {field} and not Meeting.select().exists()


def test_no_more_come_from_the_carriers_than_came_in_all(lhasa: s.Place) -> None:
    own = lhasa.carriers[0].id
    with pytest.raises(Refused, match="多于参加人数") as refusal:
        enter(lhasa, people=3, attendance={own: 4})
    assert set(refusal.value.fields) == {"people"}
    with pytest.raises(Refused) as refusal:
        enter(lhasa, attendance={own: 0})
    assert set(refusal.value.fields) == {f"came-{own}"}
    assert enter(lhasa, people=None, attendance={own: 4})


def test_the_same_form_twice_enters_one_meeting(lhasa: s.Place) -> None:
    token = new_token()
    for _ in range(2):
        record_meeting(viewer_of(lhasa.city), lhasa.region, entry(), token)
    assert Meeting.select().count() == 1


def test_who_was_faster_keeps_the_change(lhasa: s.Place) -> None:
    meeting = enter(lhasa)
    change_meeting(viewer_of(lhasa.city), meeting, entry(people=80), 1, new_token())
    with pytest.raises(Stale, match="刚改过"):
        change_meeting(viewer_of(lhasa.city), meeting, entry(people=10), 1, new_token())
    assert Meeting.get().people == 80


def test_a_topic_that_is_no_common_problem_any_more_may_stay(lhasa: s.Place) -> None:
    meeting = enter(lhasa)
    Meeting.update(topics=["of_old"]).where(Meeting.id == meeting).execute()
    change_meeting(viewer_of(lhasa.city), meeting, entry(topics=("of_old", "idle_desks")), 1, new_token())
    assert Meeting.get().topics == ["of_old", "idle_desks"]


def test_only_the_regions_city_reviewer_and_only_its_own_carriers(lhasa: s.Place) -> None:
    meeting = enter(lhasa)
    elsewhere = factories.region("elsewhere", "外市")
    other = viewer_of(factories.account("city_reviewer", region=elsewhere))
    for person in (NOBODY, other, lhasa.clerk()):
        with pytest.raises(OutOfScope):
            record_meeting(person, lhasa.region, entry(), new_token())
        with pytest.raises(OutOfScope):
            change_meeting(person, meeting, entry(), 1, new_token())
    stranger = factories.carrier(factories.district(elsewhere, "x", "外区"))
    with pytest.raises(OutOfScope):
        enter(lhasa, attendance={stranger.id: 1})
    assert Meeting.select().count() == 1


def test_a_region_that_collects_no_problems_has_no_topics(database: str) -> None:
    with clock.policy_date(date(2023, 6, 1)):
        place = s.build("qinhuangdao")
        assert meetings.problems_of_year(place.region, 2023) is None
        with pytest.raises(Refused) as refusal:
            enter(place, held_on=date(2023, 5, 1), topics=("idle_desks",))
        assert set(refusal.value.fields) == {"topics"}
