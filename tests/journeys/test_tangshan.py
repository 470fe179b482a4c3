"""Tangshan in a browser: a unit declares its targets, the committee takes them, spending is monitored, and both see it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

UNIT = "演示孵化器管理中心"
PROJECT = "场地租赁费"
PLAN = {"plan_3": "30", "plan_6": "60", "plan_10": "90", "plan_12": "100"}


def test_from_the_declaration_to_the_overview(site: Site) -> None:
    _declared_with_a_fault_that_is_told(site)
    _taken(site, "收到，作为当年目标")
    _monitored(site)
    _taken(site, "收到，存档")
    _both_see_how_far_it_is(site)
    assert site.violations == []


def _declared_with_a_fault_that_is_told(site: Site) -> None:
    page = site.page("tangshan-fuhua")
    page.goto("/carrier/standing/")
    page.get_by_role("button", name="填报2024年").first.click()
    page.wait_for_url("**/fill/")
    start = page.url
    page.goto(f"{start}overall")
    page.locator("[name=overall_goal]").fill("为中小科技企业提供孵化服务。（演示内容）")
    _save(page)
    page.goto(f"{start}sub")
    _row(page, "sub_goals", area="硬件环境", goal="场地正常运营。")
    _row(page, "sub_targets", name="物业管理满意度", target="95%")
    _save(page)
    page.goto(f"{start}money")
    money = {"name": PROJECT, "purpose": "支付租金。", "budget_wan": "100", "fiscal_wan": "80", "other_wan": "10"}
    _row(page, "projects", **money, **PLAN)
    _save(page)
    page.goto(f"{start}targets")
    chosen = {"level1": "output", "kind": "quantity"}
    _row(page, "indicators", project=PROJECT, **chosen, name="入驻企业", target="≥30家", basis="工作目标")
    _save(page)
    page.goto(start.replace("/fill/", "/check"))
    assert "财政资金 80 与其他资金 10 之和不等于预算 100" in page.inner_text("main")
    page.goto(f"{start}money")
    page.locator("[name=projects__0__other_wan]").fill("20")
    _save(page)
    page.goto(start.replace("/fill/", "/check"))
    assert "1 项目标没有写符号，暂按“不低于”理解" in page.inner_text("main")
    _submit(page)


def _monitored(site: Site) -> None:
    page = site.page("tangshan-fuhua")
    page.goto("/carrier/standing/")
    panel = page.locator("section", has=page.get_by_role("heading", name="绩效运行监控", exact=True))
    panel.locator("[name=since]").fill("2024-10-31")
    panel.get_by_role("button").click()
    page.wait_for_url("**/fill/")
    start = page.url
    page.get_by_role("button", name="带入").click()
    page.wait_for_load_state()
    page.goto(f"{start}money")
    assert page.locator("[name=projects__0__name]").input_value() == PROJECT
    _row(page, "projects", spent_wan="84.50", problems="租金发票晚到。", measures="十一月支付。")
    _save(page)
    page.goto(f"{start}targets")
    _row(page, "indicators", actual="31家")
    _save(page)
    page.goto(start.replace("/fill/", "/check"))
    assert "落后 5.50 万元" in page.inner_text("main")
    _submit(page)


def _both_see_how_far_it_is(site: Site) -> None:
    for username in ("tangshan-guanwei", "tangshan-fuhua"):
        page = site.page(username)
        page.goto("/")
        page.goto("/budget/")
        page.locator("tr", has_text=UNIT).get_by_role("link", name="2024年").click()
        text = page.inner_text("main")
        assert f"“{PROJECT}”到 10 月底计划支出 90.00 万元，实际 84.50 万元，落后 5.50 万元" in text
        assert "已达到 1 项" in text and "还看不出 1 项" in text
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [fault["id"] for fault in found] == []
        label = page.locator("svg.fig").get_attribute("aria-label") or ""
        assert "10月底计划 90.00，实际 84.50；12月底计划 100.00，还没有到" in label
    with page.expect_download() as download:
        page.get_by_role("link", name="下载表格").click()
    assert UNIT in download.value.suggested_filename


def _row(page: Any, table: str, **cells: str) -> None:
    """Fill the first row of a table."""
    if not page.locator(f"[name^='{table}__0__']").count():
        page.locator(f"button[name=add_row][value='{table}']").click()
        page.wait_for_load_state()
    for column, value in cells.items():
        cell = page.locator(f"[name={table}__0__{column}]")
        if cell.evaluate("e => e.tagName") == "SELECT":
            cell.select_option(value)
        else:
            cell.fill(value)


def _save(page: Any) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_load_state()


def _submit(page: Any) -> None:
    page.locator("main input[type=checkbox]").check()
    page.get_by_role("button", name="提交").last.click()
    page.wait_for_url("**/receipt*")


def _taken(site: Site, action: str) -> None:
    page = site.page("tangshan-guanwei")
    page.goto("/city/")
    page.get_by_role("link", name=UNIT).first.click()
    page.wait_for_load_state()
    page.get_by_role("button", name=action).click()
    page.wait_for_load_state()
    if page.get_by_role("button", name="确认").count():
        page.get_by_role("button", name="确认").first.click()
        page.wait_for_load_state()
