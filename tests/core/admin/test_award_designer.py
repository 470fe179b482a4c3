"""The award designer without scripts: the decision table, rules over facts, caps, and the try-out beside them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.cases import authoring
from core.cases.action import new_token
from core.cases.importing import import_region
from core.models import DefinitionVersion, Region
from core.policy.pack import load_region
from core.policy.questions.asking import ask
from core.policy.version import PolicyVersion
from tests import factories
from tests import world as w
from tests.core.admin.test_scheme_designer import form_fields, now

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def begin(client, sign_in):
    """A draft of a region's award rules, its policy officer signed in."""

    def make(pack: str = "qinhuangdao") -> DefinitionVersion:
        region = import_region(load_region(w.PACK.parent / pack))
        account = factories.account("policy_officer", region=region)
        sign_in(client, account)
        own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == "awards")
        made = authoring.copy_as_draft(w.viewer(account), DefinitionVersion.get(own).id, new_token())["definition"]
        return DefinitionVersion.get_by_id(made)

    return make


@pytest.fixture
def post(client, seal):
    """Post to a page of the designer."""

    def send(row: DefinitionVersion, page: str, **fields: Any):
        seen = DefinitionVersion.get_by_id(row.id).digest
        data = {"csrf_token": seal(), "form_token": new_token(), "seen": seen, **fields}
        return client.post(f"/admin/award_rules/{row.id}/{page}", data=data)

    return send


def fields_of(client, row, form: str) -> dict[str, str]:
    page = client.get(f"/admin/award_rules/{row.id}/").text
    return form_fields(page[page.index(f'id="{form}"') :].split("</form>")[0])


@pytest.mark.parametrize("pack", ["qinhuangdao", "kunming", "tianjin", "lhasa"])
def test_saving_what_the_page_shows_changes_nothing(client, begin, post, pack):
    row = begin(pack)
    for form in ("amounts", "terms"):
        assert post(row, form, **fields_of(client, row, form)).status_code == 302
    for name in ("withheld", "holds", "caps", "purposes", "amounts"):
        for place in range(len(now(row).get(name, []))):
            page = client.get(f"/admin/award_rules/{row.id}/?at={name}.{place}").text
            fields = form_fields(page[page.index("data-props") :].split("</form>")[0])
            assert post(row, "rule", at=f"{name}.{place}", **fields).status_code == 302
    assert now(row) == authoring.data_of(row)
    page = client.get(f"/admin/award_rules/{row.id}/").text
    assert "没有发现问题" in page and "style=" not in page


def test_a_cell_holds_an_amount_a_parameter_or_nothing(client, begin, post):
    row = begin()
    typed = {**fields_of(client, row, "amounts"), "of-0-excellent": "", "yuan-0-excellent": "50,000", "of-0-good": "", "yuan-0-good": ""}
    post(row, "amounts", **typed)
    (only,) = now(row)["amounts"]
    assert (only["grade"], only["yuan"], only["clause"]) == ("excellent", 50_000, "第十八条")
    post(row, "amounts", **{**typed, "of-0-good": "$award_good_yuan", "clause-0": "第十八条", "basis-0": "text"})
    assert now(row)["amounts"][1]["yuan"] == "$award_good_yuan"


def test_a_new_title_comes_with_its_amounts_and_a_wrong_one_is_told_at_its_cell(client, begin, post):
    row = begin("kunming")
    typed = fields_of(client, row, "amounts")
    added = {"title-new": "makerspace", "yuan-new-good": "很多", "clause-new": "第十八条", "basis-new": "reading"}
    answer = post(row, "amounts", **{**typed, **added})
    assert answer.status_code == 422 and 'href="#yuan-new-good"' in answer.text and 'value="很多"' in answer.text
    assert "至少要有一个档次" in post(row, "amounts", **{**typed, "title-new": "makerspace"}).text
    post(row, "amounts", **{**typed, **added, "yuan-new-good": "20000"})
    expected = {"title": "makerspace", "grade": "good", "yuan": 20_000, "clause": "第十八条", "basis": "reading"}
    assert now(row)["amounts"][-1] == expected


