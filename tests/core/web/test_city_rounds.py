"""Rounds from the city desk: set up, planned as the policy asks, listed by its scope, opened; deadlines put off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from core.cases import rounds
from core.cases.action import new_token
from core.errors import Refused
from core.models import Carrier, Case, DefinitionVersion, EvaluationRound, Participant
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    return w.build(2, 3, folder=tmp_path)


@pytest.fixture
def city(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.city_reviewer)


@pytest.fixture
def planned(world: w.World, city: Browser) -> str:
    """The page of a round for next year that has only been set up."""
    answer = city.send(
        "/city/rounds/new", "/city/rounds/new",
        region=str(world.region.id), procedure="makerspace_evaluation", year="2024", title="2024年度评价",
    )  # fmt: skip
    made = EvaluationRound.get(EvaluationRound.year == 2024)
    assert answer.headers["Location"] == f"/city/rounds/{made.id}/plan"
    return f"/city/rounds/{made.id}"


def newest() -> EvaluationRound:
    return EvaluationRound.get(EvaluationRound.year == 2024)


def whole_plan(world: w.World) -> dict[str, str]:
    return {**w.PLAN, "scoring_rules": str(world.round.pinned[w.scheme_name(world)])}


def test_a_second_round_of_a_year_is_refused_and_keeps_what_was_typed(world: w.World, city: Browser) -> None:
    answer = city.send(
        "/city/rounds/new", "/city/rounds/new",
        procedure="makerspace_evaluation", year="2023", title="又一个批次",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "已有这一年的批次" in answer.text and 'value="又一个批次"' in answer.text


def test_the_plan_asks_what_the_policy_asks_and_names_what_is_missing(planned: str, city: Browser) -> None:
    page = city.get(f"{planned}/plan")
    text = plain(page)
    assert "计算满一年的截止日" in text and "第十二条" in text and "至少 3 人，实行回避。" in text
    assert "开启批次以前还要定下" in text and "评分细则" in text
    answer = city.send(f"{planned}/plan", f"{planned}/plan", cutoff="2024-05-31", schedule="六月填报")
    assert answer.status_code == 302
    assert newest().plan == {"cutoff": "2024-05-31", "schedule": "六月填报"}
    with pytest.raises(Refused, match=r"材料报送截止日.*参评专家.*评分细则.*参评名单"):
        rounds.open_round(w.viewer(w.Account.get_by_id(newest().created_by_id)), newest().id, new_token())
    assert "还不能开启" in plain(city.get(f"{planned}/open"))


def test_a_plan_that_cannot_be_read_is_refused_with_what_was_typed(planned: str, city: Browser) -> None:
    answer = city.send(f"{planned}/plan", f"{planned}/plan", cutoff="五月底", schedule="六月填报")
    assert answer.status_code == 422
    assert 'value="五月底"' in answer.text and "六月填报" in answer.text and "不是日期" in answer.text
    assert newest().plan == {}


def test_a_plan_changed_by_somebody_else_answers_409(world: w.World, planned: str, city: Browser) -> None:
    guard = city.guard(f"{planned}/plan")
    rounds.save_plan(w.viewer(world.city_reviewer), newest().id, {"schedule": "别人写的"}, newest().version)
    answer = city.client.post(f"{planned}/plan", data={**guard, "schedule": "我写的"})
    assert answer.status_code == 409 and "我写的" in answer.text and "刚有别人改过" in answer.text
    assert newest().plan == {"schedule": "别人写的"}


def test_the_list_is_proposed_with_its_reasons_and_deviating_needs_one(
    world: w.World, planned: str, city: Browser
) -> None:
    young = factories.carrier(factories.district(world.region), "新成立空间", recognised_on=date(2024, 1, 5))
    city.send(f"{planned}/plan", f"{planned}/plan", **whole_plan(world))
    page = plain(city.get(f"{planned}/participants"))
    assert "3 家在册，2 家参评" in page and "认定或备案满一年" in page
    everybody = {f"in-{row.id}": "1" for row in Carrier.select()}
    refused = city.send(f"{planned}/participants", f"{planned}/participants", **everybody)
    assert refused.status_code == 422 and "新成立空间：与办法给出的结论不同" in refused.text
    assert not newest().participants.exists()
    why = {f"why-{young.id}": "市里要求提前参加"}
    answer = city.send(f"{planned}/participants", f"{planned}/participants", **everybody, **why)
    assert answer.status_code == 302
    kept = Participant.get((Participant.round == newest()) & (Participant.carrier == young))
    assert (kept.included, kept.reason) == (True, "市里要求提前参加")


def test_opening_tells_what_happens_and_pins_the_chosen_scheme(world: w.World, planned: str, city: Browser) -> None:
    old = DefinitionVersion.get_by_id(world.round.pinned[w.scheme_name(world)])
    newer = DefinitionVersion.create(
        region=world.region, kind=old.kind, key=old.key, version="2023.1", digest=old.digest, origin="administrator",
        text=old.text, created_at=old.created_at, published_at=old.published_at,
    )  # fmt: skip
    city.send(f"{planned}/plan", f"{planned}/plan", **{**whole_plan(world), "scoring_rules": str(old.id)})
    experts = {"expert": [str(expert.id) for expert in world.experts]}
    city.send(f"{planned}/panel", f"{planned}/panel", **experts)
    city.send(f"{planned}/participants", f"{planned}/participants", **{f"in-{c.id}": "1" for c in world.carriers})
    said = plain(city.get(f"{planned}/open"))
    assert "2 家单位开始填报" in said and "2023 版指标体系评分" in said and "2023年6月30日" in said
    answer = city.send(f"{planned}/open", f"{planned}/open")
    assert answer.headers["Location"] == planned
    opened = newest()
    assert opened.status == "open" and opened.cases.count() == 2
    pinned = [row for name, row in opened.pinned.items() if name.startswith("indicators/")]
    assert pinned == [old.id] != [newer.id]


def test_a_withdrawn_scheme_cannot_be_chosen(world: w.World, planned: str, city: Browser) -> None:
    answer = city.send(f"{planned}/plan", f"{planned}/plan", **{**whole_plan(world), "scoring_rules": "999"})
    assert answer.status_code == 422 and "请从列表中选择" in answer.text


def test_a_deadline_moves_later_only_and_with_a_reason(world: w.World, city: Browser) -> None:
    page = f"/city/rounds/{world.round.id}/extend"
    earlier = city.send(page, page, submission_deadline="2023-06-20", reason="想早点")
    assert earlier.status_code == 422 and "只能往后延" in earlier.text
    same = city.send(page, page, reason="没有改")
    assert same.status_code == 422 and "请填比原定更晚的日期" in same.text
    silent = city.send(page, page, submission_deadline="2023-07-10")
    assert silent.status_code == 422 and "请写明延期的原因" in silent.text and "2023-07-10" in silent.text
    city.send(page, page, submission_deadline="2023-07-10", reason="系统故障三天")
    assert w.fresh(world.cases[0]).due_on == date(2023, 7, 10)
    with pytest.raises(Refused, match="只有截止日"):
        current = EvaluationRound.get_by_id(world.round.id)
        rounds.save_plan(
            w.viewer(world.city_reviewer), current.id, {**current.plan, "cutoff": "2023-01-01"}, current.version, "改"
        )


def test_another_citys_reviewer_finds_nothing(app: Flask, world: w.World, sign_in: SignIn) -> None:
    other = factories.region("lasa", "拉萨市")
    stranger = Browser(app, sign_in, factories.account("city_reviewer", region=other))
    round_, case = world.round.id, world.cases[0].id
    for page in ("", "/plan", "/participants", "/open", "/panel", "/notices", "/determination", "/summary", "/urge"):
        assert stranger.get(f"/city/rounds/{round_}{page}").status_code == 404, page
    for page in ("panel", "determination", "correct", "absent", "false-materials"):
        assert stranger.get(f"/city/cases/{case}/{page}").status_code == 404, page
    assert "2023" not in plain(stranger.get("/city/rounds")).replace("2023年6月", "")
    assert Case.select().count() == 2


def test_a_title_lost_through_the_round_does_not_take_its_holder_off_the_list(world: w.World, city: Browser) -> None:
    Carrier.update(title_status="revoked").where(Carrier.id == world.carriers[0].id).execute()
    page = plain(city.get(f"/city/rounds/{world.round.id}/participants"))
    assert "资格已撤销" not in page
    assert "不参评" not in page
