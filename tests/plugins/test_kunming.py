"""Kunming's pack against the 2020 measure, its figures written down here a second time by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import plugins.kunming as plugin
from core.cases.definitions import form_in, procedure_in, workflow_in
from core.policy.awards import award_terms
from core.policy.grades import grades_of, named_grades
from core.policy.pack import load_region
from core.policy.panel import panel_rules
from core.policy.reporting import report_rules
from core.roles import ROLES

FOLDER = Path(plugin.__file__).parent
PACK = load_region(FOLDER)
POLICY = PACK.newest
PROCEDURES = POLICY.definition("procedures")["procedures"]
EVALUATED = ["service_centre", "demonstration_platform", "demonstration_base"]


def way(procedure: str) -> list[tuple[str, str]]:
    """The stages of a procedure and who acts in each."""
    return [(stage.key, stage.role) for stage in workflow_in(POLICY, procedure).stages]


def test_amounts_and_caps():
    terms = award_terms(POLICY)
    assert {(a.title, a.grade): a.yuan for a in terms.amounts} == {
        ("service_centre", "excellent"): 500_000,
        ("service_centre", "good"): 300_000,
        ("service_centre", "qualified"): 100_000,
        ("demonstration_platform", "excellent"): 50_000,
        ("demonstration_platform", "good"): 50_000,
        ("demonstration_base", "excellent"): 100_000,
        ("demonstration_base", "good"): 100_000,
    }
    assert {c.title: c.yuan for c in terms.caps} == {"demonstration_platform": 150_000, "demonstration_base": 400_000}


def test_the_money_is_for_two_purposes_and_the_form_offers_these():
    purposes = {purpose.key: purpose.name for purpose in award_terms(POLICY).purposes}
    column = next(c for c in form_in(POLICY, "award_use").definition.field("uses").columns if c.key == "purpose")
    assert purposes == {choice.key: choice.label for choice in column.choices}
    assert list(purposes.values()) == ["组织开展各类企业公共服务活动", "购买第三方机构专业化服务"]


def test_four_grades_and_no_lines():
    assert grades_of(POLICY) is None
    assert named_grades(POLICY) == ("excellent", "good", "qualified", "unqualified")


def test_the_panel_gives_a_grade_over_the_three_contents_and_the_four_sides():
    rules = panel_rules(POLICY)
    assert rules.gives_grade and rules.minimum == 3 and rules.run_by == "city_reviewer"
    assert [aspect.clause for aspect in rules.aspects] == ["第十六条（一）", "第十六条（二）", "第十六条（三）", "第十五条"]


@pytest.mark.parametrize(
    ("day", "in_force"), [("2020-03-18", False), ("2020-03-19", True), ("2022-12-31", True), ("2023-01-01", False)]
)
def test_in_force(day, in_force):
    assert POLICY.in_force(date.fromisoformat(day)) is in_force


def test_what_the_measure_leaves_open_is_asked_for():
    assert {p.key for p in POLICY.missing_parameters()} == {
        "quarterly_report_day",
        "corrective_action_working_days",
        "objection_handling_working_days",
    }


def test_simplified_characters_only():
    text = "".join(p.read_text(encoding="utf-8") for p in FOLDER.rglob("*.toml") if p.parent.name != "cases")
    assert not set("業務評價範區縣資補領導證據發佈報當級") & set(text)


def test_the_evaluation_goes_from_the_platform_to_the_notice():
    assert way("platform_evaluation") == [
        ("fill", "carrier_clerk"),
        ("district_review", "district_reviewer"),
        ("city_review", "city_reviewer"),
        ("expert_panel", "expert"),
        ("determination", "city_reviewer"),
        ("public_notice", "city_reviewer"),
        ("closed", ""),
    ]


def test_a_quarter_takes_two_routes():
    assert way("quarterly_report") == [
        ("fill", "carrier_clerk"),
        ("district_centre", "district_centre"),
        ("district_review", "district_reviewer"),
        ("city_centre", "city_centre"),
        ("closed", ""),
    ]
    assert way("district_quarterly_report") == [("fill", "carrier_clerk"), ("city_centre", "city_centre"), ("closed", "")]
    assert procedure_in(POLICY, "district_quarterly_report")["carrier_kinds"] == ["district_authority"]


def test_the_filing_goes_to_the_authority_and_to_the_citys_centre():
    assert way("change_filing") == [
        ("fill", "carrier_clerk"),
        ("district_review", "district_reviewer"),
        ("city_review", "city_centre"),
        ("closed", ""),
    ]


def test_who_opens_what():
    opened = {p["key"]: p.get("opened_by", ["carrier_clerk"]) for p in PROCEDURES if p["every"] != "year"}
    assert opened == {
        "quarterly_report": ["carrier_clerk"],
        "district_quarterly_report": ["carrier_clerk"],
        "change_filing": ["carrier_clerk"],
        "responsibility_letter": ["city_centre"],
        "annual_targets": ["city_reviewer"],
        "five_disclosures": ["carrier_clerk"],
        "service_archive": ["carrier_clerk"],
        "inspection": ["city_centre"],
        "district_inspection": ["district_centre"],
        "corrective_action": [],
        "award_use": [],
    }
    assert {role for roles in opened.values() for role in roles} <= set(ROLES)


def test_letters_are_the_centres_alone_and_its_districts_inspection_is_not():
    assert procedure_in(POLICY, "responsibility_letter")["carrier_kinds"] == ["service_centre"]
    assert "service_centre" not in procedure_in(POLICY, "district_inspection")["carrier_kinds"]
    assert procedure_in(POLICY, "platform_evaluation")["carrier_kinds"] == EVALUATED


def test_the_evaluation_asks_for_every_content_that_the_measure_names():
    form = form_in(POLICY, "platform_evaluation").definition
    by_clause: dict[str, list[str]] = {}
    for field in form.fields:
        by_clause.setdefault(field.clause, []).append(field.key)
    assert by_clause["第十五条"] == ["service_scope", "service_depth", "service_quality", "service_effect"]
    assert {"facilities", "norms", "rules_files", "fee_standards", "plan_files", "summary_files", "posts"} <= set(
        by_clause["第十六条（一）"]
    )
    counted = {"sessions", "enterprises_served", "people_served", "info_published", "resources_engaged", "reports_sent"}
    assert counted | {"benefits"} <= set(by_clause["第十六条（二）"])
    assert {"features", "core_products", "online_offline", "internet_plus"} <= set(by_clause["第十六条（三）"])
    assert form.field("ledger_files").required


def test_the_years_figures_come_from_the_quarters():
    figures = report_rules(POLICY).over_time
    assert set(figures.values()) == {"sum"}
    form = form_in(POLICY, "platform_evaluation").definition
    assert {form.field(key).prefill for key in figures} == {f"sum:quarterly_report.{key}" for key in figures}
    quarterly = form_in(POLICY, "quarterly_report").definition
    assert set(figures) <= {field.key for field in quarterly.fields}


def test_five_things_are_disclosed_and_five_kept_of_every_activity():
    disclosed = form_in(POLICY, "five_disclosures").definition
    assert [f.label for f in disclosed.fields if f.key.startswith("where_")] == [
        "服务内容", "服务流程", "服务标准", "收费标准", "服务时间",
    ]  # fmt: skip
    archive = form_in(POLICY, "service_archive").definition
    assert [f.label for f in archive.fields if f.key.startswith("has_")] == [
        "有活动通知（方案）", "有签到表", "有现场照片", "有活动简报", "有总结",
    ]  # fmt: skip


def test_districts_with_and_without_a_centre():
    centres = {district.name: district.centre for district in PACK.region.districts}
    assert centres["五华区"] and not centres["东川区"] and PACK.region.centre == "昆明市中小企业服务中心"


def test_no_form_asks_for_persons():
    for key in POLICY.keys("form"):
        fields = form_in(POLICY, key).definition.fields
        asked = [(f.key, f.type) for field in fields for f in (field, *field.columns)]
        assert not [pair for pair in asked if pair[1] in ("phone", "id_number", "email")], key
