"""Notices, objections and what comes after closing, from the city desk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from core.cases import noticing, objecting
from core.models import Award, CarrierMark, NoticeEntry, Objection, PublicNotice, Result
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    made = w.build(3, 3, folder=tmp_path)
    for number, case in enumerate(made.cases[:2]):
        w.to_determination(made, case, number)
    for case in made.cases[:2]:
        w.determine(made, case)
    return made


@pytest.fixture
def city(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.city_reviewer)


def publish(world: w.World, city: Browser, *cases: int) -> PublicNotice:
    chosen = [str(world.cases[n].id) for n in cases]
    preview = f"/city/rounds/{world.round.id}/notices/preview?" + "&".join(f"case={c}" for c in chosen)
    answer = city.send(preview, f"/city/rounds/{world.round.id}/notices", case=chosen, contact="高新科，电话略")
    assert answer.status_code == 302, plain(answer)
    return PublicNotice.get_by_id(int(answer.headers["Location"].rsplit("/", 1)[1]))


def article(page: str) -> str:
    return plain(page[page.index("<article") : page.index("</article>")])


def object_to(entry: NoticeEntry) -> Objection:
    objecting.object_to(
        entry.id, kind="person", name="李某", contact="0335-1111111", sealed=False, text="面积少算了", token=w.new_token()
    )
    return Objection.select().order_by(Objection.id.desc()).first()


def test_the_preview_is_what_the_public_will_read(app: Flask, world: w.World, city: Browser) -> None:
    address = f"/city/rounds/{world.round.id}/notices/preview?case={world.cases[0].id}&case={world.cases[1].id}"
    preview = city.get(address).text
    assert "为什么是 6月8日" in plain(preview) and "第5日" in plain(preview)
    assert not PublicNotice.select().exists()
    notice = publish(world, city, 0, 1)
    public = app.test_client().get(f"/r/qinhuangdao/notices/{notice.id}").text
    assert article(preview) == article(public)
    assert notice.last_day == date(2023, 6, 8)


def test_a_preview_needs_cases_that_can_be_published(world: w.World, city: Browser) -> None:
    base = f"/city/rounds/{world.round.id}/notices/preview"
    assert "请至少选择一家单位" in city.get(base).text
    assert city.get(base).status_code == 422
    assert city.get(f"{base}?case={world.cases[2].id}").status_code == 422


def test_publishing_without_a_contact_keeps_the_choice(world: w.World, city: Browser) -> None:
    chosen = str(world.cases[0].id)
    preview = f"/city/rounds/{world.round.id}/notices/preview?case={chosen}"
    answer = city.send(preview, f"/city/rounds/{world.round.id}/notices", case=chosen, contact=" ")
    assert answer.status_code == 422 and "请写明受理异议的单位" in answer.text
    assert f'name="case" value="{chosen}"' in answer.text
    assert not PublicNotice.select().exists()


def test_a_notice_closes_the_day_after_its_last_and_frozen_lines_stay(world: w.World, city: Browser) -> None:
    notice = publish(world, city, 0, 1)
    object_to(NoticeEntry.get(NoticeEntry.case == world.cases[0]))
    page = f"/city/notices/{notice.id}"
    assert "结束公示" not in re.findall(r'btn-primary"[^>]*>([^<]*)', city.get(page).text)
    assert "次日起才能结束公示" in plain(city.get(page))
    early = city.send(f"{page}/close", f"{page}/close")
    assert early.status_code == 422
    with clock.policy_date(notice.last_day + timedelta(days=1)):
        assert "1 家有异议还没有处理完" in plain(city.get(f"{page}/close"))
        city.send(f"{page}/close", f"{page}/close")
        assert "已于 6月9日 结束" in plain(city.get(page)) and "异议核实中" in plain(city.get(page))
    states = {entry.case_id: entry.status for entry in NoticeEntry.select()}
    assert states == {world.cases[0].id: "frozen", world.cases[1].id: "final"}


def test_who_objects_is_shown_only_to_the_city(app: Flask, world: w.World, city: Browser, sign_in: SignIn) -> None:
    notice = publish(world, city, 0)
    objection = object_to(notice.entries[0])
    assert "李某" in plain(city.get("/city/objections"))
    assert "0335-1111111" in plain(city.get(f"/city/objections/{objection.id}"))
    for other in (world.clerks[0], world.district_reviewer, world.finance, world.experts[0]):
        person = Browser(app, sign_in, other)
        assert person.get(f"/city/objections/{objection.id}").status_code == 404
        assert "李某" not in person.get(f"/cases/{world.cases[0].id}").text


def test_a_ruling_is_confirmed_before_it_is_made(world: w.World, city: Browser) -> None:
    notice = publish(world, city, 0)
    objection = object_to(notice.entries[0])
    page = f"/city/objections/{objection.id}"
    empty = city.send(page, f"{page}/confirm", text="查过合同")
    assert empty.status_code == 422 and "请选择处理结果" in empty.text and "查过合同" in empty.text
    asked = city.send(page, f"{page}/confirm", ruling="stands", text="合同面积与填报一致")
    assert "处理后不能改" in asked.text and Objection.get_by_id(objection.id).status == "open"
    guard = city.guard(page)
    answer = city.client.post(f"{page}/rule", data={**guard, "ruling": "stands", "text": "合同面积与填报一致"})
    assert answer.status_code == 302
    assert Objection.get_by_id(objection.id).status == "stands"
    assert NoticeEntry.get().status == "open"
    assert "合同面积与填报一致" in plain(city.get(page))


def test_a_rescored_case_shows_both_results_and_is_published_again(world: w.World, city: Browser) -> None:
    notice = publish(world, city, 0)
    objection = object_to(notice.entries[0])
    case, page = world.cases[0], f"/city/objections/{objection.id}"
    city.send(page, f"{page}/rule", ruling="rescored", text="少算一处场地")
    assert w.fresh(case).stage == "determination"
    assert "去重新认定" in plain(city.get(page))
    again = f"/city/rounds/{world.round.id}/notices/preview?case={case.id}"
    assert city.get(again).status_code == 422  # nothing new to publish yet
    address = f"/city/cases/{case.id}"
    city.send(f"{address}/correct", f"{address}/correct", area_m2="900", reason="异议核实")
    city.send(f"{address}/determination", f"{address}/determine", ground="异议成立")
    text = plain(city.get(page))
    assert "众创空间场地面积" in text and "公示的结果" in text and "重新认定的结果" in text and "异议成立" in text and "重新公示" in text
    assert Result.select().where(Result.case == case).count() == 2
    assert publish(world, city, 0).id != notice.id
    assert w.fresh(case).stage == "public_notice"


def test_where_a_changed_result_needs_no_second_notice_it_is_put_in_force(
    world: w.World, city: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = noticing.rules_of
    monkeypatch.setattr(noticing, "rules_of", lambda round_: replace(rules(round_), notice_again=False))
    notice = publish(world, city, 0)
    objection = object_to(notice.entries[0])
    case, page = world.cases[0], f"/city/objections/{objection.id}"
    city.send(page, f"{page}/rule", ruling="rescored", text="少算一处场地")
    early = city.send(f"{page}/settle", f"{page}/settle")
    assert early.status_code == 422 and w.fresh(case).stage == "determination"
    address = f"/city/cases/{case.id}"
    city.send(f"{address}/determination", f"{address}/determine", ground="异议成立")
    assert "不用重新公示" in plain(city.get(page))
    assert "生效以后不能撤回" in city.get(f"{page}/settle").text
    assert city.send(f"{page}/settle", f"{page}/settle").status_code == 302
    assert w.fresh(case).outcome == "finished"


def test_lists_and_summary_after_closing_and_money_called_back(world: w.World, city: Browser) -> None:
    notice = publish(world, city, 0, 1)
    with clock.policy_date(notice.last_day + timedelta(days=1)):
        page = f"/city/notices/{notice.id}/close"
        city.send(page, page)
    marks = CarrierMark.select().where(CarrierMark.kind == "priority_recommendation").count()
    shown = plain(city.get("/city/marks?year=2023"))
    assert f"优先推荐名单 {marks} 家" in shown
    summary = plain(city.get(f"/city/rounds/{world.round.id}/summary"))
    assert "应评 3 家" in summary and "已办结 2 家" in summary
    case = world.cases[0]
    address = f"/city/cases/{case.id}/false-materials"
    assert city.send(address, address, reason="").status_code == 422
    city.send(address, address, reason="审计查实合同系伪造")
    assert Award.get(Award.case == case).status == "cancelled"
    assert Result.select().where(Result.case == case).order_by(Result.version.desc()).first().grade == "unqualified"
    shown = plain(city.get("/city/marks?year=2023"))
    assert "科研失信记录 1 家" in shown and "审计查实合同系伪造" in shown
