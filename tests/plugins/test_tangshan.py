"""Tangshan's pack against the 2024 budget text, its figures written down here a second time by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import plugins.tangshan as plugin
from core.policy.pack import load_region
from core.policy.spending import read_project, spending_rules, together

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
