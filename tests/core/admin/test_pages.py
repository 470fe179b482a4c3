"""The pages of administration, used as people use them: without scripts, one form after the other."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from core.cases import definitions
from core.cases.action import new_token
from core.models import (
    Account,
    AdminEvent,
    CalendarDay,
    CalendarYear,
    Carrier,
    DefinitionVersion,
    Grant,
    Organisation,
    ParameterEntry,
    Region,
    database,
)
from tests import factories, world

FIRST = "长江-黄河-泰山-九州"


@pytest.fixture
def post(client: FlaskClient, seal):
    """Post a form with its seal and a fresh one-time token."""

    def send(address: str, **fields: object):
        data = {"csrf_token": seal(), "form_token": new_token(), **fields}
        return client.post(address, data=data)

    return send


@pytest.fixture
def officer(client: FlaskClient, sign_in) -> Region:
    """A signed-in policy officer of Qinhuangdao; gives the region."""
    from core.cases.importing import import_region
    from core.policy.pack import load_region

    region = import_region(load_region(world.PACK))
    sign_in(client, factories.account("policy_officer", region=region))
    return region


def definition(region: Region, kind: str) -> DefinitionVersion:
    rows = DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.kind == kind))
    return rows.order_by(DefinitionVersion.id.desc()).get()


def statements_of(client: FlaskClient, address: str, monkeypatch) -> int:
    """How many statements a page takes."""
    count = 0
    run = database.obj.execute_sql

    def counted(*args, **kwargs):
        nonlocal count
        count += 1
        return run(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(database.obj, "execute_sql", counted)
        assert client.get(address).status_code == 200
    return count


def test_each_administrator_finds_their_pages_in_the_bar_and_on_the_first_page(client: FlaskClient, sign_in) -> None:
    for role, words in {
        "system_admin": ("账号", "地区"),
        "security_admin": ("授权",),
        "auditor": ("管理事项", "办件的链"),
        "policy_officer": ("各项规定", "参数", "载体"),
    }.items():
        other = client.application.test_client()
        sign_in(other, factories.account(role))
        page = other.get("/admin/").text
        assert all(word in page for word in words), role
        assert other.get("/desk").location.startswith("/admin/"), role
        assert "bootstrap4" not in page and "jquery" not in page.lower()
        assert "style=" not in page and "onclick" not in page


def test_an_account_from_first_to_last(client: FlaskClient, sign_in, post) -> None:
    sign_in(client, factories.account("system_admin"))
    refused = post("/admin/accounts/new/", username="li", display_name="李四", password="123")
    assert refused.status_code == 422 and "密码应为" in refused.text and 'value="李四"' in refused.text
    assert post("/admin/accounts/new/", username="li", display_name="李四", password=FIRST).status_code == 302
    row = Account.get(Account.username == "li")
    assert row.must_change_password
    address = f"/admin/accounts/{row.id}/"
    assert "停用“李四”的账号吗" in client.get(f"{address}switch").text
    post(address, active="0")
    assert not Account.get_by_id(row.id).is_active
    post(address, active="1")
    post(address, sign_out="1")
    post(address, rename="1", display_name="李四（海港）")
    post(address, reset="1", password="泰山-衡山-华山-恒山")
    row = Account.get_by_id(row.id)
    assert (row.is_active, row.display_name) == (True, "李四（海港）")
    kinds = [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)]
    assert kinds == [
        "account_created", "account_disabled", "account_enabled", "account_signed_out", "account_renamed",
        "account_password_reset",
    ]  # fmt: skip
    assert "/admin/grants" not in client.get("/admin/").text


def test_a_form_sent_twice_acts_once(client: FlaskClient, sign_in, post) -> None:
    sign_in(client, factories.account("system_admin"))
    token = new_token()
    for _ in range(2):
        post("/admin/accounts/new/", form_token=token, username="wang", display_name="王五", password=FIRST)
    assert AdminEvent.select().count() == 1


def test_a_year_is_looked_at_before_it_is_kept(client: FlaskClient, sign_in, post) -> None:
    sign_in(client, factories.account("system_admin"))
    wrong = post("/admin/years/new", lines="2027-01-01 休 元旦\n2027-02-30 休 春节", source="通知")
    assert wrong.status_code == 422 and "第 2 行" in wrong.text
    good = {"lines": "2027-01-01 休 元旦\n2027-02-06 班", "source": "通知"}
    looked = post("/admin/years/new", **good)
    assert looked.status_code == 200 and "录入 2027 年" in looked.text and CalendarYear.select().count() == 0
    assert post("/admin/years/new", keep="1", **good).status_code == 302
    assert CalendarYear.get().year == 2027 and CalendarDay.select().count() == 2


def test_removing_a_day_asks_on_a_page_of_its_own(client: FlaskClient, sign_in, post) -> None:
    sign_in(client, factories.account("system_admin"))
    assert (
        post("/admin/days/new/", day="2023-06-06", working="0", region="", name="节", source="文件").status_code == 302
    )
    row = CalendarDay.get()
    assert row.day == date(2023, 6, 6) and row.region is None
    assert "吗？" in client.get(f"/admin/days/remove/?id={row.id}").text
    assert CalendarDay.select().count() == 1
    post("/admin/days/delete/", id=row.id)
    assert CalendarDay.select().count() == 0


def test_a_region_without_a_plugin_is_made_and_switched(client: FlaskClient, sign_in, post) -> None:
    sign_in(client, factories.account("system_admin"))
    wrong = post("/admin/regions/new", key="xin", name="新市", bureau="局", districts="dong")
    assert wrong.status_code == 422 and "第 1 行" in wrong.text
    assert post("/admin/regions/new", key="xin", name="新市", bureau="局", districts="dong 东区").status_code == 302
    region = Region.get(Region.key == "xin")
    assert "新市" in client.get("/admin/regions/").text
    address = f"/admin/regions/{region.id}/switch"
    assert post(address, enabled="0", reason="").status_code == 422
    assert post(address, enabled="0", reason="还没准备好").status_code == 302
    assert not Region.get_by_id(region.id).enabled


def test_a_plugin_s_fault_is_shown_with_file_and_key(client: FlaskClient, sign_in, monkeypatch) -> None:
    from core.admin import regions
    from core.plugin_manager import PluginProblem

    class Broken:
        problems = (
            PluginProblem("lhasa", "policy/2020/grades.toml", "lines.1.below", "要写明不到多少分；允许：below = 80"),
        )

    monkeypatch.setattr(regions, "PluginManager", Broken)
    sign_in(client, factories.account("system_admin"))
    page = client.get("/admin/regions/").text
    assert all(word in page for word in ("lhasa", "policy/2020/grades.toml", "lines.1.below", "允许：below = 80"))


def test_roles_are_given_and_taken_back(client: FlaskClient, sign_in, post) -> None:
    me = factories.account("security_admin")
    target, carrier = factories.account(username="jingban"), factories.carrier(name="某空间")
    factories.carrier(name="同名空间"), factories.carrier(name="同名空间")
    sign_in(client, me)
    base = {"account": "jingban", "role": "carrier_clerk", "region": "", "district": ""}
    assert "有几家同名" in post("/admin/grants/new/", **base, carrier="同名空间").text
    assert "没有这家载体" in post("/admin/grants/new/", **base, carrier="没有").text
    assert post("/admin/grants/new/", **base, carrier="某空间").status_code == 302
    grant = Grant.get(Grant.account == target)
    assert grant.carrier_id == carrier.id
    assert "某空间" in client.get("/admin/grants/").text
    own = Grant.get(Grant.account == me)
    assert f"/admin/grants/{own.id}/revoke" not in client.get("/admin/grants/").text
    assert post(f"/admin/grants/{grant.id}/revoke", reason="").status_code == 422
    assert post(f"/admin/grants/{grant.id}/revoke", reason="调离").status_code == 302
    assert Grant.get_by_id(grant.id).revoked_at is not None
    officer = post("/admin/grants/new/", account=me.username, role="auditor", region="", district="", carrier="")
    assert officer.status_code == 422 and "不能是自己" in officer.text


def test_lists_take_the_same_few_statements_however_long(client: FlaskClient, sign_in, monkeypatch) -> None:
    sign_in(client, factories.account("security_admin"))
    district = factories.district()
    factories.account("carrier_clerk", carrier=factories.carrier(district))
    client.get("/admin/grants/")
    few = statements_of(client, "/admin/grants/", monkeypatch)
    for _ in range(6):
        factories.account("carrier_clerk", carrier=factories.carrier(district))
        factories.account("district_reviewer", district=district)
    assert statements_of(client, "/admin/grants/", monkeypatch) == few


def test_a_long_list_is_paged_by_key_without_counting(client: FlaskClient, officer: Region) -> None:
    for number in range(120):
        factories.organisation(officer, name=f"单位{number:03d}")
    seen, address = [], "/admin/organisations/"
    for _ in range(3):
        page = client.get(address).text
        seen += re.findall(r"单位\d{3}", page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == [f"单位{number:03d}" for number in range(120)] and not address
    found = client.get("/admin/organisations/?q=单位007").text.split("<tbody>")[1]
    assert re.findall(r"单位\d{3}", found) == ["单位007"]
    assert client.get("/admin/organisations/?after=x").status_code == 404


def test_registers_show_the_officer_s_region_only(client: FlaskClient, officer: Region, post) -> None:
    foreign = factories.carrier(factories.district(factories.region("elsewhere", "别处"), "north", "北区"), "别处空间")
    owner = factories.organisation(officer, name="某公司")
    given = {"name": "新空间", "kind": "makerspace", "level": "city", "recognised_on": "2020-01-01", "district": "",
             "title_status": "held"}  # fmt: skip
    assert post("/admin/carriers/new/", **given, organisation=owner.id).status_code == 302
    row = Carrier.get(Carrier.name == "新空间")
    assert (row.region_id, row.recognised_on) == (officer.id, date(2020, 1, 1))
    page = client.get("/admin/carriers/").text
    assert "新空间" in page and "别处空间" not in page
    for address in (f"/admin/carriers/edit/?id={foreign.id}", f"/admin/carriers/{foreign.id}/marks"):
        assert client.get(address).status_code == 404
    stolen = {"organisation": foreign.organisation_id}
    assert post("/admin/carriers/new/", **{**given, "name": "冒名"}, **stolen).status_code == 422
    form = client.get(f"/admin/carriers/edit/?id={row.id}").text
    assert re.search(rf'<option selected value="{owner.id}">', form)
    assert post(f"/admin/organisations/edit/?id={owner.id}", name="改名公司", credit_code="").status_code == 302
    assert Organisation.get_by_id(owner.id).name == "改名公司"


def test_a_parameter_without_a_value_is_entered_with_its_source(client: FlaskClient, officer: Region, post) -> None:
    page = client.get("/admin/parameters/").text
    assert "没有取值" in page and "对条文的解读" in page and "工作惯例" in page
    address = "/admin/parameters/award_good_yuan"
    wrong = post(address, value="很多", source="某文件第三条", valid_from="2023-06-01")
    assert wrong.status_code == 422 and "不能是" in wrong.text and ParameterEntry.select().count() == 0
    assert post(address, value="200000", source="某文件第三条", valid_from="2023-06-01").status_code == 302
    assert "200,000" in client.get("/admin/parameters/").text
    assert client.get("/admin/parameters/notice_working_days").status_code == 404


def test_a_workflow_is_changed_by_plain_forms_and_published(client: FlaskClient, officer: Region, post) -> None:
    original = definition(officer, "workflow")
    made = post(f"/admin/definitions/{original.id}/copy")
    row = definition(officer, "workflow")
    assert made.location.endswith(f"/admin/definitions/{row.id}/") and row.version == "2023.1"

    def arrange(path: str, do: str, **more: str) -> None:
        seen = DefinitionVersion.get_by_id(row.id).digest
        post(f"/admin/drafts/{row.id}/arrange", path=path, do=do, seen=seen, **more)

    arrange("stages", "add", title="整改")
    page = client.get(f"/admin/definitions/{row.id}/").text
    assert "整改" in page and "处问题" in page and "没有动作" in page
    address = f"/admin/drafts/{row.id}/item/stages.1"
    form = client.get(address).text
    fields = dict(re.findall(r'<input class="form-control[^"]*" id="[^"]+" name="([^"]+)"[^>]*? value="([^"]*)"', form))
    for name, options in re.findall(
        r'<select class="form-select w-f" id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', form
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    fields |= {"name": "区县审核", "clock.days": "8", "seen": DefinitionVersion.get_by_id(row.id).digest}
    wrong = post(address, **{**fields, "clock.days": "八"})
    assert wrong.status_code == 422 and "要填不小于 0 的整数" in wrong.text and 'value="区县审核"' in wrong.text
    assert post(address, **fields).status_code == 302
    assert "去掉环节“整改”吗" in client.get(f"/admin/drafts/{row.id}/remove/stages.7").text
    arrange("stages.7", "remove")
    faults = client.get(f"/admin/definitions/{row.id}/publish").text
    assert "没有发现问题" in faults and "区县审核" in faults and "<del>5</del>" in faults
    seen = DefinitionVersion.get_by_id(row.id).digest
    day = {"in_force_from": "2023-06-01", "reason": "秦科高〔2023〕9号"}
    assert post(f"/admin/definitions/{row.id}/publish", seen=seen, **day).status_code == 302
    assert definitions.in_force(officer, date(2023, 6, 1))["workflow/makerspace_evaluation"] == row.id
    assert client.get(f"/admin/definitions/{row.id}/publish").status_code == 302, "published once for good"


def test_two_tabs_do_not_undo_each_other(client: FlaskClient, officer: Region, post) -> None:
    post(f"/admin/definitions/{definition(officer, 'grades').id}/copy")
    row = definition(officer, "grades")
    post(f"/admin/drafts/{row.id}/arrange", path="lines.0", do="down", seen=row.digest)
    late = post(f"/admin/definitions/{row.id}/text", text=row.text + "# 迟到的改动\n", seen=row.digest)
    assert late.status_code == 409 and "迟到的改动" in late.text and "别人改过" in late.text
    assert "迟到" not in DefinitionVersion.get_by_id(row.id).text


def test_the_text_shows_its_faults_at_their_lines(client: FlaskClient, officer: Region, post) -> None:
    post(f"/admin/definitions/{definition(officer, 'grades').id}/copy")
    row = definition(officer, "grades")
    broken = row.text.replace("below = 85", "below = 80")
    assert post(f"/admin/definitions/{row.id}/text", text=broken, seen=row.digest).status_code == 302
    page = client.get(f"/admin/definitions/{row.id}/text").text
    line = broken.splitlines().index("at_least = 85") + 1
    assert f"第 {line} 行" in page and re.search(rf'id="line-{line}" class="wrong"', page)


def test_every_kind_of_draft_opens_in_its_form(client: FlaskClient, officer: Region, post) -> None:
    for row in list(DefinitionVersion.select().where(DefinitionVersion.region == officer)):
        assert client.get(f"/admin/definitions/{row.id}/").status_code == 200
        assert "另存为草稿" in client.get(f"/admin/definitions/{row.id}/").text
        location = post(f"/admin/definitions/{row.id}/copy").location
        page = client.get(location).text
        assert "没有发现问题" in page, row.kind
        for address in sorted(set(re.findall(r'href="(/admin/drafts/[^"#]+)"', page)))[:4]:
            assert client.get(address).status_code == 200, address


def test_definitions_of_another_region_do_not_exist(client: FlaskClient, officer: Region, post) -> None:
    elsewhere = factories.region("elsewhere", "别处")
    row = definition(officer, "grades")
    DefinitionVersion.update(region=elsewhere).where(DefinitionVersion.id == row.id).execute()
    for address in (
        f"/admin/definitions/{row.id}/",
        f"/admin/definitions/{row.id}/text",
        f"/admin/drafts/{row.id}/item/lines.0",
    ):
        assert client.get(address).status_code == 404
    assert post(f"/admin/definitions/{row.id}/copy").status_code == 404
    assert client.get("/admin/definitions/?region=elsewhere").status_code == 404


def test_carriers_come_from_a_spreadsheet_after_a_trial(client: FlaskClient, officer: Region, post) -> None:
    excel = pytest.importorskip("openpyxl")
    empty = client.get("/admin/carriers_import/empty.xlsx")
    book = excel.load_workbook(io.BytesIO(empty.data))
    assert "从 Excel 导入" in client.get("/admin/carriers/").text and empty.status_code == 200
    book.worksheets[0].append(["表格空间", "众创空间", "市级", "表格公司", "", "", "有效", "2020-05-06", ""])
    out = io.BytesIO()
    book.save(out)
    tried = post("/admin/carriers_import/", file=(io.BytesIO(out.getvalue()), "载体.xlsx"))
    assert tried.status_code == 200 and "登记 1 家，还没有导入" in tried.text and not Carrier.select().exists()
    kept = re.search(r'name="kept" value="([^"]+)"', tried.text)
    assert kept
    assert post("/admin/carriers_import/confirm", kept=kept[1]).status_code == 302
    assert Carrier.get().name == "表格空间"
    again = post("/admin/carriers_import/", file=(io.BytesIO(out.getvalue()), "载体.xlsx"))
    assert again.status_code == 200 and "都已经登记，没有要导入的" in again.text
    book.worksheets[0]["C2"] = "省级"
    other = io.BytesIO()
    book.save(other)
    differs = post("/admin/carriers_import/", file=(io.BytesIO(other.getvalue()), "载体.xlsx"))
    assert differs.status_code == 422 and "载体!A2" in differs.text and "与表里不同的有：级别" in differs.text
    assert post("/admin/carriers_import/").status_code == 422
    assert post("/admin/carriers_import/confirm", kept="?").status_code == 404


def test_a_title_is_changed_on_a_page_of_its_own(client: FlaskClient, officer: Region, post) -> None:
    row = factories.carrier(factories.district(officer), "某空间")
    address = f"/admin/carriers/{row.id}/title"
    assert "更改资格" in client.get(address).text
    given = {"status": "exited", "clause": "第九条", "reason": "文件某号"}
    late = post(address, **given, effective_on="2999-01-01")
    assert late.status_code == 422 and "不能晚于今天" in late.text and "文件某号" in late.text
    assert post(address, **given, effective_on="2023-01-01").status_code == 302
    assert Carrier.get_by_id(row.id).title_status == "exited"
    assert "从 2023年1月1日 起" in client.get(address).text
    assert "title_status" not in client.get(f"/admin/carriers/edit/?id={row.id}").text
