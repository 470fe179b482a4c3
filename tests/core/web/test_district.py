"""The district's desk: order, filters, pages, urging, the list for stamping."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import clock
from core.models import Carrier, Case, CaseEvent, OutboxRow
from core.web import case_queue
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    return w.build(4, 3, folder=tmp_path)


@pytest.fixture
def browser(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.district_reviewer)


def queue_of(page: Any) -> list[str]:
    table = re.search(r"<table[^>]*data-queue.*?</table>", page.text, re.S)
    return re.findall(r'<th scope="row"><a href="/cases/\d+">([^<]+)', table[0]) if table else []


def due(case: Case, day: date | None) -> None:
    Case.update(due_on=day).where(Case.id == case.id).execute()


def names(world: w.World, *places: int) -> list[str]:
    return [Carrier.get_by_id(world.carriers[place].id).name for place in places]


def submitted(world: w.World, *days: date | None) -> None:
    for case, day in zip(world.cases, days, strict=False):
        w.submit(world, case)
        due(case, day)


def test_the_most_urgent_comes_first_and_those_without_a_day_last(world: w.World, browser: Browser) -> None:
    submitted(world, None, date(2023, 6, 9), date(2023, 5, 31), date(2023, 6, 2))
    page = browser.get("/district/")
    assert queue_of(page) == names(world, 2, 3, 1, 0)
    text = plain(page)
    assert "今天先办 2 件" in text and "超期 1 个工作日" in text and "还剩 1 个工作日" in text and "无期限" in text


def test_filters_and_their_numbers(world: w.World, browser: Browser) -> None:
    submitted(world, date(2023, 6, 9), date(2023, 6, 2), date(2023, 5, 31))
    w.return_case(world, world.cases[0])
    w.submit(world, world.cases[0])
    due(world.cases[0], date(2023, 6, 12))
    text = plain(browser.get("/district/"))
    assert all(label in text for label in ("全部 3", "已逾期 1", "两个工作日内 1", "退回后重报 1"))
    assert queue_of(browser.get("/district/?show=late")) == names(world, 2)
    assert queue_of(browser.get("/district/?show=soon")) == names(world, 1)
    assert queue_of(browser.get("/district/?show=again")) == names(world, 0)
    assert queue_of(browser.get("/district/?show=nonsense")) == names(world, 2, 1, 0)


def test_pages_by_mark_leave_nobody_out(world: w.World, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    same = date(2023, 6, 8)
    submitted(world, same, None, same, None)
    monkeypatch.setattr(case_queue.page_of, "__defaults__", ("", 1))
    seen, address = [], "/district/"
    while address:
        page = browser.get(address)
        seen += queue_of(page)
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == names(world, 0, 2, 1, 3)
    assert browser.get("/district/?after=rubbish").status_code == 200


def test_above_a_thousand_the_number_is_capped(world: w.World, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(world, date(2023, 5, 31), None, None)
    monkeypatch.setattr(case_queue, "MOST_COUNTED", 2)
    text = plain(browser.get("/district/"))
    assert "全部 1 000+" in text and "已逾期 1+" in text


def test_only_ones_own_district_waits(world: w.World, app: Flask, sign_in: SignIn) -> None:
    submitted(world, None, None)
    other = Browser(app, sign_in, world.other_district_reviewer)
    page = other.get("/district/")
    assert queue_of(page) == [] and "今天没有待办" in plain(page)
    assert not any(name in page.text for name in names(world, 0, 1, 2, 3))
    assert other.get(f"/district/rounds/{world.round.id}").status_code == 404
    assert Browser(app, sign_in, world.city_reviewer).get("/district/").status_code == 404


def test_who_must_correct_and_who_has_not_handed_in(world: w.World, browser: Browser) -> None:
    submitted(world, None, None)
    w.return_case(world, world.cases[1], {"area_m2": "面积要更正"})
    page = browser.get("/district/").text
    returned = plain(page[page.index('id="returned"') : page.index('id="missing"')])
    missing = plain(page[page.index('id="missing"') :])
    assert names(world, 1)[0] in returned and "面积要更正" in returned and names(world, 2)[0] not in returned
    assert all(name in missing for name in names(world, 2, 3)) and names(world, 1)[0] not in missing


def test_urging_once_a_day(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    for _ in range(2):
        seal = browser.guard("/district/")
        answer = browser.client.post(f"/cases/{case.id}/urge", data={**seal, "next": "/district/"})
        assert answer.headers["Location"] == "/district/"
    assert "今天已经催办过" in plain(browser.get("/district/"))
    assert "今天已催办" in plain(browser.get("/district/"))
    with clock.policy_date(date(2023, 6, 2)):
        browser.client.post(f"/cases/{case.id}/urge", data=browser.guard("/district/"))
    assert CaseEvent.select().where((CaseEvent.case == case) & (CaseEvent.kind == "urged")).count() == 2
    assert OutboxRow.select().where(OutboxRow.kind == "case_urged").count() == 2


def test_the_list_for_stamping(world: w.World, browser: Browser) -> None:
    w.submit(world, world.cases[0])
    w.forward(world, world.cases[0])
    w.submit(world, world.cases[1])
    text = plain(browser.get(f"/district/rounds/{world.round.id}"))
    assert "共 4 家" in text and "海港区科技管理部门（盖章）" in text
    assert "市科技局复审 6月1日 材料完整：是" in text
    assert "未提交 未审核" in text


@pytest.mark.parametrize("address", ["/district/", "/district/rounds/{round}"])
def test_statements_do_not_grow_with_the_rows(world: w.World, browser: Browser, address: str) -> None:
    address = address.format(round=world.round.id)
    numbers = []
    for case in world.cases[:3]:
        w.submit(world, case)
        w.return_case(world, case) if case is world.cases[2] else None
        browser.get(address)
        with counted() as statements:
            assert browser.get(address).status_code == 200
        numbers.append(len(statements))
    assert len(set(numbers)) == 1, numbers
    assert numbers[0] <= 28, statements
