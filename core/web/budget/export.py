"""A budget year as a table for a spreadsheet: spending by project and node, then the targets, then rectification."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from core.policy.numbers import round_half_up
from core.web.budget.board import Node, Standing, YearBoard
from core.web.budget.targets import Targets
from core.web.budget.words import SIGNS, SOURCES, STATES, TARGETS


def rows(board: YearBoard) -> Iterator[list[object]]:
    """The cells; amounts in 万元 and shares in percent with two places."""
    yield [board.unit.carrier.name, f"{board.year}年"]
    yield ["项目", "预算（万元）", "节点", "计划（万元）", "计划（%）", "实际（万元）", "实际（%）", "落后（万元）", "情况"]
    for project in board.projects:
        for node in board.nodes:
            yield [project.name, _amount(project.budget), f"{node.month}月底", *_standing(node, node.projects[project.name])]
    for node in board.nodes:
        yield ["合计", _amount(node.total.budget), f"{node.month}月底", *_standing(node, node.total)]
    if board.targets:
        yield []
        yield from _targets(board.targets)
    if board.rectifications:
        yield []
        yield ["整改办件", "发现日期", "问题", "情况"]
        for filing in board.rectifications:
            yield [filing.case.number, filing.on, filing.submitted.get("problem", ""), STATES[filing.state]]


def _standing(node: Node, state: Standing) -> list[object]:
    if state.spent is None:
        return [_amount(state.planned), _amount(state.planned_share), "", "", "", node.without]
    said = "落后" if state.behind else "达标"
    return [
        _amount(state.planned), _amount(state.planned_share), _amount(state.spent), _amount(state.share),
        _amount(state.behind), said,
    ]  # fmt: skip


def _targets(targets: Targets) -> Iterator[list[object]]:
    yield ["项目", "指标", "目标", "比较", "值", "单位", "完成", f"情况（{SOURCES[targets.source]}）", "说明"]
    for row in targets.rows:
        said = TARGETS[targets.source][row.state]
        target = row.target
        why = row.reason or row.why
        yield [
            row.project or "分项指标", row.name, row.printed, SIGNS[target.comparator], target.value, target.unit,
            row.actual, f"{said}（单位自己判断）" if row.by_person else said, why,
        ]  # fmt: skip


def _amount(value: Fraction | None) -> object:
    return "" if value is None else round_half_up(value)
