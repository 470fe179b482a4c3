"""A procedure begun in another region: keys kept or renamed, clauses cited as taken over, findings, scope, stale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.cases import authoring, copying_procedures
from core.cases.action import new_token
from core.cases.authoring_checks import findings_together, sources_of
from core.cases.authoring_company import company_of
from core.cases.copying_needs import FORMS
from core.cases.importing import import_region
from core.errors import OutOfScope, Refused, Stale
from core.models import AdminEvent, DefinitionVersion, Region
from core.policy.pack import load_region
from core.policy.source import parse
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PROCEDURE = "makerspace_evaluation"


@pytest.fixture
def regions(database: str) -> tuple[Region, Region]:
    return import_region(w.pack()), import_region(load_region(Path("plugins/tangshan")))


def officer(*regions: Region) -> Any:
    account = factories.account("policy_officer", region=regions[0])
    for one in regions[1:]:
        factories.grant(account, "policy_officer", region=one)
    return w.viewer(account)


def drafts(region: Region) -> dict[tuple[str, str], DefinitionVersion]:
    rows = DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.status == "draft"))
    return {(row.kind, row.key): row for row in rows}


def copy(person: Any, source: Region, target: Region) -> Any:
    planned = copying_procedures.plan_copy(person, source.id, PROCEDURE, target.id)
    return copying_procedures.copy_procedure(person, source.id, PROCEDURE, target.id, planned.seen, new_token())


def test_everything_that_the_procedure_refers_to_becomes_drafts(regions: tuple[Region, Region]) -> None:
    source, target = regions
    copy(officer(source, target), source, target)
    made = drafts(target)
    brought = {"procedures", "workflow", "form", "panel", "plan", "notice", "grades", "indicators", "parameters"}
    assert {kind for kind, _ in made} == brought | {"facts", "vetoes", "consequences", "scope"}, "no awards: another city's money"
    procedures = next(row for (kind, _), row in made.items() if kind == "procedures")
    entries = authoring.data_of(procedures)["procedures"]
    assert entries[-1]["key"] == PROCEDURE and len(entries) > 1, "the procedures that are there stay"
    flow = made[("workflow", entries[-1]["workflow"])]
    for stage in authoring.data_of(flow)["stages"]:
        for name in FORMS:
            assert not stage.get(name) or ("form", stage[name]) in made
    assert AdminEvent.select().where(AdminEvent.kind == "procedure_copied").count() == 1


def test_the_drafts_can_be_published_together(regions: tuple[Region, Region]) -> None:
    source, target = regions
    copy(officer(source, target), source, target)
    made = drafts(target)
    assert findings_together(list(made.values())) == []
    flow = next(row for (kind, _), row in made.items() if kind == "workflow")
    together = company_of(flow, sources_of(target))
    assert {row.id for row in together} == {row.id for row in made.values()} - {flow.id}, "offered all at once"


def test_no_clause_of_the_first_region_stands_as_the_others_text(regions: tuple[Region, Region]) -> None:
    source, target = regions
    planned = copying_procedures.plan_copy(officer(source, target), source.id, PROCEDURE, target.id)

    def cited(data: Any) -> Any:
        if isinstance(data, list):
            for one in data:
                yield from cited(one)
        elif isinstance(data, dict):
            yield from ([data] if data.get("clause") else [])
            for one in data.values():
                yield from cited(one)

    found = [one for p in planned.pieces if p.kind != "procedures" for one in cited(parse(p.text, p.kind))]
    assert len(found) > 20
    assert all(one["clause"].startswith("参照秦皇岛市（") and one["basis"] == "reading" for one in found)
    assert planned.to_confirm == len(next(p for p in planned.pieces if p.kind == "parameters").entries) > 3


def test_taken_keys_are_renamed_wherever_they_are_named(regions: tuple[Region, Region]) -> None:
    source, target = regions
    person = officer(source, target)
    copy(person, source, target)
    planned = copying_procedures.plan_copy(person, source.id, PROCEDURE, target.id)
    flow = next(p for p in planned.pieces if p.kind == "workflow")
    assert flow.new_key == f"{flow.key}_qinhuangdao" and "代号已有人用" in flow.told
    forms = {p.new_key for p in planned.pieces if p.kind == "form"}
    data = parse(flow.text, "workflow")
    named = {stage[name] for stage in data["stages"] for name in FORMS if stage.get(name)}
    (entry,) = next(p for p in planned.pieces if p.kind == "procedures").entries
    assert entry.told.endswith(f"改为 {PROCEDURE}_qinhuangdao")
    assert named <= forms and data["procedure"] == f"{PROCEDURE}_qinhuangdao"
    assert {p.kind for p in planned.pieces if p.is_draft} == {"form", "workflow", "procedures"}, "what is there is not brought again"
    copy(person, source, target)
    entries = next(authoring.data_of(row) for (kind, _), row in drafts(target).items() if kind == "procedures")["procedures"]
    assert [one["key"] for one in entries][-2:] == [PROCEDURE, f"{PROCEDURE}_qinhuangdao"]


def test_what_is_wrong_with_the_copy_is_told_before(regions: tuple[Region, Region]) -> None:
    source, target = regions
    planned = copying_procedures.plan_copy(officer(source, target), source.id, PROCEDURE, target.id)
    assert planned.findings == []
    assert {p.told for p in planned.pieces} == {"存为草稿", "加进现有的"}, "nothing is taken yet"
    assert DefinitionVersion.select().where(DefinitionVersion.status == "draft").count() == 0


def test_a_change_meanwhile_is_told(regions: tuple[Region, Region]) -> None:
    source, target = regions
    person = officer(source, target)
    seen = copying_procedures.plan_copy(person, source.id, PROCEDURE, target.id).seen
    copy(person, source, target)
    with pytest.raises(Stale):
        copying_procedures.copy_procedure(person, source.id, PROCEDURE, target.id, seen, new_token())


def test_only_the_officer_of_both_regions_copies(regions: tuple[Region, Region]) -> None:
    source, target = regions
    for person in (officer(source), officer(target), w.viewer(factories.account("system_admin"))):
        with pytest.raises(OutOfScope):
            copying_procedures.plan_copy(person, source.id, PROCEDURE, target.id)
    both = officer(source, target)
    with pytest.raises(Refused, match="另一个地区"):
        copying_procedures.plan_copy(both, source.id, PROCEDURE, source.id)
    with pytest.raises(Refused, match="请选"):
        copying_procedures.plan_copy(both, source.id, "没有", target.id)


def test_the_page_shows_the_copy_and_makes_it(client: FlaskClient, sign_in: Any, seal: Any, regions: tuple[Region, Region]) -> None:
    source, target = regions
    account = factories.account("policy_officer", region=source)
    factories.grant(account, "policy_officer", region=target)
    sign_in(client, account)
    assert "复制事项到另一地区" in client.get(f"/admin/definitions/?region={source.key}").text
    page = client.get(f"/admin/copy_procedure/?source={source.id}&target={target.id}&procedure={PROCEDURE}").text
    assert "存为草稿" in page and "参照秦皇岛市" in page and "待确认" in page and "没有问题" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {"csrf_token": seal(), "form_token": new_token(), "source": source.id, "target": target.id}
    answer = client.post("/admin/copy_procedure/copy", data={**form, "procedure": PROCEDURE, "seen": seen})
    assert answer.status_code == 302 and answer.location.endswith("region=tangshan") and drafts(target)
    notice = next(row for (kind, _), row in drafts(target).items() if kind == "notice")
    assert "处条款还写着“参照…”，是别的地区的规定" in client.get(f"/admin/definitions/{notice.id}/publish").text
    assert client.get("/admin/copy_procedure/?source=99999").status_code == 404
