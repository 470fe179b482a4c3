"""The settings designer without scripts: reached from the workflow, lint at its place, undo, nothing lost."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
import tomli_w
from flask.testing import FlaskClient

from core.cases import authoring
from core.cases.authoring_settings_words import SETTINGS
from core.models import DefinitionVersion, Region
from tests import factories
from tests import world as w
from tests.core.admin.test_form_designer import _Page as Posted
from tests.core.admin.test_workflow_designer import Designer, draft_of, officer, person, plain

__all__ = ["officer"]


class Settings(Designer):
    """The page of a draft of settings as somebody without scripts uses it."""

    def __init__(self, client: FlaskClient, row: DefinitionVersion) -> None:
        super().__init__(client, row)
        self.address = f"/admin/settings/{row.id}/"

    def entry(self, path: str) -> dict[str, Any]:
        name, _, place = path.partition(".")
        return dict(self.data[name][int(place)])


@pytest.fixture
def workflow(client: FlaskClient, officer: Region) -> Designer:
    return Designer(client, draft_of(officer, "workflow"))


def beside(workflow: Designer, at: str, what: str, **typed: str) -> Settings:
    """Go from a place of the workflow to what belongs to it."""
    workflow.at = at
    assert f'value="beside:{what}"' in workflow.page
    posted = {**Posted(workflow.page).values, **{f"p.{k}": v for k, v in typed.items()}, "do": f"beside:{what}"}
    answer = workflow.client.post(workflow.address, data=posted)
    assert answer.status_code == 302, answer.text
    found = re.search(r"/admin/settings/(\d+)/", answer.location)
    assert found, answer.location
    page = Settings(workflow.client, DefinitionVersion.get_by_id(int(found[1])))
    at_there = re.search(r"[?&]at=([^&]*)", answer.location)
    page.at = unquote(at_there[1]) if at_there else ""
    return page


def test_each_place_of_a_workflow_leads_to_its_settings_and_back(workflow: Designer) -> None:
    before = workflow.data
    places = {"": "scope", "stages.3": "panel", "stages.4": "facts", "stages.5": "notice"}
    opened = {at: beside(workflow, at, f"{kind}:makerspace_evaluation:") for at, kind in places.items()}
    assert {at: page.row.kind for at, page in opened.items()} == places
    clock = beside(workflow, "stages.1", "clocks:makerspace_evaluation:clocks.district_review")
    assert 'value="县区归口管理部门审核"' in clock.page, "the clock of the stage is open"
    again = beside(workflow, "stages.5", "notice:makerspace_evaluation:")
    assert again.row.id == opened["stages.5"].row.id, "the draft that is being worked on is not made twice"
    page = again.client.get(again.address, query_string={"back": f"{workflow.row.id}:stages.5"}).text
    back = again.client.post(again.address, data={**Posted(page).values, "do": "go:back"})
    assert back.location.endswith(f"/admin/workflow_designer/{workflow.row.id}/?at=stages.5")
    assert workflow.data == before


def test_what_was_typed_is_kept_on_the_way_out(workflow: Designer) -> None:
    beside(workflow, "stages.5", "notice:makerspace_evaluation:", name="公示七天")
    assert workflow.data["stages"][5]["name"] == "公示七天"


def test_a_condition_leads_to_where_its_names_are_added(workflow: Designer) -> None:
    register = beside(workflow, "stages.2.actions.0", "region:qinhuangdao:")
    register.press("add:register")
    register.press("save", name="场地是否自有", type="yes_no")
    assert "要写明" in plain(register.page) or "缺少" in plain(register.page), "a clause is still asked for"
    register.press("save", clause="工作惯例", basis="practice")
    assert register.entry("register.0") == {
        "key": "register_1", "type": "yes_no", "name": "场地是否自有", "clause": "工作惯例", "basis": "practice"
    }  # fmt: skip
    assert "没有问题" in register.page
    row = DefinitionVersion.get_by_id(register.row.id)
    authoring.publish(person(), row.id, w.clock.today(), "登记场地", row.digest, w.new_token())
    workflow.at = "stages.2.actions.0"
    workflow.press("save", condition="register_1")
    assert "读作：“场地是否自有”" in plain(workflow.page)
    assert "没有问题" in workflow.page


@pytest.mark.parametrize("kind", sorted(SETTINGS))
def test_opened_and_saved_unchanged_nothing_changes(client: FlaskClient, officer: Region, kind: str) -> None:
    key = "qinhuangdao" if kind == "region" else "makerspace_evaluation"
    page = Settings(client, draft_of(officer, kind, key))
    before = DefinitionVersion.get_by_id(page.row.id).text
    for at in ("", *(f"{name}.{i}" for name in SETTINGS[kind].lists for i in range(len(page.data.get(name, []))))):
        page.at = at
        page.press("save")
    assert DefinitionVersion.get_by_id(page.row.id).text == before, "remarks in the text stay too"


Spoil = Callable[[dict[str, Any]], Any]
PLANTED: list[tuple[str, Spoil, str, str, str]] = [
    ("panel", lambda d: d.pop("minimum"), "", "minimum", "缺少“最少几位专家”"),
    ("panel", lambda d: d.update(minimum="$gone"), "", "minimum", "没有“gone”这个参数"),
    ("panel", lambda d: d.update(gives="grade"), "", "gives", "有分数线"),
    ("panel", lambda d: d["modes"][1].pop("clause"), "modes.1", "clause", "缺少“依据的条款”"),
    ("notice", lambda d: d.update(unit="weeks"), "", "unit", "不能是“weeks”"),
    ("notice", lambda d: d["objection"].pop("until"), "", "objection.until", "缺少“到哪天为止可以提”"),
    ("notice", lambda d: d["changed_result"].update(notice_again="nein"), "", "changed_result.notice_again", "“nein”的类型不对"),
    ("clocks", lambda d: d["clocks"][1].pop("days"), "clocks.1", "days", "缺少“几天”"),
    ("clocks", lambda d: d["clocks"][0].update(key="city_review"), "", "", "“city_review”写了 2 次"),
    ("facts", lambda d: d["facts"][5].update(names=["一级"]), "facts.5", "options", "有 3 个选项，写了 1 个名称"),
    ("facts", lambda d: d["facts"][0].update(type="bool"), "facts.0", "type", "不能是“bool”"),
    ("scope", lambda d: d["conditions"][0].update(when="level =="), "conditions.0", "when", "公式"),
    ("scope", lambda d: d["conditions"][1].pop("months"), "conditions.1", "months", "要写满几个月"),
    ("scope", lambda d: d["conditions"][0].update(when="height > 2"), "conditions.0", "", "没有“height”这个事实"),
]  # fmt: skip


def test_every_planted_defect_is_told_at_its_place(client: FlaskClient, officer: Region) -> None:
    pages = {kind: Settings(client, draft_of(officer, kind)) for kind in {one[0] for one in PLANTED}}
    missed = []
    for kind, spoil, at, slot, words in PLANTED:
        designer = pages[kind]
        designer.at = at
        sound = designer.data
        spoilt = tomllib.loads(tomli_w.dumps(sound))
        spoil(spoilt)
        designer.put(lambda d, spoilt=spoilt: (d.clear(), d.update(spoilt)))
        page = designer.page
        here = page[page.index(f'data-prop="{slot}"' if slot else 'id="wf-unplaced"') :][:1500]
        listed = page[page.index('id="wf-findings"') :]
        if words not in plain(here) or words not in plain(listed) or f'value="open:{at}"' not in listed:
            missed.append((kind, at, slot, words))
        designer.put(lambda d, sound=sound: (d.clear(), d.update(sound)))
        if "没有问题" not in designer.page:
            missed.append((kind, "control"))
    assert missed == []


def test_a_number_or_a_parameter_is_chosen_and_the_present_value_is_told(client: FlaskClient, officer: Region) -> None:
    page = Settings(client, draft_of(officer, "notice"))
    assert "5（参数“公示期”）" in page.page
    page.press("save", length="7")
    assert page.data["length"] == 7
    page.press("save", **{"length": "7", "length-of": "$notice_working_days"})
    assert page.data["length"] == "$notice_working_days"
    page.press("undo")
    assert page.data["length"] == 7
    page.press("redo")
    page.press("undo", objection__person_needs=["real_name"])
    page.press("redo")
    assert page.data["objection"]["person_needs"] == ["real_name"], "what was typed is a step of its own"
    told = page.press("save", status=422, length="七天")
    assert "公示几天：要填不小于 0 的整数" in told
    assert 'value="七天"' in told


def test_a_new_condition_of_who_takes_part_is_written_without_code(client: FlaskClient, officer: Region) -> None:
    page = Settings(client, draft_of(officer, "scope"))
    page.press("add:facts")
    page.press("save", name="上次评价日", key="last_evaluated_on", type="date", clause="第二条")
    page.press("add:conditions")
    page.press("save", name="满三年没有评过", way="since", clause="第二条", basis="reading")
    page.press("save", since=["last_evaluated_on"], months="36", or_when="is_missing(last_evaluated_on)")
    assert page.entry("conditions.2") == {
        "key": "condition_3", "name": "满三年没有评过", "clause": "第二条", "basis": "reading",
        "since": ["last_evaluated_on"], "months": 36, "or_when": "is_missing(last_evaluated_on)",
    }  # fmt: skip
    shown = plain(page.page)
    assert "没有问题" in shown
    assert "读作：" in shown
    page.at = "facts.2"
    assert "登记的单位情况里没有这一项" in page.page, "nobody's register keeps 备案日期"
    register = beside(page, "facts.2", "region:qinhuangdao:")
    assert register.row.kind == "region"
    page.at = "facts.0"
    assert "登记的单位情况里没有这一项" not in page.page


def test_a_region_without_a_panel_begins_one_from_the_stage(workflow: Designer, officer: Region) -> None:
    DefinitionVersion.delete().where(
        (DefinitionVersion.region == officer) & (DefinitionVersion.kind == "panel")
    ).execute()
    panel = beside(workflow, "stages.3", "panel::")
    assert panel.data["minimum"] == 3
    assert panel.row.status == "draft"


def test_what_is_no_settings_draft_of_mine_is_not_there(workflow: Designer, client: FlaskClient, officer: Region) -> None:
    form = draft_of(officer, "form")
    assert client.get(f"/admin/settings/{form.id}/").status_code == 404
    posted = {**Posted(workflow.page).values, "do": "beside:awards::"}
    assert client.post(workflow.address, data=posted).status_code == 404
    row = draft_of(officer, "panel")
    DefinitionVersion.update(region=factories.region("elsewhere", "别处")).where(DefinitionVersion.id == row.id).execute()
    assert client.get(f"/admin/settings/{row.id}/").status_code == 404


def test_a_version_is_told_in_words_with_the_way_to_its_designer(client: FlaskClient, officer: Region) -> None:
    row = draft_of(officer, "scope")
    page = plain(client.get(f"/admin/definitions/{row.id}/").text)
    assert "打开设计" in page
    assert "认定日期、备案日期" in page
    notice = plain(client.get(f"/admin/definitions/{draft_of(officer, 'notice').id}/").text)
    assert "参数“公示期”" in notice
    assert "真实姓名、联系方式" in notice
