"""Qinhuangdao's scheme, lines, vetoes and awards built again in the browser, and equal to the plugin's as data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.policy.pack import load_region
from core.policy.questions import ask
from core.policy.source import parse
from core.policy.version import PolicyVersion
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey

PACK = Path(__file__).parents[2] / "plugins" / "qinhuangdao"
KEY = "makerspace_evaluation"


def wanted(kind: str) -> dict[str, Any]:
    """The plugin's own definition."""
    return parse((PACK / "policy" / "2023" / f"{kind}.toml").read_text(encoding="utf-8"), kind)


def number_of(page: Any) -> str:
    return re.sub(r".*/(\d+)/.*", r"\1", str(page.url))


def text_of(page: Any, number: str) -> str:
    page.goto(f"/admin/definitions/{number}/text")
    return str(page.locator("textarea[name=text]").input_value())


def put(page: Any, **values: Any) -> None:
    """Fill the properties of what is chosen and save; `__` stands for a dot."""
    form = page.locator("form[data-props]")
    for name, value in values.items():
        field = form.locator(f'[name="{name.replace("__", ".")}"]')
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    form.get_by_role("button", name=re.compile("^保存")).click()
    page.wait_for_load_state()


def copied(page: Any, name: str) -> str:
    """A draft of the region's own definition of a kind; its number."""
    page.goto("/admin/definitions/")
    page.locator("tr", has_text=name).first.get_by_role("link").first.click()
    page.wait_for_url("**/admin/definitions/*/")
    page.get_by_role("button", name="另存为草稿").click()
    page.wait_for_load_state()
    return number_of(page)


@pytest.fixture(scope="module")
def built(site: Site) -> dict[str, str]:
    """The texts of the four definitions, built by clicks and typing."""
    page = site.page("zhengce")
    return {
        "indicators": _indicators(page),
        "grades": _grades(page),
        "vetoes": _vetoes(page),
        "awards": _awards(page),
    }


def _indicators(page: Any) -> str:
    whole = wanted("indicators")
    page.goto("/admin/definitions/new?kind=indicators")
    page.locator("[name=naming]").fill(whole["name"])
    page.locator("[name=key]").fill("built_again")
    page.get_by_role("button", name="新建草稿").click()
    page.wait_for_load_state()
    number = number_of(page)
    page.goto(f"/admin/definitions/{number}/")
    page.get_by_role("link", name="打开指标设计").click()
    put(page, **{k: whole[k] for k in ("name", "form", "total_weight", "combine", "clause")}, basis="")
    _groups(page, number, whole["groups"])
    for group, entry in enumerate(whole["groups"]):
        for one in (one for one in whole["indicators"] if one["group"] == entry["key"]):
            if one["code"] == "F1":  # what a new scheme begins with
                page.goto(f"/admin/scheme/{number}/?at=indicators.0")
            else:
                page.locator(f"#new-{group}").fill(one["name"])
                page.locator(f"#new-{group}").locator("xpath=..").get_by_role("button").click()
                page.wait_for_url("**at=indicators.*")
            method = {f"method__{name}": value for name, value in one["method"].items()}
            plain = {k: v for k, v in one.items() if k not in ("method", "group", "weight_points")}
            put(page, **plain, **method)
    for place, one in enumerate(whole["indicators"]):
        page.locator(f"#weight-{place}").fill(str(one["weight_points"]))
    assert page.locator("[data-total] [data-sum]").inner_text() == "100"
    page.get_by_role("button", name="保存权重").click()
    page.wait_for_load_state()
    assert "权重" not in page.locator("#found").inner_text()
    return text_of(page, number)


def _groups(page: Any, number: str, groups: list[dict[str, Any]]) -> None:
    for place, group in enumerate(groups):
        if place == 0:
            page.goto(f"/admin/scheme/{number}/?at=groups.0")
        else:
            page.locator("#new-group").fill(group["name"])
            page.get_by_role("button", name="添加一级指标").click()
            page.wait_for_url(f"**at=groups.{place}*")
        put(page, **group, basis="")


def _grades(page: Any) -> str:
    data = wanted("grades")
    number = copied(page, "档次线")
    page.goto(f"/admin/scheme/{number}/")
    for grade in ("excellent", "good", "qualified", "unqualified"):
        page.locator(f"#name-{grade}").fill("")
    page.locator("#drawn-no").check()
    page.locator("#places-of").select_option("")
    page.get_by_role("button", name="保存档次线").click()
    page.wait_for_load_state()
    assert "要写明分数线" in page.locator("#lines").inner_text()
    page.locator("#drawn-yes").check()
    for line in data["lines"]:
        for name, value in (("name", line["name"]), ("from", line["at_least"]), ("clause", line["clause"])):
            page.locator(f"#{name}-{line['grade']}").fill(str(value))
        page.locator(f"#basis-{line['grade']}").select_option(line["basis"])
    page.locator("#places-of").select_option("$total_decimal_places")
    page.locator("#rounding-clause").fill(data["rounding"]["clause"])
    page.locator("#rounding-basis").select_option(data["rounding"]["basis"])
    page.get_by_role("button", name="保存档次线").click()
    page.wait_for_load_state()
    assert "没有发现问题" in page.locator("#found").inner_text()
    return text_of(page, number)


