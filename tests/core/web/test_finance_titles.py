"""Finance pages of organisations with several titles: years, reasons, calling back, uses; the carrier's and officer's pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import storage
from core.cases import awarding
from core.models import Attachment, Award, AwardEntry, Case, OpeningBalance
from core.policy.determination import Check
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.cases import award_world as a
from tests.core.cases.test_award_use import Paid
from tests.core.cases.test_importing_balances import book
from tests.core.web.test_finance import form_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BASE, PLATFORM = "demonstration_base", "demonstration_platform"


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_an_award_shows_its_year_its_caps_and_what_outranks_it(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    titles = a.build()
    titles.opening(PLATFORM, 120_000_50)
    found = {award.case.carrier.kind: award for award in titles.final(2021, {BASE: "good", PLATFORM: "good"})}
    sign_in(client, titles.finance)
    page = text_of(client.get(f"/finance/awards/{found[PLATFORM].id}").text)
    assert "补助 2020 年度" in page
    assert "不另发" in page
    assert f"按“{titles.carriers[BASE].name}”的 100,000 元" in page
    assert "累计上限（元）：150,000" in page
    assert "以前已领取（元）：120,000.5" in page
    assert "29,999.50" in page  # what the cap leaves
    assert "demonstration" not in page
    desk = text_of(client.get("/finance/").text)
    assert "补助 2020 年度" in desk
    assert "不另发 1" in desk


def test_a_lower_award_is_called_back_on_a_page_of_its_own(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    titles = a.build()
    low = titles.final(2021, {PLATFORM: "good"})[0]
    titles.release(low)
    high = titles.final(2021, {BASE: "good"})[0]
    sign_in(client, titles.finance)
    assert "先收缴已发的一项" in client.get(f"/finance/awards/{high.id}").text
    address = f"/finance/awards/{low.id}/reverse"
    assert address in client.get(f"/finance/awards/{low.id}").text
    assert client.get(f"/finance/awards/{high.id}/reverse").status_code == 302
    form = form_of(client, address)
    refused = client.post(address, data=form)
    assert refused.status_code == 422
    assert "请写明收缴的依据" in refused.text
    done = client.post(address, data={**form_of(client, address), "reason": "改发基地一项"}, follow_redirects=True)
    assert "已记为收缴" in done.text
    a.settle()
    assert [entry.amount_fen for entry in AwardEntry.select().order_by(AwardEntry.id)] == [50_000_00, -50_000_00]
    assert a.fresh(high).status == "payable"


def test_finance_and_carrier_see_what_was_used(app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Any) -> None:
    paid = Paid()
    sign_in(client, paid.account)
    assert "填报使用情况" in client.get("/carrier/standing/").text
    page = client.get("/carrier/awards/")
    assert paid.purpose.name in page.text
    token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[-1]
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[-1]
    started = client.post(f"/carrier/awards/{paid.award.id}", data={"csrf_token": seal, "form_token": token})
    assert started.status_code == 302
    case = Case.get(Case.procedure == "award_use")
    assert client.get(started.location).status_code == 200
    paid.typed(case, "12345.67", purpose=paid.purpose.key)
    paid.submitted(case)
    assert "37,654.33" in client.get("/carrier/awards/").text

    client = app.test_client()
    sign_in(client, paid.titles.finance)
    assert "已用 12,345.67 元，未报 37,654.33 元" in text_of(client.get("/finance/").text)
    shown = client.get(f"/finance/awards/{paid.award.id}").text
    assert paid.purpose.name in shown
    assert "发票.pdf" in shown
    link = re.findall(r'href="(/finance/awards/\d+/evidence/\d+)"', shown)[0]
    storage.use(f"file://{tmp_path}")
    stored = storage.current().put(io.BytesIO(w.PDF), 10_000, lambda _file: None)
    Attachment.update(digest=stored.digest).execute()
    answer = client.get(link)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    client = app.test_client()
    stranger = factories.account("finance", region=factories.region("jingang", "津港市"))
    sign_in(client, stranger)
    assert client.get(link).status_code == 404


def test_the_policy_officer_imports_opening_balances(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    titles = a.build()
    sign_in(client, factories.account("policy_officer", region=titles.region))
    assert client.get("/admin/balances_import/empty.xlsx").status_code == 200
    page = client.get("/admin/balances_import/").text
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]

    def tried(file: bytes) -> Any:
        data = {"csrf_token": seal, "file": (io.BytesIO(file), "期初.xlsx")}
        return client.post("/admin/balances_import/", data=data, content_type="multipart/form-data")

    wrong = tried(book((titles.organisation.name, "", "示范平台", "x", "台账")))
    assert wrong.status_code == 422
    assert "以前领取的奖励!D2" in wrong.text
    right = tried(book((titles.organisation.name, "", "示范平台", 70000, "台账"))).text
    assert "登记 1 条，共 70,000 元" in right
    assert not OpeningBalance.select().exists()
    form = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', right)[-1]
        for name in ("csrf_token", "form_token", "region", "kept")
    }
    done = client.post("/admin/balances_import/confirm", data=form, follow_redirects=True)
    assert "已导入 1 条，共 70,000 元" in done.text
    assert "示范平台" in client.get("/admin/balances/").text


def test_the_ground_is_chosen_where_the_policy_names_several(
    app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = w.build(1, 3, folder=tmp_path)
    w.to_closed(world, *world.cases)
    case = world.cases[0]
    sign_in(client, world.city_reviewer)
    address = f"/city/cases/{case.id}/false-materials"
    assert 'name="veto"' not in client.get(address).text
    several = [Check("false_materials", "弄虚作假", "yes_no", "第二十条", True),
               Check("major_safety_accident", "重大安全事故", "yes_no", "第二十条", True)]  # fmt: skip
    monkeypatch.setattr(awarding, "recovering_vetoes", lambda case: several)
    assert "重大安全事故" in client.get(address).text
    form = {**form_of(client, address), "reason": "查实"}
    refused = client.post(address, data=form)
    assert refused.status_code == 422
    assert "请选择查实的情形" in refused.text
    done = client.post(address, data={**form_of(client, address), "reason": "查实", "veto": "major_safety_accident"})
    assert done.status_code in (302, 303)
    assert Award.select().first().status == "cancelled"
