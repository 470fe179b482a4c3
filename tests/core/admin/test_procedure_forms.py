"""Procedures and the yearly plan through plain forms: what is shown saves as it was, what is typed is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.cases import authoring, authoring_items
from core.cases.action import new_token
from core.cases.importing import import_region
from core.models import DefinitionVersion
from core.policy.pack import load_region
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CITIES = ("kunming", "lhasa", "qinhuangdao", "tangshan", "tianjin")


def _draft(pack: str, kind: str) -> tuple[Any, DefinitionVersion]:
    region = import_region(load_region(w.PACK.parent / pack))
    account = factories.account("policy_officer", region=region)
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind)
    made = authoring.copy_as_draft(w.viewer(account), DefinitionVersion.get(own).id, new_token())["definition"]
    return account, DefinitionVersion.get_by_id(made)


@pytest.mark.parametrize(
    ("pack", "kind", "name"),
    [(city, "procedures", "procedures") for city in CITIES]
    + [(city, "plan", "items") for city in CITIES if city != "tangshan"],  # no rounds, no yearly plan
)
def test_what_the_form_shows_saves_as_it_was(database: str, pack: str, kind: str, name: str) -> None:
    _, row = _draft(pack, kind)
    data = authoring.data_of(row)
    before = [dict(entry) for entry in data[name]]
    slots = authoring_items.items_at(kind, f"{name}.0").slots
    for place, entry in enumerate(before):
        posted = {slot.path: authoring_items.typed_form(slot, entry) for slot in slots}
        authoring_items.put_values(data, f"{name}.{place}", authoring_items.read_slots(slots, posted))
    # opened_by = [] means that the system alone opens it: a blank text must not make it anybody's
    assert data[name] == before


def test_a_procedure_is_added_and_filled_in_the_browser(client, sign_in, seal) -> None:
    account, row = _draft("qinhuangdao", "procedures")
    sign_in(client, account)
    page = client.get(f"/admin/definitions/{row.id}/").text
    assert "众创空间年度绩效评价" in page and "奖励资金使用情况" in page
    given = {"csrf_token": seal(), "form_token": new_token(), "seen": row.digest, "path": "procedures", "do": "add"}
    client.post(f"/admin/drafts/{row.id}/arrange", data={**given, "title": "年中检查"})
    item = client.get(f"/admin/drafts/{row.id}/item/procedures.2").text
    assert "年中检查" in item and re.search(
        r'<option value="makerspace_evaluation"[^>]*>众创空间年度绩效评价</option>', item
    )


def test_who_opens_it_and_for_whom_are_ticked_in_words(client, sign_in, seal) -> None:
    account, row = _draft("qinhuangdao", "procedures")
    sign_in(client, account)
    address = f"/admin/drafts/{row.id}/item/procedures.1"
    item = client.get(address).text
    for words in ("众创空间", "无人（只由系统发起）", "已撤销资格", "市级审核员"):
        assert words in item
    assert re.search(r'name="opened_by" value="无人" checked', item)  # opened_by = [] is the system alone
    given = {
        "csrf_token": seal(),
        "form_token": new_token(),
        "seen": row.digest,
        "name": "用款情况",
        "key": "award_use",
    }
    page = client.post(address, data={**given, "opened_by": ["无人", "city_reviewer"]})
    assert page.status_code == 422 and "选了“无人”，就不要再选别的" in page.text
    chosen = {"opened_by": ["city_reviewer", "carrier_clerk"], "standing": ["held", "exited"], "kept_at": "no_such"}
    page = client.post(address, data={**given, **chosen})
    saved = authoring.data_of(DefinitionVersion.get_by_id(row.id))["procedures"][1]
    assert page.status_code == 302
    assert (saved["opened_by"], saved["standing"]) == (["city_reviewer", "carrier_clerk"], ["held", "exited"])
    assert "no_such（现在没有）" in client.get(address).text


def test_what_a_procedure_names_in_vain_is_told_at_its_place(client, sign_in) -> None:
    account, row = _draft("qinhuangdao", "procedures")
    spoil = {
        "workflow": "no_such",
        "opened_by": ["expert"],
        "checked_by": ["nothing"],
        "opened_by_consequence": "never",
    }
    authoring.change_draft(
        w.viewer(account), row.id, lambda data: data["procedures"][1].update(spoil), row.digest, new_token()
    )
    sign_in(client, account)
    page = client.get(f"/admin/definitions/{row.id}/").text
    item = client.get(f"/admin/drafts/{row.id}/item/procedures.1").text
    for slot in ("opened_by", "checked_by", "opened_by_consequence"):
        assert f'href="/admin/drafts/{row.id}/item/procedures.1#{slot}"' in page
        assert f'id="err-{slot}"' in item
    # the workflow is looked for once the rest is sound
    authoring.change_draft(
        w.viewer(account), row.id,
        lambda data: data["procedures"][1].update(opened_by=[], checked_by=["award_use"], opened_by_consequence=""),
        DefinitionVersion.get_by_id(row.id).digest, new_token(),
    )  # fmt: skip
    page = client.get(f"/admin/definitions/{row.id}/").text
    assert f'href="/admin/drafts/{row.id}/item/procedures.1#workflow"' in page
    assert "没有“no_such”这份流程" in client.get(f"/admin/drafts/{row.id}/item/procedures.1").text
