"""One budget year of a unit: planned and spent at each node, who is behind, what was reached, what is put right.

All figures come from what was submitted; the rules are those of the questions `spending` and `targets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from core import clock
from core.cases.standing import Procedure
from core.errors import OutOfScope
from core.policy.budget_checks import behind_words, month_end, plan_steps
from core.policy.budget_rows import read_projects
from core.policy.spending import Project, SpendingRules, spending_rules, together
from core.policy.trace import Step
from core.web.budget.filings import Filing, Unit
from core.web.budget.targets import Targets, targets_of


@dataclass(frozen=True)
class Standing:
    """万元 planned and spent up to a node; `spent` None: nothing was reported."""

    planned: Fraction
    spent: Fraction | None
    budget: Fraction

    @property
    def behind(self) -> Fraction:
        """万元 short of the plan; 0 when on track or not reported."""
        return max(Fraction(0), self.planned - self.spent) if self.spent is not None else Fraction(0)

    @property
    def share(self) -> Fraction | None:
        """Percent of the budget spent."""
        return self.spent / self.budget * 100 if self.spent is not None and self.budget else None

    @property
    def planned_share(self) -> Fraction | None:
        """Percent of the budget planned."""
        return self.planned / self.budget * 100 if self.budget else None


@dataclass(frozen=True)
class Node:
    """A node of the year (`day` is its last) with its monitoring, the unit's total and each project by name."""

    month: int
    day: date
    filing: Filing | None
    total: Standing
    projects: Mapping[str, Standing]

    @property
    def is_over(self) -> bool:
        """Whether the node's last day has come, so that spending up to it can be reported."""
        return self.day <= clock.today()

    @property
    def without(self) -> str:
        """What stands where no figure counts."""
        if self.filing is not None:
            return {"returned": "等补正", "fill": "在填"}.get(self.filing.state, "没有填")
        return "没有报" if self.is_over else "还没有到"

    @property
    def late_projects(self) -> list[str]:
        """The projects that are behind."""
        return [name for name, state in self.projects.items() if state.behind]


@dataclass(frozen=True)
class YearBoard:
    """One year of one unit. Without a declaration that counts there is no plan: `nodes` is empty."""

    unit: Unit
    year: int
    declaration: Filing | None
    projects: list[Project]
    nodes: list[Node]
    targets: Targets | None
    assessment: Filing | None
    rectifications: list[Filing]
    others: list[tuple[Procedure, list[Filing]]]
    notes: list[str]
    trace: list[Step]
    clause: str

    @property
    def last_node(self) -> Node | None:
        """The newest node that was reported."""
        reported = [node for node in self.nodes if node.total.spent is not None]
        return reported[-1] if reported else None

    @property
    def open_rectifications(self) -> int:
        """How many are not closed."""
        return sum(1 for filing in self.rectifications if filing.state != "closed")

    @property
    def behind(self) -> list[str]:
        """Who is behind at the newest node and by how much, in sentences."""
        node = self.last_node
        states = node.projects.items() if node else ()
        return [
            behind_words(name, node.month, state.planned, state.spent)
            for name, state in states
            if node and state.spent is not None and state.behind
        ]


def build(unit: Unit, year: int) -> YearBoard:
    """The year's page. Raises OutOfScope for a year in which the unit filed nothing."""
    if year not in unit.years:
        raise OutOfScope
    declaration = _newest(unit.of("declared_in", year))
    rules = spending_rules(unit.policy)
    declared = _projects(rules, declaration)
    monitorings = _by_month(unit.of("monitored_in", year))
    ends = [month_end(year, month) for month in rules.months] if declared else []
    nodes = [_node(rules, declared, day, monitorings.get(day.month)) for day in ends]
    assessment = _newest(unit.of("assessed_in", year))
    targets = targets_of(assessment, [monitorings[month] for month in sorted(monitorings, reverse=True)], declaration)
    return YearBoard(
        unit,
        year,
        declaration,
        declared,
        nodes,
        targets,
        assessment,
        unit.of("rectified_in", year),
        unit.others(year),
        [*_notes(rules, declared, nodes), *(targets.notes if targets else ())],
        plan_steps(rules, "各项目合计", together(declared)) if declared else [],
        rules.clause,
    )


def _newest(filings: Sequence[Filing]) -> Filing | None:
    """The newest that counts; without one, the newest of all, to say where it stands."""
    counted = [filing for filing in filings if filing.counts]
    found = counted or filings
    return found[-1] if found else None


def _by_month(filings: Sequence[Filing]) -> dict[int, Filing]:
    """The newest monitoring that counts of each month; one that is not in yet stands where there is none."""
    found: dict[int, Filing] = {}
    for filing in sorted(filings, key=lambda filing: filing.counts):
        if filing.on is not None:
            found[filing.on.month] = filing
    return found


def _projects(rules: SpendingRules, filing: Filing | None) -> list[Project]:
    """The declared projects; those of the form that cannot be read as a plan are left out (submission forbids them)."""
    if filing is None or not filing.counts:
        return []
    return [row.project for row in read_projects(rules, filing.answers) if row.project is not None]


def _node(rules: SpendingRules, declared: list[Project], day: date, filing: Filing | None) -> Node:
    spent = _spent(rules, filing)
    at = rules.months.index(day.month)
    projects = {p.name: Standing(p.planned[at], spent.get(p.name), p.budget) for p in declared}
    known = [state.spent for state in projects.values() if state.spent is not None]
    planned = sum((state.planned for state in projects.values()), Fraction(0))
    budget = sum((project.budget for project in declared), Fraction(0))
    return Node(day.month, day, filing, Standing(planned, sum(known, Fraction(0)) if known else None, budget), projects)


def _spent(rules: SpendingRules, filing: Filing | None) -> dict[str, Fraction]:
    rows = read_projects(rules, filing.answers) if filing is not None and filing.counts else []
    return {row.name: row.project.spent for row in rows if row.project and row.project.spent is not None}


def _notes(rules: SpendingRules, declared: list[Project], nodes: list[Node]) -> Iterator[str]:
    """What does not fit together between the declaration and the monitorings, or from one node to the next."""
    plans = {project.name: project for project in declared}
    reported = [node for node in nodes if node.filing is not None and node.filing.counts]
    for node in reported:
        rows = read_projects(rules, node.filing.answers) if node.filing else []
        for row in rows:
            if row.name not in plans:
                yield f"{node.month}月底的监控表里有“{row.name}”，申报里没有这个项目，没有计入。"
            elif row.project and (row.project.budget, row.project.plan_pct) != _plan_of(plans[row.name]):
                yield f"{node.month}月底的监控表里“{row.name}”的预算或计划与申报的不一样，按申报的算。"
        for name in plans.keys() - {row.name for row in rows}:
            yield f"{node.month}月底的监控表里没有“{name}”，它的支出没有计入合计。"
    for before, after in pairwise(reported):
        yield from _falling(before, after)


def _plan_of(project: Project) -> tuple[Fraction, tuple[Fraction, ...]]:
    return project.budget, project.plan_pct


def _falling(before: Node, after: Node) -> Iterator[str]:
    """Spending is cumulative: less than at the node before is a slip."""
    for name, state in after.projects.items():
        earlier = before.projects[name].spent
        if earlier is not None and state.spent is not None and state.spent < earlier:
            yield f"“{name}”{after.month}月底的累计支出比{before.month}月底少，请核对。"
