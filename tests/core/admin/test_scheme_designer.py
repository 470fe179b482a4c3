"""The scheme designer without scripts: the tree and its sums, lines on the ruler, vetoes; findings at their place."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.cases import authoring
from core.cases.action import new_token
from core.cases.importing import import_region
from core.models import DefinitionVersion, Region
from core.policy.pack import load_region
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def region(client: FlaskClient, sign_in) -> Region:
    """A signed-in policy officer of Qinhuangdao; gives the region."""
    region = import_region(load_region(w.PACK))
    sign_in(client, factories.account("policy_officer", region=region))
    return region


@pytest.fixture
def draft(region):
    """A draft of a kind, copied from the published version."""

    def make(kind: str) -> DefinitionVersion:
        officer = w.viewer(factories.account("policy_officer", region=region))
        own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind)
        made = authoring.copy_as_draft(officer, DefinitionVersion.get(own).id, new_token())["definition"]
        return DefinitionVersion.get_by_id(made)

    return make


@pytest.fixture
def post(client: FlaskClient, seal):
    """Post to a page of the designer with the seal, a fresh token and the draft's present digest."""

    def send(row: DefinitionVersion, page: str, **fields: Any):
        seen = fields.pop("seen", DefinitionVersion.get_by_id(row.id).digest)
        data = {"csrf_token": seal(), "form_token": new_token(), "seen": seen, **fields}
        return client.post(f"/admin/scheme/{row.id}/{page}", data=data)

    return send


def now(row: DefinitionVersion) -> dict[str, Any]:
    return authoring.data_of(DefinitionVersion.get_by_id(row.id))


def codes(row: DefinitionVersion, group: str) -> list[str]:
    return [one["code"] for one in now(row)["indicators"] if one["group"] == group]


def test_the_page_shows_every_weight_with_sums_that_agree(client, draft):
    row = draft("indicators")
    page = client.get(f"/admin/scheme/{row.id}/").text
    assert len(re.findall(r'name="weight-\d+"', page)) == 18
    assert "没有发现问题" in page and "不一致" not in page
    assert "style=" not in page and "onclick" not in page


def test_weights_of_all_groups_are_saved_at_once_and_a_wrong_sum_is_told_at_its_group(client, draft, post):
    row = draft("indicators")
    assert post(row, "tree", **{"weight-0": "3.5", "weight-1": "2.5"}).status_code == 302
    assert [one["weight_points"] for one in now(row)["indicators"][:2]] == [Decimal("3.5"), Decimal("2.5")]
    post(row, "tree", **{"weight-0": "5"})
    page = client.get(f"/admin/scheme/{row.id}/").text
    group = page[page.index('id="branch-0"') : page.index('id="branch-1"')]
    assert "<b data-sum>26.5</b>" in group and "不一致" in group and "26.5，与写明的 25 不一致" in group
    other = page[page.index('id="branch-1"') : page.index('id="branch-2"')]
    assert "不一致" not in other
    assert "权重合计 101.5，不是 100" in page


def test_a_weight_that_is_no_number_is_refused_at_its_field_and_nothing_typed_is_lost(client, draft, post):
    row = draft("indicators")
    answer = post(row, "tree", **{"weight-0": "三分", "weight-1": "4", "new-0": "半写的名称"})
    assert answer.status_code == 422 and 'href="#weight-0"' in answer.text
    assert 'value="三分"' in answer.text and 'value="半写的名称"' in answer.text
    assert now(row) == authoring.data_of(row)


def test_moving_within_a_group_and_over_its_edge(draft, post):
    row = draft("indicators")
    post(row, "tree", do="down:0")
    assert codes(row, "foundation")[:2] == ["F2", "F1"]
    post(row, "tree", do="down:5")  # the last of the first group
    assert codes(row, "incubation")[:2] == ["F6", "S1"] and "F6" not in codes(row, "foundation")
    post(row, "tree", do="up:5")
    assert codes(row, "foundation")[-1] == "F6" and codes(row, "incubation")[0] == "S1"
    post(row, "tree", do="place:17", group="0", before="0")
    assert codes(row, "foundation")[0] == "C2" and codes(row, "contribution") == ["C1"]
    post(row, "tree", do="group-down:0")
    assert now(row)["groups"][1]["key"] == "foundation" and now(row)["indicators"][0]["code"] == "S1"


