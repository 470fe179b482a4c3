"""Kunming in a browser: a platform that fails and refuses to mend loses its title; two titles of one organisation are
paid once; a quarter's report passes three bodies; targets are handed down to many at once.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

FAILS = "西山数智服务平台"
DISPUTED = "翠湖检测服务平台"
BASE, PLATFORM, OWNER = "滇创小微双创基地", "滇创综合服务平台", "滇创企业服务有限公司"


def test_from_the_evaluation_to_one_award_and_a_title_cancelled(site: Site) -> None:
    case = _graded_by_the_panel(site)
    _determined(site, case)
    _published(site)
    _objection_upheld_nothing(site)
    _advance(site, "2022-11-02")
    _notices_closed(site)
    _one_award_for_two_titles(site)
    _rectification_refused(site)
    _title_is_cancelled(site)
    assert site.violations == []


def test_a_quarter_passes_three_bodies_and_targets_go_to_many(site: Site) -> None:
    _report_through_three_bodies(site)
    _targets_for_all(site)
    assert site.violations == []


def test_desks_and_matters_have_no_faults_for_axe(site: Site) -> None:
    faults = []
    for who, addresses in (
        ("kunming-zhongxin", ("/city-centre/", "/matters/", "/matters/inspection", "/city/reports/")),
        ("kunming-wuhua-zx", ("/district-centre/", "/matters/district_inspection")),
        ("kunming-shi", ("/matters/annual_targets",)),
    ):
        page = site.page(who)
        for address in addresses:
            page.goto(address)
            if page.locator("#common").count():
                page.locator("#common summary").click()
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            faults += [(address, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []


def _graded_by_the_panel(site: Site) -> str:
    for name in ("kunming-zhuanjia1", "kunming-zhuanjia3"):
        _signs(site.page(name))
    page = site.page("kunming-shi")
    page.goto("/city/")
    page.get_by_role("link", name="2022 年度中小企业服务平台绩效评价").first.click()
    page.wait_for_load_state()
    page.get_by_role("link", name=FAILS).first.click()
    page.wait_for_url(re.compile(r"/cases/\d+"))
    case = re.search(r"/cases/(\d+)", page.url)
    assert case
    page.goto(f"/city/cases/{case[1]}/panel")
    page.locator("input[name=modes]").first.check()
    page.get_by_label("意见", exact=True).fill("台账与上报数差距大，服务活动少。（演示）")
    page.locator("#grade-unqualified").check()
    page.get_by_role("button", name="记下意见和档次").click()
    page.wait_for_load_state()
    assert "写明理由" in page.inner_text("main"), "one expert gave another grade"
    page.get_by_label(re.compile("^理由")).fill("两位专家到现场核对，一位只看了材料。（演示）")
    page.get_by_role("button", name=re.compile("记下意见和档次|修改意见")).click()
    page.wait_for_load_state()
    page.get_by_role("button", name="结束评价，进入结果认定").click()
    page.wait_for_load_state()
    return case[1]


def _signs(page: Any) -> None:
    page.goto("/expert/")
    page.get_by_role("button", name=re.compile(f"开始评.*{FAILS}", re.S)).click()
    page.wait_for_url(re.compile(r"/expert/cases/\d+"))
    for box in page.locator("textarea").all():
        box.fill("与工作台账对照，服务活动少，制度不全。（演示）")
    page.locator("#grade-unqualified").check()
    page.get_by_role("button", name="保存并去签字").click()
    page.wait_for_url(re.compile("/sign$"))
    page.get_by_role("button", name="签字").last.click()
    page.wait_for_load_state()


def _determined(site: Site, case: str) -> None:
    page = site.page("kunming-shi")
    page.goto(f"/city/cases/{case}/determination")
    page.get_by_role("button", name=re.compile("^认定")).last.click()
    page.wait_for_load_state()
    assert "不合格" in page.inner_text("main")


def _published(site: Site) -> None:
    page = site.page("kunming-shi")
    page.goto("/city/")
    page.get_by_role("link", name="2022 年度中小企业服务平台绩效评价").first.click()
    page.wait_for_load_state()
    page.get_by_role("link", name="公示", exact=True).last.click()
    page.wait_for_load_state()
    page.get_by_role("button", name="预览公示").click()
    page.wait_for_load_state()
    assert FAILS in page.inner_text("main")
    page.locator("[name=contact]").fill("市工业和信息化局（演示），电话 0871-0000000")
    page.get_by_role("button", name=re.compile("发布公示")).last.click()
    page.wait_for_load_state()
    public = site.page()
    public.goto("/r/kunming/")
    assert "2022-10-25 至 2022-11-01" in public.inner_text("main"), "five working days after 25 October"


def _objection_upheld_nothing(site: Site) -> None:
    page = site.page("kunming-shi")
    page.goto("/city/")
    page.get_by_role("link", name=DISPUTED).first.click()
    page.wait_for_load_state()
    page.get_by_label(re.compile("维持")).check()
    page.locator("textarea").first.fill("经核对签到表，场次属实。（演示）")
    page.get_by_role("button", name="下一步，核对").click()
    page.wait_for_load_state()
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    assert "已处理" in page.content()


def _advance(site: Site, day: str) -> None:
    page = site.page("kunming-shi")
    page.goto("/account")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.content())
    assert token
    form = {"csrf_token": token[1], "region": "kunming", "to": day}
    assert page.request.post("/demo/date", form=form).ok


def _notices_closed(site: Site) -> None:
    page = site.page("kunming-shi")
    for _ in range(2):
        page.goto("/city/")
        page.locator("section", has_text="可以结束的公示").get_by_role("link").first.click()
        page.wait_for_load_state()
        page.get_by_role("button", name=re.compile("结束公示")).last.click()
        page.wait_for_load_state()
    public = site.page()
    public.goto("/r/kunming/results")
    assert FAILS in public.content() and PLATFORM in public.content()


def _one_award_for_two_titles(site: Site) -> None:
    finance = site.page("kunming-caiwu")
    finance.goto("/finance/")
    passed_over = finance.locator("tr", has_text=OWNER).filter(has_text="不另发")
    assert PLATFORM in passed_over.inner_text() and "就高不重复" in passed_over.inner_text()
    assert passed_over.get_by_role("link", name="发放").count() == 0
    row = finance.locator("tr", has_text=OWNER).filter(has_text="可发放")
    assert row.count() == 1 and BASE in row.inner_text() and "100,000.00" in row.inner_text()
    row.get_by_text("为什么").first.click()
    assert "第十八条" in row.inner_text()
    row.get_by_role("link", name="发放").click()
    finance.wait_for_load_state()
    finance.get_by_role("button", name=re.compile("发放")).last.click()
    finance.wait_for_load_state()
    finance.goto("/finance/")
    assert "100,000.00" in finance.locator("tr", has_text=OWNER).filter(has_text="已发放").inner_text()


def _rectification_refused(site: Site) -> None:
    clerk = site.page("kunming-zaiti-shuzhi")
    clerk.goto("/carrier/")
    assert "整改" in clerk.inner_text("main")
    page = site.page("kunming-shi")
    page.goto("/matters/?procedure=corrective_action")
    page.get_by_role("link", name=FAILS).click()
    page.wait_for_load_state()
    page.locator("[name=said]").fill("书面答复不整改。（演示）")
    page.get_by_role("button", name="记为拒不整改").click()
    page.wait_for_load_state()
    page.goto("/matters/?procedure=corrective_action&state=done&q=西山")
    page.get_by_role("link", name=FAILS).click()
    page.wait_for_load_state()
    text = page.inner_text("main")
    assert "取消市级示范称号" in text and "第十九条" in text
    assert "昆明市工业和信息化局：记为拒不整改" in text


def _title_is_cancelled(site: Site) -> None:
    page = site.page("kunming-zhongxin")
    page.goto("/register/")
    page.get_by_role("link", name=FAILS).first.click()
    page.wait_for_load_state()
    assert "已撤销" in page.inner_text("main")
    clerk = site.page("kunming-zaiti-shuzhi")
    clerk.goto("/carrier/standing/")
    assert "发起五公开登记" not in clerk.inner_text("main"), "who lost the title begins nothing new"


def _report_through_three_bodies(site: Site) -> None:
    for who, desk in (
        ("kunming-wuhua-zx", "/district-centre/"),
        ("kunming-wuhua", "/district/"),
        ("kunming-zhongxin", "/city-centre/"),
    ):
        page = site.page(who)
        page.goto(desk)
        row = page.locator("[data-queue] tr", has_text=DISPUTED).filter(has_text="季度报送")
        row.get_by_role("link").first.click()
        page.wait_for_load_state()
        page.locator(".decide button.btn-primary").first.click()
        page.wait_for_load_state()
        page.goto(desk)
        assert page.locator("[data-queue] tr", has_text=DISPUTED).filter(has_text="季度报送").count() == 0
    page = site.page("kunming-zhongxin")
    page.goto("/city/reports/quarterly_report?period=2022Q3")
    assert "已存档" in page.locator("tr", has_text=DISPUTED).inner_text()


def _targets_for_all(site: Site) -> None:
    page = site.page("kunming-shi")
    page.goto("/matters/")
    page.locator("tr", has_text="年度工作目标").get_by_role("link", name="发起").click()
    page.wait_for_load_state()
    page.get_by_label("类别").select_option(label="示范基地")
    page.get_by_role("button", name="只列这些").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="勾选列出的", exact=True).click()
    page.wait_for_load_state()
    ticked = page.locator("input[name=pick]:checked").count()
    assert ticked == 4
    page.locator("#common summary").click()
    page.get_by_label("2022年").check()
    page.locator("[name=target_sessions]").fill("25")
    page.locator("#open_submit").check()
    page.get_by_role("button", name="给勾选的单位发起").click()
    page.wait_for_load_state()
    assert f"已发起并提交 {ticked} 件" in page.inner_text("main")
    _confirmed(site)


def _confirmed(site: Site) -> None:
    clerk = site.page("kunming-zaiti-gaoxin-jd")
    clerk.goto("/carrier/")
    clerk.get_by_role("link", name="单位确认", exact=True).click()
    clerk.wait_for_load_state()
    assert "25" in clerk.inner_text("main")
    clerk.get_by_role("button", name="确认承接").click()
    clerk.wait_for_load_state()
    assert "年底报完成情况" in clerk.inner_text("main")
