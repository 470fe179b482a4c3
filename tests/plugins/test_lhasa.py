"""Lhasa's pack against the 2019 report, its figures written down here a second time by hand."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

import plugins.lhasa as plugin
from core.policy.clocks import calendar_of, notice_rules
from core.policy.common_problems import common_problems
from core.policy.grades import grades_of, named_grades
from core.policy.pack import load_region
from core.policy.panel import panel_rules
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
        ("2019-02-02", "2019-02-03", True),
        ("2019-02-04", "2019-02-13", False),
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
    assert {day.year for day in PACK.region.overlay()} == {2019, 2023, 2025, 2026}
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


def test_the_losar_of_2019_is_marked_as_taken_from_another_citys_notice():
    text = tomllib.loads((FOLDER / "region.toml").read_text(encoding="utf-8"))
    own = [entry for entry in text["holidays"] if entry["from"].year == 2019]
    assert len(own) == 2 and all(entry["basis"] == "reading" and "参照拉萨市" in entry["clause"] for entry in own)


@pytest.mark.parametrize("name", sorted(entry.stem for entry in (FOLDER / "forms").glob("*.toml")))
def test_every_form_offers_the_same_common_problems(name):
    form = load_form((FOLDER / f"forms/{name}.toml").read_text(encoding="utf-8"), name)
    for field in form.fields:
        if field.key == "problems":
            assert {choice.key: choice.label for choice in field.choices} == common_problems(POLICY).names


def test_problems_are_looked_for_where_forms_ask_for_them():
    procedures = {entry["key"]: entry for entry in POLICY.definition("procedures")["procedures"]}
    for source in common_problems(POLICY).sources:
        procedure = procedures[source.procedure]
        if source.stage:
            workflow = POLICY.definition("workflow", procedure["workflow"])
            name = next(stage["site_visit_form"] for stage in workflow["stages"] if stage["key"] == source.stage)
        else:
            name = procedure["form"]
        form = load_form((FOLDER / f"forms/{name}.toml").read_text(encoding="utf-8"), name)
        assert form.field(source.field).type == "choices" and form.field(source.other).type == "long_text"


def test_a_year_adds_what_happened_and_takes_the_last_of_what_stands():
    ways = report_rules(POLICY).over_time
    assert {key for key, way in ways.items() if way == "sum"} == {
        "activities",
        "output_wan",
        "patents",
        "trademarks_copyrights",
    }
    assert set(ways) == set(report_rules(POLICY).fields)


def test_the_carrier_and_the_city_only():
    for key in POLICY.keys("workflow"):
        stages = POLICY.definition("workflow", key)["stages"]
        roles = {stage["role"] for stage in stages if stage["kind"] != "closed"}
        assert roles <= {"carrier_clerk", "city_reviewer", "expert"}, key


def test_the_panel_grades_and_no_text_of_the_pack_repeats_the_spam():
    rules = panel_rules(POLICY)
    assert rules.gives_grade and rules.minimum == 3 and rules.run_by == "city_reviewer"
    texts = [file.read_text(encoding="utf-8") for ending in ("*.toml", "*.md") for file in FOLDER.rglob(ending)]
    assert not any("太阳成" in text or "tyc" in text for text in texts)


def test_nothing_unstated_is_invented():
    assert {p.key for p in POLICY.missing_parameters()} == {
        "award_qualified_yuan",
        "weekly_report_day",
        "monthly_report_day",
        "quarterly_monitoring_day",
        "corrective_action_working_days",
    }
