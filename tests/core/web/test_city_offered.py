"""What a city's reviewer is offered depends on the policy: rounds, objections, calling back, visits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from core import clock
from core.cases import awarding, noticing
from core.models import Carrier, Case
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

IN_FORCE = {"qinhuangdao": date(2023, 7, 3), "tianjin": date(2019, 6, 3), "tangshan": date(2024, 6, 3)}

KINDS = {"qinhuangdao": "makerspace", "tianjin": "productivity_centre", "tangshan": "budget_unit"}


@pytest.fixture
def place(app: Flask, request: pytest.FixtureRequest) -> Iterator[s.Place]:
    with clock.policy_date(IN_FORCE[request.param]):
        yield s.build(request.param, 1, KINDS[request.param])


@pytest.mark.parametrize(
    ("place", "rounds", "objections"),
    [("qinhuangdao", True, True), ("tianjin", True, False), ("tangshan", False, False)],
    indirect=["place"],
)
def test_the_desk_offers_what_the_policy_knows(
    app: Flask, place: s.Place, sign_in: SignIn, rounds: bool, objections: bool
) -> None:
    city = Browser(app, sign_in, place.city)
    page = plain(city.get("/city/"))
    assert ("全部批次" in page, "可以结束的公示" in page) == (rounds, objections)
    whole = city.get("/city/").text
    assert ('href="/city/rounds"' in whole, 'href="/city/objections"' in whole) == (rounds, objections)
    assert noticing.takes_objections(place.region) is objections
    public = app.test_client().get(f"/r/{place.region.key}/").text
    assert ("查询异议办理进度" in public) is objections
    assert not objections or "公示" in public


@pytest.mark.parametrize("place", ["tianjin"], indirect=True)
def test_without_a_rule_for_calling_back_nothing_is_offered(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    clerk, home = Browser(app, sign_in, place.clerks[0]), "/carrier/standing/"
    clerk.send(home, f"{home}change_report", carrier=str(place.carriers[0].id), since="2019-05-06")
    Case.update(outcome="finished").execute()
    case: Case = Case.get()
    assert awarding.recovering_vetoes(case) == []  # the facts of this policy know no level: nothing is asked with it
    page = plain(Browser(app, sign_in, place.city).get(f"/city/cases/{case.id}/false-materials"))
    assert "没有写哪种情形要追回奖励" in page


@pytest.mark.parametrize("place", ["tianjin"], indirect=True)
def test_entry_and_fraud_are_no_visits(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    page = plain(Browser(app, sign_in, place.city).get("/city/supervision/"))
    assert "原示范中心直接纳入" not in page and "虚假材料核实" not in page


@pytest.mark.parametrize(
    ("place", "lists"), [("qinhuangdao", ["优先推荐名单", "已撤销资格"]), ("tianjin", [])], indirect=["place"]
)
def test_lists_are_those_that_the_policy_keeps(app: Flask, place: s.Place, sign_in: SignIn, lists: list[str]) -> None:
    page = plain(Browser(app, sign_in, place.city).get("/city/marks"))
    assert "科研失信记录" in page
    assert [name for name in ("优先推荐名单", "已撤销资格") if name in page] == lists


@pytest.mark.parametrize("place", ["tianjin"], indirect=True)
def test_the_register_shows_the_days_that_there_are(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    city = Browser(app, sign_in, place.city)
    assert "认定日期" not in plain(city.get("/register/"))
    Carrier.update(enrolled_on=date(2018, 9, 10)).execute()
    page = plain(city.get("/register/"))
    assert "认定日期" not in page and "纳入日期" in page and "2018-09-10" in page


@pytest.mark.parametrize("place", ["tianjin"], indirect=True)
def test_who_applies_owes_no_reports_yet(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    city, entry = Browser(app, sign_in, place.city), f"/register/{place.carriers[0].id}"
    assert "定期报送" in plain(city.get(entry))
    Carrier.update(title_status="applicant").execute()
    assert "定期报送" not in plain(city.get(entry))
