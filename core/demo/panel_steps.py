"""The steps of a demo case before its panel: declarations, recusals, sheets with points or grades, the opinion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.cases import definitions, determining, panel_opinion, panels, scoring
from core.cases.action import new_token
from core.demo.world import World
from core.models import Case, NoConflict, ScoreSheet
from core.people.scope import Viewer
from core.policy.panel import panel_rules
from core.policy.scheme import scheme_of

Step = Mapping[str, Any]
SHEET = "服务体系较完整，活动质量较好，建议加强技术服务。（演示内容）"
PANEL = "专家组查阅材料并会议讨论，一致认为评价结果客观。（演示内容）"


def declare(case: Case, experts: Iterable[Viewer]) -> None:
    """Each expert says that nothing stands between them and this carrier, who has not said so yet."""
    for expert in experts:
        _, seat = panels.expert_case(expert, case.id)
        if not NoConflict.select().where((NoConflict.member == seat) & (NoConflict.case == case)).exists():
            panels.declare_no_conflict(expert, case.id, new_token())


def recuse(case: Case, experts: Iterable[Viewer], step: Step) -> None:
    """Each expert steps back from this carrier."""
    for expert in experts:
        panels.recuse(expert, case.id, step.get("reason", "曾任这家单位的创业导师"), new_token())


def fill_sheets(world: World, case: Case, experts: Iterable[Viewer], step: Step) -> None:
    """Each expert fills a sheet, points or a grade as the policy has it, and signs unless `sign` is false."""
    for number, expert in enumerate(experts):
        declare(case, [expert])
        _, _, sheet = scoring.open_sheet(expert, case.id)
        kept = scoring.save_sheet(expert, case.id, _given(world, case, sheet, step, number), sheet.version)
        if step.get("sign", True):
            scoring.sign_sheet(expert, case.id, kept.version, new_token())


def _given(world: World, case: Case, sheet: ScoreSheet, step: Step, number: int) -> dict[str, Any]:
    texts = world.demo.get("texts", {})
    opinion = step.get("opinion") or texts.get("sheet_opinion", SHEET)
    rules = panels.rules_of(case)
    if rules.gives_grade:
        said = {aspect.key: f"{aspect.name}：情况较好。（演示内容）" for aspect in rules.aspects}
        return {"grade": step["grade"], "remarks": {**said, **step.get("remarks", {})}, "opinion": opinion}
    # experts differ a little, in half points: by the digit that ends their account's name
    ending = sheet.member.account.username[-1]
    off = int(ending) if ending.isdigit() else number
    share = Decimal(step["share"]) - Decimal(off % 3) * Decimal("0.03")
    points = {
        indicator.code: str((indicator.weight_points * share * 2).quantize(Decimal(1)) / 2)
        for indicator in scheme_of(definitions.policy_of(case)).indicators
        if not indicator.quantitative
    }
    return {"points": points, "opinion": opinion}


def _runner(world: World, case: Case, step: Step) -> Viewer:
    named = step.get("by", panels.rules_of(case).run_by)
    return world.viewer(named) if named in world.people else world.handler(case, named)


def opinion(world: World, case: Case, step: Step) -> None:
    """Who runs the panel records its opinion, and its grade where the panel gives one."""
    policy = definitions.policy_of(case)
    modes = step.get("modes") or (list(panel_rules(policy).modes) if policy.has("panel") else [])
    said = step.get("opinion") or world.demo.get("texts", {}).get("panel_opinion", PANEL)
    grade = step.get("grade", "") if panels.rules_of(case).gives_grade else ""
    words = panel_opinion.Opinion(modes, said, grade, step.get("reason", ""))
    panel_opinion.record_opinion(_runner(world, case, step), case.id, words, new_token())


def conclude(world: World, case: Case, step: Step) -> None:
    """The panel's work on this case ends."""
    determining.conclude_panel(_runner(world, case, step), case.id, case.stage_version, new_token())
