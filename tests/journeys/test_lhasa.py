"""Lhasa in a browser: unqualified, rectified, assessed again on site; a spot check on a phone; the year's report in Word."""

from __future__ import annotations

import re
from typing import Any

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

CARRIER = "河口众创空间"
NEVER_CHECKED = "云杉众创空间"
PHONE = {"width": 390, "height": 844}


def test_the_year_of_a_carrier_that_failed(site: Site) -> None:
    case = _rectified_by_the_carrier(site)
    _not_without_having_been_there(site, case)
    _assessed_again(site, case)
    _the_carrier_sees_that_it_passed(site, case)
    before = _checks_of_the_year(site)
    _checked_on_site_with_a_phone(site)
    assert _checks_of_the_year(site) == before + 1
    _a_forum_about_the_problems(site)
    _the_report_says_so(site, before + 1)
    assert site.violations == []


def test_the_pages_of_daily_supervision_have_no_faults_for_axe(site: Site) -> None:
    page = site.page("lhasa-shi")
    faults = []
    for address in ("supervision/", "supervision/visits/spot_check", "supervision/problems", "meetings/", "meetings/new", "work-report/"):
        page.goto(f"/city/{address}")
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        faults += [(address, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []


def _rectified_by_the_carrier(site: Site) -> str:
    page = site.page("lhasa-hekou")
    page.goto("/carrier/")
    assert "不合格" in page.inner_text("main")
    page.get_by_role("link", name="整改", exact=True).click()
    page.wait_for_url("**/fill/")
    start = page.url
    page.get_by_role("button", name="带入").click()
    page.wait_for_load_state()
    page.goto(f"{start}rectification")
    assert "明确专职岗位" in page.locator("[name=expert_advice]").input_value()
    if not page.locator("[name^='measures__0__']").count():
        page.locator("button[name=add_row][value='measures']").click()
        page.wait_for_load_state()
    page.locator("[name=measures__0__advice]").fill("明确专职岗位")
    page.locator("[name=measures__0__measure]").fill("聘用两名专职人员并完成培训")
    page.locator("[name=measures__0__done_on]").fill("2019-12-18")
    page.locator("[name=present_state]").fill("专职人员到岗，闲置工位已引进三个团队。（演示内容）")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_load_state()
    page.goto(start.replace("/fill/", "/check"))
    page.locator("main input[type=checkbox]").check()
    page.get_by_role("button", name="提交").last.click()
    page.wait_for_url("**/receipt*")
    return re.sub(r".*/cases/(\d+)/.*", r"/cases/\1", start)


def _not_without_having_been_there(site: Site, case: str) -> None:
    page = site.page("lhasa-shi")
    page.goto(case)
    page.locator("[name=opinion]").first.fill("看过材料。")
    _press(page, "整改到位，评定为合格")
    assert "请先登记实地考察" in page.inner_text("main")


def _assessed_again(site: Site, case: str) -> None:
    page = site.page("lhasa-shi")
    page.goto(case)
    page.locator("#visit-form summary").click()
    form = page.locator("#visit-form")
    form.locator("[name=visited_on]").fill("2019-12-18")
    for key in ("experts_present", "subsidy_findings", "service_findings", "result_findings", "advice"):
        form.locator(f"[name={key}]").fill("逐条核对过。（演示内容）")
    form.get_by_role("button").last.click()
    page.wait_for_load_state()
    assert "已登记实地考察" in page.inner_text("main")
    page.locator("[name=opinion]").first.fill("三条建议都已落实，现场运营达到要求。（演示内容）")
    _press(page, "整改到位，评定为合格")


def _the_carrier_sees_that_it_passed(site: Site, case: str) -> None:
    page = site.page("lhasa-hekou")
    page.goto(case)
    text = page.inner_text("main")
    assert "已办结" in text and "合格" in text and "不合格" not in text


def _checks_of_the_year(site: Site) -> int:
    page = site.page("lhasa-shi")
    page.goto("/city/supervision/visits/spot_check")
    return int(re.sub(r"\D", "", page.locator(".kpis strong").first.inner_text()))


def _checked_on_site_with_a_phone(site: Site) -> None:
    page = site.page("lhasa-shi")
    page.set_viewport_size(PHONE)
    page.goto("/city/supervision/visits/spot_check")
    assert "没有办过" in page.locator("tr", has_text=NEVER_CHECKED).inner_text()
    page.get_by_role("link", name="登记不定期抽查").click()
    page.get_by_label(NEVER_CHECKED).first.check()
    page.get_by_role("button", name="发起").last.click()
    page.wait_for_url("**/fill/")
    start = page.url
    typed = {
        "visit": {"checked_on": "2019-12-18", "checkers": "演示审核员"},
        "staff": {"staff_on_duty": "3"},
        "office": {"desks": "40", "desks_used": "12"},
        "findings": {"advice": "闲置工位限期盘活。（演示内容）"},
    }
    chosen = {"staff": "duty", "office": "office_use", "services": "service_state"}
    for section in ("visit", "staff", "office", "services", "findings"):
        page.goto(f"{start}{section}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for name, value in typed.get(section, {}).items():
            page.locator(f"[name={name}]").fill(value)
        if section in chosen:
            page.locator(f"[name={chosen[section]}]").nth(1).check()
        if section == "findings":
            page.get_by_label("工位实际利用率低").check()
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_load_state()
    page.goto(start.replace("/fill/", "/check"))
    if page.locator("main input[type=checkbox]").count():
        page.locator("main input[type=checkbox]").check()
    page.get_by_role("button", name="提交").last.click()
    page.wait_for_url("**/receipt*")
    page.set_viewport_size({"width": 1280, "height": 900})


def _a_forum_about_the_problems(site: Site) -> None:
    page = site.page("lhasa-shi")
    page.goto("/city/supervision/problems")
    assert NEVER_CHECKED in page.inner_text("main")
    page.get_by_role("link", name="按这些问题登记座谈会").click()
    assert page.get_by_label("工位实际利用率低").is_checked() and page.get_by_label("座谈会").is_checked()
    page.get_by_label("名称").fill("年终座谈会")
    page.get_by_label(CARRIER).fill("2")
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_load_state()
    assert "年终座谈会" in page.inner_text("main")


def _the_report_says_so(site: Site, checks: int) -> None:
    page = site.page("lhasa-shi")
    page.goto("/city/work-report/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    assert download.value.suggested_filename == "拉萨市2019年度市级众创空间、创新创业基地及服务平台绩效考核工作报告.docx"
    text = "\n".join(line.text for line in docx.Document(str(download.value.path())).paragraphs)
    assert f"全年到现场抽查{checks}次" in text
    assert "整改后再次现场考核评定为合格的2家" in text and "仍为不合格的0家" in text
    assert "召开座谈会2次" in text and "12月18日“年终座谈会”" in text
    assert "（缺：座谈会参加人次）" in text, "nobody counted who came to the second one"


def _press(page: Any, words: str) -> None:
    page.get_by_role("button", name=words).click()
    page.wait_for_load_state()
    if page.get_by_role("button", name="确认").count():
        page.get_by_role("button", name="确认").first.click()
        page.wait_for_load_state()
