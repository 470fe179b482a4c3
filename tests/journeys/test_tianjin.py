"""Tianjin in a browser: let in for a reason, graded by a third party's experts and published, out from the day of change."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

APPLICANT = "新苑生产力促进中心"
GRADED = "小白楼生产力促进中心"
CHANGED = "梅江生产力促进中心"
FAILED = "五大道文化科技生产力促进中心"


def test_an_applicant_that_misses_conditions_comes_in_only_for_a_reason(site: Site) -> None:
    district = site.page("tianjin-nankai")
    _open(district, "/district/", APPLICANT)
    text = district.inner_text("main")
    for missed in ("独立运行2年以上", "本科以上学历占70%以上", "从业人员15人以上", "人均服务收入15万元以上"):
        assert missed in text
    assert "审核通过，推荐" not in text
    _opinion(district, "拟推荐，理由见下。")
    _press(district, "有条件不符合，说明理由仍推荐")
    assert "请写明理由" in district.inner_text("main")
    district.locator("[name=said]").fill("新设的专业性中心，半年内补足人员（演示内容）")
    _press(district, "有条件不符合，说明理由仍推荐")
    city = site.page("tianjin-kewei")
    _open(city, "/city/", APPLICANT)
    assert "半年内补足人员" in city.inner_text("main")
    _opinion(city, "同意纳入，一年后复核。")
    city.locator("[name=said]").fill("依托科技型企业的专业性中心，优先吸纳（演示内容）")
    _press(city, "有条件不符合，说明理由仍纳入")
    record = _record(city, APPLICANT)
    assert "有效" in record and "专业性" in record
    assert site.violations == []


def test_experts_grade_the_third_party_records_and_the_city_publishes(site: Site) -> None:
    _expert_signs(site)
    _third_party_concludes(site)
    _city_determines(site)
    public = site.page()
    public.goto("/r/tianjin/results")
    assert GRADED not in public.inner_text("main")
    city = site.page("tianjin-kewei")
    city.get_by_role("link", name="公布", exact=True).first.click()
    city.wait_for_load_state()
    for chosen in city.locator("main input[type=checkbox]").all():
        chosen.check()
    _press(city, re.compile("预览"))
    _press(city, re.compile("^公布结果"))
    public.goto("/r/tianjin/results")
    assert GRADED in public.inner_text("main")
    assert "良好" in _record(city, GRADED)
    assert site.violations == []


def _expert_signs(site: Site) -> None:
    page = site.page("tianjin-zhuanjia1")
    page.goto("/expert/")
    page.get_by_role("button", name=re.compile("无利害关系")).first.click()
    page.wait_for_load_state()
    assert "分" not in page.locator("fieldset#p-grade").inner_text().replace("分数线", "")
    for words in page.locator("main textarea").all():
        words.fill("材料属实，成效较好。（演示内容）")
    page.get_by_label("良好").check()
    _press(page, "保存并去签字")
    page.wait_for_url("**/sign")
    page.get_by_role("button", name="签字", exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/sign"))


def _third_party_concludes(site: Site) -> None:
    page = site.page("tianjin-disanfang")
    page.goto("/third-party/")
    assert "3 / 3" in page.inner_text("main")
    page.get_by_role("link", name=GRADED).first.click()
    page.wait_for_load_state()
    page.get_by_label("良好").check()
    page.locator("[name=opinion]").fill("一致评为良好。（演示内容）")
    _press(page, "记下意见和档次")
    _press(page, re.compile("结束评价"))


def _city_determines(site: Site) -> None:
    page = site.page("tianjin-kewei")
    _open(page, "/city/", GRADED)
    page.get_by_role("link", name="结果认定").first.click()
    page.wait_for_load_state()
    for check in page.locator("fieldset", has_text="没有核查").all():
        check.get_by_label("没有", exact=True).check()
    _press(page, "记下核查")
    _press(page, "认定")
    assert "第 1 版" in page.inner_text("main")
    page.get_by_role("link", name="2020年度").click()
    page.wait_for_load_state()


def test_a_change_that_no_longer_meets_the_conditions_ends_from_its_own_day(site: Site) -> None:
    district, city = site.page("tianjin-hexi"), site.page("tianjin-kewei")
    _open_case(district, "/district/", CHANGED, "变更")
    assert "逾期" in district.inner_text("main")
    district.get_by_label("否", exact=True).first.check()
    district.locator("[name=opinion]").first.fill("从业人员不足，不再符合。（演示内容）")
    _press(district, "审查完，报市科委")
    _open_case(city, "/city/", CHANGED, "变更")
    city.get_by_label("否", exact=True).first.check()
    city.locator("[name=opinion]").first.fill("不再符合条件。（演示内容）")
    city.locator("[name=said]").fill("从业人员 12 人，不足 15 人（演示内容）")
    _press(city, "不符合条件，不再纳入")
    record = _record(city, CHANGED)
    assert "已退出" in record and "2020年2月20日" in record
    assert site.violations == []


def test_what_was_published_took_hold(site: Site) -> None:
    city = site.page("tianjin-kewei")
    late = _record(city, FAILED)
    assert "不合格" in late and "已退出" in late
    paid = _record(city, "津禾生产力促进中心")
    assert "优秀" in paid and "20万元" in paid
    breach = _record(city, "八里台生产力促进中心")
    assert "优秀" in breach and "20万元" not in breach


def test_the_pages_have_no_faults_for_axe(site: Site) -> None:
    faults = []
    for person, addresses in {
        "tianjin-disanfang": ("/third-party/",),
        "tianjin-kewei": ("/city/", "/register/", "/matters/"),
        "tianjin-jinhe": ("/carrier/standing/", "/carrier/awards/"),
    }.items():
        for address in addresses:
            page = site.page(person)
            assert page.goto(address).ok, address
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            faults += [(address, fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert faults == []


def _open(page: Any, desk: str, carrier: str) -> None:
    page.goto(desk)
    page.get_by_role("link", name=carrier).first.click()
    page.wait_for_url("**/cases/**")


def _open_case(page: Any, desk: str, carrier: str, about: str) -> None:
    """The carrier's case that is about this, where several wait."""
    page.goto(desk)
    links = [link.get_attribute("href") for link in page.get_by_role("link", name=carrier).all()]
    for address in dict.fromkeys(links):
        page.goto(address)
        if about in page.locator(".sub").first.inner_text():
            return
    raise AssertionError(f"{carrier}: {about}")


def _opinion(page: Any, words: str) -> None:
    for yes in page.get_by_label("是", exact=True).all():
        yes.check()
    page.locator("[name=opinion]").first.fill(words)


def _press(page: Any, name: Any) -> None:
    page.get_by_role("button", name=name).last.click()
    page.wait_for_load_state()


def _record(page: Any, carrier: str) -> str:
    page.goto("/register/")
    page.get_by_role("link", name=carrier).first.click()
    page.wait_for_url("**/register/*")
    return str(page.inner_text("main"))