def test_findings_stand_at_their_place(client, begin, post):
    row = begin()
    post(row, "list", do="add:caps", **{"new-caps": "makerspace"})
    post(row, "rule", at="caps.0", title="incubator", yuan="100", clause="第十八条", basis="reading")
    post(row, "rule", at="withheld.0", name="甲", key="a", when="no_fact", clause="第十九条", basis="text")
    cap = client.get(f"/admin/award_rules/{row.id}/?at=caps.0").text
    assert "没有“incubator”这类称号" in cap[cap.index('for="p-title"') : cap.index('for="p-yuan"')]
    rule = client.get(f"/admin/award_rules/{row.id}/?at=withheld.0").text
    assert "没有“no_fact”这个事实" in rule[rule.index('for="p-when"') : rule.index('for="p-key"')]


def test_the_hit_policy_and_the_yearly_cap(client, begin, post):
    row = begin("kunming")
    typed = fields_of(client, row, "terms")
    assert typed["highest"] == "true" and typed["highest_only.compare"] == "$highest_award_compares"
    post(row, "terms", **{**typed, "highest": "false", "for_year": "same", "yearly_cap.yuan": "120,000", "yearly_cap.clause": "一"})
    data = now(row)
    assert "highest_only" not in data and data["for_year"] == "same"
    assert data["yearly_cap"] == {"yuan": 120_000, "clause": "一"}
    answer = post(row, "terms", **{**typed, "yearly_cap.yuan": "不多"})
    assert answer.status_code == 422 and "不是整元的金额" in answer.text and 'value="不多"' in answer.text


def trial(client, row, **typed: str) -> str:
    page = client.get(f"/admin/award_rules/{row.id}/", query_string={"try": "1", "year": "2024", **typed}).text
    return re.sub(r"<[^>]+>", "", page[page.index('id="tried"') :].split("</section>")[0])


def test_the_try_out_answers_as_the_question_does(client, begin, post):
    row = begin("kunming")
    # 示范平台 excellent with 120 000 received: 30 000 are left; 服务中心 good is higher
    typed = {"grade-0": "good", "grade-1": "excellent", "before-1": "120000", "fact-level": "city"}
    text = trial(client, row, **typed)
    sources = {(r.kind, r.key): r.text for r in DefinitionVersion.select().where(DefinitionVersion.status == "published")}
    policy = PolicyVersion.from_sources("kunming", "2020", sources)
    given = {
        "years": [{"year": 2024, "level": "city", "grades": {"service_centre": "good", "demonstration_platform": "excellent"}}],
        "paid_before": {"demonstration_platform": 120_000},
    }
    answer = ask(policy, "awards", given)
    assert answer["total_yuan"] == 300_000 and "共发 300,000 元" in text and "就高不重复" in text
    typed_fields = fields_of(client, row, "terms")
    post(row, "terms", **{**typed_fields, "highest": "false"})
    assert "共发 330,000 元" in trial(client, row, **typed)
    post(row, "terms", **{**typed_fields, "highest": "false", "yearly_cap.yuan": "310000", "yearly_cap.clause": "一"})
    assert "共发 310,000 元" in trial(client, row, **typed)


def test_a_try_out_waits_for_an_amount_that_nobody_entered_or_takes_one_for_the_trial(client, begin):
    row = begin()
    assert "优秀档次奖励金额等待录入" in trial(client, row, **{"grade-0": "excellent"})
    assert "共发 50,000 元" in trial(client, row, **{"grade-0": "excellent", "parameter-award_excellent_yuan": "50,000"})
    assert "不发" in trial(client, row, **{"grade-0": "excellent", "fact-integrity_breach": "true"})
    assert "每一年要写各称号的档次" in trial(client, row)


def test_a_draft_with_faults_is_not_tried(client, begin, post):
    row = begin()
    post(row, "rule", at="withheld.0", name="甲", key="a", when="no_fact", clause="第十九条", basis="text")
    assert "先改好才能试算" in trial(client, row, **{"grade-0": "excellent"})


