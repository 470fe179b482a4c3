"""The studio in a browser: an edit that nobody who is filling notices, and a replay whose figures `policy ask` confirms."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from core.policy.pack import load_region
from core.policy.questions import ask
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

CHECKED = {"participated": True, "integrity_breach": False, "resident_tech_enterprises": 20, "resident_tech_teams": 5}
PACK = Path(__file__).parents[2] / "plugins" / "qinhuangdao"


def test_a_live_edit_changes_nothing_for_who_is_filling(site: Site) -> None:
    clerk, officer = site.page("qihang"), site.page("zhengce")
    address = _fill_page(clerk)
    clerk.goto(address)
    before = clerk.inner_text("main")
    assert "众创空间场地面积" in before
    _publish_renamed(officer, "众创空间场地面积", "可自主支配的场地面积")
    clerk.goto(address)
    assert clerk.inner_text("main") == before
    officer.goto("/admin/definitions/")
    assert officer.locator("tr", has_text="2023.1").first.is_visible()
    assert site.violations == []


def _fill_page(clerk: Any) -> str:
    clerk.goto("/carrier/")
    clerk.locator("main").get_by_role("link", name=re.compile("填")).first.click()
    clerk.wait_for_url("**/cases/*/fill/**")
    return re.sub(r"/fill/.*", "/fill/foundation", str(clerk.url))


def _draft(officer: Any, key: str) -> str:
    """A draft of the newest version of a definition; its address."""
    officer.goto("/admin/definitions/")
    row = officer.locator("tr", has=officer.locator("th", has_text=key)).first
    row.get_by_role("link").first.click()
    officer.wait_for_url("**/admin/definitions/*/")
    officer.get_by_role("button", name="另存为草稿").click()
    officer.wait_for_load_state()
    return str(officer.url)


def _publish_renamed(officer: Any, old: str, new: str) -> None:
    address = _draft(officer, "众创空间年度绩效评价材料")
    officer.goto(f"{address}text")
    text = officer.locator("textarea[name=text]")
    assert old in text.input_value()
    text.fill(text.input_value().replace(f'label = "{old}"', f'label = "{new}"'))
    officer.get_by_role("button", name=re.compile("保存")).last.click()
    officer.wait_for_load_state()
    officer.goto(f"{address}publish")
    assert new in officer.inner_text("main")
    officer.locator("[name=reason]").fill("用语与附件一致（演示内容）")
    officer.get_by_role("button", name=re.compile("^发布")).click()
    officer.wait_for_load_state()
    assert "已发布" in officer.inner_text("main")


def test_one_weight_changed_is_replayed_as_policy_ask_says(site: Site) -> None:
    officer = site.page("zhengce")
    address = _draft(officer, "众创空间绩效评价指标体系")
    number = re.sub(r".*/(\d+)/$", r"\1", address)
    officer.goto(f"/admin/scheme/{number}/")
    officer.get_by_label("众创空间促进就业情况的权重（分）").fill("5")
    officer.get_by_label("众创空间对区域创新创业推动作用的权重（分）").fill("5")
    officer.get_by_role("button", name="保存权重").click()
    officer.wait_for_load_state()
    officer.goto(f"/admin/replays/?draft={number}")
    officer.get_by_role("button", name="试算", exact=True).click()
    officer.wait_for_url("**/admin/replays/*/")
    text = officer.inner_text("main")
    assert "家的档次会变" in text or "没有一家的档次会变" in text
    rows = officer.locator("table tbody tr").all()
    assert len(rows) >= 2
    policy, agreed = load_region(PACK).newest, 0
    for row in rows:
        shown = re.findall(r"\d+\.\d\d", row.locator("[data-l=总分]").inner_text())
        before, after = Decimal(shown[0]), Decimal(shown[-1])
        moved = Fraction(0)
        for points in re.findall(r"（([+-]?\d+\.\d\d)）", row.inner_text()):
            moved += Fraction(points)
        assert abs(Fraction(after) - Fraction(before) - moved) <= Fraction(2, 100), row.inner_text()
        said = ask(policy, "determination", {"total": str(after), **CHECKED})
        grade = row.locator("[data-l=档次]").inner_text()
        assert _word(str(said["grade"])) in grade or grade == "不合格"  # a veto of its own, whatever the points
        agreed += _word(str(said["grade"])) in grade
    assert agreed >= 3
    with officer.expect_download() as download:
        officer.get_by_role("link", name="Excel", exact=True).click()
    assert download.value.suggested_filename.endswith(".xlsx")


def _word(grade: str) -> str:
    return {"excellent": "优秀", "good": "良好", "qualified": "合格", "unqualified": "不合格"}[grade]