def test_moving_keeps_what_was_typed_on_the_page_and_means_what_it_showed(draft, post):
    row = draft("indicators")
    post(row, "tree", do="down:6", **{"weight-0": "2", "new-0": "新指标"})
    assert codes(row, "incubation")[:2] == ["S2", "S1"]  # not what stands at 6 once the new one has come
    assert now(row)["indicators"][0]["weight_points"] == 2 and codes(row, "foundation")[-1] == "F7"


def test_a_group_is_only_taken_out_when_it_is_empty_and_comes_back_by_undo(client, draft, post, seal):
    row = draft("indicators")
    assert "还有 2 项指标" in post(row, "tree", do="group-remove:3").text
    post(row, "tree", do="remove:17")
    post(row, "tree", do="remove:16")
    post(row, "tree", do="group-remove:3")
    assert len(now(row)["groups"]) == 3
    for _ in range(3):
        fields = {"csrf_token": seal(), "form_token": new_token(), "do": "undo"}
        client.post(f"/admin/definitions/{row.id}/go", data={**fields, "seen": DefinitionVersion.get_by_id(row.id).digest})
    assert now(row) == authoring.data_of(row)


def test_a_formula_that_names_no_field_is_told_at_the_formula(client, draft, post):
    row = draft("indicators")
    typed = indicator(client, row, 0)
    answer = post(row, "item", at="indicators.0", **{**typed, "value": "area_of_nothing"})
    assert answer.status_code == 302
    page = client.get(f"/admin/scheme/{row.id}/?at=indicators.0").text
    assert "公式里的“area_of_nothing”不是表单里的字段" in page[page.index('for="p-value"') : page.index('for="p-unit"')]
    assert "1 处要改" in page


def indicator(client: FlaskClient, row: DefinitionVersion, place: int) -> dict[str, str]:
    """What the properties of an indicator show, as its form would send it."""
    page = client.get(f"/admin/scheme/{row.id}/?at=indicators.{place}").text
    return form_fields(page[page.index("data-props") :].split("</form>")[0])


def form_fields(page: str) -> dict[str, str]:
    """The fields of a form as a browser would send them."""
    from html import unescape

    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    skip = ("csrf_token", "form_token", "seen", "at")
    return {name: value for name, value in found.items() if name not in skip}


def test_saving_the_properties_unchanged_changes_nothing(client, draft, post):
    row = draft("indicators")
    for place in range(18):
        post(row, "item", at=f"indicators.{place}", **indicator(client, row, place))
    for place in range(4):
        page = client.get(f"/admin/scheme/{row.id}/?at=groups.{place}").text
        post(row, "item", at=f"groups.{place}", **form_fields(page[page.index("data-props") :].split("</form>")[0]))
    page = client.get(f"/admin/scheme/{row.id}/").text
    post(row, "item", at="", **form_fields(page[page.index("data-props") :].split("</form>")[0]))
    assert now(row) == authoring.data_of(row)


def test_the_chart_is_drawn_by_the_method_with_its_jumps(client, draft, post):
    row = draft("indicators")
    typed = indicator(client, row, 0)
    bands = {**typed, "method.key": "bands", "set.bands.bands": "500 1\n1000 3"}
    assert post(row, "item", at="indicators.0", **bands).status_code == 302
    assert now(row)["indicators"][0]["method"]["bands"] == [{"at_least": 500, "points": 1}, {"at_least": 1000, "points": 3}]
    address = f"/admin/scheme/{row.id}/?at=indicators.0&best=2000"
    page = client.get(f"{address}&value=999.9").text
    assert "数值 999.9 得 <b>1</b> 分" in page and "<polyline" in page
    assert "数值 1000 得 <b>3</b> 分" in client.get(f"{address}&value=1000").text
    refused = post(row, "item", at="indicators.0", **{**bands, "set.bands.bands": "很多"})
    assert refused.status_code == 422 and "很多" in refused.text and "达到多少、得几分" in refused.text


def test_indicators_scored_by_the_panel_have_no_curve(client, draft):
    row = draft("indicators")
    assert "由专家评分，没有曲线" in client.get(f"/admin/scheme/{row.id}/?at=indicators.17").text


def lines(**changed: str) -> dict[str, str]:
    fields = {"drawn": "true", "places-of": "$total_decimal_places", "rounding-clause": "第十七条", "rounding-basis": "reading"}
    rows = (("excellent", "优秀", "85"), ("good", "良好", "70"), ("qualified", "合格", "60"), ("unqualified", "不合格", "0"))
    for grade, name, low in rows:
        fields |= {f"name-{grade}": name, f"from-{grade}": low, f"clause-{grade}": "第十七条", f"basis-{grade}": "text"}
    return {**fields, **changed}


