"""Qinhuangdao's pack against the figures of 秦科高〔2023〕3号, written down here a second time by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import plugins.qinhuangdao as plugin
from core.policy.grades import grades_of
from core.policy.pack import load_region
from core.policy.scheme import scheme_of
from core.policy.source import parse
from core.workflow.definition import load_workflow
from forms.definition import load_form

FOLDER = Path(plugin.__file__).parent
PACK = load_region(FOLDER)
POLICY = PACK.newest


def test_the_hooks_stay_small():
    assert len(Path(plugin.__file__).read_text(encoding="utf-8").splitlines()) <= 40


def test_weights_by_group():
    scheme = scheme_of(POLICY)
    found = {g.name: [int(i.weight_points) for i in scheme.in_group(g.key)] for g in scheme.groups}
    assert found == {
        "服务基础": [3, 3, 4, 5, 5, 5],
        "孵化服务": [6, 6, 8, 4, 6],
        "服务绩效": [8, 8, 8, 5, 6],
        "社会贡献": [6, 4],
    }


def test_what_is_judged_and_what_is_counted():
    judged = [i.code for i in scheme_of(POLICY).indicators if not i.quantitative]
    assert judged == ["S4", "S5", "P5", "C1", "C2"]


def test_no_scoring_function_is_passed_off_as_text():
    for indicator in scheme_of(POLICY).indicators:
        if indicator.quantitative:
            assert (indicator.method.key, indicator.method.basis) == ("linear_to_best", "reading")
            assert indicator.method.settings == {}


def test_lines():
    lines = [(x.grade, x.at_least, x.below) for x in grades_of(POLICY).lines]
    assert lines == [("excellent", 85, None), ("good", 70, 85), ("qualified", 60, 70), ("unqualified", 0, 60)]


def test_no_amount_is_invented():
    assert {p.key for p in POLICY.missing_parameters()} == {
        "award_excellent_yuan",
        "award_good_yuan",
        "objection_handling_working_days",
    }


def test_readings_and_practices_are_told_in_the_readme():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for parameter in POLICY.parameters.values():
        assert parameter.key in readme, parameter.key


def test_nine_districts_each_with_its_authority():
    districts = PACK.region.districts
    assert len(districts) == 9
    assert all(district.authority for district in districts)
    assert len({district.key for district in districts}) == 9


@pytest.mark.parametrize("name", sorted(p.stem for p in (FOLDER / "forms").glob("*.toml")))
def test_forms_are_sound(name):
    assert load_form((FOLDER / "forms" / f"{name}.toml").read_text(encoding="utf-8"), name).key == name


def test_every_indicator_is_asked_for_with_its_evidence():
    form = load_form((FOLDER / "forms/makerspace_evaluation.toml").read_text(encoding="utf-8"), "f")
    files = {field.key for field in form.fields if field.type == "files"}
    tables = {field.key for field in form.fields if field.type == "table"}
    asked = {field.indicator for field in form.fields if field.indicator}
    for indicator in scheme_of(POLICY).indicators:
        # F2 is proved by two lists of names, all others by files.
        assert f"evidence_{indicator.code.lower()}" in files or indicator.code == "F2", indicator.code
        assert indicator.code in asked or not indicator.quantitative, indicator.code
    assert {"tenant_list", "service_staff_list"} <= tables


def test_ratios_on_the_form_are_the_ratios_of_the_scheme():
    form = load_form((FOLDER / "forms/makerspace_evaluation.toml").read_text(encoding="utf-8"), "f")
    shown = {field.indicator: field.formula for field in form.fields if field.type == "calculated"}
    scheme = {i.code: i.value for i in scheme_of(POLICY).indicators}
    assert shown == {code: scheme[code] for code in ("F2", "F3", "F4", "P1", "P3")}


def test_the_workflow_goes_from_the_carrier_to_the_end():
    data = parse((FOLDER / "policy/2023/workflow/makerspace_evaluation.toml").read_text(encoding="utf-8"), "workflow.toml")
    workflow = load_workflow(data)
    assert [stage.key for stage in workflow.stages] == [
        "fill",
        "district_review",
        "city_review",
        "expert_panel",
        "determination",
        "public_notice",
        "closed",
    ]
    forms = {stage.form for stage in workflow.stages} | {s.opinion_form for s in workflow.stages}
    assert forms - {""} <= set(POLICY.keys("form"))


def test_days_written_on_clocks_are_those_of_their_parameters():
    data = parse((FOLDER / "policy/2023/workflow/makerspace_evaluation.toml").read_text(encoding="utf-8"), "workflow.toml")
    for stage in load_workflow(data).stages:
        if stage.clock and stage.clock.parameter:
            assert stage.clock.days == POLICY.parameter(stage.clock.parameter).value
