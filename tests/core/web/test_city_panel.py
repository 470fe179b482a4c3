"""The panel from the city desk: who sits on it, who has signed (never what), the opinion and the end of scoring."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core.models import PanelMember, PanelOpinion, Recusal, ScoreSheet
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    made = w.build(2, 4, folder=tmp_path)
    w.to_panel(made, made.cases[0])
    w.pledge(made)
    return made


@pytest.fixture
def city(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.city_reviewer)


def test_naming_experts_says_how_many_are_missing(world: w.World, city: Browser) -> None:
    page = f"/city/rounds/{world.round.id}/panel"
    fifth = factories.account("expert", region=world.region, display_name="第五位")
    assert "第五位" in plain(city.get(page))
    city.send(page, page, expert=[str(fifth.id)])
    assert "还差 2 位" in plain(city.get(page))
    left = {row.account_id for row in PanelMember.select().where(PanelMember.removed_at.is_null())}
    assert left == {fifth.id}


def test_who_is_no_expert_is_refused_and_the_choice_stays(world: w.World, city: Browser) -> None:
    page = f"/city/rounds/{world.round.id}/panel"
    stranger = factories.account("finance", region=world.region)
    answer = city.send(page, page, expert=[str(world.experts[0].id), str(stranger.id)])
    assert answer.status_code == 422 and "不是本地区的评审专家" in answer.text
    assert f'value="{world.experts[0].id}" checked' in answer.text
    assert f'value="{world.experts[1].id}" checked' not in answer.text


def test_signed_or_not_is_shown_but_no_score_before_all_are_in(world: w.World, city: Browser) -> None:
    case = world.cases[0]
    w.score(world, case, world.experts[0], "0.8")
    sheet = ScoreSheet.get(ScoreSheet.status == "signed")
    assert sheet.total
    for page in (
        f"/city/cases/{case.id}/panel", f"/city/rounds/{world.round.id}/panel",
        f"/city/cases/{case.id}/determination", f"/city/rounds/{world.round.id}",
    ):  # fmt: skip
        text = plain(city.get(page))
        assert "总体良好" not in text and sheet.total not in text and "怎样得出" not in text, page
    text = plain(city.get(f"/city/cases/{case.id}/panel"))
    assert text.count("已签字") >= 1 and "没有声明有无利害关系" in text
    assert "1 / 4" in plain(city.get(f"/city/rounds/{world.round.id}/panel"))


def test_an_opinion_needs_the_policys_modes(world: w.World, city: Browser) -> None:
    page = f"/city/cases/{world.cases[0].id}/panel"
    assert all(mode in plain(city.get(page)) for mode in ("材料审查", "现场核查", "会议评审"))
    refused = city.send(page, f"{page}/opinion", opinion="总体可以", modes="by_phone")
    assert refused.status_code == 422 and "总体可以" in refused.text and "至少选一种：材料审查" in refused.text
    assert not PanelOpinion.select().exists()
    city.send(page, f"{page}/opinion", opinion="总体可以", modes=["desk_review", "panel_meeting"])
    assert PanelOpinion.get().modes == ["desk_review", "panel_meeting"]


def test_a_recusal_is_ordered_with_a_reason(world: w.World, city: Browser) -> None:
    case = world.cases[0]
    seat = PanelMember.get(PanelMember.account == world.experts[0])
    page = f"/city/cases/{case.id}/panel/recuse/{seat.id}"
    assert city.send(page, page).status_code == 422
    city.send(page, page, reason="曾在该单位任职")
    assert Recusal.get().reason == "曾在该单位任职"
    text = plain(city.get(f"/city/cases/{case.id}/panel"))
    assert "已回避" in text and "能评价的专家 3 位" in text


def test_a_signed_sheet_goes_back_with_a_reason(world: w.World, city: Browser) -> None:
    w.score(world, world.cases[0], world.experts[0])
    sheet = ScoreSheet.get()
    page = f"/city/sheets/{sheet.id}/reopen"
    assert city.send(page, page, reason=" ").status_code == 422
    city.send(page, page, reason="漏评一项")
    assert ScoreSheet.get_by_id(sheet.id).status == "draft"


def test_scoring_ends_when_all_have_signed_and_the_opinion_is_there(world: w.World, city: Browser) -> None:
    case = world.cases[0]
    page = f"/city/cases/{case.id}/panel"
    version = str(w.fresh(case).stage_version)
    early = city.send(page, f"{page}/conclude", stage_version=version)
    assert early.status_code == 422 and "还有专家没有签字" in early.text
    for expert in world.experts:
        w.score(world, case, expert)
    unsaid = city.send(page, f"{page}/conclude", stage_version=version)
    assert unsaid.status_code == 422 and "还没有专家组意见" in unsaid.text
    city.send(page, f"{page}/opinion", opinion="同意", modes="desk_review")
    stale = city.send(page, f"{page}/conclude", stage_version="1")
    assert stale.status_code == 409 and w.fresh(case).stage == "expert_panel"
    done = city.send(page, f"{page}/conclude")
    assert done.headers["Location"] == f"/city/cases/{case.id}/determination"
    assert w.fresh(case).stage == "determination"