def test_lines_are_written_without_gap_and_saving_them_as_they_are_changes_nothing(draft, post):
    row = draft("grades")
    assert post(row, "lines", **lines()).status_code == 302
    assert now(row) == authoring.data_of(row)
    post(row, "lines", **lines(**{"from-good": "72.5"}))
    good, qualified = now(row)["lines"][1:3]
    assert (good["at_least"], good["below"], qualified["below"]) == (Decimal("72.5"), 85, Decimal("72.5"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"from-good": "90"}, "“优秀”要比下一档高"),
        ({"from-unqualified": "10"}, "最低一档要从 0 分起"),
        ({"from-good": "很多"}, "“良好”从几分起"),
        ({"places-of": "", "places": "九"}, "小数位数要填"),
    ],
)
def test_a_wrong_line_is_told_at_the_line_and_stays_typed(draft, post, changed, told):
    row = draft("grades")
    answer = post(row, "lines", **lines(**changed))
    assert answer.status_code == 422 and told in answer.text
    assert all(f'value="{text}"' in answer.text for text in changed.values() if text)
    assert now(row) == authoring.data_of(row)


def test_a_gap_that_the_text_has_shows_on_the_ruler_and_at_the_line(client, draft, region):
    row = draft("grades")
    officer = w.viewer(factories.account("policy_officer", region=region))
    authoring.save_text(officer, row.id, row.text.replace("below = 70", "below = 65"), row.digest, new_token())
    page = client.get(f"/admin/scheme/{row.id}/").text
    assert "断开" in page and "65 至 70 之间没有档次" in page[page.index('id="from-good"') : page.index('id="from-qualified"')]


def test_a_policy_without_lines_only_names_its_grades(draft, post):
    row = draft("grades")
    post(row, "lines", **lines(drawn="false", **{"name-good": ""}))
    assert "lines" not in now(row) and [one["grade"] for one in now(row)["named"]] == ["excellent", "qualified", "unqualified"]


def test_a_veto_by_condition_and_one_by_a_person(client, draft, post):
    row = draft("vetoes")
    assert post(row, "list", do="add:vetoes", **{"new-vetoes": "连续两年垫底"}).location.endswith("at=vetoes.4#props")
    page = client.get(f"/admin/scheme/{row.id}/?at=vetoes.4").text
    assert "缺少“clause”" in page and "实际常驻科技型企业数" in page
    fields = {"name": "连续两年垫底", "key": "last_twice", "grade": "unqualified", "clause": "第二十条", "basis": "reading"}
    post(row, "rule", at="vetoes.4", **fields)
    assert now(row)["vetoes"][4] == fields
    post(row, "rule", at="vetoes.4", **fields, when="no_such_fact > 1")
    assert "没有“no_such_fact”这个事实" in client.get(f"/admin/scheme/{row.id}/?at=vetoes.4").text
    post(row, "list", do="up:vetoes.4")
    post(row, "list", do="remove:vetoes.3")
    assert now(row) == authoring.data_of(row)


def test_what_somebody_else_saved_meanwhile_is_told_and_kept(draft, post):
    row = draft("indicators")
    post(row, "tree", **{"weight-0": "1"})
    answer = post(row, "tree", seen=row.digest, **{"weight-0": "2"})
    assert answer.status_code == 422 and "刚有别人改过" in answer.text and 'value="2"' in answer.text
    assert now(row)["indicators"][0]["weight_points"] == 1


def test_another_region_and_another_kind_are_not_there(client, draft, sign_in):
    row, notice = draft("indicators"), draft("notice")
    assert client.get(f"/admin/scheme/{notice.id}/").status_code == 404
    assert client.get(f"/admin/scheme/{row.id}/?at=lines.0").status_code == 404
    other = client.application.test_client()
    sign_in(other, factories.account("policy_officer", region=factories.region("elsewhere", "外市")))
    assert other.get(f"/admin/scheme/{row.id}/").status_code == 404


def test_a_published_version_is_not_designed(client, region):
    row = DefinitionVersion.get((DefinitionVersion.region == region) & (DefinitionVersion.kind == "indicators"))
    assert client.get(f"/admin/scheme/{row.id}/").location.endswith(f"/admin/definitions/{row.id}/")
