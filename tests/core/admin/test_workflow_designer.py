"""The workflow designer without scripts: adding, wiring, renaming, moving, undo, templates, findings at their place."""

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
from core.cases.authoring_workflow_facts import facts_known, labels
from core.cases.authoring_workflow_templates import ORDER, start_from
from core.cases.importing import import_region
from core.condition_check import condition_findings
from core.models import Account, DefinitionVersion, Region
from core.people.scope import Viewer, viewer_of
from core.workflow.definition import load_workflow
from tests import factories
from tests import world as w
from tests.core.admin.test_form_designer import _Page as Posted

KEY = "makerspace_evaluation"


@pytest.fixture
def officer(client: FlaskClient, sign_in: Callable[..., None]) -> Region:
    region = import_region(w.pack())
    sign_in(client, factories.account("policy_officer", region=region, username="zhengce"))
    return region


def person() -> Viewer:
    return viewer_of(Account.get(Account.username == "zhengce"))


def draft_of(region: Region, kind: str, key: str = KEY) -> DefinitionVersion:
    published = DefinitionVersion.get(
        (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind) & (DefinitionVersion.key == key)
    )
    made = authoring.copy_as_draft(person(), published.id, w.new_token())
    return DefinitionVersion.get_by_id(made["definition"])


class Designer:
    """The page as somebody without scripts uses it."""

    def __init__(self, client: FlaskClient, row: DefinitionVersion) -> None:
        self.client, self.row, self.at = client, row, ""
        self.address = f"/admin/workflow_designer/{row.id}/"

    @property
    def page(self) -> str:
        return self.client.get(self.address, query_string={"at": self.at}).text

    @property
    def data(self) -> dict[str, Any]:
        return tomllib.loads(DefinitionVersion.get_by_id(self.row.id).text)

    @property
    def stage(self) -> dict[str, Any]:
        """The stage that is open, or that the open action belongs to."""
        return dict(self.data["stages"][int(self.at.split(".")[1])])

    def press(self, do: str, status: int = 302, **typed: Any) -> str:
        """Press a button with what is typed; everything else of the page goes along as it stands."""
        posted = {**Posted(self.page).values, **{f"p.{k.replace('__', '.')}": v for k, v in typed.items()}, "do": do}
        answer = self.client.post(self.address, data=posted)
        assert answer.status_code == status, answer.text
        if status == 302:
            found = re.search(r"at=([^&]*)", answer.location)
            self.at = unquote(found[1]) if found else ""
        return answer.text

    def put(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change the draft as data, past the page."""
        data = self.data
        change(data)
        row = DefinitionVersion.get_by_id(self.row.id)
        authoring.save_text(person(), row.id, tomli_w.dumps(data), row.digest, w.new_token())


@pytest.fixture
def designer(client: FlaskClient, officer: Region) -> Designer:
    return Designer(client, draft_of(officer, "workflow"))


def test_the_list_says_what_the_diagram_shows(designer: Designer) -> None:
    page = designer.page
    figure = page[page.index('class="wf-fig"') : page.index('id="props"')]
    listed = page[page.index('id="wf-list"') : page.index("wf-keys")]
    for stage in designer.data["stages"]:
        assert stage["name"] in figure
        assert stage["name"] in listed
        for action in stage.get("actions", []):
            assert f"<title>{action['name']}" in figure
            assert action["name"] in listed
    assert figure.count('class="wf-back') == 5
    assert figure.count('class="wf-past') == 1, "记为未参加 leaves stages out"


def test_nothing_pressed_changes_nothing(designer: Designer) -> None:
    before = designer.data
    for place in ("", *(f"stages.{i}" for i in range(7)), "stages.1.actions.0", "stages.0.actions.1"):
        designer.at = place
        designer.press("save")
        assert designer.data == before, place


def test_a_new_stage_is_put_into_the_way(designer: Designer) -> None:
    designer.at = "stages.1"
    designer.press("stage:review")
    assert designer.at == "stages.2"
    assert designer.stage["actions"] == [{"key": "forward", "name": "同意", "to": "city_review", "effect": "forward"}]
    assert designer.data["stages"][1]["actions"][0]["to"] == "review"
    assert "没有问题" in designer.page
    designer.press("save", name="区级联审", key="joint_review", role="district_reviewer", scope="district")
    assert designer.data["stages"][1]["actions"][0]["to"] == "joint_review", "what leads to it follows its key"


def test_without_anything_open_a_new_stage_comes_before_the_end(designer: Designer) -> None:
    designer.press("stage:corrective_action")
    assert designer.at == "stages.6"
    assert [action["to"] for action in designer.stage["actions"]] == ["closed"]
    assert designer.data["stages"][5]["actions"][0]["to"] == "corrective_action"


def test_stages_move_by_buttons_and_places_and_what_is_typed_goes_along(designer: Designer) -> None:
    designer.at = "stages.2"
    designer.press("up", name="市局复审")
    assert designer.at == "stages.1"
    assert [stage["name"] for stage in designer.data["stages"][1:3]] == ["市局复审", "县区归口管理部门审核"]
    designer.press("place:stages.1>stages.2")
    assert designer.at == "stages.2"
    designer.press("place:stages.2.actions.0>stages.4")
    assert designer.data["stages"][2]["actions"][0]["to"] == "determination", "an action put on a stage leads there"


def test_undo_takes_back_what_was_just_typed_and_redo_brings_it_again(designer: Designer) -> None:
    designer.at = "stages.1"
    designer.press("undo", name="区里审核")
    assert designer.stage["name"] == "县区归口管理部门审核"
    designer.press("redo")
    assert designer.stage["name"] == "区里审核"


def test_signing_by_several_is_set_and_taken_out(designer: Designer) -> None:
    designer.at = "stages.2"
    designer.press("save", signing__mode="in_order")
    designer.press("save", signer__1="city_reviewer", signer__2="city_centre", signing__basis="practice")
    assert designer.stage["signing"] == {
        "mode": "in_order", "roles": ["city_reviewer", "city_centre"], "basis": "practice"
    }  # fmt: skip
    assert "没有问题" in designer.page
    designer.press("save", signing__mode="")
    assert "signing" not in designer.stage


def test_facts_that_an_action_sets_are_typed_as_lines(designer: Designer) -> None:
    designer.at = "stages.2.actions.0"
    designer.press("save", sets="city_approved 是\nrounds 3\noutcome passed")
    assert designer.stage["actions"][0]["sets"] == {"city_approved": True, "rounds": 3, "outcome": "passed"}
    assert "city_approved" in designer.page[designer.page.index("前面的动作定下的") :]
    assert "每行写一个" in designer.press("save", status=422, sets="谁知道")


def test_a_key_that_is_taken_is_refused_and_nothing_typed_is_lost(designer: Designer) -> None:
    designer.at = "stages.2"
    page = designer.press("save", status=422, key="fill", name="新名字")
    assert "已经有代号“fill”" in page
    assert 'value="新名字"' in page


def test_somebody_elses_change_is_told_and_what_was_typed_stays(designer: Designer) -> None:
    designer.at = "stages.2"
    posted = {**Posted(designer.page).values, "p.name": "我的名字", "do": "save"}
    designer.put(lambda d: d["stages"][0].update(name="别人改的"))
    answer = designer.client.post(designer.address, data=posted)
    assert answer.status_code == 409
    assert "刚有别人改过" in answer.text
    assert 'value="我的名字"' in answer.text


def test_taking_out_what_others_lead_to_is_told_at_those_actions(designer: Designer) -> None:
    designer.at = "stages.3"
    designer.press("remove")
    designer.at = "stages.2.actions.0"
    assert "通向不存在的环节“expert_panel”" in designer.page
    designer.press("undo")
    assert "没有问题" in designer.page


def test_a_template_is_a_start_and_says_what_is_still_missing(designer: Designer) -> None:
    for key in ORDER:
        row = DefinitionVersion.get_by_id(designer.row.id)
        start_from(person(), row.id, key, row.digest, w.new_token())
        assert (designer.data["key"], designer.data["name"]) == (KEY, "众创空间年度绩效评价")
        designer.at = ""
        assert "没有表单" in designer.page
        designer.at = "stages.0"
        designer.press("save", form=KEY)
        assert "没有问题" in designer.page, f"{key}: only the form was missing"


def test_the_template_is_chosen_on_the_page(designer: Designer) -> None:
    answer = designer.client.post(
        designer.address, data={**Posted(designer.page).values, "template": "filing", "do": "template"}
    )
    assert answer.status_code == 302
    assert [stage["name"] for stage in designer.data["stages"]][-1] == "不予备案"


def _to(data: dict[str, Any], i: int, j: int, **values: Any) -> None:
    data["stages"][i]["actions"][j].update(values)


SIGNING = {"mode": "all", "basis": "practice"}
PLANTED: list[tuple[str, Callable[[dict[str, Any]], Any], str, str]] = [
    ("start", lambda d: d.update(start="nowhere"), "", "没有环节“nowhere”"),
    ("key twice", lambda d: d["stages"][2].update(key="fill"), "stages.2", "写了两次"),
    ("action key twice", lambda d: _to(d, 2, 1, key="forward"), "stages.2.actions.1", "动作“forward”写了两次"),
    ("kind and key", lambda d: d["stages"][5].update(key="notice"), "stages.5", "键要与类别相同"),
    ("unreachable", lambda d: _to(d, 1, 0, to="expert_panel"), "stages.2", "没有动作通向它"),
    ("dead end", lambda d: d["stages"][2].pop("actions"), "stages.2", "事情会停在这里"),
    ("no end", lambda d: _to(d, 5, 0, to="determination"), "stages.5", "走不到办结"),
    ("no closed stage", lambda d: d["stages"].pop(), "", "没有办结环节"),
    ("action to nowhere", lambda d: _to(d, 1, 0, to="nowhere"), "stages.1.actions.0", "通向不存在的环节“nowhere”"),
    ("closed acts", lambda d: d["stages"][6].update(actions=[{"key": "a", "name": "再办", "to": "fill", "effect": "return"}]), "stages.6", "办结环节不能再有动作"),
    ("missing actor", lambda d: d["stages"][1].pop("role"), "stages.1", "没有写明由谁办理"),
    ("fill without form", lambda d: d["stages"][0].pop("form"), "stages.0", "没有表单"),
    ("fill by expert", lambda d: d["stages"][0].update(role="expert"), "stages.0", "不能由“评审专家”填"),
    ("no clause", lambda d: d["stages"][2].pop("clause"), "stages.2", "要写明条款"),
    ("unknown kind", lambda d: d["stages"][2].update(kind="revew"), "stages.2", "不认识的值“revew”"),
    ("unknown form", lambda d: d["stages"][1].update(opinion_form="gone"), "stages.1", "没有“gone”这份表单"),
    ("unknown date", lambda d: d["stages"][0]["clock"].update(field="some_day"), "stages.0", "没有“some_day”这一项"),
    ("clock without number", lambda d: d["stages"][1].update(clock={"kind": "working_days"}), "stages.1", "要写明天数"),
    ("clock acts on nothing", lambda d: d["stages"][1]["clock"].update(when_over="act"), "stages.1", "要写明本环节的哪个动作"),
    ("clock cannot act", lambda d: d["stages"][1]["clock"].update(when_over="act", action="forward"), "stages.1", "到期不能自动办理“同意，送市级复审”"),
    ("nobody above", lambda d: d["stages"][2]["clock"].update(when_over="escalate"), "stages.2", "没有更上一级可提醒"),
    ("no formula", lambda d: _to(d, 2, 0, condition="1 +"), "stages.2.actions.0", "条件"),
    ("unknown name", lambda d: _to(d, 2, 0, condition="area > 500"), "stages.2.actions.0", "没有“area”这个事实"),
    ("submit hidden", lambda d: d["stages"][0]["actions"].append({"key": "again", "name": "另送", "to": "city_review", "effect": "submit"}), "stages.0.actions.0", "轮不到“另送”"),
    ("same button", lambda d: d["stages"][2]["actions"].append({"key": "ok", "name": "也同意", "to": "expert_panel", "effect": "forward"}), "stages.2.actions.3", "分不清按哪个"),
    ("signing no review", lambda d: d["stages"][4].update(signing=SIGNING), "stages.4", "不是审核环节"),
    ("signing two ways on", lambda d: (d["stages"][2].update(signing=SIGNING), _to(d, 2, 1, effect="forward")), "stages.2", "现在有 2 个"),
    ("signing order", lambda d: d["stages"][2].update(signing={**SIGNING, "mode": "in_order"}), "stages.2", "两方以上的先后"),
    ("signing without own", lambda d: d["stages"][2].update(signing={**SIGNING, "roles": ["city_centre"]}), "stages.2", "不在会签的各方里"),
    ("signing clause", lambda d: d["stages"][2].update(signing={"mode": "all"}), "stages.2", "要写明条款"),
]  # fmt: skip


def plain(page: str) -> str:
    """A page without its tags."""
    return re.sub(r"<[^>]+>", "", page)


def test_every_planted_defect_is_told_at_its_place(designer: Designer) -> None:
    sound, missed = designer.data, []
    assert "没有问题" in designer.page
    for name, spoil, at, words in PLANTED:  # in one test: each of them needs no region of its own
        designer.at = at
        spoilt = tomllib.loads(tomli_w.dumps(sound))
        spoil(spoilt)
        designer.put(lambda d, spoilt=spoilt: (d.clear(), d.update(spoilt)))
        page = designer.page
        here = page[page.index('id="props"') : page.index('id="wf-findings"')]
        listed = page[page.index('id="wf-findings"') :]
        if words not in plain(here) or words not in plain(listed) or f'value="open:{at}"' not in listed:
            missed.append(name)
        designer.put(lambda d: (d.clear(), d.update(sound)))
    assert missed == []


def test_what_is_told_in_the_designer_forbids_to_publish(designer: Designer) -> None:
    designer.put(lambda d: _to(d, 1, 0, to="nowhere"))
    refused = designer.client.get(f"/admin/definitions/{designer.row.id}/publish").text
    assert "通向不存在的环节“nowhere”" in plain(refused)


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("notice", lambda d: d.update(length=3), "公示期 3 比条文短：第十七条（四）写明公示 5 个工作日"),
        ("notice", lambda d: d.update(length=5, unit="calendar_days"), "按日历日数比条文短"),
        ("notice", lambda d: d.update(length=7), ""),
    ],
)
def test_a_notice_shorter_than_the_text_is_told_while_it_is_a_draft(
    client: FlaskClient, sign_in: Callable[..., None], kind: str, change: Callable[[dict[str, Any]], Any], told: str
) -> None:
    from tests.core.cases import standing_world

    region = standing_world.build("kunming").region
    sign_in(client, factories.account("policy_officer", region=region, username="zhengce"))
    notice = Designer(client, draft_of(region, kind, "platform_evaluation"))
    notice.put(change)
    page = client.get(f"/admin/definitions/{notice.row.id}/").text
    assert told in page
    assert ("比条文短" in page) == bool(told)


def test_a_practice_may_be_shortened(designer: Designer, officer: Region) -> None:
    notice = Designer(designer.client, draft_of(officer, "notice"))
    notice.put(lambda d: d.update(length=3))
    assert "比条文短" not in designer.client.get(f"/admin/definitions/{notice.row.id}/").text


def test_the_names_offered_for_conditions_are_those_that_are_accepted(designer: Designer) -> None:
    from core.cases.authoring_checks import sources_around

    sources = sources_around(designer.row)
    offered = labels(facts_known(designer.data, sources))
    data = designer.data
    for name in offered:
        data["stages"][2]["actions"][0]["condition"] = f"is_missing({name})"
        assert not list(condition_findings(load_workflow(data), "workflow.toml", sources)), name
    data["stages"][2]["actions"][0]["condition"] = "is_missing(nobody)"
    assert list(condition_findings(load_workflow(data), "workflow.toml", sources)), "control"


def test_panel_and_notice_stand_beside_their_stages(designer: Designer) -> None:
    designer.at = "stages.3"
    assert "最少几位专家" in designer.page
    designer.at = "stages.5"
    assert "5（参数“公示期”） 个工作日" in designer.page


def test_a_condition_is_read_back_in_words(designer: Designer) -> None:
    designer.at = "stages.2.actions.0"
    designer.press("save", condition="area_m2 >= 500 and not integrity_breach")
    assert "读作：" in designer.page
    assert "有科研失信记录" in designer.page


def test_what_is_no_workflow_draft_of_mine_is_not_there(designer: Designer, client: FlaskClient, officer: Region) -> None:
    form = draft_of(officer, "form")
    assert client.get(f"/admin/workflow_designer/{form.id}/").status_code == 404
    published = authoring.base_of(designer.row)
    assert published is not None
    assert client.get(f"/admin/workflow_designer/{published.id}/").status_code == 302
    DefinitionVersion.update(region=factories.region("elsewhere", "别处")).where(
        DefinitionVersion.id == designer.row.id
    ).execute()
    assert client.get(designer.address).status_code == 404
