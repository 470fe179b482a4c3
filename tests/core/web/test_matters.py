"""事项: who may open which procedure for whom, for one or for many, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from core.models import Case, Draft
from tests.conftest import SignIn
from tests.core.web import centre_world as c
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOME = "/matters/"


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[c.Place]:
    with clock.policy_date(c.DAY):
        yield c.build(tmp_path, 4)


@pytest.fixture
def as_(app: Flask, place: c.Place, sign_in: SignIn):
    return lambda who: Browser(app, sign_in, place.people[who])


def pick(place: c.Place, *numbers: int) -> list[str]:
    return [str(place.carriers[number].id) for number in numbers]


def named(page) -> list[str]:
    return sorted(re.findall(r'for="pick-\d+">([^<]+)<', page.text))


@pytest.mark.parametrize(
    ("who", "mine", "others"),
    [
        ("district_reviewer", "年度核查", ("实地检查", "年度目标", "上门服务", "季度报告")),
        ("district_centre", "上门服务", ("实地检查", "年度目标", "年度核查", "季度报告")),
        ("city_reviewer", "年度目标", ("实地检查", "上门服务", "年度核查", "季度报告")),
        ("city_centre", "实地检查", ("年度目标", "上门服务", "年度核查", "季度报告")),
    ],
)
def test_each_body_is_offered_its_own(as_, who: str, mine: str, others: tuple[str, ...]) -> None:
    page = as_(who).get(HOME)
    offers = page.text[page.text.index('id="offers"') : page.text.index('id="cases"')]
    assert mine in offers and all(name not in offers for name in others)
    assert HOME in as_(who).get("/account").text


def test_a_district_chooses_among_its_own_carriers(as_, place: c.Place) -> None:
    assert named(as_("district_reviewer").get(f"{HOME}yearly_check")) == [row.name for row in place.carriers[:3]]
    assert named(as_("other_reviewer").get(f"{HOME}yearly_check")) == [place.carriers[3].name]
    assert len(named(as_("city_centre").get(f"{HOME}spot_check"))) == 4


def test_what_is_anothers_does_not_exist(as_, place: c.Place) -> None:
    home = f"{HOME}yearly_check"
    assert as_("city_centre").get(home).status_code == 404
    assert as_("elsewhere").get(f"{HOME}spot_check").status_code == 404
    district = as_("district_reviewer")
    assert district.send(home, home, pick=pick(place, 3)).status_code == 404
    assert district.send(home, home, pick=pick(place, 0, 3)).status_code == 404
    assert as_("city_centre").send(f"{HOME}spot_check", home, pick=pick(place, 0)).status_code == 404
    assert not Case.select().exists()


def test_one_is_opened_and_gone_on_with(as_, place: c.Place) -> None:
    centre = as_("city_centre")
    home = f"{HOME}spot_check"
    answer = centre.send(home, home, pick=pick(place, 1))
    case = Case.get()
    assert answer.location == f"/carrier/cases/{case.id}/fill/" and case.carrier_id == place.carriers[1].id
    assert centre.get(answer.location).status_code == 200
    again = centre.send(home, home, pick=pick(place, 1))
    assert again.status_code == 422 and "已有一件没有提交" in plain(again)


def test_ticks_survive_narrowing_and_all_at_once(as_, place: c.Place) -> None:
    centre, home = as_("city_centre"), f"{HOME}spot_check"
    narrowed = centre.send(home, f"{home}/choose", pick=pick(place, 0), pick_name="002")
    assert named(narrowed) == ["演示平台001", "演示平台002"] and "已勾选 1 家" in plain(narrowed)
    west = centre.send(home, f"{home}/choose", pick_district=str(place.west.id), tick="all")
    assert named(west) == ["演示平台004"] and "已勾选 1 家" in plain(west)
    assert "已勾选 4 家" in plain(centre.send(home, f"{home}/choose", tick="all"))
    assert "已勾选 0 家" in plain(centre.send(home, f"{home}/choose", tick="none", pick=pick(place, 0)))
    centre.send(home, home, pick=pick(place, 0))
    assert "已勾选 3 家" in plain(centre.send(home, f"{home}/choose", tick="fresh"))
    assert Case.select().count() == 1


def test_targets_are_typed_once_and_handed_down_to_all(as_, app: Flask, place: c.Place, sign_in: SignIn) -> None:
    bureau, home = as_("city_reviewer"), f"{HOME}targets"
    assert "在这里填一次" in plain(bureau.get(home))
    form = {"pick": pick(place, 0, 1, 2, 3), "open_submit": "1"}
    nothing = bureau.send(home, home, **form)
    assert nothing.status_code == 422 and not Case.select().exists(), "nothing typed is nothing to hand down"
    half = bureau.send(home, home, **form, found="一切正常")
    assert half.status_code == 422 and not Case.select().exists()
    assert "活动场次" in plain(half) and 'value="一切正常"' in half.text and "已勾选 4 家" in plain(half)
    done = bureau.send(home, home, **form, **c.answers())
    assert done.status_code == 302
    assert {(case.stage, case.filled_by) for case in Case.select()} == {("carrier_clerk_review", "city_reviewer")}
    assert Case.select().count() == 4 and "已发起并提交 4 件" in plain(bureau.get(done.location))
    clerk = Browser(app, sign_in, place.clerks[0])
    own = Case.get(Case.carrier == place.carriers[0])
    assert "一切正常" in plain(clerk.get(f"/cases/{own.id}"))
    assert clerk.get(f"/cases/{Case.get(Case.carrier == place.carriers[1]).id}").status_code == 404


def test_what_is_the_same_for_all_is_filled_in_and_left_open(as_, place: c.Place) -> None:
    bureau, home = as_("city_reviewer"), f"{HOME}targets"
    bureau.send(home, home, pick=pick(place, 0, 1), sessions="12")
    assert [draft.answers["sessions"] for draft in Draft.select()] == [12, 12]
    assert {case.stage for case in Case.select()} == {"fill"}


def test_the_same_form_twice_opens_once(as_, place: c.Place) -> None:
    centre, home = as_("city_centre"), f"{HOME}spot_check"
    form = {**centre.guard(home), "pick": pick(place, 0, 1)}
    for _ in range(2):
        assert centre.client.post(home, data=form).status_code == 302
    assert Case.select().count() == 2


def test_those_that_cannot_are_named_and_the_others_opened(as_, place: c.Place) -> None:
    centre, home = as_("city_centre"), f"{HOME}spot_check"
    centre.send(home, home, pick=pick(place, 0))
    answer = centre.send(home, home, pick=pick(place, 0, 1, 2))
    text = plain(centre.get(answer.location))
    assert "已发起 2 件；1 家没有发起。演示平台001" in text and Case.select().count() == 3


def test_nobody_ticked(as_, place: c.Place) -> None:
    centre, home = as_("city_centre"), f"{HOME}spot_check"
    answer = centre.send(home, home)
    assert answer.status_code == 422 and "请先勾选单位" in plain(answer)


def test_running_and_done_with_filters(as_, place: c.Place) -> None:
    centre, home = as_("city_centre"), f"{HOME}spot_check"
    centre.send(home, home, pick=pick(place, 0, 1))
    done = Case.get(Case.carrier == place.carriers[0])
    Case.update(outcome="finished", stage="closed").where(Case.id == done.id).execute()
    assert "演示平台001" not in cases_of(centre.get(HOME)) and "演示平台002" in cases_of(centre.get(HOME))
    assert "演示平台001" in cases_of(centre.get(f"{HOME}?state=done"))
    assert "演示平台002" not in cases_of(centre.get(f"{HOME}?state=&q=001"))
    assert "没有这样的办件" in cases_of(centre.get(f"{HOME}?procedure=nonsense"))
    # the other district's people and another city's see none of them
    assert "演示平台" not in cases_of(as_("other_centre").get(HOME))
    assert "演示平台" not in cases_of(as_("elsewhere").get(HOME))
    assert "演示平台002" in cases_of(as_("district_centre").get(HOME))


def cases_of(page) -> str:
    return plain(page.text[page.text.index('id="cases"') :])


def test_a_policy_that_is_over_offers_nothing_and_its_history_stays(as_, place: c.Place) -> None:
    centre, home = as_("city_centre"), f"{HOME}spot_check"
    centre.send(home, home, pick=pick(place, 0))
    with clock.policy_date(date(2025, 1, 2)):
        assert centre.get(home).status_code == 404
        page = centre.get(HOME)
        assert "现在没有可以发起的事项" in plain(page) and "演示平台001" in cases_of(page)
        assert HOME in centre.get("/city-centre/").text
        assert centre.get(f"/cases/{Case.get().id}").status_code == 200


def test_where_nothing_is_offered_there_is_no_link(app: Flask, place: c.Place, sign_in: SignIn) -> None:
    stranger = Browser(app, sign_in, place.people["elsewhere"])
    assert HOME not in stranger.get("/city-centre/").text


def test_two_hundred_carriers_cost_no_more_statements(app: Flask, tmp_path: Path, sign_in: SignIn) -> None:
    with clock.policy_date(c.DAY):
        place = c.build(tmp_path, 3)
        centre = Browser(app, sign_in, place.people["city_centre"])
        centre.get(f"{HOME}spot_check")
        with counted() as few:
            centre.get(f"{HOME}spot_check")
        for number in range(10, 210):
            c._carrier(place.east, number)
        with counted() as many:
            page = centre.get(f"{HOME}spot_check")
        assert len(named(page)) == 203 and len(many) <= len(few)
        answer = centre.send(f"{HOME}spot_check", f"{HOME}spot_check", pick=re.findall(r'id="pick-(\d+)"', page.text))
        assert answer.status_code == 302 and Case.select().count() == 203
        centre.get(HOME)
        with counted() as listed:
            centre.get(HOME)
        assert len(listed) < 40
