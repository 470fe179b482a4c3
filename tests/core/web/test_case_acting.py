"""Acting from the case page: going on, sending back, visits, handing over; nothing typed is lost."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask

from core.models import Case, Review, SiteVisit
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GOOD = {"complete": "yes", "regular": "yes", "truthful": "yes", "opinion": "情况属实，同意上报。"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    made = w.build(2, 3, folder=tmp_path)
    for case in made.cases:
        w.submit(made, case)
    return made


@pytest.fixture
def browser(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    """The district's reviewer."""
    return Browser(app, sign_in, world.district_reviewer)


def page_of(case: Case) -> str:
    return f"/cases/{case.id}"


def act(case: Case, action: str) -> str:
    return f"/cases/{case.id}/act/{action}"


def test_agreeing_goes_on_to_the_next_case_and_says_what_happened(world: w.World, browser: Browser) -> None:
    first, second = world.cases
    answer = browser.send(page_of(first), act(first, "forward"), **GOOD)
    assert answer.headers["Location"] == page_of(second)
    text = plain(browser.get(page_of(second)))
    assert "已办理“同意，送市级复审”，现在到“市科技局复审”" in text and "接着办下一件" in text
    assert w.fresh(first).stage == "city_review"
    last = browser.send(page_of(second), act(second, "forward"), **GOOD)
    assert last.headers["Location"] == "/desk"