def _emptied(page: Any, address: str, names: tuple[str, ...]) -> None:
    page.goto(address)
    for name in names:
        while page.locator(f'#list-{name} button[value^="remove:"]').count():
            page.locator(f'#list-{name} button[value^="remove:"]').first.click()
            page.wait_for_load_state()


def _rule(page: Any, name: str, entry: dict[str, Any]) -> None:
    page.locator(f"#new-{name}").fill(entry["name"])
    page.locator(f'button[value="add:{name}"]').click()
    page.wait_for_url(f"**at={name}.*")
    put(page, **entry)


def _vetoes(page: Any) -> str:
    data = wanted("vetoes")
    number = copied(page, "一票否决和封顶")
    _emptied(page, f"/admin/scheme/{number}/", ("vetoes", "ceilings"))
    for name in ("vetoes", "ceilings"):
        for entry in data[name]:
            _rule(page, name, entry)
    assert "没有发现问题" in page.locator("#found").inner_text()
    return text_of(page, number)


def _awards(page: Any) -> str:
    data = wanted("awards")
    number = copied(page, "奖补")
    _emptied(page, f"/admin/award_rules/{number}/", ("withheld",))
    for grade in ("excellent", "good"):
        page.locator(f'[name="of-0-{grade}"]').select_option("")
    page.get_by_role("button", name="保存金额").click()
    page.wait_for_load_state()
    assert page.locator("#amounts tbody tr").count() == 1
    page.locator("#title-new").select_option("makerspace")
    for amount in data["amounts"]:
        page.locator(f'[name="of-new-{amount["grade"]}"]').select_option(amount["yuan"])
    page.locator("#clause-new").fill("第十八条")
    page.locator("#basis-new").select_option("text")
    page.get_by_role("button", name="保存金额").click()
    page.wait_for_load_state()
    for entry in data["withheld"]:
        _rule(page, "withheld", entry)
    assert "没有发现问题" in page.locator("#found").inner_text()
    page.locator("#try-grade-0").select_option("excellent")
    page.locator("#try-p-award_excellent_yuan").fill("50000")
    page.get_by_role("button", name="算一算").click()
    page.wait_for_load_state()
    assert "共发 50,000 元" in page.locator("#tried").inner_text()
    return text_of(page, number)


def _said(page: Any, text: str) -> None:
    """Wait until it was announced."""
    page.locator("[data-say]", has_text=text).wait_for(state="attached")


def test_moving_by_keyboard_and_by_dragging_is_told_and_sums_follow(site: Site) -> None:
    page = site.page("zhengce")
    number = copied(page, "指标体系")
    page.goto(f"/admin/scheme/{number}/")
    chip = page.locator(".branch").first.locator("[data-chip]")
    page.locator("#weight-0").fill("3.5")
    assert page.locator(".branch").first.locator("[data-sum]").inner_text() == "25.5" and "不一致" in chip.inner_text()
    page.locator("#weight-0").fill("3")
    assert chip.inner_text().strip() == "一致"
    page.locator("#weight-5").focus()
    page.keyboard.press("Alt+ArrowDown")
    _said(page, "孵化服务")
    assert "F6 签约中介服务机构数量：现在是“孵化服务”的第 1 项" in page.locator("[data-say]").inner_text()
    row = page.locator(":focus").locator("xpath=ancestor::li")
    assert "F6" in row.inner_text()
    page.keyboard.press("Alt+ArrowUp")
    _said(page, "“服务基础”的第 6 项")
    page.set_viewport_size({"width": 1280, "height": 2400})  # both ends of the drag in sight
    page.locator('.leaf[data-place="17"] .grip').drag_to(page.locator('.leaf[data-place="0"] .grip'))
    _said(page, "“服务基础”的第 1 项")
    assert page.locator(".branch").first.locator("[data-sum]").inner_text() == "29"
    page.get_by_role("button", name="撤销").click()
    page.wait_for_load_state()
    assert page.locator(".branch").first.locator("[data-sum]").inner_text() == "25"
    assert site.violations == []


def test_what_was_built_by_clicks_equals_the_plugin_as_data(site: Site, built: dict[str, str]) -> None:
    for kind, text in built.items():
        data = parse(text, kind)
        made = {**data, "key": KEY}
        assert made == wanted(kind), kind
    assert site.violations == []


def test_a_case_is_scored_the_same_through_what_was_built(built: dict[str, str]) -> None:
    policy = load_region(PACK).newest
    own = {(kind, KEY): text.replace('key = "built_again"', f'key = "{KEY}"', 1) for kind, text in built.items()}
    mine = PolicyVersion.from_sources("qinhuangdao", policy.version, {**policy.sources, **own})
    points = {one["code"]: str(one["weight_points"] * 9) + "/10" for one in wanted("indicators")["indicators"]}
    facts = {"participated": True, "resident_tech_enterprises": 8, "resident_tech_teams": 3}
    for more in ({}, {"integrity_breach": True}, {"vetoes": ["false_materials"]}, {"resident_tech_teams": 1}):
        asked = {"points": points, **facts, **more, "parameters": {"award_excellent_yuan": 50_000}}
        answer = ask(mine, "score", asked)
        assert answer == ask(policy, "score", asked)
        assert answer["grade"] == ("excellent" if not more else "qualified" if "integrity_breach" in more else "unqualified")
    given = {"years": [{"year": 2023, "grades": {"makerspace": "excellent"}}], "parameters": {"award_excellent_yuan": 50_000}}
    assert ask(mine, "awards", given) == ask(policy, "awards", given)
