"""Kunming's pack against the 2020 measure, its figures written down here a second time by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import plugins.kunming as plugin
from core.policy.awards import award_terms
from core.policy.grades import grades_of, named_grades
from core.policy.pack import load_region

FOLDER = Path(plugin.__file__).parent
PACK = load_region(FOLDER)
POLICY = PACK.newest


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


def test_four_grades_and_no_lines():
    assert grades_of(POLICY) is None
    assert named_grades(POLICY) == ("excellent", "good", "qualified", "unqualified")


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
