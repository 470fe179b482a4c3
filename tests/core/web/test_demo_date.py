"""A demo's policy dates: each region has its own, pages answer for theirs, and outside demos there is none."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.app import create_app
from core.cases import demo_date
from core.errors import OutOfScope, Refused
from core.jobs.handlers import HANDLERS
from core.models import Account, Case, DefinitionVersion, EvaluationRound, Message, OutboxRow, Region, StoredSetting
from core.models import database as handle
from core.settings import Settings
from tests import factories
from tests.core.web.test_sign_in import seal_of

FIRST, SECOND = date(2023, 6, 1), date(2019, 5, 6)


@pytest.fixture
def demo_of_two(database: str) -> None:
    """A demo with two regions whose policies hold in different years."""
    StoredSetting.create(key="demo", value="1")
    for key, day in (("qinhuangdao", FIRST), ("lhasa", SECOND)):
        factories.region(key=key, name={"lhasa": "拉萨市"}.get(key, "秦皇岛市"))
        demo_date.keep(key, day)


@pytest.fixture
def visitor(demo_of_two: None, settings: Settings) -> FlaskClient:
    handle.close()
    return create_app(settings, testing=True).test_client()


def _clerk(region: str) -> Account:
    return factories.account("city_reviewer", region=Region.get(Region.key == region))


def test_a_public_page_lives_on_the_date_of_the_region_in_its_address(visitor: FlaskClient) -> None:
    assert "秦皇岛市的演示日期 2023年6月1日" in visitor.get("/r/qinhuangdao/").text
    assert "拉萨市的演示日期 2019年5月6日" in visitor.get("/r/lhasa/").text
    assert "秦皇岛市的演示日期 2023年6月1日" in visitor.get("/r/qinhuangdao/").text  # nothing stays behind


def test_a_page_of_no_region_names_no_date(visitor: FlaskClient) -> None:
    page = visitor.get("/sign-in").text
    assert "各地区的演示日期不同" in page and 'action="/demo/date"' not in page


def test_a_signed_in_page_lives_on_the_date_of_the_persons_region(visitor: FlaskClient, sign_in) -> None:
    sign_in(visitor, _clerk("lhasa"))
    assert "拉萨市的演示日期 2019年5月6日" in visitor.get("/account").text


def test_the_banner_moves_one_region_and_only_forward(visitor: FlaskClient, sign_in) -> None:
    sign_in(visitor, _clerk("lhasa"))
    seal = seal_of(visitor, "/account")
    visitor.post("/demo/date", data={"csrf_token": seal, "region": "lhasa"})
    assert (clock.today("lhasa"), clock.today("qinhuangdao")) == (date(2019, 5, 7), FIRST)
    visitor.post("/demo/date", data={"csrf_token": seal, "region": "lhasa", "to": "2019-07-01"})
    for wrong in ("2019-07-01", "2019-06-30", "2030-01-01", "soon"):
        visitor.post("/demo/date", data={"csrf_token": seal, "region": "lhasa", "to": wrong})
        assert (clock.today("lhasa"), clock.today("qinhuangdao")) == (date(2019, 7, 1), FIRST), wrong


def test_nobody_moves_the_date_of_somebody_elses_region(visitor: FlaskClient, sign_in) -> None:
    sign_in(visitor, _clerk("lhasa"))
    seal = seal_of(visitor, "/account")
    for region in ("qinhuangdao", "nowhere"):
        assert visitor.post("/demo/date", data={"csrf_token": seal, "region": region}).status_code == 404
    assert (clock.today("lhasa"), clock.today("qinhuangdao")) == (SECOND, FIRST)
    other = visitor.get("/r/qinhuangdao/").text
    assert "秦皇岛市的演示日期 2023年6月1日" in other and 'action="/demo/date"' not in other


def test_officers_of_no_region_move_no_date(visitor: FlaskClient, sign_in) -> None:
    sign_in(visitor, factories.account("auditor"))
    seal = seal_of(visitor, "/account")
    assert 'action="/demo/date"' not in visitor.get("/account").text
    assert visitor.post("/demo/date", data={"csrf_token": seal, "region": "lhasa"}).status_code == 404


def test_a_command_asks_by_region_and_without_one_gets_the_real_day(demo_of_two: None) -> None:
    assert demo_date.follow()
    assert (clock.today("qinhuangdao"), clock.today("lhasa")) == (FIRST, SECOND)
    assert clock.today() == clock.shanghai(clock.now()).date()
    with clock.for_region("lhasa"):
        assert clock.today() == SECOND
        assert clock.today("qinhuangdao") == FIRST
        assert clock.today() == SECOND


def test_what_the_worker_does_for_a_row_happens_on_its_regions_day(demo_of_two: None) -> None:
    assert demo_date.follow()
    for key in ("lhasa", "qinhuangdao"):
        region = Region.get(Region.key == key)
        carrier = factories.carrier(factories.district(region))
        factories.account("carrier_clerk", carrier=carrier, region=region)
        round_ = EvaluationRound.create(
            region=region, procedure="p", year=2023, title=key, created_at=clock.now()
        )
        Case.create(
            number=key, region=region, round=round_, carrier=carrier, procedure="p", stage="fill",
            entered_stage_on=SECOND, created_at=clock.now(),
        )  # fmt: skip
        HANDLERS["round_opened"](
            OutboxRow.create(kind="round_opened", payload={"round": round_.id}, available_at=clock.now())
        )
    assert [row.sent_on for row in Message.select().order_by(Message.id)] == [SECOND, FIRST]


def test_outside_a_demo_there_is_no_date_to_move(app: Flask, client: FlaskClient, sign_in) -> None:
    region = factories.region()
    sign_in(client, factories.account("city_reviewer", region=region))
    page = client.get("/account").text
    assert "演示日期" not in page
    sent = {"csrf_token": seal_of(client, "/account"), "region": region.key}
    assert client.post("/demo/date", data=sent).status_code == 404
    assert not demo_date.follow()
    assert clock.today(region.key) == FIRST  # the day of the tests, whatever the region
    for attempt in (lambda: demo_date.advance(region.key, date(2024, 1, 1)), lambda: demo_date.keep(region.key, FIRST)):
        with pytest.raises(OutOfScope):
            attempt()
    assert StoredSetting.select().count() == 0
    StoredSetting.create(key="demo", value="1")
    with pytest.raises(Refused):
        demo_date.advance(region.key, date(2000, 1, 1))


def test_the_sign_in_page_lists_the_accounts_by_region(visitor: FlaskClient) -> None:
    for username in ("shi", "shenji"):
        factories.account(username=username)
    page = visitor.get("/sign-in").text
    assert page.index("秦皇岛市</h3>") < page.index("以 shi 进入") < page.index("三员") < page.index("以 shenji 进入")
    assert "以 caiwu 进入" not in page  # only who is there
    assert "演示日期 2019年5月6日" not in page  # a region without accounts is not listed


def test_outside_a_demo_no_account_is_listed(client: FlaskClient) -> None:
    factories.account(username="shi")
    assert "演示账号" not in client.get("/sign-in").text


def test_the_list_of_regions_says_each_ones_own_date(visitor: FlaskClient) -> None:
    for region in Region.select():
        DefinitionVersion.create(
            region=region, kind="procedures", key=region.key, version="1", digest="", text="", status="published",
            origin="plugin", created_at=clock.now(),
        )  # fmt: skip
    page = visitor.get("/").text
    assert "演示日期 2023年6月1日" in page and "演示日期 2019年5月6日" in page