def test_another_region_finds_nothing(client, begin, sign_in):
    row = begin()
    other = client.application.test_client()
    region: Region = factories.region("elsewhere", "外市")
    sign_in(other, factories.account("policy_officer", region=region))
    assert other.get(f"/admin/award_rules/{row.id}/").status_code == 404


def test_the_definition_page_leads_to_the_designer_and_says_what_it_holds(client, begin):
    row = begin("kunming")
    page = client.get(f"/admin/definitions/{row.id}/").text
    assert f'href="/admin/award_rules/{row.id}/"' in page
    assert "示范平台" in page and "500,000" in page and "就高不重复" in page


@pytest.mark.parametrize(("pack", "told"), [("qinhuangdao", "收缴奖励资金"), ("kunming", "没有写要追回的情形")])
def test_what_calls_back_money_is_said_beside_the_table(client, begin, pack, told):
    page = client.get(f"/admin/award_rules/{begin(pack).id}/").text
    assert "不用写就会暂缓" in page and told in page and "改追回的情形和别的后果" in page
    assert "false_materials" not in page[page.index('id="recall"') :].split("</section>")[0], "conditions are in words"


def test_a_hold_is_written_undone_and_tried(client, begin, post, seal):
    row = begin("kunming")
    post(row, "list", do="add:holds", **{"new-holds": "整改没有办结的暂缓发放"})
    rule = {"at": "holds.0", "key": "hold_1", "name": "整改没有办结的暂缓发放", "clause": "第十九条", "basis": "reading"}
    post(row, "rule", **rule, when="no_fact")
    page = client.get(f"/admin/award_rules/{row.id}/?at=holds.0").text
    assert "没有“no_fact”这个事实" in page[page.index('for="p-when"') : page.index('for="p-key"')]
    assert "corrective_action_open" in page, "what only a running system knows is offered"
    post(row, "rule", **rule, when="corrective_action_open")
    typed = {"grade-1": "excellent", "fact-level": "city"}
    held = trial(client, row, **typed, **{"running-corrective_action_open": "true"})
    assert "暂缓。整改没有办结的暂缓发放" in held and "应发 50,000 元" in held
    assert "第十九条" in held[held.index("为什么") :] and "结果：暂缓发放" in held
    assert "暂缓" not in trial(client, row, **typed)
    for _ in range(3):
        seen = DefinitionVersion.get_by_id(row.id).digest
        go = {"csrf_token": seal(), "form_token": new_token(), "seen": seen, "step": "undo", "do": "undo"}
        assert client.post(f"/admin/definitions/{row.id}/go", data=go).status_code == 302
    assert "holds" not in now(row)


def test_objections_and_titles_without_a_result_hold_in_the_try_out(client, begin):
    row = begin("kunming")
    typed = {"grade-1": "excellent", "fact-level": "city"}
    assert "公示异议尚未处理完" in trial(client, row, **typed, **{"running-objection_open": "true"})
    assert "就高不重复，都定了才知道发哪一项" in trial(client, row, **{**typed, "grade-0": "pending"})


def test_calling_back_is_tried_with_the_consequences_that_are_being_changed(client, begin, seal):
    row = begin()
    typed = {"grade-0": "excellent", "parameter-award_excellent_yuan": "50000"}
    told = trial(client, row, **typed, proven="false_materials")
    assert "收缴奖励资金" in told and "已发的追回 50,000 元" in told and "第二十条" in told
    assert "不追回" in trial(client, row, **typed, proven="major_safety_accident")
    form = {"csrf_token": seal(), "form_token": new_token(), "region": row.region_id}
    begun = client.post("/admin/consequence_rules/begin", data=form).location
    draft = DefinitionVersion.get((DefinitionVersion.kind == "consequences") & (DefinitionVersion.status == "draft"))
    assert begun.endswith(f"/consequence_rules/{draft.id}/")
    other = draft.text.replace("false_materials", "major_safety_accident", 1)
    DefinitionVersion.update(text=other).where(DefinitionVersion.id == draft.id).execute()
    assert "已发的追回 50,000 元" in trial(client, row, **typed, proven="major_safety_accident")
