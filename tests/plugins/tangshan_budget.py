"""Answers to Tangshan's forms, made from the budget as the pack prints it. Actual values are invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.policy.version import PolicyVersion

MONTHS = (3, 6, 10, 12)
LEVELS = {"social_benefit": "effect", "satisfaction": "effect"}


def declaration(policy: PolicyVersion) -> dict[str, Any]:
    """The year's declaration as the text prints it; blank codes and targets stay blank."""
    budget = policy.definition("budget")
    names = {project["key"]: project["name"] for project in budget["projects"]}
    rows = [_indicator(entry, names) for entry in budget["indicators"] if entry["kind"] != "overall"]
    own = [entry for entry in budget["indicators"] if entry["kind"] == "overall"]
    return {
        "overall_goal": "为中小科技企业提供创新创业服务。",
        "sub_goals": [{"area": "优化硬件环境", "goal": "保障孵化场地正常运营。"}],
        "sub_targets": [_with({"name": e["name"], "target": e["target"]}) for e in own],
        "projects": [_project(entry) for entry in budget["projects"]],
        "total_wan": "2363",
        "indicators": rows,
    }


def _project(entry: Mapping[str, Any]) -> dict[str, Any]:
    shares = {f"plan_{m}": str(share) for m, share in zip(MONTHS, entry["plan_pct"], strict=True)}
    money = {"budget_wan": str(entry["budget_wan"]), "fiscal_wan": str(entry["fiscal_wan"])}
    return {"name": entry["name"], "purpose": entry["purpose"], **money, **shares}


def _indicator(entry: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    # the two cost rows of the robot centre are told apart in the pack by what stands in brackets
    name = entry["name"].split("（")[0] if "parameter" in entry else entry["name"]
    given = {"project": names[entry["project"]], "level1": LEVELS.get(entry["kind"], "output"), "kind": entry["kind"]}
    return _with({**given, "name": name, "target": entry["target"], "basis": entry["ground"]})


def _with(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it is stored: blanks are left out."""
    return {key: value for key, value in row.items() if value != ""}


def monitoring(declared: Mapping[str, Any], node_end: str, spent: list[str], **actual: str) -> dict[str, Any]:
    """A monitoring of the declared projects; `actual` are values reached, by the name of the indicator."""
    shared = ("name", "budget_wan", *(f"plan_{month}" for month in MONTHS))
    projects = [
        {**{key: row[key] for key in shared}, "spent_wan": amount}
        for row, amount in zip(declared["projects"], spent, strict=True)
    ]
    return {"node_end": node_end, "projects": projects, **reached(declared, **actual)}


def reached(declared: Mapping[str, Any], **actual: str) -> dict[str, Any]:
    """Both tables of targets with what was reached, by the name of the indicator."""
    keys = ("project", "kind", "name", "target")
    return {
        table: [
            _with({**{key: row[key] for key in keys if key in row}, "actual": actual.get(row["name"], "")})
            for row in declared[table]
        ]
        for table in ("sub_targets", "indicators")
    }
