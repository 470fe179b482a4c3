"""Pages of a round whose panel gives grades: the expert's sheet, the panel, determination, publishing, the public."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock
from core.cases import determining, panels
from core.cases.action import new_token
from core.models import Account, EvaluationRound, NoticeEntry, PanelMember, PanelOpinion, PublicNotice, ScoreSheet
from tests import factories
from tests import graded as g
from tests.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Person:
    """One signed-in person: posts with the hidden fields of the page they stand on."""

    def __init__(self, app: Flask, sign_in: SignIn, account: Account) -> None:
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, account)

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def send(self, page: str, address: str, **typed: Any) -> TestResponse:
        """Post to `address` with what the form for it holds hidden on the page at `page`."""
        text = self.client.get(page).text
        form = next(part for part in re.findall(r"<form.*?</form>", text, re.S) if f'action="{address}"' in part)
        hidden: dict[str, Any] = {}
        for name, value in re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form):
            hidden.setdefault(name, []).append(value)
        return self.client.post(address, data={**hidden, **typed})


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> g.Place:
    """The city runs the panel; results are noticed."""
    return g.build(tmp_path)


@pytest.fixture
def commissioned(app: Flask, tmp_path: Path) -> g.Place:
    """A third party runs the panel; results are published at once."""
    return g.build(tmp_path, run_by="third_party", notice=False)


def test_a_sheet_is_filled_saved_and_signed(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    expert = Person(app, sign_in, place.experts[0])
    person = g.viewer(place.experts[0])
    panels.sign_pledge(person, place.round.id, "我承诺保密。")
    panels.declare_no_conflict(person, case.id, new_token())
    at = f"/expert/cases/{case.id}"
    page = expert.get(at).text
    assert all(word in page for word in ("建设及运营管理", "服务业绩", "优秀", "不合格", "不取平均"))
    assert "data-total" not in page and "得分" not in page  # no points of another region
    given = {"m-management": "制度齐全", "grade": "good", "opinion": "较好"}
    assert expert.send(at, at, **given).status_code == 302
    kept = ScoreSheet.get()
    assert (kept.grade, kept.remarks["management"], kept.status) == ("good", "制度齐全", "draft")
    checked = expert.client.get(f"{at}/sign", follow_redirects=True).text
    assert "请写“服务业绩”的评语" in checked and 'href="#p-remark-services"' in checked
    expert.send(at, at, **given, **{"m-services": "服务较多"})
    confirm = expert.get(f"{at}/sign").text
    assert "服务较多" in confirm and "良好" in confirm
    expert.send(f"{at}/sign", f"{at}/sign")
    assert ScoreSheet.get().status == "signed"
    assert "评价表" in expert.get(at).text


def test_a_grade_of_elsewhere_is_not_kept(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    case = place.cases[0]
    g.to_panel(place, case)
    person = g.viewer(place.experts[0])
    panels.sign_pledge(person, place.round.id, "我承诺保密。")
    panels.declare_no_conflict(person, case.id, new_token())
    expert = Person(app, sign_in, place.experts[0])
    at = f"/expert/cases/{case.id}"
    expert.send(at, at, grade="A", opinion="好")
    assert ScoreSheet.get().grade == ""


def test_grades_are_shown_once_all_have_signed(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    case, city = place.cases[0], Person(app, sign_in, place.city_reviewer)
    g.to_panel(place, case)
    at = f"/city/cases/{case.id}/panel"
    g.sheet(place, case, place.experts[0], "excellent")
    g.sheet(place, case, place.experts[1], "good")
    before = city.get(at).text
    assert "优秀" not in before and "商定的档次" in before
    g.sheet(place, case, place.experts[2], "good")
    after = city.get(at).text
    assert "各位专家评定的档次" in after and "优秀" in after
    refused = city.send(at, f"{at}/opinion", modes="desk_review", opinion="一致意见", grade="good")
    assert refused.status_code == 422 and "请写明理由" in refused.text and "一致意见" in refused.text
    city.send(at, f"{at}/opinion", modes="desk_review", opinion="意见", grade="good", reasons="多数专家意见")
    assert PanelOpinion.get().grade == "good"
    city.send(at, f"{at}/conclude")
    assert g.fresh(case).stage == "determination"


def test_every_page_of_the_round_opens_without_a_scheme(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    city = Person(app, sign_in, place.city_reviewer)
    first, second = place.cases
    g.to_determination(place, first, ("good", "excellent", "good"), "good", "多数专家意见")
    g.check(place, first)
    round_, case = f"/city/rounds/{place.round.id}", f"/city/cases/{first.id}"
    pages = ("", "/plan", "/participants", "/panel", "/determination", "/notices", "/summary", "/cases")
    for page in pages:
        assert city.get(round_ + page).status_code == 200, page
    text = city.get(f"{case}/determination").text
    assert "专家评价" in text and "多数专家意见" in text and "各位专家的档次" in text and "总分" not in text
    city.send(f"{case}/determination", f"{case}/determine")
    result = determining.latest_result(first)
    assert result is not None and result.grade == "good"
    for page in (*(round_ + page for page in pages), f"/cases/{first.id}", f"/cases/{second.id}", "/city/"):
        assert city.get(page).status_code == 200, page
    board = city.get(round_).text
    assert "得分与档次" not in board and "距档次线" not in board and "优秀" in board
    notices = city.get(f"{round_}/notices").text
    assert "预览公示" in notices and "总分（不公开）" not in notices


def test_the_carrier_never_reads_single_experts_grades(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    case = place.cases[0]
    g.to_determination(place, case, ("good", "excellent", "good"), "good", "多数专家意见")
    g.determine(place, case)
    clerk = Person(app, sign_in, place.clerks[0])
    assert "良好" not in clerk.get(f"/cases/{case.id}").text
    g.publish(place, case)
    told = clerk.get(f"/cases/{case.id}").text
    assert "良好" in told and "专家组商定的档次" in told
    assert "优秀" not in told and "多数专家意见" not in told
    city = Person(app, sign_in, place.city_reviewer).get(f"/cases/{case.id}").text
    assert "多数专家意见" in city  # the same page tells it to the city


def test_results_are_published_at_once_and_the_public_reads_them(
    app: Flask, commissioned: g.Place, sign_in: SignIn
) -> None:
    place, case = commissioned, commissioned.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    city, public = Person(app, sign_in, place.city_reviewer), app.test_client()
    at = f"/city/rounds/{place.round.id}/notices"
    page = city.get(at).text
    assert "公布结果" in page and "预览公布" in page and "预览公示" not in page
    preview = f"{at}/preview?case={case.id}"
    shown = city.get(preview).text
    assert "予以公布" in shown and "公示期为" not in shown and "异议的单位" not in shown
    assert PublicNotice.select().count() == 0
    sent = city.send(preview, at)
    publication = PublicNotice.get()
    assert sent.status_code == 302 and publication.kind == "publication"
    assert "当天生效" in city.get(f"/city/notices/{publication.id}").text
    address = f"/r/{place.region.key}/notices/{publication.id}"
    told = public.get(address).text
    assert "演示服务平台1" in told and "结果已生效" in told and "提出异议" not in told
    steps = city.get(f"/cases/{case.id}").text.partition('<ol class="steps">')[2].partition("</ol>")[0]
    assert "日公布" in steps and "日公示" not in steps
    entry = NoticeEntry.get()
    for gone in (f"{address}/object/", f"{address}/object/{entry.id}"):
        assert public.get(gone).status_code == 404
    assert "演示服务平台1" in public.get(f"/r/{place.region.key}/results").text
    assert public.get(f"/r/{place.region.key}/").status_code == 200
    for page in (f"/city/rounds/{place.round.id}", f"/city/rounds/{place.round.id}/summary", at):
        assert city.get(page).status_code == 200


def test_a_notice_still_takes_objections(app: Flask, place: g.Place) -> None:
    case = place.cases[0]
    g.to_determination(place, case)
    g.determine(place, case)
    notice = g.publish(place, case)
    public = app.test_client()
    address = f"/r/{place.region.key}/notices/{notice.id}"
    assert "提出异议" in public.get(address).text
    assert public.get(f"{address}/object/").status_code == 200


def test_a_third_party_takes_a_case_through_on_its_own_pages(
    app: Flask, commissioned: g.Place, sign_in: SignIn
) -> None:
    place, case = commissioned, commissioned.cases[0]
    g.to_panel(place, case)
    third = Person(app, sign_in, place.third_party)
    desk = third.get("/third-party/").text
    assert case.carrier.name in desk and place.cases[1].carrier.name not in desk
    panel = f"/third-party/rounds/{place.round.id}/panel"
    ids = [expert.id for expert in place.experts]
    assert third.send(panel, panel, expert=ids[:2]).status_code == 302
    assert PanelMember.select().where(PanelMember.removed_at.is_null()).count() == 2
    at = f"/third-party/cases/{case.id}/panel"
    assert "催没有签字的专家" in third.get(at).text
    assert third.send(at, f"{at}/urge").status_code == 302
    assert "今天已催过" in third.get(at).text
    assert third.get(f"/third-party/cases/{case.id}/material").status_code == 200
    for expert in place.experts[:2]:
        g.sheet(place, case, expert, "good")
    third.send(at, f"{at}/opinion", modes="desk_review", opinion="意见", grade="good")
    assert third.send(at, f"{at}/conclude").headers["Location"].endswith("/third-party/")
    assert g.fresh(case).stage == "determination"
    assert third.get(at).status_code == 404


def test_the_city_looks_on_where_a_third_party_runs_the_panel(
    app: Flask, commissioned: g.Place, sign_in: SignIn
) -> None:
    place, case = commissioned, commissioned.cases[0]
    g.to_panel(place, case)
    city = Person(app, sign_in, place.city_reviewer)
    for page in (f"/city/rounds/{place.round.id}/panel", f"/city/cases/{case.id}/panel"):
        text = city.get(page).text
        assert "这里只能看" in text and "确定专家组</button>" not in text and "结束评价，进入" not in text


def test_a_third_party_finds_nothing_else(app: Flask, commissioned: g.Place, sign_in: SignIn) -> None:
    case = commissioned.cases[0]
    g.to_panel(commissioned, case)
    other = EvaluationRound.get_by_id(commissioned.round.id)
    third = Person(app, sign_in, commissioned.third_party)
    stranger = Person(app, sign_in, factories.account("third_party", region=factories.region("elsewhere", "别处市")))
    for address in (f"/third-party/rounds/{other.id}/panel", f"/third-party/cases/{case.id}/panel"):
        assert third.get(address).status_code == 200
        assert stranger.get(address).status_code == 404
    for address in (
        f"/third-party/cases/{commissioned.cases[1].id}/panel",
        f"/third-party/cases/{commissioned.cases[1].id}/material",
        f"/city/rounds/{other.id}",
        f"/city/cases/{case.id}/panel",
        f"/cases/{case.id}",
        f"/expert/cases/{case.id}",
        "/city/", "/finance/", "/district/", "/carrier/",
    ):  # fmt: skip
        assert third.get(address).status_code == 404, address


def test_a_panel_form_drawn_before_a_colleagues_is_stale(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    city = Person(app, sign_in, place.city_reviewer)
    at = f"/city/rounds/{place.round.id}/panel"
    text = city.get(at).text
    seal = re.findall(r'name="(csrf_token|form_token|seen)" value="([^"]*)"', text)
    panels.form_panel(place.city, place.round.id, [place.experts[0].id])
    answer = city.client.post(at, data={**dict(seal), "expert": [e.id for e in place.experts]})
    assert answer.status_code == 409 and "刚由别人改过" in answer.text


def test_a_late_submission_is_shown_as_late(app: Flask, place: g.Place, sign_in: SignIn) -> None:
    case, city = place.cases[0], Person(app, sign_in, place.city_reviewer)
    with clock.policy_date(date(2023, 7, 2)):
        g.to_determination(place, case)
        page = city.get(f"/city/cases/{case.id}/determination").text
        assert "材料迟报" in page and "2023年7月2日" in page
        assert "迟报" in city.get(f"/city/rounds/{place.round.id}/determination").text
