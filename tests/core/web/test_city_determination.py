"""Determination from the city desk: checks, points with reasons, new versions, corrections, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core.models import DeterminationCheck, Result, Submission
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CLEAN = {
    "check-false_materials": "no",
    "check-major_safety_accident": "no",
    "check-adverse_inspection": "no",
    "check-integrity_breach": "no",
    "check-resident_tech_enterprises": "12",
    "check-resident_tech_teams": "3",
}


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    made = w.build(2, 3, folder=tmp_path)
    w.to_determination(made, made.cases[0], 3)
    return made


@pytest.fixture
def city(app: Flask, world: w.World, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, world.city_reviewer)


@pytest.fixture
def page(world: w.World) -> str:
    return f"/city/cases/{world.cases[0].id}"


def test_checks_show_what_was_declared_and_block_until_made(page: str, city: Browser) -> None:
    text = plain(city.get(f"{page}/determination"))
    assert "0 / 6 项已做" in text and "单位填报 12" in text and "还有核查没有做" in text
    city.send(f"{page}/determination", f"{page}/checks", **{"check-false_materials": "no"})
    assert "1 / 6 项已做" in plain(city.get(f"{page}/determination"))
    assert city.send(f"{page}/determination", f"{page}/determine").status_code == 422
    assert not Result.select().exists()


def test_a_finding_against_the_carrier_needs_its_ground_and_nothing_typed_is_lost(page: str, city: Browser) -> None:
    typed = {**CLEAN, "check-false_materials": "yes", "check-resident_tech_teams": "三个"}
    answer = city.send(f"{page}/determination", f"{page}/checks", **typed)
    assert answer.status_code == 422
    assert "查实的情形要写明依据" in answer.text and "请填不小于 0 的整数" in answer.text
    assert 'value="三个"' in answer.text and 'id="false_materials-yes" value="yes" checked' in answer.text
    assert not DeterminationCheck.select().exists()


def test_points_are_explained_down_to_the_clause_without_naming_experts(
    world: w.World, page: str, city: Browser
) -> None:
    text = plain(city.get(f"{page}/determination"))
    assert "怎样得出" in text and "第十二条" in text and "当年最好值" in text and "专家1" in text
    assert "专家1 " in text and "档次线" in text
    for expert in world.experts:
        assert expert.display_name not in text
    assert "area_m2" not in text


def test_determining_again_keeps_the_old_version(page: str, city: Browser) -> None:
    city.send(f"{page}/determination", f"{page}/checks", **CLEAN)
    assert city.send(f"{page}/determination", f"{page}/determine").status_code == 302
    breach = {"check-integrity_breach": "yes", "note-integrity_breach": "信用平台 2023-05-30 查询"}
    city.send(f"{page}/determination", f"{page}/checks", **breach)
    city.send(f"{page}/determination", f"{page}/determine", ground="信用核查更新")
    first, second = Result.select().order_by(Result.version)
    assert first.grade in ("excellent", "good") and second.grade == "qualified"
    text = plain(city.get(f"{page}/determination"))
    assert "2 个版本，都保留" in text and "信用核查更新" in text and "不得定为优秀和良好" in text


def test_a_page_from_before_a_move_answers_409(world: w.World, page: str, city: Browser) -> None:
    answer = city.send(f"{page}/determination", f"{page}/checks", **{**CLEAN, "stage_version": "1"})
    assert answer.status_code == 409 and not DeterminationCheck.select().exists()
    assert city.send(f"{page}/determination", f"{page}/determine", stage_version="1").status_code == 409


def test_a_correction_keeps_the_old_figure_beside_the_new_one(world: w.World, page: str, city: Browser) -> None:
    before = Submission.get(Submission.case == world.cases[0]).answers["area_m2"]
    silent = city.send(f"{page}/correct", f"{page}/correct", area_m2="480")
    assert silent.status_code == 422 and 'value="480"' in silent.text and "请写明更正的依据" in silent.text
    wrong = city.send(f"{page}/correct", f"{page}/correct", area_m2="很大", reason="按合同")
    assert wrong.status_code == 422 and 'value="很大"' in wrong.text
    assert Submission.select().count() == 1
    city.send(f"{page}/correct", f"{page}/correct", area_m2="480", reason="按租赁合同核实")
    text = plain(city.get(f"{page}/correct"))
    assert "按租赁合同核实" in text and str(before) in text and "480" in text
    assert [s.answers["area_m2"] for s in Submission.select().order_by(Submission.number)] == [before, "480"]


def test_all_that_are_ready_are_determined_and_the_others_wait_by_name(world: w.World, city: Browser) -> None:
    w.to_determination(world, world.cases[1])
    w.check(world, world.cases[0])
    page = f"/city/rounds/{world.round.id}/determination"
    text = plain(city.get(page))
    assert "认定核查齐全的 1 家" in text and "6 项核查" in text
    city.send(page, page)
    text = plain(city.get(page))
    assert "已认定 1 家" in text and "1 家还不能认定" in text
    assert [result.case_id for result in Result.select()] == [world.cases[0].id]
