"""The desks of the service centres: what waits for whom, within which scope, and what they read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from core.cases import acting, periods, standing, submitting
from core.cases.action import new_token
from core.errors import OutOfScope
from core.jobs import handlers, messages
from core.models import Case, Draft, Message, OutboxRow
from core.people.scope import find_case, viewer_of, visible_cases
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web import centre_world as c
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DESKS = {"district_centre": "/district-centre/", "city_centre": "/city-centre/"}


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[c.Place]:
    with clock.policy_date(c.DAY):
        yield c.build(tmp_path, 3)


@pytest.fixture
def as_(app: Flask, place: c.Place, sign_in: SignIn):
    return lambda who: Browser(app, sign_in, place.people[who])


def fresh(case: Case) -> Case:
    return Case.get_by_id(case.id)


def report(place: c.Place, number: int) -> Case:
    """A quarterly report, submitted by the carrier."""
    clerk = viewer_of(place.clerks[number])
    receipt = periods.open_report(clerk, "quarterly", place.carriers[number].id, "2024Q1", new_token())
    Draft.update(answers={"found": "正常", "sessions": 7}).where(Draft.case == receipt["case"]).execute()
    submitting.submit(clerk, receipt["case"], Case.get_by_id(receipt["case"]).stage_version, new_token())
    return Case.get_by_id(receipt["case"])


def forward(place: c.Place, who: str, case: Case) -> None:
    given = (viewer_of(place.people[who]), case.id, "forward", acting.Decision(), fresh(case).stage_version)
    acting.act(*given, new_token())


def test_a_report_goes_through_three_bodies_of_two_houses(as_, place: c.Place) -> None:
    case = report(place, 0)
    for who, desk in (("district_centre", DESKS["district_centre"]), ("district_reviewer", "/district/"),
                      ("city_centre", DESKS["city_centre"])):  # fmt: skip
        assert "演示平台001" in queue_of(as_(who).get(desk)), who
        own = f"/cases/{case.id}"
        browser = as_(who)
        assert "季度报告审核" in plain(browser.get(own))
        assert browser.send(own, f"{own}/act/forward").status_code == 302
        assert "演示平台001" not in queue_of(browser.get(desk))
    assert fresh(case).outcome == "finished"
    text = plain(as_("city_centre").get(f"/cases/{case.id}"))
    assert "东区服务中心同意" in text and "东区主管部门同意" in text and "演示市服务中心" in text


def queue_of(page) -> str:
    text = page.text
    return plain(text[text.index('aria-label="待办列表"') : text.index('id="returned"')])


def test_the_other_district_and_the_other_city_see_nothing(as_, place: c.Place) -> None:
    case = report(place, 0)
    for who in ("other_centre", "other_reviewer", "elsewhere"):
        assert as_(who).get(f"/cases/{case.id}").status_code == 404, who
        assert case not in visible_cases(viewer_of(place.people[who])), who
    assert "演示平台001" not in as_("other_centre").get(DESKS["district_centre"]).text
    assert as_("district_reviewer").get(DESKS["district_centre"]).status_code == 404
    assert as_("district_centre").get(DESKS["city_centre"]).status_code == 404


def test_a_stage_is_not_taken_over_by_its_neighbour(as_, place: c.Place) -> None:
    case = report(place, 0)  # waits for the district's centre
    for who in ("district_reviewer", "city_centre", "city_reviewer"):
        own = f"/cases/{case.id}"
        assert as_(who).send("/account", f"{own}/act/forward", stage_version="2").status_code == 422, who
    assert fresh(case).stage == "district_centre_review"


def test_who_is_told_is_who_must_act(place: c.Place) -> None:
    case = report(place, 0)
    told = messages.who_must_act(case, "district_centre")
    assert told == [place.people["district_centre"]]
    assert messages.who_must_act(case, "city_centre") == [place.people["city_centre"]]


def test_the_same_stage_key_of_another_role_is_not_mine(as_, place: c.Place) -> None:
    # the carrier's report and the centre's own spot check both begin at a stage called `fill`
    clerk = viewer_of(place.clerks[1])
    periods.open_report(clerk, "quarterly", place.carriers[1].id, "2024Q1", new_token())
    centre = viewer_of(place.people["city_centre"])
    standing.open_case(centre, "spot_check", place.carriers[0].id, new_token())
    page = as_("city_centre").get(DESKS["city_centre"])
    assert "演示平台001" in queue_of(page) and "等您填写" in queue_of(page)
    assert "演示平台002" not in queue_of(page)
    assert "演示平台002" in plain(page.text[page.text.index('id="missing"') :])


def test_urging_from_the_centres_desk(as_, place: c.Place) -> None:
    clerk = viewer_of(place.clerks[0])
    receipt = periods.open_report(clerk, "quarterly", place.carriers[0].id, "2024Q1", new_token())
    desk = DESKS["district_centre"]
    centre = as_("district_centre")
    answer = centre.send(desk, f"/cases/{receipt['case']}/urge", next=desk)
    assert answer.status_code == 302 and "今天已催办" in plain(centre.get(desk))


def test_reports_of_the_own_district_only(as_, place: c.Place) -> None:
    report(place, 0)
    report(place, 2)  # in the other district
    address = "/city/reports/quarterly?period=2024Q1"
    for who, seen, hidden in (
        ("city_centre", ("演示平台001", "演示平台003"), ()),
        ("district_centre", ("演示平台001", "演示平台002"), ("演示平台003",)),
        ("district_reviewer", ("演示平台001",), ("演示平台003",)),
        ("other_centre", ("演示平台003",), ("演示平台001", "演示平台002")),
    ):
        for page in (address, address.replace("quarterly?", "quarterly/table.csv?")):
            text = as_(who).get(page).text
            assert all(name in text for name in seen) and not any(name in text for name in hidden), (who, page)
    assert "应报 2 家，已报 1 家" in plain(as_("district_centre").get(address))
    assert as_("elsewhere").get(f"{address}&region={place.region.id}").status_code == 404


def test_only_the_citys_bodies_urge_all_at_once(as_, place: c.Place) -> None:
    page = "/city/reports/quarterly?period=2024Q1"
    form = {"region": str(place.region.id), "period": "2024Q1"}
    assert "催报 2 家" not in plain(as_("district_centre").get(page))
    assert as_("district_centre").send("/account", "/city/reports/quarterly/urge", **form).status_code == 404
    assert as_("city_centre").send(page, "/city/reports/quarterly/urge", **form).status_code == 302
    assert Case.select().count() == 3


def test_a_round_is_not_the_centres_business(app: Flask, tmp_path: Path) -> None:
    world = w.build(1, folder=tmp_path)
    centre = viewer_of(factories.account("city_centre", region=world.region))
    district = viewer_of(factories.account("district_centre", district=world.carriers[0].district))
    for person in (centre, district):
        assert not visible_cases(person).exists()
        with pytest.raises(OutOfScope):
            find_case(person, world.cases[0].id)


def test_who_fills_is_told_when_somebody_else_opened_it(place: c.Place) -> None:
    bureau = viewer_of(place.people["city_reviewer"])
    standing.open_case(bureau, "targets", place.carriers[0].id, new_token())  # the bureau fills it itself
    assert not OutboxRow.select().where(OutboxRow.kind == "case_moved").exists()
    centre = viewer_of(place.people["city_centre"])
    standing.open_case(centre, "letter", place.carriers[0].id, new_token())
    row = OutboxRow.get(OutboxRow.kind == "case_moved")
    handlers.HANDLERS["case_moved"](row)
    told = Message.get()
    assert told.account == place.clerks[0] and "的“责任书”已到了“责任书填写”" in told.text


def test_what_waits_for_the_carriers_word_stands_on_its_desk_and_can_be_urged(
    app: Flask, as_, place: c.Place, sign_in: SignIn
) -> None:
    bureau = viewer_of(place.people["city_reviewer"])
    case = standing.open_case(bureau, "targets", place.carriers[0].id, new_token())["case"]
    clerk = Browser(app, sign_in, place.clerks[0])
    assert f"/cases/{case}" not in clerk.get("/carrier/").text
    Draft.update(answers={"found": "目标", "sessions": 30}).where(Draft.case == case).execute()
    submitting.submit(bureau, case, Case.get_by_id(case).stage_version, new_token())
    desk = clerk.get("/carrier/")
    assert "要办 1 件" in plain(desk) and f'href="/cases/{case}"' in desk.text
    centre = as_("city_centre")
    missing = centre.get(DESKS["city_centre"]).text.partition('id="missing"')[2]
    assert "演示平台001" in missing and "年度目标审核1" in missing
    answer = centre.send(DESKS["city_centre"], f"/cases/{case}/urge", next=DESKS["city_centre"])
    assert answer.status_code == 302 and "已催办 1 家" in plain(centre.get(DESKS["city_centre"]))
    handlers.HANDLERS["case_urged"](OutboxRow.get(OutboxRow.kind == "case_urged"))
    assert "等您办理“年度目标审核1”" in Message.select().order_by(Message.id.desc()).get().text
    page = f"/cases/{case}"
    assert clerk.send(page, f"{page}/act/forward").status_code == 302 and fresh(Case.get_by_id(case)).outcome == "finished"
    assert "现在没有要办的事" in plain(clerk.get("/carrier/"))
