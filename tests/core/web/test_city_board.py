"""The desk and the board: what they count, in how many statements; urging and absence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from core.models import CaseEvent, OutboxRow, Result
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    return w.build(4, 3, folder=tmp_path)


@pytest.fixture
def city(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.city_reviewer)


def test_the_board_counts_cases_by_where_they_are(world: w.World, city: Browser) -> None:
    a, b, c, _ = world.cases
    w.to_notice(world, a)
    w.to_panel(world, b, 1)
    w.submit(world, c)
    text = plain(city.get(f"/city/rounds/{world.round.id}"))
    assert "应评 4 家" in text and "已认定 1 家 占 25.0%" in text
    assert "评审 1，市级 0，区级 1" in text and "未提交 1 家" in text
    result = Result.get(Result.case == a)
    assert result.total in text


def test_the_desk_lists_what_waits_for_the_city_and_counts_it(world: w.World, city: Browser) -> None:
    a, b, *_ = world.cases
    w.submit(world, a)
    w.forward(world, a)
    w.to_determination(world, b)
    page = city.get("/city/")
    text = plain(page)
    assert f'href="/cases/{a.id}"' in page.text and f'href="/city/cases/{b.id}/determination"' in page.text
    assert "2 件，按到期先后" in text and "待办 2" in text
    assert text.index(a.carrier.name) < text.index(b.carrier.name)  # no date comes last


@pytest.mark.parametrize("page", ["/city/", "/city/rounds/{round}", "/city/rounds/{round}/determination"])
def test_more_cases_need_no_more_statements(world: w.World, city: Browser, page: str) -> None:
    address = page.format(round=world.round.id)
    w.to_determination(world, world.cases[0])
    city.get(address)
    with counted() as one:
        city.get(address)
    for number in (1, 2):
        w.to_determination(world, world.cases[number], number)
    with counted() as three:
        city.get(address)
    assert len(three) == len(one)


def test_urging_leaves_a_trace_and_asks_for_a_message_once_a_day(world: w.World, city: Browser) -> None:
    w.submit(world, world.cases[0])
    page = f"/city/rounds/{world.round.id}/urge"
    assert world.carriers[0].name not in plain(city.get(page))
    waiting = [str(case.id) for case in world.cases[1:]]
    answer = city.send(page, page, case=waiting)
    assert answer.headers["Location"] == f"/city/rounds/{world.round.id}"
    assert "已催办 3 家" in plain(city.get(f"/city/rounds/{world.round.id}"))
    assert CaseEvent.select().where(CaseEvent.kind == "urged").count() == 3
    assert OutboxRow.select().where(OutboxRow.kind == "case_urged").count() == 3
    assert "第 1 次" in plain(city.get(f"/city/rounds/{world.round.id}"))
    assert city.send(page, page, case=waiting).status_code == 422


def test_absence_is_recorded_after_the_deadline_with_words(world: w.World, city: Browser) -> None:
    case = world.cases[0]
    page = f"/city/cases/{case.id}/absent"
    assert "过了这一天才能记为未参加" in plain(city.get(page))
    with clock.policy_date(date(2023, 7, 3)):
        silent = city.send(page, page, excused="no")
        assert silent.status_code == 422 and w.fresh(case).stage == "fill"
        unsaid = city.send(page, page, reason="电话联系三次未果")
        assert unsaid.status_code == 422 and "电话联系三次未果" in unsaid.text
        done = city.send(page, page, excused="no", reason="电话联系三次未果")
        assert done.status_code == 302
        assert (w.fresh(case).stage, w.fresh(case).outcome) == ("determination", "absent")
        shown = plain(city.get(f"/city/cases/{case.id}/determination"))
        assert "撤销市级众创空间资格" in shown
