"""What holds for the pack of every city."""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path

import pytest

from core.policy.pack import check_region, load_region
from forms.definition import load_form

CITIES = sorted(p.parent.name for p in (Path(__file__).parents[2] / "plugins").glob("*/__init__.py"))
LIMITS_OF_HOOKS = 40


def folder(city: str) -> Path:
    return Path(importlib.import_module(f"plugins.{city}").__file__).parent


@pytest.mark.parametrize("city", CITIES)
def test_the_hooks_stay_small(city):
    assert len((folder(city) / "__init__.py").read_text(encoding="utf-8").splitlines()) <= LIMITS_OF_HOOKS


@pytest.mark.parametrize("city", CITIES)
def test_every_parameter_is_told_in_the_readme(city):
    readme = (folder(city) / "README.md").read_text(encoding="utf-8")
    for version in load_region(folder(city)).versions:
        assert [key for key in version.parameters if f"`{key}`" not in readme] == []


@pytest.mark.parametrize("city", CITIES)
def test_what_has_no_value_says_what_to_ask(city):
    for parameter in load_region(folder(city)).newest.missing_parameters():
        assert parameter.ask.endswith("。")


@pytest.mark.parametrize("city", CITIES)
def test_forms_are_sound(city):
    for file in (folder(city) / "forms").glob("*.toml"):
        assert load_form(file.read_text(encoding="utf-8"), file.stem).key == file.stem


@pytest.mark.parametrize("city", CITIES)
def test_no_person_no_phone_and_no_corrupted_name(city):
    for file in folder(city).rglob("*"):
        if file.suffix in {".toml", ".md", ".py"}:
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"[a-z]{3}\d{5}|(?<!\d)1[3-9]\d{9}(?!\d)|联系人[^\"）]{0,6}[：:]", text), file


SEEDED = [
    ("kunming", "policy/2020/grades.toml", "[[named]]", "[[lines]]", "lines.0.at_most"),
    ("kunming", "policy/2020/clocks.toml", "days = 10\n", "", "clocks.0.days"),
    ("kunming", "policy/2020/clocks.toml", 'day = "$quarterly_report_day"\n', "", "clocks.1.day"),
    (
        "kunming",
        "policy/2020/awards.toml",
        '[[caps]]\ntitle = "demonstration_platform"',
        '[[caps]]\ntitle = "star"',
        "caps.0.title",
    ),
    ("kunming", "policy/2020/awards.toml", "yuan = 150000", 'yuan = "$star"', "caps.0.yuan"),
    (
        "kunming",
        "policy/2020/corrective_action.toml",
        'outcome != "passed" and kind',
        'outcome != "passed" and kin',
        "consequences.0.when",
    ),
    ("tianjin", "policy/2018/eligibility.toml", "at_least = 70\n", "", "rules.4.at_least"),
    ("tianjin", "policy/2018/eligibility.toml", 'when = "iso9001"\n', "", "rules.5"),
    ("tianjin", "policy/2018/eligibility.toml", 'contains = "生产力"\n', "", "rules.3"),
    ("tianjin", "policy/2018/eligibility.toml", 'until = "applied_on"', 'until = "asked_on"', "rules.2"),
    ("tianjin", "policy/2018/eligibility.toml", "bachelor_or_above / staff", "bachelors / staff", "rules.4.value"),
    ("tianjin", "policy/2018/exit.toml", 'effective = "changed_on"', 'effective = "moved_on"', "grounds.1"),
    ("tianjin", "policy/2018/scope.toml", "is_missing(last_evaluated_on)", "is_missing(last_time)", "conditions.1"),
    ("lhasa", "policy/2019/reporting.toml", "output_wan / tenants", "output / tenants", "derived.5.value"),
    ("lhasa", "policy/2019/reporting.toml", 'period = "weekly"', 'period = "daily"', "reports.0.period"),
    ("tangshan", "policy/2024/budget.toml", 'project = "rent"', 'project = "tent"', "indicators.22.project"),
    ("tangshan", "policy/2024/budget.toml", 'kind = "satisfaction"', 'kind = "joy"', "indicators.28.kind"),
    ("tangshan", "policy/2024/budget.toml", "[45, 46, 95, 100]", '[45, "46", 95, 100]', "projects.0.plan_pct"),
    ("tangshan", "policy/2024/budget.toml", '"robot_centre_cost_1_yuan"', '"robot"', "indicators.45.parameter"),
]


@pytest.mark.parametrize(("city", "file", "old", "new", "key"), SEEDED)
def test_a_seeded_fault_is_found_where_it_is(tmp_path, city, file, old, new, key):
    copy = shutil.copytree(folder(city), tmp_path / city)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (file, key) in {(finding.file, finding.key) for finding in check_region(copy)}
