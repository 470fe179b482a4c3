"""With scripts off everything still works: filling with a file, reviewing with a remark, reading a notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.demo.evidence import one_page_pdf
from tests.journeys.conftest import PASSWORD, Site

pytestmark = pytest.mark.journey


@pytest.fixture
def plain(site: Site) -> Iterator[Any]:
    """Opens a window without scripts, signed in unless the name is empty."""
    windows = []

    def opened(username: str = "") -> Any:
        window = site.browser.new_context(base_url=site.address, locale="zh-CN", java_script_enabled=False)
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(15_000)
        if username:
            page.goto("/sign-in")
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
        return page

    yield opened
    for window in windows:
        window.close()


def test_a_section_is_filled_with_its_evidence(plain: Any) -> None:
    page = plain("qihang")
    page.goto("/carrier/cases/24/fill/contribution")
    texts, choosers = page.locator("main textarea"), page.locator("main input[type=file]")
    for number in range(texts.count()):
        texts.nth(number).fill("全年新增就业二十人，其中应届毕业生八人。")
    for number in range(choosers.count()):
        assert choosers.nth(number).bounding_box()["height"] > 24, "the browser's own chooser is to be seen"
        pdf = {"name": f"证明{number + 1}.pdf", "mimeType": "application/pdf", "buffer": one_page_pdf(["证明"])}
        choosers.nth(number).set_input_files(pdf)
    page.get_by_role("button", name="保存", exact=True).first.click()
    assert page.get_by_text("本节已保存。").is_visible()
    assert page.get_by_role("link", name="证明1.pdf").is_visible()
    page.goto("/carrier/cases/24/fill/")
    assert "已完成 1 节" in page.locator("main").inner_text()


def test_a_remark_is_asked_for_where_something_is_wrong(plain: Any) -> None:
    page = plain("haigang")
    page.goto("/cases/19")
    remark, opinion = page.get_by_label("完整性说明"), page.get_by_label("意见", exact=True)
    assert not remark.is_visible()
    page.locator("[name=complete][value=no]").check()
    page.locator("[name=regular][value=yes]").check()
    page.locator("[name=truthful][value=yes]").check()
    opinion.fill("缺一份签到表，已电话核实。")
    page.get_by_role("button", name="同意，送市级复审").click()
    assert remark.is_visible()
    assert opinion.input_value() == "缺一份签到表，已电话核实。"
    remark.fill("第三季度活动缺签到表")
    page.get_by_role("button", name="同意，送市级复审").click()
    assert page.get_by_text("已办理“同意，送市级复审”").is_visible()


def test_the_public_reads_a_notice_and_its_reasons(plain: Any) -> None:
    page = plain()
    page.goto("/r/qinhuangdao/")
    page.get_by_role("link", name="公示（第 2 次）").first.click()
    assert page.get_by_role("link", name="提出异议").is_visible()
    reasons = page.locator("main details").first
    if not reasons.evaluate("node => node.open"):
        reasons.locator("summary").click()
    assert "第5日" in reasons.inner_text().replace(" ", "").replace("\n", "")
    page.get_by_role("link", name="提出异议").click()
    assert "第 1 步" in page.locator("main").inner_text()
