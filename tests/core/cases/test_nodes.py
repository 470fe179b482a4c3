"""Nodes of spending: who has not monitored is reminded once when one is near and once when it is over; titles say which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core import clock
from core.cases import definitions, nodes, standing
from core.cases.action import new_token
from core.jobs import clocks
from core.models import Case, Message
from tests.core.cases import standing_world as s
from tests.plugins import tangshan_budget as t

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NODE = date(2024, 10, 31)


@pytest.fixture
def place(database: str) -> Iterator[s.Place]:
    with clock.policy_date(date(2024, 10, 28)):
        yield s.build("tangshan", 2, "budget_unit")


def on(day: date, place: s.Place) -> list[str]:
    """What the first unit's clerk has heard of nodes by that day."""
    with clock.policy_date(day):
        clocks.sweep()
        clocks.sweep()
    told = Message.select().where((Message.account == place.clerks[0]) & Message.text.contains("节点"))
    return [row.text for row in told.order_by(Message.id)]


def monitored(place: s.Place, node: date) -> Case:
    receipt = standing.open_case(place.clerk(), "monitoring", place.carriers[0].id, new_token(), node)
    return Case.get_by_id(receipt["case"])


def hand_in(place: s.Place, case: Case, node: date) -> None:
    policy = definitions.current_policy(place.region, clock.today())
    assert policy is not None
    answers = t.monitoring(t.declaration(policy), node.isoformat(), ["935.18", "158.7", "20", "34.5"])
    s.submit(place, case, **answers)


def test_a_node_is_told_once_when_it_is_near_and_once_when_it_is_over(place: s.Place) -> None:
    before = on(date(2024, 10, 28), place)
    assert [("2024 年 6 月 30 日的节点已经到了" in text) for text in before] == [True], "the node before, not handed in"
    near = on(date(2024, 10, 30), place)
    assert near[1:] == ["演示载体1的“绩效运行监控”：2024 年 10 月 31 日的节点快到了，到时请报送。"]
    assert on(NODE, place) == near
    over = on(date(2024, 11, 1), place)
    assert over[2:] == ["演示载体1的“绩效运行监控”：2024 年 10 月 31 日的节点已经到了，还没有报送，请尽快办理。"]
    assert on(date(2024, 11, 20), place) == over


def test_who_has_begun_is_led_to_the_case_and_who_has_handed_in_is_left_in_peace(place: s.Place) -> None:
    with clock.policy_date(date(2024, 11, 1)):
        case = monitored(place, NODE)
        assert [(one.carrier, one.case) for one in nodes.awaited(place.region, date(2024, 11, 3))] == [
            (place.carriers[0], case), (place.carriers[1], None),
        ]  # fmt: skip
        hand_in(place, case, NODE)
        assert [one.carrier for one in nodes.awaited(place.region, date(2024, 11, 3))] == [place.carriers[1]]
    assert not [text for text in on(date(2024, 11, 4), place) if "10 月" in text]


def test_the_node_stands_in_the_title(place: s.Place) -> None:
    with clock.policy_date(date(2024, 11, 1)):
        cases = [monitored(place, date(2024, 6, 30))]
        hand_in(place, cases[0], date(2024, 6, 30))
        cases.append(monitored(place, NODE))
        assert list(standing.titles(cases).values()) == ["绩效运行监控（2024年6月30日）", "绩效运行监控（2024年10月31日）"]


def test_a_region_without_nodes_is_not_asked(database: str) -> None:
    with clock.policy_date(date(2019, 6, 3)):
        assert nodes.awaited(s.build("lhasa").region, date(2019, 6, 30)) == []
