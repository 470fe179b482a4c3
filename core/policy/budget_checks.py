"""Checks of a budget unit's forms at submission: the spending plan (资金支出计划) and the targets (绩效目标).

They read the tables described in `core.policy.budget_rows` by the rules of the questions `spending` and `targets`.
What makes a plan none forbids submission; a target that is blank, carries no sign or was missed is only told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from core.policy.budget_rows import (
    INDICATORS,
    MISSED,
    OPEN,
    PROJECTS,
    SIGN_WORDS,
    UNDECIDED,
    ProjectRow,
    TargetRow,
    read_projects,
    read_targets,
    rows_of,
)
from core.policy.calendar import add_months
from core.policy.facts import as_date
from core.policy.numbers import exact, plain, round_half_up
from core.policy.spending import Project, SpendingRules, plan_trace, spending_rules, standing, together
from core.policy.submission_checks import Checked, CheckFinding, SubmissionCheck, Submitted
from core.policy.target_text import MISSING, TEXT, TargetSettings, target_settings
from core.policy.trace import Step, Trace

NODE_END = "node_end"
TOTAL = "total_wan"


def _spending_plan(given: Submitted) -> Checked:
    rules = spending_rules(given.policy)
    rows = read_projects(rules, given.answers)
    findings = [*_unsound(rules, rows), *_sums(rules, rows, given.answers), *_named_twice(rows)]
    month, fault = _node(rules, given.answers)
    if fault:
        findings.append(fault)
    projects = [row.project for row in rows if row.project is not None]
    if month is not None:
        findings += _behind(rules, rows, month, given.answers)
    sound = bool(projects) and not any(finding.blocks for finding in findings)
    return Checked(tuple(findings), {"plan_accepted": sound}, _plan_trace(rules, rows))


def _unsound(rules: SpendingRules, rows: Sequence[ProjectRow]) -> Iterator[CheckFinding]:
    for row in rows:
        for column, text in row.faults.items():
            path = f"{PROJECTS}.{row.position}.{column}"
            yield CheckFinding(f"“{row.name or f'第 {row.position + 1} 行'}”：{text}。", path, True, rules.clause)


def _sums(rules: SpendingRules, rows: Sequence[ProjectRow], answers: Mapping[str, Any]) -> Iterator[CheckFinding]:
    """The budgets together against the total that was stated, both to 万元 with two decimals."""
    total = exact(answers.get(TOTAL))
    if total is None or any(row.project is None for row in rows):
        return
    added = sum((row.project.budget for row in rows if row.project), Fraction(0))
    if round_half_up(added) != round_half_up(total):
        text = f"各项目预算数合计 {round_half_up(added)} 万元，与填写的合计 {round_half_up(total)} 万元不一致。"
        yield CheckFinding(text, TOTAL, True, rules.clause)


def _named_twice(rows: Sequence[ProjectRow]) -> Iterator[CheckFinding]:
    seen: set[str] = set()
    for row in rows:
        if row.name and row.name in seen:
            path = f"{PROJECTS}.{row.position}.name"
            yield CheckFinding(f"“{row.name}”写了两行，一个项目只写一行。", path, True)
        seen.add(row.name)


def _node(rules: SpendingRules, answers: Mapping[str, Any]) -> tuple[int | None, CheckFinding | None]:
    """The node month of a monitoring; a fault where its day ends none."""
    day = as_date(answers.get(NODE_END))
    if day is None:
        return None, None
    if day.month in rules.months and day == month_end(day.year, day.month):
        return day.month, None
    nodes = "、".join(f"{month}月底" for month in rules.months)
    text = f"{day.isoformat()} 不是支出计划的节点；节点是 {nodes}，请写那个月的最后一天。"
    return None, CheckFinding(text, NODE_END, True, rules.clause)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date.fromordinal(add_months(date(year, month, 1), 1).toordinal() - 1)


def _behind(
    rules: SpendingRules, rows: Sequence[ProjectRow], month: int, answers: Mapping[str, Any]
) -> Iterator[CheckFinding]:
    written = rows_of(answers, PROJECTS)
    for row in rows:
        state = standing(rules, row.project, month) if row.project else None
        if row.project is None or state is None:
            continue
        path = f"{PROJECTS}.{row.position}.spent_wan"
        if state.spent > row.project.budget:
            over = round_half_up(state.spent - row.project.budget)
            yield CheckFinding(f"“{row.name}”已支出超过预算 {over} 万元，请核对。", path, False, rules.clause)
        if not state.on_track:
            text = behind_words(row.name, month, state.planned, state.spent)
            said = written[row.position].get("measures")
            more = "" if said else "请在“采取的措施”里写明怎么办。"
            yield CheckFinding(text + more, path, False, rules.clause)


def behind_words(name: str, month: int, planned: Fraction, spent: Fraction) -> str:
    """How far a project is behind at a node, in 万元 with two decimals."""
    amounts = [round_half_up(amount) for amount in (planned, spent, planned - spent)]
    return f"“{name}”到 {month} 月底计划支出 {amounts[0]} 万元，实际 {amounts[1]} 万元，落后 {amounts[2]} 万元。"


def _plan_trace(rules: SpendingRules, rows: Sequence[ProjectRow]) -> Trace:
    projects = [row.project for row in rows if row.project is not None]
    steps = [step for row in rows if row.project for step in plan_steps(rules, row.name, row.project)]
    if len(projects) > 1:
        steps += plan_steps(rules, "各项目合计", together(projects))
    return tuple(steps)


def plan_steps(rules: SpendingRules, name: str, project: Project) -> list[Step]:
    """How the planned amounts follow from budget and shares, named and in words."""
    nodes = "、".join(f"{month}月底" for month in rules.months)
    inputs = {"预算（万元）": plain(project.budget), "累计比例（%）": [round_half_up(p) for p in project.plan_pct]}
    return [
        Step(f"{name}：{step.text}（{nodes}，万元）", step.clause, step.basis, inputs, step.result)
        for step in plan_trace(rules, project)
    ]


def _budget_targets(given: Submitted) -> Checked:
    settings = target_settings(given.policy)
    rows = read_targets(given.policy, settings, given.answers)
    running = NODE_END in given.answers
    findings = [*_strangers(settings, rows, given.answers)]
    for row in rows:
        findings += _of_actual(settings, row, running)
    for row in rows:
        findings += _of_target(settings, row)
    findings += _unsigned(settings, rows)
    counted = {state: sum(1 for row in rows if row.state == state) for state in (MISSED, UNDECIDED, OPEN)}
    facts = {f"targets_{state}": count for state, count in counted.items()}
    facts["targets_flagged"] = sum(1 for row in rows if row.why)
    steps = [step for row in rows for step in row.trace]
    return Checked(tuple(findings), facts, tuple(steps))


def _strangers(
    settings: TargetSettings, rows: Sequence[TargetRow], answers: Mapping[str, Any]
) -> Iterator[CheckFinding]:
    """Targets of a project that the same form does not budget."""
    named = {str(row.get("name") or "").strip() for row in rows_of(answers, PROJECTS)}
    for row in rows if named else ():
        if row.table == INDICATORS and row.project not in named:
            text = f"指标“{row.name}”写的项目“{row.project}”不在项目预算表里，两处的名称要一样。"
            yield CheckFinding(text, f"{row.table}.{row.position}.project", True, settings.clause)


def _of_target(settings: TargetSettings, row: TargetRow) -> Iterator[CheckFinding]:
    path = f"{row.table}.{row.position}.target"
    if row.target.comparator == MISSING:
        yield CheckFinding(f"“{row.name}”没有目标值。{row.why}", path, False, settings.clause)
    elif row.target.comparator == TEXT and row.target.flag:
        yield CheckFinding(f"“{row.name}”的目标“{row.printed}”{row.target.flag}。", path, False, settings.clause)


def _unsigned(settings: TargetSettings, rows: Sequence[TargetRow]) -> Iterator[CheckFinding]:
    """Every target without a sign, those that are read alike in one sentence."""
    for read_as, words in SIGN_WORDS.items():
        named = [f"{row.name} {row.printed}" for row in rows if row.read_as == read_as]
        if named:
            text = f"{len(named)} 项目标没有写符号，暂按“{words}”理解，请核对：{'、'.join(named)}。"
            yield CheckFinding(text, "", False, settings.clause)


def _of_actual(settings: TargetSettings, row: TargetRow, running: bool) -> Iterator[CheckFinding]:
    """While the year is `running`, a target that is not reached yet is nothing to explain."""
    path, about, clause = f"{row.table}.{row.position}", f"“{row.name}”", settings.clause
    if row.problem:
        yield CheckFinding(row.problem, f"{path}.actual", True, clause)
    elif row.actual and row.state == UNDECIDED and row.target.comparator != MISSING:
        text = f"{about}完成“{row.actual}”，与目标“{row.printed}”比不出高低，请在“自己判断”里写达到没有。"
        yield CheckFinding(text, f"{path}.judged", False, clause)
    elif row.state == MISSED:
        over = row.outcome is not None and row.outcome.over_fulfilled
        if running and not over:
            return
        state = "超过了目标（目标写的是“=”）" if over else "没有达到目标"
        more = "" if row.reason else "请写明原因。"
        yield CheckFinding(f"{about}完成“{row.actual}”，{state}“{row.printed}”。{more}", f"{path}.actual", False, clause)


BUILT_IN = (
    SubmissionCheck("spending_plan", "支出计划", _spending_plan),
    SubmissionCheck("budget_targets", "绩效目标", _budget_targets),
)
