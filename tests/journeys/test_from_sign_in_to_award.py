"""The main story, in a browser: a carrier that has filled in nothing, to an award that is paid.

Return for correction, review in district and city, a recusal and a panel of three, determination, notice, an
objection that is ruled on, the amount entered with its source, the award released. The policy date is the demo
instance's own; nothing waits for the wall clock.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.demo.evidence import one_page_pdf
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

CARRIER = "启航众创空间"
CASE = 24
SECTIONS = ("basics", "foundation", "incubation", "performance", "contribution", "honesty")
PLAIN = {
    "operator_name": "启航孵化运营有限公司（虚构）",
    "contact_person": "演示联系人",
    "contact_phone": "0335-3000000",
    "tenants": "12",
    "resident_tech_enterprises": "8",
    "resident_tech_teams": "4",
    "area_m2": "2600",
    "service_staff": "6",
    "trained_staff": "5",
    "mentors": "8",
    "investment_organisations": "5",
    "intermediaries": "5",
    "activities": "20",
    "mentor_sessions": "20",
    "technical_services": "15",
    "new_tenants": "6",
    "commercialised_companies": "5",
    "tenants_with_ip": "8",
    "funded_tenants": "4",
}
CELLS = ("__name", "__served", "__content")
"""The cells that a row must have; the others may stay empty."""

ROWS = {
    "tenant_list": 12,
    "service_staff_list": 1,
    "intermediary_list": 5,
    "activity_list": 20,
    "mentor_session_list": 20,
    "technical_service_list": 15,
}


def test_from_sign_in_to_a_released_award(site: Site) -> None:
    _fill_and_submit(site)
    _district_returns(site)
    _correct_and_resubmit(site)
    _reviewed_by_district_and_city(site)
    _nothing_is_public(site)
    _scored_by_the_panel(site)
    _determined(site)
    _nothing_is_public(site)
    notice = _published(site)
    _objection_filed_and_ruled(site, notice)
    _notice_closed(site, notice)
    _award_released(site)
    assert site.violations == []


def _fill_and_submit(site: Site) -> None:
    page = site.page("qihang")
    page.goto("/carrier/")
    assert CARRIER in page.content() or "2023 年度" in page.content()
    for section in SECTIONS:
        _fill_section(page, section)
    page.goto(f"/carrier/cases/{CASE}/check")
    assert page.locator(".errsum").count() == 0, page.locator(".errsum").inner_text()
    _submit(page)
    assert "QIN-2023-0024" in page.content()


def _fill_section(page: Any, section: str) -> None:
    page.goto(f"/carrier/cases/{CASE}/fill/{section}")
    for name, count in ROWS.items():
        if page.locator(f"[name^='{name}__0__']").count():
            _make_rows(page, name, count)
    for box in page.locator("form input:visible, form textarea:visible, form select:visible").all():
        _answer(box)
    for box in page.locator("input[type=file]").all():
        field = (box.get_attribute("name") or "").removeprefix("files__")
        if field not in ("pledge_file",):
            content = one_page_pdf([f"佐证 {field}", "演示材料，内容虚构。"])
            box.set_input_files({"name": f"{field}.pdf", "mimeType": "application/pdf", "buffer": content})
    page.get_by_role("button", name=re.compile("^保存")).last.click()
    page.wait_for_load_state()


def _make_rows(page: Any, table: str, count: int) -> None:
    """Ask for rows until there are enough, ten at a time where that many are missing."""
    rows = page.locator(f"[name^='{table}__'][name$='__{_first_column(page, table)}']")
    while (have := rows.count()) < count:
        button = f"{table}.10" if count - have >= 10 else table
        page.locator(f"button[name=add_row][value='{button}']").click()
        page.wait_for_load_state()
        rows.nth(have).wait_for()


def _first_column(page: Any, table: str) -> str:
    name = page.locator(f"[name^='{table}__0__']").first.get_attribute("name") or ""
    return name.rsplit("__", 1)[1]


def _answer(box: Any) -> None:
    name, kind = box.get_attribute("name") or "", box.get_attribute("type") or ""
    if name in PLAIN:
        box.fill(PLAIN[name])
    elif name == "operator_code":
        box.fill("91130300MA0DEM024" + _check_character())
    elif name.endswith(("__held_on", "__served_on")) or name == "recognised_on":
        box.fill("2022-06-30")
    elif kind == "radio":
        if box.get_attribute("value") in ("city", "yes"):
            box.check()
    elif name.endswith(CELLS):
        box.fill("演示内容")
    elif box.evaluate("e => e.tagName") == "TEXTAREA":
        box.fill("全年按要求开展工作，成效明显。（演示内容）")


def _check_character() -> str:
    from forms.fields.codes import credit_check_digit

    return credit_check_digit("91130300MA0DEM024")


def _submit(page: Any) -> None:
    pledge = page.locator("main input[type=checkbox]")
    if pledge.count():
        pledge.first.check()
    page.get_by_role("button", name=re.compile("提交")).last.click()
    page.wait_for_url(re.compile("/receipt"))


def _district_returns(site: Site) -> None:
    page = site.page("haigang")
    page.goto("/district/")
    page.get_by_role("link", name=CARRIER).first.click()
    page.get_by_text("退回补正", exact=True).first.click()
    page.locator("select[name=reason_field]").first.select_option("area_m2")
    page.locator("[name=reason_text]").first.fill("场地面积与租赁合同不一致，请核对")
    page.get_by_role("button", name=re.compile("退回")).last.click()
    page.wait_for_load_state()
    assert "退回" in page.content()


def _correct_and_resubmit(site: Site) -> None:
    page = site.page("qihang")
    page.goto("/carrier/")
    assert "场地面积与租赁合同不一致" in page.content()
    page.goto(f"/carrier/cases/{CASE}/fill/foundation")
    page.locator("input[name=area_m2]").fill("2480")
    page.get_by_role("button", name=re.compile("^保存")).last.click()
    page.wait_for_load_state()
    page.goto(f"/carrier/cases/{CASE}/check")
    _submit(page)


def _reviewed_by_district_and_city(site: Site) -> None:
    page = site.page("haigang")
    page.goto(f"/cases/{CASE}")
    assert "2,480" in page.content()  # what changed since the last version is shown
    assert "2,600" in page.content()
    for name in ("complete", "regular", "truthful"):
        page.locator(f"input[name={name}][value=yes]").check()
    page.locator("textarea[name=opinion]").fill("材料完整规范，情况属实，同意上报。")
    page.get_by_role("button", name=re.compile("同意，送市级复审")).click()
    page.wait_for_load_state()
    city = site.page("shi")
    city.goto(f"/cases/{CASE}")
    city.get_by_role("button", name=re.compile("受理，交专家评价")).click()
    city.wait_for_load_state()
    city.goto(f"/cases/{CASE}")
    assert "专家组评价" in city.content()


def _nothing_is_public(site: Site) -> None:
    public = site.page()
    for path in ("/r/qinhuangdao/", "/r/qinhuangdao/results", "/r/qinhuangdao/notices/2"):
        public.goto(path)
        assert CARRIER not in public.content()
    assert public.goto(f"/cases/{CASE}").url.endswith(f"next=/cases/{CASE}") or "sign-in" in public.url
    carrier = site.page("qihang")
    carrier.goto(f"/cases/{CASE}")
    assert "专家甲" not in carrier.content()
    assert carrier.goto(f"/city/cases/{CASE}/determination").status == 404
    assert carrier.goto(f"/expert/cases/{CASE}").status == 404


def _scored_by_the_panel(site: Site) -> None:
    fourth = site.page("zhuanjia4")
    fourth.goto(f"/expert/cases/{CASE}/recuse")
    fourth.locator("textarea, input[name=reason]").first.fill("是这家单位的兼职顾问")
    fourth.get_by_role("button", name=re.compile("回避")).last.click()
    fourth.wait_for_load_state()
    assert fourth.goto(f"/expert/cases/{CASE}").status == 404
    for name in ("zhuanjia1", "zhuanjia2", "zhuanjia3"):
        _score(site.page(name))
    city = site.page("shi")
    city.goto(f"/city/cases/{CASE}/panel")
    city.get_by_label("材料审查").check()
    city.get_by_label("会议评审").check()
    city.get_by_label("意见").fill("服务体系完整，成效较好。")
    city.get_by_role("button", name="记下意见").click()
    city.wait_for_load_state()
    city.get_by_role("button", name="结束评分，进入结果认定").click()
    city.wait_for_load_state()


def _score(page: Any) -> None:
    page.goto("/expert/")
    page.get_by_role("button", name=re.compile(f"开始评价.*{CARRIER}", re.S)).click()
    page.wait_for_url(re.compile(f"/expert/cases/{CASE}"))
    for code, points in {"S4": "4", "S5": "5.5", "P5": "5.5", "C1": "5", "C2": "3.5"}.items():
        page.locator(f"#p-{code}").fill(points)
    page.locator("textarea[name=opinion]").fill("总体良好，建议加强技术服务。")
    page.get_by_role("button", name="保存并去签字").click()
    page.wait_for_url(re.compile("/sign$"))
    page.get_by_role("button", name=re.compile("签字")).last.click()
    page.wait_for_load_state()
    assert "已签字" in page.content()


def _determined(site: Site) -> None:
    page = site.page("shi")
    page.goto(f"/city/cases/{CASE}/determination")
    for name in ("false_materials", "major_safety_accident", "adverse_inspection", "integrity_breach"):
        page.locator(f"input[name=check-{name}][value=no]").check()
    page.locator("input[name=check-resident_tech_enterprises]").fill("8")
    page.locator("input[name=check-resident_tech_teams]").fill("4")
    page.get_by_role("button", name="记下核查").click()
    page.wait_for_load_state()
    page.get_by_role("button", name=re.compile("^认定")).last.click()
    page.wait_for_load_state()
    # one indicator, explained from its figure to its clause
    row = page.locator("tr", has_text="众创空间场地面积").first
    row.locator("details summary").first.click()
    explained = row.inner_text()
    assert "附件" in explained
    assert "第十二条" in explained
    assert "2,480" in explained


def _published(site: Site) -> str:
    page = site.page("shi")
    page.goto("/city/rounds/1/notices")
    page.locator("tr, li, label", has_text=CARRIER).locator("input[type=checkbox]").first.check()
    page.get_by_role("button", name="预览公示").click()
    page.wait_for_load_state()
    page.locator("[name=contact]").fill("市科技局（演示），电话 0335-0000000")
    page.get_by_role("button", name=re.compile("发布公示")).last.click()
    page.wait_for_load_state()
    public = site.page()
    public.goto("/r/qinhuangdao/")
    public.get_by_role("link", name=re.compile("第 3 次")).first.click()
    public.wait_for_load_state()
    content = public.content()
    assert CARRIER in content
    assert "7月27日" in content.replace(" ", "").replace("\u2009", "") or "2023-07-27" in content
    return str(public.url)


def _objection_filed_and_ruled(site: Site, notice: str) -> None:
    public = site.page()
    public.goto(notice)
    public.get_by_role("link", name=re.compile("提出异议")).first.click()
    public.wait_for_load_state()
    if not re.search(r"/object/\d+", public.url):
        public.get_by_role("link", name=re.compile(CARRIER)).first.click()
        public.wait_for_load_state()
    public.get_by_label("个人").check()
    public.locator("input[name=name]").fill("演示公民")
    public.locator("input[name=contact]").fill("0335-1111111")
    public.locator("textarea[name=text]").fill("场地面积可能有误，请核实。")
    public.get_by_role("button", name="提交异议").click()
    public.wait_for_load_state()
    assert "受理" in public.content()
    public.goto(notice)
    assert "异议核实中" in public.content()
    city = site.page("shi")
    city.goto("/city/objections?status=open")
    city.get_by_role("link", name=CARRIER).first.click()
    city.wait_for_load_state()
    assert "演示公民" in city.content()
    city.get_by_label(re.compile("维持")).check()
    city.locator("textarea").first.fill("经实地复核，面积与合同一致。")
    city.get_by_role("button", name="下一步，核对").click()
    city.wait_for_load_state()
    city.locator("main form button").last.click()
    city.wait_for_load_state()
    assert "已处理" in city.content()


def _notice_closed(site: Site, notice: str) -> None:
    number = notice.rstrip("/").rsplit("/", 1)[-1]
    page = site.page("shi")
    page.goto(f"/city/notices/{number}/close")
    assert page.get_by_role("button", name=re.compile("结束公示")).count() == 0 or "次日" in page.content()
    site.advance_to("2023-07-28")
    page.goto(f"/city/notices/{number}/close")
    page.get_by_role("button", name=re.compile("结束公示")).last.click()
    page.wait_for_load_state()
    public = site.page()
    public.goto("/r/qinhuangdao/results")
    assert CARRIER in public.content()
    carrier = site.page("qihang")
    carrier.goto(f"/cases/{CASE}")
    assert "办结" in carrier.content()


def _award_released(site: Site) -> None:
    finance = site.page("caiwu")
    finance.goto("/finance/?round=1&status=waiting")
    assert "启航" in finance.content()
    officer = site.page("zhengce")
    _enter_amounts(officer)
    finance.goto("/finance/?round=1&status=payable")
    finance.get_by_role("link", name=re.compile("启航")).first.click()
    finance.wait_for_load_state()
    assert "第十八条" in finance.content()
    finance.get_by_role("link", name=re.compile("发放")).first.click()
    finance.wait_for_load_state()
    finance.get_by_role("button", name=re.compile("发放")).last.click()
    finance.wait_for_load_state()
    finance.goto("/finance/ledger?round=1")
    assert "启航" in finance.content()


def _enter_amounts(page: Any) -> None:
    """The policy officer enters what the measure leaves open, with its source."""
    for name, yuan in {"优秀档次奖励金额": "200000", "良好档次奖励金额": "100000"}.items():
        page.goto("/admin/")
        page.get_by_role("link", name=re.compile("^参数")).last.click()
        page.wait_for_load_state()
        page.locator("tr", has_text=name).get_by_role("link").last.click()
        page.wait_for_load_state()
        page.locator("[name=value]").fill(yuan)
        page.locator("[name=source]").fill("演示文件第一条（虚构）")
        page.get_by_role("button", name="录入").click()
        page.wait_for_load_state()
        assert "演示文件第一条" in page.content()
