"""The list of definitions and their publishing, as pages: what is begun, what belongs together, where faults are mended."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.cases import authoring
from core.cases.action import new_token
from core.cases.authoring_company import open_drafts
from core.cases.importing import import_region
from core.models import DefinitionVersion, Region
from core.policy.pack import load_region
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "/admin/definitions/new-procedure?region=qinhuangdao"


@pytest.fixture
def region(database: str) -> Region:
    return import_region(load_region(w.PACK))


@pytest.fixture
def officer(region: Region, client, sign_in) -> Any:
    account = factories.account("policy_officer", region=region)
    sign_in(client, account)
    return account


@pytest.fixture
def begun(region: Region, officer: Any, client, seal) -> dict[str, DefinitionVersion]:
    given = {"csrf_token": seal(), "form_token": new_token(), "naming": "季度活动补贴", "every": "on_demand"}
    answer = client.post(NEW, data={**given, "template": "filing", "form": "", "carrier_kinds": ["makerspace"]})
    assert answer.status_code == 302
    return {row.kind: row for row in open_drafts(region)}


def posted(client, seal, row: DefinitionVersion, others: list[DefinitionVersion], token: str) -> Any:
    given = {
        "csrf_token": seal(),
        "form_token": token,
        "seen": row.digest,
        "in_force_from": "2023-06-01",
        "reason": "新办法",
    }
    together = [f"{one.id}:{one.digest}" for one in others]
    return client.post(f"/admin/definitions/{row.id}/publish", data={**given, "together": together})


def test_the_list_leads_on_from_every_draft(begun: dict[str, DefinitionVersion], client) -> None:
    page = client.get("/admin/definitions/").text
    assert "正在起草" in page
    for row in begun.values():
        assert f'href="/admin/definitions/{row.id}/publish"' in page
    assert f'href="/admin/workflow_designer/{begun["workflow"].id}/"' in page
    # what has no name of its own is called after its procedure, never by its key
    assert ">makerspace_evaluation<" not in page and ">qinhuangdao<" not in page


def test_what_a_new_procedure_lacks_is_told_and_nothing_typed_is_lost(
    region: Region, officer: Any, client, seal
) -> None:
    given = {
        "csrf_token": seal(),
        "form_token": new_token(),
        "naming": "季度活动补贴",
        "every": "on_demand",
        "form": "",
    }
    page = client.post(NEW, data={**given, "template": "default"})
    assert page.status_code == 422 and "只用于一年一次的批次" in page.text and 'value="季度活动补贴"' in page.text
    assert not open_drafts(region)


def test_what_belongs_together_is_ticked_and_published_at_once(begun, region: Region, client, seal) -> None:
    flow, others = begun["workflow"], [begun["form"], begun["procedures"]]
    page = client.get(f"/admin/definitions/{flow.id}/publish").text
    assert "发布这 3 份" in page and page.count('name="together" value="') == 4  # two boxes ticked, and what is posted
    assert "办理事项“秦皇岛市”：和 2023 相比，改了 1 处" in page and "随时发起" in page and "on_demand" not in page
    token = new_token()
    for _ in range(2):  # the second click comes after the first has published it
        assert posted(client, seal, flow, others, token).status_code == 302
        assert "只有草稿" not in client.get("/admin/definitions/").text
    assert not open_drafts(region)
    client.get(f"/admin/definitions/{flow.id}/publish")
    assert "这一版已经发布或撤回" in client.get("/admin/definitions/").text


def test_one_without_what_it_needs_is_shown_with_its_fault_at_its_place(begun, region: Region, client) -> None:
    flow = begun["workflow"]
    page = client.get(f"/admin/definitions/{flow.id}/publish?chosen=1").text
    assert "没有“procedure_1”这份表单" in page and '<button class="btn btn-primary">发布' not in page
    assert re.search(rf'href="/admin/workflow_designer/{flow.id}/\?at=stages\.0\.form">环节“单位填报” › 表单</a>', page)


def test_who_sees_an_older_state_of_one_of_them_is_told_and_none_is_published(
    begun, region: Region, client, seal
) -> None:
    flow, form = begun["workflow"], begun["form"]
    other = w.viewer(factories.account("policy_officer", region=region))
    authoring.change_draft(other, form.id, lambda data: data.update(title="申请表"), form.digest, new_token())
    page = posted(client, seal, flow, [form, begun["procedures"]], new_token())
    assert page.status_code == 422 and "刚有别人改过" in page.text and "新办法" in page.text
    assert len(open_drafts(region)) == 3
