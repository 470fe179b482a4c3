"""The workflow designer in a browser: Qinhuangdao's evaluation rebuilt from nothing, and everything by keys alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey
PLUGIN = Path(__file__).parents[2] / "plugins/qinhuangdao/policy/2023/workflow/makerspace_evaluation.toml"


class Designer:
    """The designer's page, every step waited for until it is kept."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def rest(self) -> None:
        """Wait until nothing is under way."""
        self.page.wait_for_selector("#designer:not([aria-busy])")

    def press(self, do: str) -> None:
        self.page.locator(f"#designer button[name=do][value='{do}']").first.click()
        self.rest()

    def put(self, slot: str, value: Any) -> None:
        """Type or choose a property, unless it says so already."""
        control = self.page.locator(f"#designer [name='p.{slot}']").first
        tag = control.evaluate("one => one.tagName + ':' + one.type")
        if tag == "INPUT:checkbox":
            for box in self.page.locator(f"#designer [name='p.{slot}']").all():
                box.set_checked(box.get_attribute("value") in value)
        elif control.input_value() == str(value):
            return
        elif tag.startswith("SELECT"):
            control.select_option(str(value))
        else:
            control.fill(str(value))
            control.blur()
        if slot in ("key", "clock.kind", "clock.when_over"):  # these draw the properties anew
            self.rest()

    def text(self) -> str:
        """The draft as it is kept."""
        address = re.sub("workflow_designer|settings", "definitions", self.page.url.split("?")[0])
        answer = self.page.request.get(address + "text")
        found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.text(), re.S)
        assert found
        import html

        return html.unescape(found[1])

    @property
    def data(self) -> dict[str, Any]:
        return tomllib.loads(self.text())


@pytest.fixture
def designer(site: Site) -> Designer:
    """A new draft of the evaluation's workflow, open in the designer."""
    page = site.page("zhengce")
    page.goto("/admin/definitions/")
    for link in page.locator("a[href^='/admin/definitions/']").all():
        address = str(link.get_attribute("href"))
        if re.fullmatch(r"/admin/definitions/\d+/", address):
            body = page.request.get(address).text()
            if "<span>众创空间年度绩效评价</span>" in body and "流程 2023</h1>" in body:
                page.goto(address)
                break
    page.get_by_role("button", name="另存为草稿").click()
    page.get_by_role("link", name="打开流程设计").click()
    page.wait_for_selector("#designer")
    return Designer(page)


def test_the_evaluation_is_rebuilt_from_nothing(designer: Designer, site: Site) -> None:
    wanted = tomllib.loads(PLUGIN.read_text(encoding="utf-8"))
    assert designer.data == wanted
    designer.press("open:stages.0")
    for _ in wanted["stages"]:
        designer.press("remove")
    assert designer.data["stages"] == []

    for stage in wanted["stages"]:
        designer.press(f"stage:{stage['kind']}")
        _properties(designer, stage)
    for place, stage in enumerate(wanted["stages"]):
        for number, action in enumerate(stage.get("actions", [])):
            designer.press(f"open:stages.{place}")
            if number < len(designer.data["stages"][place].get("actions", [])):
                designer.press(f"open:stages.{place}.actions.{number}")
            else:
                designer.press(f"action:{action['effect']}" if action["effect"] != "return" else "action:return")
            _action(designer, action)
    designer.press("open:")
    designer.put("start", wanted["start"])

    assert designer.data == wanted
    assert designer.page.get_by_text("没有问题").is_visible()
    assert site.violations == []


def _properties(designer: Designer, stage: Mapping[str, Any]) -> None:
    for slot in ("name", "key", "role", "scope", "form", "opinion_form", "site_visit_form", "minimum_experts"):
        if slot in stage:
            designer.put(slot, stage[slot])
    clock = stage.get("clock", {})
    for slot in ("kind", "field", "days", "parameter", "when_over", "clause", "basis"):
        if slot in clock:
            designer.put(f"clock.{slot}", clock[slot])
    for slot in ("clause", "basis"):
        if slot in stage:
            designer.put(slot, stage[slot])


def _action(designer: Designer, action: Mapping[str, Any]) -> None:
    for slot in ("name", "key", "to", "effect", "role", "clause"):
        if slot in action:
            designer.put(slot, action[slot])
    designer.put("needs", action.get("needs", []))


def test_keys_alone_move_change_and_undo(designer: Designer) -> None:
    page, keys = designer.page, designer.page.keyboard
    page.locator(".wf-list .d-line[data-path='']").focus()
    for _ in range(5):
        keys.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.path") == "stages.1.actions.0"
    keys.press("ArrowUp")
    keys.press("Alt+ArrowDown")
    designer.rest()
    assert [s["key"] for s in designer.data["stages"][1:3]] == ["city_review", "district_review"]
    assert page.evaluate("document.activeElement.dataset.path") == "stages.2", "the keys stay with what they moved"
    assert "已下移" in page.locator("#wf-said").inner_text()

    keys.press("Enter")
    designer.rest()
    for _ in range(80):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "p.name":
            break
    keys.press("Control+a")
    keys.type("区里审核")
    keys.press("Tab")
    designer.rest()
    assert designer.data["stages"][2]["name"] == "区里审核"
    assert page.locator(".wf-fig").get_by_text("区里审核").count() == 1, "the diagram is drawn anew while one types"

    page.locator("button[value=undo]").focus()
    for _ in range(2):
        keys.press("Enter")
        designer.rest()
        page.locator("button[value=undo]").focus()
    assert designer.data == tomllib.loads(PLUGIN.read_text(encoding="utf-8"))


def test_dragging_orders_stages_and_leads_actions(designer: Designer) -> None:
    page = designer.page
    before = designer.data
    page.locator("li[data-path='stages.1'] > .d-line").drag_to(page.locator("li[data-path='stages.2'] > .d-line"))
    designer.rest()
    assert designer.data["stages"][2]["key"] == "district_review"
    page.locator("li[data-path='stages.2.actions.0'] > .d-line").drag_to(page.locator("[data-drop='stages.4'] rect"))
    designer.rest()
    assert designer.data["stages"][2]["actions"][0]["to"] == "determination"
    page.locator("[data-tile=review]").drag_to(page.locator("li[data-path='stages.0'] > .d-line"))
    designer.rest()
    assert [s["key"] for s in designer.data["stages"]][1] == "review"
    for _ in range(3):
        designer.press("undo")
    assert designer.data == before


def test_the_notice_is_set_beside_its_stage_and_back(designer: Designer) -> None:
    page = designer.page
    designer.press("open:stages.5")
    page.locator("button[value^='beside:notice:']").click()
    page.wait_for_url("**/admin/settings/**")
    before = designer.data
    page.locator("[name='p.length']").fill("7")
    page.locator("[name='p.length']").blur()
    designer.rest()
    assert designer.data["length"] == 7
    assert page.locator("[name='p.length-of']").input_value() == "", "the number stands in place of the parameter"
    page.locator("[name='p.length-of']").select_option("$notice_working_days")
    designer.rest()
    assert designer.data == before
    page.get_by_label("单位盖章").first.check()
    designer.rest()
    assert designer.data["objection"]["person_needs"] == ["real_name", "contact", "sealed"]
    for _ in range(3):
        designer.press("undo")
    assert designer.data == before
    page.get_by_role("button", name="回到流程设计").click()
    page.wait_for_url("**/admin/workflow_designer/**at=stages.5")
