"""The experts' pages: what stays hidden, the sheet, saving it, signing it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.cases import panels
from core.models import Account, Attachment, Case, NoConflict, PanelMember, Recusal, ScoreSheet
from core.web import expert_desk
from tests import factories
from tests import world as w
from tests.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Any) -> w.World:
    """Two carriers before a panel of three."""
    made = w.build(2, 3, folder=tmp_path)
    for number, case in enumerate(made.cases):
        w.to_panel(made, case, number)
    return made


class Browser:
    """One signed-in person: follows forms with the hidden fields of the page they stand on."""

    def __init__(self, app: Flask, sign_in: SignIn, account: Account) -> None:
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, account)

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def send(self, page: str, address: str, **typed: str) -> TestResponse:
        """Post to `address` with the guard of the page at `page`."""
        text = self.client.get(page).text
        hidden = {}
        for name in ("csrf_token", "form_token", "stage_version"):
            found = re.findall(rf'name="{name}" value="([^"]*)"', text)
            if found:
                hidden[name] = found[-1]
        return self.client.post(address, data={**hidden, **typed})


@pytest.fixture
def expert(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    """The first expert, signed in."""
    return Browser(app, sign_in, world.experts[0])


def sheet_of(case: Any) -> str:
    return f"/expert/cases/{case.id}"


@pytest.fixture
def scoring_expert(expert: Browser, world: w.World) -> Browser:
    """The first expert, pledged and declared on the first carrier."""
    w.pledge(world)
    for case in world.cases[:1]:
        expert.send("/expert/", f"{sheet_of(case)}/declare")
    return expert


def test_nothing_of_any_carrier_before_the_pledge(expert: Browser, world: w.World) -> None:
    page = expert.get("/expert/").text
    assert "不收受评价对象的评审费、礼品和礼金" in page
    assert "第二十二条" in page
    assert not any(carrier.name in page for carrier in world.carriers)
    answer = expert.get(sheet_of(world.cases[0]))
    assert answer.status_code == 302
    assert answer.location == "/expert/"


def test_the_pledge_is_kept_in_the_words_that_were_shown(expert: Browser, world: w.World) -> None:
    expert.send("/expert/", f"/expert/rounds/{world.round.id}/pledge")
    seat = PanelMember.get(PanelMember.account == world.experts[0])
    assert seat.pledged_at is not None
    assert "不收受评价对象的评审费" in seat.pledge_text
    assert all(carrier.name in expert.get("/expert/").text for carrier in world.carriers)


def test_the_pledge_of_a_round_one_does_not_sit_on_does_not_exist(app: Flask, world: w.World, sign_in: SignIn) -> None:
    outsider = Browser(app, sign_in, factories.account("expert", region=world.region))
    assert outsider.send("/account", f"/expert/rounds/{world.round.id}/pledge").status_code == 404
    assert "还没有请您评审的批次" in outsider.get("/expert/").text


def test_only_the_name_is_seen_before_the_declaration(expert: Browser, world: w.World) -> None:
    w.pledge(world)
    page = expert.get("/expert/").text
    case = world.cases[0]
    assert "无利害关系，开始评价" in page
    assert "申请回避" in page
    assert case.number not in page
    assert case.carrier.organisation.name not in page
    for address in (sheet_of(case), f"{sheet_of(case)}/material", f"{sheet_of(case)}/sign"):
        assert expert.get(address).location == "/expert/"
    assert ScoreSheet.select().count() == 0
    file = Attachment.select().where(Attachment.case == case).first()
    assert expert.get(f"/files/{file.id}").status_code == 404


def test_declaring_opens_the_sheet_with_figures_evidence_and_reasons(scoring_expert: Browser, world: w.World) -> None:
    page = scoring_expert.get(sheet_of(world.cases[0])).text
    assert page.count('<article class="q') == 18
    assert "众创空间场地面积" in page
    assert "为什么是" in page
    assert "本批次最好值" in page
    assert "第十二条" in page
    assert "evidence_f1.pdf" in page
    assert 'name="r-F1"' in page
    assert 'name="r-S4"' not in page
    assert not re.search(r"area_m2|service_staff|linear_to_best", re.sub(r"<[^>]+>", "", page))
    file = Attachment.select().where(Attachment.case == world.cases[0]).first()
    assert scoring_expert.get(f"/files/{file.id}").status_code == 200
    assert scoring_expert.get(f"{sheet_of(world.cases[0])}/material").status_code == 200


def test_stepping_back_needs_a_reason_and_hides_the_carrier(scoring_expert: Browser, world: w.World) -> None:
    case = world.cases[0]
    form = f"{sheet_of(case)}/recuse"
    refused = scoring_expert.send(form, form, reason="  ")
    assert refused.status_code == 422
    assert "请写明回避的原因" in refused.text
    assert not Recusal.select().exists()

    assert scoring_expert.send(form, form, reason="曾在该单位任职").location == "/expert/"
    assert case.carrier.name not in scoring_expert.get("/expert/").text
    file = Attachment.select().where(Attachment.case == case).first()
    gone = (sheet_of(case), form, f"{sheet_of(case)}/sign", f"{sheet_of(case)}/material", f"/files/{file.id}")
    assert {scoring_expert.get(address).status_code for address in gone} == {404}
    assert scoring_expert.send("/expert/", f"{sheet_of(case)}/declare").status_code == 404
    assert not NoConflict.select().where(NoConflict.case == case, NoConflict.member == 1).exists()


def test_a_sheet_is_saved_right_or_unfinished(scoring_expert: Browser, world: w.World) -> None:
    address = sheet_of(world.cases[0])
    typed = {"p-S4": "３．５", "p-S5": "99", "p-F1": "2", "r-F1": "合同面积较小", "opinion": "总体良好"}
    assert scoring_expert.send(address, address, **typed).location == address
    row = ScoreSheet.get()
    assert row.points == {"S4": "3.5", "S5": "99"}
    assert row.changes == {"F1": {"points": "2", "reason": "合同面积较小"}}
    page = scoring_expert.get(address).text
    assert 'value="3.5"' in page
    assert "S5 的得分 99 不在 0 至 6 之间" in page
    assert "合同面积较小" in page
    assert "还没有评分" not in page
    checked = scoring_expert.get(f"{address}?check=1").text
    assert "S5 的得分 99 不在 0 至 6 之间" in checked


def test_the_running_total_counts_what_can_be_read(scoring_expert: Browser, world: w.World) -> None:
    case = world.cases[0]
    before = page_total(scoring_expert.get(sheet_of(case)).text)
    scoring_expert.send(sheet_of(case), sheet_of(case), **{"p-S4": "3", "p-S5": "七"})
    assert page_total(scoring_expert.get(sheet_of(case)).text) == before + 300


def page_total(page: str) -> int:
    """The running total of a page in hundredths of a point."""
    found = re.search(r"data-total>([0-9]+)\.([0-9]{2})<", page)
    assert found
    return int(found[1]) * 100 + int(found[2])


def test_saving_by_script_answers_with_the_next_version_and_total(scoring_expert: Browser, world: w.World) -> None:
    address = sheet_of(world.cases[0])
    text = scoring_expert.get(address).text
    seal = re.findall(r'name="csrf_token" value="([^"]*)"', text)[-1]
    form = {"csrf_token": seal, "stage_version": "1", "p-S4": "4", "p-S5": "7"}
    headers = {"Accept": "application/json"}
    answer = scoring_expert.client.post(address, data=form, headers=headers)
    assert answer.json is not None
    assert answer.json["version"] == 2
    assert re.fullmatch(r"已保存 [0-2][0-9]:[0-5][0-9]", answer.json["saved"])
    assert answer.json["faults"] == {"S5": "S5 的得分 7 不在 0 至 6 之间"}
    assert answer.json["left"] == 5

    same = scoring_expert.client.post(address, data=form, headers=headers)
    assert (same.status_code, same.json and same.json["version"]) == (200, 2)
    other = scoring_expert.client.post(address, data={**form, "p-S4": "1"}, headers=headers)
    assert other.status_code == 409
    assert "另一个窗口" in (other.json or {})["problem"]
    assert ScoreSheet.get().points["S4"] == "4"


def test_a_conflict_keeps_what_was_typed_and_names_the_difference(scoring_expert: Browser, world: w.World) -> None:
    case, address = world.cases[0], sheet_of(world.cases[0])
    scoring_expert.send(address, address, **{"p-S4": "4"})
    answer = scoring_expert.send(address, address, **{"p-S4": "1", "stage_version": "1"})
    assert answer.status_code == 409
    assert "那边是“4”，这里是“1”" in answer.text
    assert 'name="p-S4" value="1"' in answer.text
    again = scoring_expert.send(address, address, **{"p-S4": "1"})
    assert again.status_code == 302
    assert ScoreSheet.get(ScoreSheet.case == case).points == {"S4": "1"}


WHOLE = {"p-S4": "3", "p-S5": "5", "p-P5": "5", "p-C1": "4", "p-C2": "3", "opinion": "服务扎实。"}


def test_signing_asks_first_then_makes_the_sheet_read_only(scoring_expert: Browser, world: w.World) -> None:
    address = sheet_of(world.cases[0])
    early = scoring_expert.send(address, address, then="sign", **{"p-S4": "3"})
    assert scoring_expert.get(early.location).location == f"{address}?check=1"
    assert "C1 还没有评分" in scoring_expert.get(f"{address}?check=1").text

    confirm = scoring_expert.send(address, address, then="sign", **WHOLE).location
    assert confirm == f"{address}/sign"
    assert "服务扎实" in scoring_expert.get(confirm).text
    assert scoring_expert.send(confirm, confirm).location == address
    row = ScoreSheet.get()
    assert row.status == "signed"
    page = scoring_expert.get(address).text
    assert '<form method="post" action="/expert' not in page
    assert "服务扎实" in page
    later = scoring_expert.send("/expert/", address, stage_version=str(row.version), **WHOLE)
    assert later.location == address
    assert ScoreSheet.get().version == row.version


def test_one_form_signs_once(scoring_expert: Browser, world: w.World) -> None:
    address = sheet_of(world.cases[0])
    scoring_expert.send(address, address, **WHOLE)
    text = scoring_expert.get(f"{address}/sign").text
    form = {name: re.findall(rf'name="{name}" value="([^"]*)"', text)[-1]
            for name in ("csrf_token", "form_token", "stage_version")}  # fmt: skip
    first = scoring_expert.client.post(f"{address}/sign", data=form)
    second = scoring_expert.client.post(f"{address}/sign", data=form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location == address


def test_nobody_sees_another_experts_sheet(
    scoring_expert: Browser, app: Flask, world: w.World, sign_in: SignIn
) -> None:
    case = world.cases[0]
    scoring_expert.send(sheet_of(case), sheet_of(case), **{**WHOLE, "opinion": "只有我看得到的意见"})
    second = Browser(app, sign_in, world.experts[1])
    second.send("/expert/", f"{sheet_of(case)}/declare")
    page = second.get(sheet_of(case)).text
    assert "只有我看得到的意见" not in page
    assert 'name="p-S4" value=""' in page
    clerk = Browser(app, sign_in, world.clerks[0])
    assert clerk.get(sheet_of(case)).status_code == 404
    city = Browser(app, sign_in, world.city_reviewer)
    assert city.get(sheet_of(case)).status_code == 404


def test_the_desk_takes_as_many_statements_for_two_carriers_as_for_one(
    scoring_expert: Browser, world: w.World, caplog: pytest.LogCaptureFixture
) -> None:
    person = w.viewer(world.experts[0])
    caplog.set_level("DEBUG", logger="peewee")
    caplog.clear()
    assert [row.state for row in expert_desk.sittings(person)[0].rows] == ["draft", "declare"]
    two = len(caplog.records)
    panels.recuse(person, world.cases[1].id, "有合作", w.new_token())
    caplog.clear()
    assert len(expert_desk.sittings(person)[0].rows) == 1
    assert two == len(caplog.records) > 0


def test_waiting_counts_pledges_then_carriers(expert: Browser, world: w.World) -> None:
    person = w.viewer(world.experts[0])
    assert expert_desk.waiting(person) == 1
    w.pledge(world)
    assert expert_desk.waiting(person) == 2
    w.score(world, world.cases[0], world.experts[0])
    assert expert_desk.waiting(person) == 1


def test_an_own_signed_sheet_can_be_read_after_the_scoring(world: w.World, expert: Browser) -> None:
    case = world.cases[0]
    w.pledge(world)
    w.score(world, case, world.experts[0])
    Case.update(stage="determination").where(Case.id == case.id).execute()
    page = expert.get(sheet_of(case))
    assert page.status_code == 200
    assert "已签字" in page.text
    assert "填报全文" not in page.text
    assert expert.get(f"{sheet_of(case)}/material").status_code == 404
