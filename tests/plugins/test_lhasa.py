"""Lhasa's pack against the 2019 report, its figures written down here a second time by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import plugins.lhasa as plugin
from core.policy.clocks import calendar_of, notice_rules
from core.policy.grades import grades_of, named_grades
from core.policy.pack import load_region
from core.policy.reporting import report_rules
from forms.definition import load_form

FOLDER = Path(plugin.__file__).parent
PACK = load_region(FOLDER)
POLICY = PACK.newest


def form():
    return load_form((FOLDER / "forms/monthly_report.toml").read_text(encoding="utf-8"), "monthly_report")


def test_no_district_stage_and_the_bureau_by_its_function():
    assert PACK.region.districts == ()
    assert PACK.region.bureau == "市工信主管部门"


@pytest.mark.parametrize(
    ("first", "last", "working"),
    [
        ("2023-02-18", "2023-02-19", True),
        ("2023-02-20", "2023-02-26", False),
        ("2025-02-27", "2025-03-04", False),
        ("2026-02-14", "2026-02-14", True),
        ("2026-02-15", "2026-02-26", False),
        ("2026-02-28", "2026-02-28", True),
    ],
)
def test_losar(first, last, working):
    calendar = calendar_of(POLICY)
    overlay = PACK.region.overlay()
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert overlay[day] is calendar.is_working_day(day) is working
        day = date.fromordinal(day.toordinal() + 1)


def test_a_year_without_losar_days_follows_the_nation():
    assert {day.year for day in PACK.region.overlay()} == {2023, 2025, 2026}
    assert calendar_of(POLICY).is_working_day(date(2024, 2, 19))


def test_two_grades_no_lines_no_notice():
    assert grades_of(POLICY) is None
    assert named_grades(POLICY) == ("qualified", "unqualified")
    assert not notice_rules(POLICY).enabled


def test_the_form_asks_for_the_figures_that_are_added_up():
    rules = report_rules(POLICY)
    assert {field.key for field in form().fields} == set(rules.fields)
    assert len(rules.fields) == 16
    assert {(part, p.whole) for p in form().parts for part in p.parts} == set(rules.parts)


def test_nothing_unstated_is_invented():
    assert {p.key for p in POLICY.missing_parameters()} == {
        "award_qualified_yuan",
        "weekly_report_day",
        "monthly_report_day",
        "quarterly_monitoring_day",
        "corrective_action_working_days",
    }
