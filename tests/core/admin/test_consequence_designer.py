"""The consequence designer without scripts: what follows from a result, what the system does then, and the try-out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.cases import authoring
from core.cases.action import new_token
from core.cases.importing import import_region
from core.models import DefinitionVersion, Region
from core.policy.pack import load_region
from tests import factories
from tests import world as w
from tests.core.admin.test_scheme_designer import form_fields, now

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/admin/consequence_rules"


@pytest.fixture
def begin(client, sign_in, seal):
    """The draft of a region's consequences, begun from the page, its policy officer signed in."""

    def make(pack: str = "qinhuangdao") -> DefinitionVersion:
        region = import_region(load_region(w.PACK.parent / pack))
        sign_in(client, factories.account("policy_officer", region=region))
        form = {"csrf_token": seal(), "form_token": new_token(), "region": region.id}
        place = client.post(f"{PAGE}/begin", data=form).location
        return DefinitionVersion.get_by_id(int(place.rstrip("/").rpartition("/")[2]))

    return make


@pytest.fixture
def post(client, seal):
    """Post to a page of the designer."""

    def send(row: DefinitionVersion, page: str, **fields: Any):
        seen = DefinitionVersion.get_by_id(row.id).digest
        data = {"csrf_token": seal(), "form_token": new_token(), "seen": seen, **fields}
        return client.post(f"{PAGE}/{row.id}/{page}", data=data)

    return send


def trial(client, row, **typed: str) -> str:
    page = client.get(f"{PAGE}/{row.id}/", query_string={"try": "1", **typed}).text
    return re.sub(r"<[^>]+>", "", page[page.index('id="tried"') :].split("<form")[0])


@pytest.mark.parametrize("pack", ["qinhuangdao", "kunming", "tianjin", "lhasa"])
def test_saving_what_the_page_shows_changes_nothing(client, begin, post, pack):
    row = begin(pack)
    for place in range(len(now(row)["consequences"])):
        page = client.get(f"{PAGE}/{row.id}/?at=consequences.{place}").text
        fields = form_fields(page[page.index("data-props") :].split("</form>")[0])
        assert post(row, "rule", **{**fields, "at": f"consequences.{place}"}).status_code == 302
    assert now(row) == authoring.data_of(row)
    page = client.get(f"{PAGE}/{row.id}/").text
    assert "没有发现问题" in page and "style=" not in page


def test_a_region_without_consequences_begins_with_one(client, begin):
    row = begin("tangshan")
    assert len(now(row)["consequences"]) == 1 and "结果的后果" in client.get(f"{PAGE}/{row.id}/").text


def test_beginning_twice_goes_on_with_the_same_draft(client, begin, seal):
    row = begin()
    form = {"csrf_token": seal(), "form_token": new_token(), "region": row.region_id}
    assert client.post(f"{PAGE}/begin", data=form).location.endswith(f"/{row.id}/")


def test_a_consequence_is_added_with_what_the_system_does(client, begin, post):
    row = begin("kunming")
    post(row, "list", do="add:consequences", **{"new-consequences": "追回补助"})
    assert now(row)["consequences"][-1] == {"key": "consequence_1", "name": "追回补助"}
    typed = {"at": "consequences.1", "name": "追回补助", "when": "no_fact", "clause": "第十八条", "basis": "reading"}
    post(row, "rule", **typed, **{"key-of": "awards_recovered", "key": "consequence_1"})
    page = client.get(f"{PAGE}/{row.id}/?at=consequences.1").text
    assert "没有“no_fact”这个事实" in page[page.index('for="p-when"') : page.index('for="p-key"')]
    assert now(row)["consequences"][-1]["key"] == "awards_recovered" and "自动发起“" in page
    post(row, "rule", **{**typed, "when": 'grade == "excellent"'}, **{"key-of": "awards_recovered"})
    assert "没有哪一种由人认定的否决情形会引起追回" in trial(client, row, grade="good")
    answer = post(row, "rule", **typed, **{"key-of": "", "key": ""})
    assert answer.status_code == 422 and "请填写" in answer.text


def test_the_try_out_tells_what_follows_and_what_calls_money_back(client, begin):
    row = begin()
    told = trial(client, row, grade="unqualified")
    assert "撤销市级众创空间资格：撤销称号（只撤市级的）" in told and "第二十一条" in told and "收缴" not in told.split("办结以后")[0]
    told = trial(client, row, grade="good", proven="false_materials")
    assert "追回已发的奖励" in told and "科研失信" in told and "办结以后查实“" in told
    assert "没有后果" in trial(client, row, grade="good")


def test_another_region_finds_nothing(client, begin, sign_in, seal):
    row = begin()
    other = client.application.test_client()
    elsewhere: Region = factories.region("elsewhere", "外市")
    sign_in(other, factories.account("policy_officer", region=elsewhere))
    assert other.get(f"{PAGE}/{row.id}/").status_code == 404


def test_the_definition_page_leads_to_the_designer(client, begin):
    row = begin()
    page = client.get(f"/admin/definitions/{row.id}/").text
    assert f'href="{PAGE}/{row.id}/"' in page and "收缴奖励资金" in page
