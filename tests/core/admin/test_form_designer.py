"""The form designer's pages, used without scripts: every button posts the page, what was typed goes along."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from core.cases import authoring_new, authoring_regions
from core.cases.action import new_token
from core.cases.authoring_checks import KINDS, findings_of
from core.cases.importing import import_region
from core.clock import today
from core.models import AdminEvent, DefinitionVersion, Region
from core.pack_check import findings_of_workflow
from core.policy.pack import load_region
from core.policy.source import parse
from core.policy.version import PolicyVersion
from forms.fields import FIELD_TYPES
from tests import factories, world


class _Page(HTMLParser):
    """The values a browser would post from the designer's form: hidden ones, texts, ticks, chosen options."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._area = self._select = ""
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "form":
            self._inside = of.get("id") == "designer"
        name = of.get("name") or ""
        if not self._inside or (not name and tag != "option"):
            return
        if tag == "input" and (of.get("type") != "checkbox" or "checked" in of):
            self.values.setdefault(name, []).append(of.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.values[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self.values or "selected" in of):
            self.values[self._select] = [of.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] = [data.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._area = self._select = ""


@pytest.fixture
def officer(client: FlaskClient, sign_in) -> Region:
    """A signed-in policy officer of Qinhuangdao; gives the region."""
    region = import_region(load_region(world.PACK))
    sign_in(client, factories.account("policy_officer", region=region))
    return region


@pytest.fixture
def post(client: FlaskClient, seal):
    """Post a form with its seal and a fresh one-time token."""

    def send(address: str, **fields: object):
        return client.post(address, data={"csrf_token": seal(), "form_token": new_token(), **fields})

    return send


def copy_of(post, region: Region, key: str = "makerspace_evaluation") -> DefinitionVersion:
    named = (DefinitionVersion.kind == "form") & (DefinitionVersion.key == key)
    row = DefinitionVersion.get((DefinitionVersion.region == region) & named)
    post(f"/admin/definitions/{row.id}/copy")
    return DefinitionVersion.get((DefinitionVersion.status == "draft") & named)


@pytest.fixture
def draft(officer: Region, post) -> DefinitionVersion:
    """A draft of the evaluation form."""
    return copy_of(post, officer)


@pytest.fixture
def press(client: FlaskClient):
    """Open a thing of a draft, type into its properties, press a button; gives the answer."""

    def send(row: DefinitionVersion, at: str, do: str, **typed: object):
        address = f"/admin/form_designer/{row.id}/"
        values = _Page(client.get(address, query_string={"at": at}).text).values
        values |= {f"p.{name}": value if isinstance(value, list) else [value] for name, value in typed.items()}
        return client.post(address, data={**values, "do": do})

    return send


def data_of(row: DefinitionVersion) -> dict:
    return parse(DefinitionVersion.get_by_id(row.id).text, "f")


def test_the_page_has_the_palette_the_outline_and_the_properties(client: FlaskClient, draft) -> None:
    page = client.get(f"/admin/form_designer/{draft.id}/?at=sections.1.fields.3").text
    for kind in FIELD_TYPES:
        assert f'value="add:field:{kind}"' in page
    assert 'value="open:sections.0.fields.9.columns.2"' in page and 'value="open:checks.6"' in page
    assert 'value="service_staff_ratio"' in page and "读作：“服务人员数” ÷ “入驻团队、企业总数” × 100" in page
    assert 'name="p.required"' not in page, "a calculated figure is not asked for"
    assert "没有问题" in page
    assert f"/admin/form_designer/{draft.id}/" in client.get(f"/admin/definitions/{draft.id}/").text


def test_opening_things_changes_nothing(press, draft) -> None:
    before = DefinitionVersion.get_by_id(draft.id).digest
    for at in ("", "sections.0", "sections.0.fields.3", "sections.0.fields.9", "sections.0.fields.9.columns.3",
               "sections.1.fields.1", "sections.2.fields.1.columns.2", "checks.1", "parts.0"):  # fmt: skip
        assert press(draft, at, "open:parts.1").status_code == 302
        assert press(draft, at, "save").status_code == 302
        assert DefinitionVersion.get_by_id(draft.id).digest == before, at


def test_what_was_typed_is_kept_whatever_is_pressed(press, draft) -> None:
    answer = press(draft, "sections.1.fields.0", "add:field:money", label="场地总面积", indicator="F9")
    assert answer.location.endswith("at=sections.1.fields.1&new=1")
    fields = data_of(draft)["sections"][1]["fields"]
    assert fields[0]["label"] == "场地总面积" and fields[0]["indicator"] == "F9"
    assert fields[1]["type"] == "money" and fields[1]["unit"] == "元"
    assert DefinitionVersion.get_by_id(draft.id).step == 1, "one step for both"


def test_undo_takes_back_what_was_just_typed_and_redo_brings_it_back(press, draft) -> None:
    original = DefinitionVersion.get_by_id(draft.id).text
    press(draft, "sections.0", "undo", title="另一个标题")
    assert DefinitionVersion.get_by_id(draft.id).text == original
    press(draft, "sections.0", "redo")
    assert data_of(draft)["sections"][0]["title"] == "另一个标题"


def test_a_fault_keeps_everything_typed(press, draft) -> None:
    answer = press(draft, "sections.0.fields.6", "add:field:text", key="level", label="入驻数", places="x")
    assert answer.status_code == 422 and 'value="入驻数"' in answer.text and 'value="level"' in answer.text
    assert "代号“level”已经有了" in answer.text and "错误：" in answer.text
    assert DefinitionVersion.get_by_id(draft.id).step == 0
    blank = press(draft, "sections.0.fields.6", "save", label="", max="很多")
    assert blank.status_code == 422 and "请填写" in blank.text and 'value="很多"' in blank.text


def test_somebody_elses_change_is_told_and_nothing_typed_is_lost(client: FlaskClient, draft, press) -> None:
    address = f"/admin/form_designer/{draft.id}/"
    values = _Page(client.get(address, query_string={"at": "sections.0"}).text).values
    press(draft, "sections.1", "save", title="先改的")
    late = client.post(address, data={**values, "p.title": "后改的", "do": "save"})
    assert late.status_code == 409 and "刚有别人改过" in late.text and 'value="后改的"' in late.text
    assert data_of(draft)["sections"][0]["title"] == "基本情况"


def test_the_same_press_twice_acts_once(client: FlaskClient, draft) -> None:
    address = f"/admin/form_designer/{draft.id}/"
    values = _Page(client.get(address, query_string={"at": "sections.0"}).text).values
    for _ in range(2):
        client.post(address, data={**values, "do": "add:section"})
    assert len(data_of(draft)["sections"]) == 7


def test_moving_duplicating_and_dropping(press, draft) -> None:
    assert press(draft, "sections.1", "down").location.endswith("at=sections.2")
    assert press(draft, "sections.0.fields.0", "duplicate").location.endswith("at=sections.0.fields.1")
    assert press(draft, "", "place:sections.0.fields.1>sections.2").location.endswith("at=sections.2.fields.0")
    assert press(draft, "", "add:field:date>sections.2.fields.0").location.endswith("at=sections.2.fields.1&new=1")
    assert [a["key"] for a in data_of(draft)["sections"][2]["fields"][:2]] == ["operator_name_2", "field_1"]
    assert press(draft, "", "place:sections.0>checks.0").status_code == 422
    assert press(draft, "", "nothing").status_code == 404


def test_what_others_speak_of_is_asked_about_before_it_goes(client: FlaskClient, press, draft, post) -> None:
    asked = press(draft, "sections.0.fields.6", "remove")
    assert asked.location.endswith("/remove/sections.0.fields.6")
    page = client.get(asked.location).text
    assert "去掉字段“入驻团队、企业总数”吗" in page and "指标体系" in page and "计算公式" in page
    assert any(a["key"] == "tenants" for a in data_of(draft)["sections"][0]["fields"])
    seen = DefinitionVersion.get_by_id(draft.id).digest
    post(f"/admin/form_designer/{draft.id}/", at="sections.0.fields.6", seen=seen, sure="1", do="remove")
    assert not any(a["key"] == "tenants" for a in data_of(draft)["sections"][0]["fields"])
    page = client.get(f"/admin/form_designer/{draft.id}/?at=sections.1.fields.3").text
    assert "公式里的“tenants”不是能用的字段" in page and "处问题要改" in page


def test_what_nobody_speaks_of_goes_at_once(press, draft) -> None:
    assert press(draft, "sections.0.fields.5", "remove").location.endswith("at=sections.0.fields.4")
    assert not any(a["key"] == "contact_phone" for a in data_of(draft)["sections"][0]["fields"])


def test_findings_stand_beside_what_they_are_about(client: FlaskClient, press, draft) -> None:
    press(draft, "sections.1.fields.3", "save", formula="service_staff / 面积")
    page = client.get(f"/admin/form_designer/{draft.id}/?at=sections.1.fields.3").text
    assert re.search(r'id="p-formula"[^>]+aria-invalid="true"', page)
    assert "公式里的“面积”不是能用的字段" in page and "“面积”不是这份表单的字段" in page and "<mark>面</mark>" in page
    assert re.search(r'data-path="sections.1"(?s:.){0,900}1 处', page), "the outline counts it"


def test_a_formula_is_tried_without_scripts_and_through_the_endpoint(client: FlaskClient, press, draft, post) -> None:
    address = f"/admin/form_designer/{draft.id}/"
    values = _Page(client.get(address, query_string={"at": "sections.1.fields.3"}).text).values
    samples = {"sample.formula.service_staff": "6", "sample.formula.tenants": "42"}
    page = client.post(address, data={**values, **samples, "do": "try:formula"}).text
    assert "14.285714" in page and 'value="42"' in page
    assert DefinitionVersion.get_by_id(draft.id).step == 0
    told = post(f"{address}formula", slot="formula", **{"p.formula": "service_staff × tenants", **samples}).json
    assert (told["value"], told["names"]) == ("252", ["tenants", "service_staff"])
    assert told["words"] == "“服务人员数” × “入驻团队、企业总数”"
    wrong = post(f"{address}formula", slot="formula", **{"p.formula": "service_staff = 3"}).json
    assert wrong["position"] == 15 and "两个等号" in wrong["error"] and "<mark>=</mark>" in wrong["said"]


def test_the_preview_is_the_real_form_and_follows_its_answers(client: FlaskClient, press, draft, post) -> None:
    press(draft, "sections.0.fields.9", "save", show_when="tenants > 50")
    address = f"/admin/form_designer/{draft.id}/preview"
    assert "手机" in client.get(address).text
    page = client.get(f"{address}/page").text
    assert "1. 基本情况" in page and "6. 真实性承诺" in page and 'value="示例"' in page
    assert re.search(r'class="q"[^>]*hidden>\s*<span class="lab" id="f-tenant_list"', page)
    shown = post(f"{address}/page", tenants="60").text
    assert re.search(r'class="q"[^>]*data-show-when[^>]*"> *\s*<span class="lab" id="f-tenant_list"', shown)
    tried = post(f"{address}/page", tenants="x", check="1").text
    assert "这份表单有" in tried and 'value="x"' in tried
    press(draft, "sections.0", "save", show_when="nobody > 1")
    assert "改好了才能预览" in client.get(address).text and client.get(f"{address}/page").status_code == 200


def test_parts_of_another_form_are_copied(client: FlaskClient, draft, post) -> None:
    address = f"/admin/form_designer/{draft.id}/copy"
    listed = client.get(address).text
    assert "实地考察记录" in listed
    other = DefinitionVersion.get(DefinitionVersion.key == "site_visit")
    page = client.get(address, query_string={"source": other.id}).text
    key = re.search(r'name="section" value="([^"]+)"', page)
    assert key
    seen = DefinitionVersion.get_by_id(draft.id).digest
    answer = post(address, source=other.id, section=[key[1]], seen=seen)
    assert answer.location.endswith("at=sections.6") and len(data_of(draft)["sections"]) == 7
    assert post(address, source=other.id, seen=seen).status_code == 302
    foreign = DefinitionVersion.create(
        region=factories.region("elsewhere", "别处"), kind="form", key="x", version="1", digest="", origin="plugin",
        text="title = '外地'\n", created_at=other.created_at,
    )  # fmt: skip
    assert client.get(address, query_string={"source": foreign.id}).status_code == 404


def test_only_the_officer_of_the_region_gets_in_and_only_to_drafts_of_forms(
    app, client: FlaskClient, draft, officer, post, sign_in
) -> None:
    published = DefinitionVersion.get((DefinitionVersion.key == "site_visit") & (DefinitionVersion.status == "published"))
    refused = client.get(f"/admin/form_designer/{published.id}/")
    assert refused.location.endswith(f"/admin/definitions/{published.id}/")
    workflow = DefinitionVersion.get(DefinitionVersion.kind == "workflow")
    assert client.get(f"/admin/form_designer/{workflow.id}/").status_code == 404
    stranger = app.test_client()
    sign_in(stranger, factories.account("policy_officer", region=factories.region("elsewhere", "别处")))
    for part in ("", "copy", "preview", "preview/page", "remove/sections.0"):
        assert stranger.get(f"/admin/form_designer/{draft.id}/{part}").status_code == 404, part


def test_a_text_that_cannot_be_read_is_sent_back_to_the_text(client: FlaskClient, draft, post) -> None:
    for text in ("key = ", "key='a'\ntitle='b'\nversion='1'\nsections='x'"):
        seen = DefinitionVersion.get_by_id(draft.id).digest
        post(f"/admin/definitions/{draft.id}/text", text=text, seen=seen)
        assert client.get(f"/admin/form_designer/{draft.id}/").location.endswith(f"/admin/definitions/{draft.id}/")
    assert client.get(f"/admin/definitions/{draft.id}/").status_code == 200


def test_an_empty_form_is_begun_and_stands_up(client: FlaskClient, officer: Region, post) -> None:
    assert "新建表单" in client.get("/admin/definitions/").text
    address = "/admin/definitions/new"
    assert "新建规定" in client.get(address, query_string={"kind": "workflow"}).text
    refused = post(address, kind="form", naming="新表", key="Bad Key")
    assert refused.status_code == 422 and "小写字母" in refused.text and 'value="新表"' in refused.text
    assert "已经有代号" in post(address, kind="form", naming="新表", key="site_visit").text
    assert "只能有一份" in post(address, kind="notice", naming="公示", key="second").text
    made = post(address, kind="form", naming="半年小结", key="half_year")
    row = DefinitionVersion.get(DefinitionVersion.key == "half_year")
    assert made.location.endswith(f"/admin/form_designer/{row.id}/")
    assert (row.status, row.version, row.step, findings_of(row)) == ("draft", "2023", 0, [])
    assert "没有问题" in client.get(f"/admin/form_designer/{row.id}/").text
    assert AdminEvent.select().where(AdminEvent.kind == "definition_drafted").count() == 1
    post(address, kind="form", naming="没有想好代号", key="")
    assert DefinitionVersion.get(DefinitionVersion.key == "form_1").status == "draft"


def test_every_kind_begins_sound(settings) -> None:
    around = authoring_regions.generic_sources(
        "linhai", "临海", "市科技局", [{"key": "a", "name": "甲区", "authority": "甲区科技局"}], "2023", today()
    )
    import tomli_w

    begun = authoring_new.kinds_to_begin()
    assert len(begun) > 14 and dict(begun).items() <= KINDS.items()
    for kind, name in begun:
        sources = {at: text for at, text in around.items() if kind in authoring_new.SEVERAL or at[0] != kind}
        data = authoring_new.least(kind, "half_year", name, "2023")
        if kind == "workflow":
            data["stages"][0]["form"] = "generic"
        sources[(kind, "half_year")] = tomli_w.dumps(data)
        PolicyVersion.from_sources("linhai", "2023", sources)
        if kind == "workflow":
            assert not findings_of_workflow(sources[(kind, "half_year")], "w", sources)


def test_a_begun_workflow_starts_with_a_form_of_the_region(officer: Region, post) -> None:
    post("/admin/definitions/new", kind="workflow", naming="小结流程", key="half_year")
    row = DefinitionVersion.get(DefinitionVersion.key == "half_year")
    assert findings_of(row) == []