def test_the_same_form_twice_acts_once(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    guard = browser.guard(page_of(case))
    for _ in range(2):
        answer = browser.client.post(act(case, "forward"), data={**guard, **GOOD})
        assert answer.status_code == 302
    assert "没有重复办理" in plain(browser.get(answer.headers["Location"]))
    assert Review.select().where(Review.case == case).count() == 1


def test_an_unfinished_opinion_is_shown_again_with_what_was_typed(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    typed = {**GOOD, "complete": "no", "opinion": "还差一点"}
    answer = browser.send(page_of(case), act(case, "forward"), **typed)
    assert answer.status_code == 422
    assert "还差一点" in answer.text and "<title>错误：" in answer.text
    assert 'href="#f-complete_remark"' in answer.text and 'id="f-complete_remark"' in answer.text
    assert w.fresh(case).stage == "district_review"


def test_sending_back_names_each_place(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    rows = {"reason_field": ["area_m2", "mentors", ""], "reason_text": ["与合同不一致", "聘书过期", ""]}
    answer = browser.send(page_of(case), act(case, "return"), **rows)
    assert answer.status_code == 302
    assert Review.get(Review.case == case).reasons == {"area_m2": "与合同不一致", "mentors": "聘书过期"}
    assert w.fresh(case).stage == "fill"


@pytest.mark.parametrize(
    ("fields", "texts", "said"),
    [
        ([""], [""], "请至少写明一处要补正的内容和原因"),
        (["area_m2"], [""], "每一处都要选出填报内容"),
        ([""], ["与合同不一致"], "每一处都要选出填报内容"),
        (["no_such_field"], ["与合同不一致"], "每一处都要选出填报内容"),
    ],
)
def test_half_a_reason_is_not_sent(
    world: w.World, browser: Browser, fields: list[str], texts: list[str], said: str
) -> None:
    case = world.cases[0]
    sent = {"reason_field": fields, "reason_text": texts, "opinion": "写到一半"}
    answer = browser.send(page_of(case), act(case, "return"), **sent)
    assert answer.status_code == 422 and said in plain(answer)
    assert "写到一半" in answer.text and texts[0] in answer.text
    assert w.fresh(case).stage == "district_review"


def test_reasons_with_an_agreement_contradict_each_other(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    answer = browser.send(page_of(case), act(case, "forward"), **GOOD, reason_field="area_m2", reason_text="不一致")
    assert answer.status_code == 422 and "却选了往下送" in plain(answer)
    assert GOOD["opinion"] in answer.text and "不一致" in answer.text


def test_somebody_was_faster(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    guard = browser.guard(page_of(case))
    w.forward(world, case)
    answer = browser.client.post(act(case, "return"), data={**guard, "reason_field": "area_m2", "reason_text": "不一致"})
    assert answer.status_code == 409
    assert "审核通过此件" in plain(answer) and "您刚才写的：不一致" in plain(answer).replace("： ", "：")
    assert w.fresh(case).stage == "city_review"


def test_templates_fill_the_opinion_without_the_script(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    typed = {"complete": "no", "reason_field": "", "reason_text": "写到一半"}
    answer = browser.send(page_of(case), f"/cases/{case.id}/keep", pick="0", **typed)
    assert answer.status_code == 200
    assert "经审核，材料完整、规范、真实，同意上报。</textarea>" in answer.text
    assert "写到一半" in answer.text and Review.select().count() == 0


def test_own_opinions_come_back_as_templates(world: w.World, browser: Browser) -> None:
    first, second = world.cases
    browser.send(page_of(first), act(first, "forward"), **{**GOOD, "opinion": "我常用的话。"})
    assert 'data-text="我常用的话。"' in browser.get(page_of(second)).text


def test_a_visit_is_recorded_with_photos_that_only_reviewers_see(
    app: Flask, world: w.World, browser: Browser, sign_in: SignIn
) -> None:
    case = world.cases[0]
    sent = {"visited_on": "2023-06-01", "visitors": "两名审核员", "findings": "场地与合同一致"}
    files = {"files__photos": [(io.BytesIO(PNG), "大厅.png"), (io.BytesIO(PNG + b"1"), "工位.png")]}
    answer = browser.send(page_of(case), f"/cases/{case.id}/visit", **sent, **files)
    assert answer.status_code == 302, plain(answer)
    text = plain(browser.get(page_of(case)))
    assert "场地与合同一致" in text and "登记实地考察" in text
    photo = f"/cases/{case.id}/visits/{SiteVisit.get().id}/photos/1"
    shown = browser.get(photo)
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/png", PNG + b"1")
    assert browser.get(photo.replace("/1", "/2", 1)[:-1] + "9").status_code == 404
    clerk = Browser(app, sign_in, world.clerks[0])
    assert clerk.get(photo).status_code == 404
    assert "场地与合同一致" not in clerk.get(page_of(case)).text
    assert Browser(app, sign_in, world.other_district_reviewer).get(photo).status_code == 404


def test_a_wrong_photo_or_a_missing_answer_keeps_the_visit_on_the_page(world: w.World, browser: Browser) -> None:
    case = world.cases[0]
    sent = {"visited_on": "2023-06-01", "visitors": "两名审核员", "findings": "看过了"}
    wrong = {"files__photos": [(io.BytesIO(b"<html>"), "大厅.png")]}
    answer = browser.send(page_of(case), f"/cases/{case.id}/visit", **sent, **wrong)
    assert answer.status_code == 422 and "内容不是 png 文件" in plain(answer) and "看过了" in answer.text
    answer = browser.send(page_of(case), f"/cases/{case.id}/visit", **{**sent, "visitors": ""})
    assert answer.status_code == 422 and "请填写考察人员" in plain(answer) and "看过了" in answer.text
    assert SiteVisit.select().count() == 0


def test_handing_over_to_a_colleague(app: Flask, world: w.World, browser: Browser, sign_in: SignIn) -> None:
    case = world.cases[0]
    district = case.district
    colleague = factories.account("district_reviewer", district=district, display_name="同事乙")
    offered = browser.get(page_of(case)).text
    assert f'<option value="{colleague.id}">同事乙' in offered
    assert world.other_district_reviewer.display_name not in offered
    refused = browser.send(page_of(case), f"/cases/{case.id}/reassign", account=str(colleague.id), reason=" ")
    assert refused.status_code == 422 and "请写明转办的原因" in plain(refused)
    answer = browser.send(page_of(case), f"/cases/{case.id}/reassign", account=str(colleague.id), reason="休假")
    assert answer.headers["Location"] == page_of(world.cases[1])
    mine = plain(browser.get(page_of(case)))
    assert "已转给 同事乙" in mine and "同意，送市级复审" not in mine
    assert "转给同事办理：休假" in mine
    theirs = Browser(app, sign_in, colleague)
    assert "同意，送市级复审" in plain(theirs.get(page_of(case)))
    clerk = plain(Browser(app, sign_in, world.clerks[0]).get(page_of(case)))
    assert "休假" not in clerk and "同事乙" not in clerk


def test_nobody_acts_out_of_turn(app: Flask, world: w.World, browser: Browser, sign_in: SignIn) -> None:
    case = world.cases[0]
    city = Browser(app, sign_in, world.city_reviewer)
    assert "同意，送市级复审" not in plain(city.get(page_of(case)))
    guard = {**city.guard("/account"), "stage_version": str(w.fresh(case).stage_version), "form_token": "t" * 20}
    answer = city.client.post(act(case, "forward"), data={**guard, **GOOD})
    assert answer.status_code == 422 and "不由您办理" in plain(answer)
    stranger = Browser(app, sign_in, world.other_district_reviewer)
    seal = stranger.guard("/account")
    assert stranger.client.post(act(case, "forward"), data={**guard, **seal, **GOOD}).status_code == 404
    assert w.fresh(case).stage == "district_review"


def test_the_city_sends_back_to_the_district_with_a_reason(
    app: Flask, world: w.World, browser: Browser, sign_in: SignIn
) -> None:
    case = world.cases[0]
    w.forward(world, case)
    city = Browser(app, sign_in, world.city_reviewer)
    text = plain(city.get(page_of(case)))
    assert "海港区科技管理部门 的意见" in text.replace("的意见", " 的意见") and "退回县区重新审核" in text
    answer = city.send(
        page_of(case), act(case, "return_to_district"), reason_field="area_m2", reason_text="请再核一次"
    )
    assert answer.status_code == 302
    assert w.fresh(case).stage == "district_review"
