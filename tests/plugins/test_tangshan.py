"""Tangshan's pack against the 2024 budget text, its figures written down here a second time by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import plugins.tangshan as plugin
from core.policy.calendar import WorkingCalendar
from core.policy.clocks import clock_of
from core.policy.pack import load_region
from core.policy.spending import read_project, spending_rules, together
from core.policy.version import PolicyVersion
from core.workflow.definition import load_workflow
from forms.compile import compiled
from forms.definition import load_form
from forms.findings import DefinitionError
from tests.plugins import tangshan_budget

PACK = load_region(Path(plugin.__file__).parent)
POLICY = PACK.newest
BUDGET = POLICY.definition("budget")


def test_budgets_and_plans():
    assert {p["key"]: (p["budget_wan"], p["plan_pct"]) for p in BUDGET["projects"]} == {
        "rent": (2033, [45, 46, 95, 100]),
        "property": (230, [0, 69, 77, 100]),
        "repairs": (50, [30, 60, 90, 100]),
        "robot_centre": (50, [0, 69, 77, 100]),
    }


def test_the_money_adds_up():
    rules = spending_rules(POLICY)
    keys = ("name", "budget_wan", "fiscal_wan", "plan_pct")
    projects = [read_project(rules, {key: entry[key] for key in keys}) for entry in BUDGET["projects"]]
    assert (together(projects).budget, together(projects).fiscal) == (2363, 2363)
    assert rules.months == (3, 6, 10, 12)


def test_the_targets_of_each_table():
    tables = Counter(entry.get("project", "overall") for entry in BUDGET["indicators"])
    assert tables == {"overall": 22, "rent": 7, "property": 7, "repairs": 6, "robot_centre": 7}
    printed = [entry["target"] for entry in BUDGET["indicators"] if entry.get("project") == "robot_centre"]
    assert printed == ["=80家", "是", "≤2小时", "元", "", "显著提升", "≧95%"]


def test_no_weights_grades_or_awards():
    assert not any(POLICY.has(kind) for kind in ("indicators", "grades", "awards", "vetoes", "facts"))


PROCEDURES = {p["key"]: p for p in POLICY.definition("procedures")["procedures"]}


def test_every_part_of_the_text_is_a_procedure():
    clauses = {key: p["clause"] for key, p in PROCEDURES.items()}
    assert clauses == {
        "target_declaration": "二; 项目绩效目标表",
        "detail_proxy_budget": "三（二）",
        "monitoring": "三（三）",
        "self_assessment": "三（四）",
        "rectification": "三（四）",
        "institution_building": "三（一）",
        "asset_check": "三（五）",
        "internal_audit": "三（六）",
        "training_record": "三（七）",
    }
    assert {p["every"] for p in PROCEDURES.values()} == {"annual", "on_demand"}


def test_nobody_but_the_unit_is_named_so_what_the_committee_does_is_a_practice():
    for key in PROCEDURES:
        workflow = load_workflow(POLICY.sources[("workflow", key)])
        roles = {stage.role for stage in workflow.stages if stage.role}
        assert roles <= {"carrier_clerk", "city_reviewer"}
        assert all(stage.basis == "practice" for stage in workflow.stages if stage.role != "carrier_clerk")


def test_the_proxy_budget_is_due_by_the_end_of_june():
    due = clock_of(POLICY, "detail_proxy_budget")
    assert due.last_day(date(2024, 1, 1), WorkingCalendar()) == date(2024, 6, 30)  # a Sunday: the text names the day
    assert "每年6月30日" in due.step(None, None).text


def test_days_that_the_text_leaves_open_are_asked_for():
    asked = {parameter.key for parameter in POLICY.missing_parameters()}
    assert asked == {
        "robot_centre_cost_1_yuan",
        "robot_centre_cost_2_yuan",
        "target_declaration_days",
        "monitoring_days",
        "self_assessment_days",
        "rectification_days",
    }


def test_the_printed_budget_fits_its_form():
    form = compiled(load_form(POLICY.sources[("form", "target_declaration")], "f.toml"))
    read = form.from_json(tangshan_budget.declaration(POLICY))
    assert read.errors == {} and form.faults(read.answers, {}) == []
    assert len(read.answers["indicators"]) == 27 and len(read.answers["sub_targets"]) == 22
    assert "code" not in read.answers["projects"][0]  # blank in the text


def test_no_form_asks_for_a_person():
    personal = {"phone", "email"}
    for key in POLICY.keys("form"):
        form = load_form(POLICY.sources[("form", key)], key)
        questions = [q for field in form.fields for q in (field, *field.columns)]
        assert not [q.key for q in questions if q.type in personal or q.purpose or "姓名" in q.label]


def test_what_is_carried_over_comes_from_a_yearly_procedure():
    sources = dict(POLICY.sources)
    at = ("procedures", "tangshan")
    sources[at] = sources[at].replace('every = "annual"', 'every = "on_demand"', 1)
    assert sources[at] != POLICY.sources[at]
    with pytest.raises(DefinitionError) as fault:
        PolicyVersion.from_sources("tangshan", "2024", sources)
    assert "不是一年一份的" in str(fault.value)


def test_a_problem_is_registered_before_it_is_put_right():
    workflow = load_workflow(POLICY.sources[("workflow", "rectification")])
    ways = {(stage.key, action.key): action.to for stage in workflow.stages for action in stage.actions}
    assert ways[("fill", "register")] == ways[("city_review", "return")] == "rectifying"
    assert ways[("rectifying", "submit")] == "city_review"
