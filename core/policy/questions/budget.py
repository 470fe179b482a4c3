"""targets: a target as printed and what was reached. spending: plans of budgets and how spending stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Refused
from core.policy.facts import known_keys
from core.policy.numbers import plain, round_half_up
from core.policy.question import Answer, Asked, Given, Question
from core.policy.questions.reading import reasons, tables
from core.policy.spending import (
    Project,
    SpendingRules,
    node_of,
    plan_trace,
    read_project,
    spending_rules,
    standing,
    together,
)
from core.policy.target_text import MISSING, TargetSettings, read_target, target_settings
from core.policy.targets import judge
from core.policy.trace import Step
from core.policy.version import PolicyVersion

_TARGET = ("target", "actual", "kind", "cost", "name")


def _targets(asked: Asked) -> Answer:
    settings = target_settings(asked.policy)
    if asked.given or not asked.policy.has("budget"):
        return {"accepted": True, **_one_target(settings, asked.given)}
    printed = asked.policy.definition("budget")["indicators"]
    described = [
        {
            "key": entry["key"],
            "name": entry["name"],
            **_one_target(settings, {"target": _stated_target(asked.policy, entry), "kind": entry["kind"]}),
        }
        for entry in printed
    ]
    steps = [Step(entry["name"], entry["clause"], entry.get("basis", "text")) for entry in printed]
    return {
        "accepted": True,
        "targets": [{k: v for k, v in one.items() if k not in {"trace", "clauses"}} for one in described],
        "flagged": [one["key"] for one in described if one["flagged"]],
        **reasons(steps),
    }


def _stated_target(policy: PolicyVersion, entry: Mapping[str, Any]) -> str:
    """The target as printed, or as entered where the print left it blank."""
    entered = policy.parameter(entry["parameter"]) if "parameter" in entry else None
    if entered is None or entered.value is None:
        return str(entry["target"])
    return f"={entered.value}{entered.unit}"


def _one_target(settings: TargetSettings, given: Given) -> Answer:
    known_keys(given, _TARGET)
    if "target" not in given:
        raise Refused("没有写目标（target）；印的是空白，就写成空的文字。", {"target": "缺少目标"})
    printed = given["target"]
    if isinstance(printed, (list, dict, bool)):
        raise Refused("目标（target）要照印出来的样子写成文字。", {"target": "要写成文字"})
    target = read_target(settings, "" if printed is None else str(printed))
    outcome = judge(settings, target, given.get("actual"), _cost(settings, given))
    return {
        "target": target.printed,
        "comparator": target.comparator,
        "value": target.value,
        "unit": target.unit,
        "met": outcome.met,
        "flagged": bool(outcome.flag),
        "flag": outcome.flag,
        "missing": target.comparator == MISSING,
        "over_fulfilled": outcome.over_fulfilled,
        "needs_explanation": outcome.needs_explanation,
        "difference": None if outcome.difference is None else plain(outcome.difference),
        **reasons(outcome.trace),
    }


def _cost(settings: TargetSettings, given: Given) -> bool | None:
    """Whether the figure is a cost, when the input says so."""
    cost, kind = given.get("cost"), given.get("kind")
    if cost is not None and not isinstance(cost, bool):
        raise Refused("是否成本（cost）要写 true 或 false。", {"cost": "true 或 false"})
    if kind is None:
        return cost
    named = {**{key: key for key in settings.kinds}, **{name: key for key, name in settings.kinds.items()}}
    if not isinstance(kind, str) or kind not in named:
        allowed = "、".join(settings.kinds)
        raise Refused(f"没有“{kind}”这类指标；允许：{allowed}。", {"kind": "没有这类指标"})
    return cost if cost is not None else True if named[kind] in settings.cost_kinds else None


_PLAN = ("name", "budget_wan", "fiscal_wan", "other_wan", "plan_pct", "spent_wan")


def _spending(asked: Asked) -> Answer:
    rules, given = spending_rules(asked.policy), asked.given
    month = given.get("node_month")
    if "projects" not in given and ("budget_wan" in given or "plan_pct" in given):
        known_keys(given, (*_PLAN, "node_month"))
        _name(given)
        project = read_project(rules, given)
        return {"accepted": True, **_described(rules, project, month)}
    known_keys(given, ("projects", "node_month"))
    projects = _projects(rules, _stated(asked.policy, given))
    return {
        "accepted": True,
        **_described(rules, together(projects), month),
        "projects": [{"name": project.name, **_described(rules, project, month)} for project in projects],
    }


def _stated(policy: PolicyVersion, given: Given) -> list[Mapping[str, Any]]:
    """The projects of the input; without them those that the policy itself budgets."""
    if "projects" not in given and policy.has("budget"):
        return [{key: entry[key] for key in _PLAN if key in entry} for entry in policy.definition("budget")["projects"]]
    projects: list[Mapping[str, Any]] = [*tables(given.get("projects"), "projects")]
    if not projects:
        raise Refused("至少要有一个项目。", {"projects": "至少一个项目"})
    return projects


def _projects(rules: SpendingRules, stated: list[Mapping[str, Any]]) -> list[Project]:
    """All projects; raises Refused with the faults of every one of them."""
    projects, messages = [], []
    faults: dict[str, str] = {}
    for position, entry in enumerate(stated, start=1):
        try:
            known_keys(entry, _PLAN)
            _name(entry)
            projects.append(read_project(rules, entry))
        except Refused as refusal:
            messages.append(f"第 {position} 个项目：{refusal}")
            faults |= refusal.fields
    if messages:
        raise Refused("".join(messages), faults)
    return projects


def _name(given: Mapping[str, Any]) -> None:
    if not isinstance(given.get("name") or "", str):
        raise Refused("项目名称（name）要写成文字。", {"name": "要写成文字"})


def _described(rules: SpendingRules, project: Project, month: object) -> Answer:
    if project.spent is not None and month is None:
        raise Refused("写了已支出（spent_wan），还要写到哪个节点（node_month）。", {"node_month": "缺少节点月份"})
    answer: Answer = {
        "budget_wan": plain(project.budget),
        "planned_wan": [round_half_up(amount) for amount in project.planned],
        "plan_pct": [round_half_up(share) for share in project.plan_pct],
        "fiscal_wan": project.fiscal,
        "other_wan": project.other,
        "rounding": "half_up_2",
    }
    if month is not None:
        answer |= _at_node(rules, project, month)
    return answer | reasons(plan_trace(rules, project))


def _at_node(rules: SpendingRules, project: Project, month: object) -> Answer:
    """What was planned by a node and how spending stands; unknown while nobody said what was spent."""
    at, state = node_of(rules, month), standing(rules, project, month)
    answer: Answer = {
        "node_month": rules.months[at],
        "planned_pct": round_half_up(project.plan_pct[at]) if project.budget else None,
    }
    if state is None:
        return answer | {"actual_pct": None, "behind_wan": None, "on_track": None, "missing": ["spent_wan"]}
    return answer | {
        "actual_pct": None if state.actual_pct is None else round_half_up(state.actual_pct),
        "behind_wan": round_half_up(state.behind),
        "on_track": state.on_track,
        "over_budget": state.spent > project.budget,
    }


BUILT_IN = (
    Question("targets", "绩效目标", _targets),
    Question("spending", "支出进度", _spending),
)
