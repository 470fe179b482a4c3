"""The pages of the imports: tried first, every fault with its cell, confirmed once, first passwords shown once."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.cases import importing_accounts, importing_calendar, importing_titles
from core.cases.action import new_token
from core.cases.importing import import_region
from core.models import Account, CalendarYear, Carrier, Grant, Region
from core.people import passwords
from tests import factories
from tests import world as w

openpyxl = pytest.importorskip("openpyxl")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ROW = ["zhangsan", "张某", "区级审核员", "秦皇岛市", "海港区", ""]


@pytest.fixture
def region(database: str, monkeypatch: pytest.MonkeyPatch) -> Region:
    factories._hash()  # kept for the whole run: it must be a real one
    monkeypatch.setattr(passwords, "hash_password", lambda text: f"hashed:{text}")
    found = import_region(w.pack())
    factories.district(found, "haigang")
    return found


def book(heads: Any, *rows: list[object]) -> io.BytesIO:
    made = openpyxl.Workbook()
    made.worksheets[0].title = "表"
    for row in (list(heads), *rows):
        made.worksheets[0].append(row)
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    return out


def tried(client: FlaskClient, seal: Any, address: str, file: io.BytesIO, **more: str) -> Any:
    return client.post(address, data={"csrf_token": seal(), "file": (file, "表.xlsx"), **more})


def confirm(client: FlaskClient, page: str, address: str) -> Any:
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.rsplit("bring_in", maxsplit=1)[-1]))
    return client.post(address, data=fields)


def test_one_sheet_goes_through_both_officers_pages(app: Any, sign_in: Any, seal: Any, client: FlaskClient, region: Region) -> None:
    sign_in(client, factories.account("system_admin"))
    heads, address = importing_accounts.COLUMNS.values(), "/admin/people_import/"
    assert client.get(f"{address}empty.xlsx").status_code == 200
    bad = tried(client, seal, address, book(heads, [*ROW[:2], "主任", *ROW[3:]]))
    assert bad.status_code == 422 and "表!C2" in bad.text and "name=\"kept\"" not in bad.text
    page = tried(client, seal, address, book(heads, ROW)).text
    assert "新增这 1 个账号" in page
    done = confirm(client, page, f"{address}confirm")
    password = Account.get(Account.username == "zhangsan").password_hash.removeprefix("hashed:")
    assert password in done.text and "no-store" in done.headers["Cache-Control"]
    again = confirm(client, page, f"{address}confirm")
    assert again.status_code == 409 and password not in again.text and "只给过一次" in again.text
    assert Grant.select().where(Grant.account == Account.get(Account.username == "zhangsan")).count() == 0


def test_the_security_administrator_grants_from_the_same_page(client: FlaskClient, sign_in: Any, seal: Any, region: Region) -> None:
    sign_in(client, factories.account("security_admin"))
    heads, address = importing_accounts.COLUMNS.values(), "/admin/people_import/"
    assert "还没有这个账号" in tried(client, seal, address, book(heads, ROW)).text
    factories.account(username="zhangsan", display_name="张某")
    page = tried(client, seal, address, book(heads, ROW)).text
    assert "授予这 1 项角色" in page and confirm(client, page, f"{address}confirm").status_code == 302
    assert Grant.select().where(Grant.role == "district_reviewer").count() == 1


def test_a_year_is_entered_from_a_sheet_with_its_source(client: FlaskClient, sign_in: Any, seal: Any, region: Region) -> None:
    sign_in(client, factories.account("system_admin"))
    address, row = "/admin/years_import/", ["2027-01-01", "休", "元旦"]
    unsourced = tried(client, seal, address, book(importing_calendar.COLUMNS.values(), row))
    assert unsourced.status_code == 422 and "哪份通知" in unsourced.text
    bad = tried(client, seal, address, book(importing_calendar.COLUMNS.values(), ["昨天", "休", "x"]), source="某通知")
    assert bad.status_code == 422 and "表!A2" in bad.text
    page = tried(client, seal, address, book(importing_calendar.COLUMNS.values(), row), source="某通知").text
    assert confirm(client, page, f"{address}confirm").status_code == 302 and CalendarYear.get().year == 2027


def test_carriers_are_updated_after_each_row_was_told(client: FlaskClient, sign_in: Any, seal: Any, region: Region) -> None:
    factories.carrier(factories.district(region, "haigang"), "演示空间")
    sign_in(client, factories.account("policy_officer", region=region))
    address, heads = "/admin/titles_import/", importing_titles.columns_of(region).values()
    page = tried(client, seal, address, book(heads, ["演示空间", "", "省级"])).text
    assert "市级 改为 省级" in page and Carrier.get().level == "city"
    assert confirm(client, page, f"{address}confirm").status_code == 302 and Carrier.get().level == "provincial"
    other = factories.region("elsewhere", "外市")
    assert tried(client, seal, address, book(heads, ["演示空间"]), region=str(other.id)).status_code == 404


@pytest.mark.parametrize("slug", ["carriers", "titles", "balances", "districts"])
def test_every_register_import_gives_its_empty_sheet_and_what_is_registered(
    client: FlaskClient, sign_in: Any, seal: Any, region: Region, slug: str
) -> None:
    factories.carrier(factories.district(region, "haigang"), "演示空间")
    sign_in(client, factories.account("policy_officer", region=region))
    address = f"/admin/{slug}_import/"
    assert "下载空表" in client.get(address).text
    assert "没有数据" in tried(client, seal, address, io.BytesIO(client.get(f"{address}empty.xlsx").data)).text
    told = client.get(f"{address}registered.xlsx?region={region.id}")
    assert told.status_code == 200 and openpyxl.load_workbook(io.BytesIO(told.data))
    other = factories.region("elsewhere", "外市")
    assert client.get(f"{address}registered.xlsx?region={other.id}").status_code == 404
    if slug != "balances":
        assert "没有要导入的" in tried(client, seal, address, io.BytesIO(told.data)).text


def test_what_is_no_spreadsheet_is_told(client: FlaskClient, sign_in: Any, seal: Any, region: Region) -> None:
    sign_in(client, factories.account("system_admin"))
    answer = tried(client, seal, "/admin/people_import/", io.BytesIO(b"not a book"))
    assert answer.status_code == 422 and "另存为 .xlsx" in answer.text
    assert client.post("/admin/people_import/confirm", data={"csrf_token": seal(), "kept": "%%", "form_token": new_token()}).status_code == 404
