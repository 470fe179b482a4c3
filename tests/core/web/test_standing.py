"""The carrier's page of procedures outside rounds, and what reviewers see of such a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from core import clock
from core.models import Case, PeriodicReport
from tests import factories
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOME = "/carrier/standing/"
OPINION = {"meets": "true", "opinion": "经审查，仍符合条件。"}


@pytest.fixture
def tianjin(app: Flask) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 3)):
        yield s.build("tianjin", 2, "productivity_centre")


def test_kunming_a_filing_from_the_platform_to_both_authorities(app: Flask, sign_in: SignIn) -> None:
    with clock.policy_date(date(2020, 9, 28)):
        place = s.build("kunming", 1, "demonstration_platform")
        browser = Browser(app, sign_in, place.clerks[0])
        assert "10 个工作日" in plain(browser.get(HOME))
        start(browser, place, "change_filing", since="2020-09-25")
        case = Case.get()
        s.fill(case)
        page = f"/carrier/cases/{case.id}/check"
        sent = browser.send(page, page, declared="yes")
        assert sent.status_code == 302 and s.fresh(case).stage == "district_review"
        centre = factories.account("city_centre", region=place.region)
        for account in (place.district, centre):
            assert account is not None
            reviewer = Browser(app, sign_in, account)
            own = f"/cases/{case.id}"
            assert "到 2020年10月15日" in plain(reviewer.get(own)) and "第十二条" in plain(reviewer.get(own))
            assert reviewer.send(own, f"{own}/act/forward").status_code == 302
        assert s.fresh(case).outcome == "finished"
        assert "没有逾期" in plain(browser.get(f"/cases/{case.id}"))


@pytest.fixture
def lhasa(app: Flask) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 5)):
        yield s.build("lhasa", 2)


def start(browser: Browser, place: s.Place, procedure: str, number: int = 0, **typed: str):
    return browser.send(HOME, HOME + procedure, carrier=str(place.carriers[number].id), **typed)


def test_a_change_report_is_begun_and_filled(app: Flask, tianjin: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, tianjin.clerks[0])
    assert HOME in browser.get("/carrier/").text
    page = plain(browser.get(HOME))
    assert "重大事项变更报告" in page and "变更或条件变化日" in page and "3 个月" in page
    answer = start(browser, tianjin, "change_report", since="2019-05-06")
    case = Case.get()
    assert answer.status_code == 302 and answer.location == f"/carrier/cases/{case.id}/fill/"
    tasks = plain(browser.get(answer.location))
    assert "重大事项变更报告" in tasks and "2019-08-06" in tasks
    assert 'value="2019-05-06"' in browser.get(f"/carrier/cases/{case.id}/fill/change").text
    assert case.number in plain(browser.get(HOME))


def test_the_day_is_asked_for_and_what_was_typed_stays(app: Flask, tianjin: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, tianjin.clerks[0])
    answer = start(browser, tianjin, "change_report", since="")
    assert answer.status_code == 422 and "请先填写变更或条件变化日" in plain(answer)
    later = start(browser, tianjin, "change_report", since="2019-06-09")
    assert later.status_code == 422 and 'value="2019-06-09"' in later.text
    assert not Case.select().exists()


def test_another_carriers_case_cannot_be_begun(app: Flask, tianjin: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, tianjin.clerks[1])
    assert start(browser, tianjin, "change_report", 0, since="2019-05-06").status_code == 404
    assert Browser(app, sign_in, tianjin.city).get(HOME).status_code == 404
    assert not Case.select().exists()


def test_the_district_and_the_city_find_it_in_their_queues(app: Flask, tianjin: s.Place, sign_in: SignIn) -> None:
    start(Browser(app, sign_in, tianjin.clerks[0]), tianjin, "change_report", since="2019-05-06")
    case = Case.get()
    s.submit(tianjin, case)
    assert tianjin.district is not None
    district, city = Browser(app, sign_in, tianjin.district), Browser(app, sign_in, tianjin.city)
    desk = plain(district.get("/district/"))
    assert "演示载体1" in desk and "重大事项变更报告" in desk
    assert "演示载体1" not in plain(city.get("/city/"))
    shown = district.get(f"/cases/{case.id}")
    text = plain(shown)
    assert "到 2019年8月6日" in text.replace("  ", " ") and "二(三)3" in text and "期限怎么算" in text
    sent = district.send(f"/cases/{case.id}", f"/cases/{case.id}/act/forward", **OPINION)
    assert sent.status_code == 302 and s.fresh(case).stage == "city_review"
    assert "市科委审核" in plain(city.get("/city/"))
    assert "没有逾期" in plain(city.get(f"/cases/{case.id}"))
    assert "按细则试算" not in city.get(f"/cases/{case.id}").text
    city.send(f"/cases/{case.id}", f"/cases/{case.id}/act/keep", **OPINION)
    assert s.fresh(case).outcome == "finished"
    assert "0 件，按到期先后" in plain(city.get("/city/"))
    assert case.number in plain(Browser(app, sign_in, tianjin.clerks[0]).get(HOME))


def test_a_late_one_is_flagged_on_its_page(app: Flask, tianjin: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, tianjin.clerks[0])
    start(browser, tianjin, "change_report", since="2019-01-02")
    text = plain(browser.get(f"/cases/{Case.get().id}"))
    assert "已经逾期" in text and "照常审核" in text


def test_this_periods_report_and_those_missing(app: Flask, lhasa: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, lhasa.clerks[0])
    page = plain(browser.get(HOME))
    assert "2019年6月的月度统计报表" in page and "2019年第23周的周动态" in page and "2019年第2季度的季度监测" in page
    assert "报送日还没有录入" in page
    # January to June are six months, none of them reported
    assert "应报 5 期，已报 0 期" in page and "补报2019年5月" in page
    assert start(browser, lhasa, "monthly_report", period="2019-05").status_code == 302
    assert PeriodicReport.get().period == "2019-05"
    assert "接着填2019年5月" in plain(browser.get(HOME))
    again = start(browser, lhasa, "monthly_report", period="2019-05")
    assert again.status_code == 422 and "已有一份" in plain(again)


def test_a_report_is_filled_from_the_last_one(app: Flask, lhasa: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, lhasa.clerks[0])
    start(browser, lhasa, "monthly_report", period="2019-05")
    s.submit(lhasa, Case.get(), tenants=37)
    start(browser, lhasa, "monthly_report", period="2019-06")
    tasks = f"/carrier/cases/{PeriodicReport.get(PeriodicReport.period == '2019-06').case_id}/fill/"
    assert "2019年5月报过" in plain(browser.get(tasks))
    browser.send(tasks, f"{tasks}carry-over")
    assert 'value="37"' in browser.get(f"{tasks}tenants_section").text
    assert re.search(r"应报 5 期，已报 1 期", plain(browser.get(HOME)))


def test_as_many_statements_for_three_reports_as_for_one(app: Flask, lhasa: s.Place, sign_in: SignIn) -> None:
    browser = Browser(app, sign_in, lhasa.clerks[0])
    start(browser, lhasa, "monthly_report", period="2019-05")
    browser.get(HOME)
    with counted() as one:
        browser.get(HOME)
    for period in ("2019-04", "2019-03"):
        start(browser, lhasa, "monthly_report", period=period)
    with counted() as three:
        browser.get(HOME)
    assert len(three) == len(one)


def test_where_nothing_is_offered_no_link_is_shown(app: Flask, sign_in: SignIn) -> None:
    clerk = factories.account("carrier_clerk", carrier=factories.carrier())
    browser = Browser(app, sign_in, clerk)
    assert HOME not in browser.get("/carrier/").text
    assert "现在没有可以办的事项" in plain(browser.get(HOME))
