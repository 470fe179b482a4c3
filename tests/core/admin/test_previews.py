"""Preview of a draft as every role sees it: real pages, nothing stored, nothing to be done in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.admin import previews, rehearsal
from core.cases import authoring
from core.cases.action import new_token
from core.cases.importing import import_region
from core.models import (
    Account,
    Carrier,
    Case,
    DefinitionVersion,
    EvaluationRound,
    OutboxRow,
    PublicNotice,
    Region,
    database,
)
from core.policy.pack import load_region
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def draft_of(region: Region, account: Account, kind: str, key: str = "") -> DefinitionVersion:
    rows = DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.kind == kind))
    found = next(row for row in rows if not key or row.key == key)
    made = authoring.copy_as_draft(w.viewer(account), found.id, new_token())
    return DefinitionVersion.get_by_id(made["definition"])


@pytest.fixture
def officer(database: str, client: FlaskClient, sign_in: Any) -> tuple[Region, Account]:
    region = import_region(w.pack())
    factories.district(region, "haigang")
    account = factories.account("policy_officer", region=region)
    sign_in(client, account)
    return region, account


def counts() -> list[int]:
    models = (Account, Carrier, Case, DefinitionVersion, EvaluationRound, OutboxRow, PublicNotice)
    return [model.select().count() for model in models]


def one_a_page(views: list[previews.View]) -> list[previews.View]:
    """Of several parts of a form only the first."""
    first = {(view.stage.key, view.role, view.what.startswith("填报")): view for view in reversed(views)}
    return [view for view in views if view in first.values()]


def pages(client: FlaskClient, draft: DefinitionVersion, *, every: bool = True) -> dict[str, str]:
    policy = rehearsal.policy_with(draft)
    procedure = rehearsal.procedures_with(draft, policy)[0]["key"]
    found = {}
    views = previews.views_of(policy, procedure)
    for view in views if every else one_a_page(views):
        answer = client.get(f"/admin/previews/{draft.id}/page?procedure={procedure}&view={view.key}")
        assert answer.status_code == 200, view
        found[view.key] = answer.text
    return found


def test_every_role_of_a_workflow_is_drawn_by_the_real_pages(client: FlaskClient, officer: tuple[Region, Account]) -> None:
    region, account = officer
    draft = draft_of(region, account, "workflow", "makerspace_evaluation")
    before = counts()
    drawn = pages(client, draft)
    assert not [key for key, html in drawn.items() if "这一页现在没有可以看的" in html]
    assert "name=\"area_m2\"" in "".join(drawn.values()), "the fields of the form"
    assert "退回补正" in drawn["district_review-district_reviewer"] and "示例载体" in drawn["district_review-district_reviewer"]
    assert "按数据得分" in drawn["expert_panel-sheet"]
    assert "示例公示" in drawn["public_notice-article"] and "示例载体" in drawn["public_notice-article"]
    assert counts() == before, "nothing is stored"


def test_nothing_in_a_preview_leads_anywhere(client: FlaskClient, officer: tuple[Region, Account]) -> None:
    for html in pages(client, draft_of(*officer, "workflow", "makerspace_evaluation")).values():
        assert "<script" not in html and "csrf_token" not in html and "form_token" not in html
        assert not re.search(r'<a\b[^>]*href="(?!#)', html) and "action=" not in html
    page = client.get(f"/admin/previews/{DefinitionVersion.select().order_by(DefinitionVersion.id.desc()).get().id}/").text
    assert 'sandbox="allow-same-origin"' in page


def test_a_changed_draft_is_drawn_as_it_stands_now(client: FlaskClient, officer: tuple[Region, Account]) -> None:
    region, account = officer
    draft = draft_of(region, account, "form", "makerspace_evaluation")
    assert "改过的名字" not in "".join(pages(client, draft).values())
    data = authoring.data_of(draft)
    label = data["sections"][0]["fields"][0]["label"]

    def change(found: dict[str, Any]) -> None:
        found["sections"][0]["fields"][0]["label"] = "改过的名字"

    authoring.change_draft(w.viewer(account), draft.id, change, draft.digest, new_token())
    first = next(iter(pages(client, DefinitionVersion.get_by_id(draft.id)).values()))
    assert "改过的名字" in first and label not in first


def test_a_faulty_draft_says_what_to_mend(client: FlaskClient, officer: tuple[Region, Account]) -> None:
    region, account = officer
    draft = draft_of(region, account, "workflow")
    authoring.save_text(w.viewer(account), draft.id, "key = \"x\"\nname = 1\n", draft.digest, new_token())
    page = client.get(f"/admin/previews/{draft.id}/")
    assert page.status_code == 200 and "改好了才能预览" in page.text


def test_somebody_elses_draft_does_not_exist(app: Flask, sign_in: Any, officer: tuple[Region, Account]) -> None:
    draft, client = draft_of(*officer, "workflow"), app.test_client()
    sign_in(client, factories.account("policy_officer", region=factories.region("elsewhere", "外市")))
    assert client.get(f"/admin/previews/{draft.id}/").status_code == 404
    assert client.get(f"/admin/previews/{draft.id}/page?view=fill-check").status_code == 404


@pytest.mark.parametrize("city", ["lhasa", "tianjin", "kunming", "tangshan"])
def test_every_workflow_of_the_other_cities_can_be_looked_at(
    database: str, client: FlaskClient, sign_in: Any, city: str
) -> None:
    region = import_region(load_region(Path("plugins") / city))
    account = factories.account("policy_officer", region=region)
    sign_in(client, account)
    flows = [r for r in DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.kind == "workflow"))]
    empty = []
    for flow in flows:
        page = client.get(f"/admin/previews/{flow.id}/")
        assert page.status_code == 200, flow.key
        if "还没有事项用到" in page.text:
            continue
        empty += [f"{flow.key}/{key}" for key, html in pages(client, flow, every=False).items() if "这一页现在没有可以看的" in html]
    assert empty == []
    assert not database_is_open_in_a_transaction()


def database_is_open_in_a_transaction() -> bool:
    return bool(database.in_transaction())
