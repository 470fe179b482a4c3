"""The tables of a budget unit's forms read by the rules of spending plans and targets.

A form that plans or monitors spending has a table `projects` (name, budget_wan, fiscal_wan, other_wan, spent_wan and
one column `plan_<month>` a node); one that sets or assesses targets has the tables `indicators` and `sub_targets`
(project, kind, name, target as printed, actual, judged, reason). Columns that a form leaves out are blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.errors import Refused
from core.policy.numbers import exact
from core.policy.parameters import Parameter
from core.policy.spending import Project, SpendingRules, read_project
from core.policy.target_text import AT_LEAST, AT_MOST, EQUAL, MISSING, Target, TargetSettings, read_target
from core.policy.targets import TargetOutcome, is_cost_unit, judge
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion

PROJECTS, INDICATORS, SUB_TARGETS = "projects", "indicators", "sub_targets"
OVERALL = "overall"
"""The kind of the unit's own targets (分项绩效目标), which belong to no project."""

MET, MISSED, UNDECIDED, OPEN = "met", "missed", "undecided", "open"

SIGN_WORDS = {AT_LEAST: "不低于", EQUAL: "正好等于", AT_MOST: "不超过"}
"""What the comparators mean that a policy may give to a target without a sign."""

Row = Mapping[str, Any]


def rows_of(answers: Mapping[str, Any], table: str) -> list[Row]:
    """The rows of a table as answered; empty when it was left out."""
    return [row for row in answers.get(table) or [] if isinstance(row, Mapping)]


def plan_column(month: int) -> str:
    """The column that holds the share planned by the end of a month."""
    return f"plan_{month}"


@dataclass(frozen=True)
class ProjectRow:
    """A row of `projects`: the project, or None with what is wrong by column."""

    position: int
    name: str
    project: Project | None
    faults: Mapping[str, str] = field(default_factory=dict)


def read_projects(rules: SpendingRules, answers: Mapping[str, Any]) -> list[ProjectRow]:
    """Every row of the table `projects`, read as `policy ask spending` reads its input."""
    return [_project(rules, position, row) for position, row in enumerate(rows_of(answers, PROJECTS))]


def _project(rules: SpendingRules, position: int, row: Row) -> ProjectRow:
    shares = [row.get(plan_column(month)) for month in rules.months]
    given = {key: row.get(key) for key in ("name", "budget_wan", "fiscal_wan", "other_wan", "spent_wan")}
    name = str(row.get("name") or "").strip()
    try:
        return ProjectRow(position, name, read_project(rules, {**given, "plan_pct": shares}))
    except Refused as refusal:
        columns = {"plan_pct": _column_at_fault(rules, shares)}
        return ProjectRow(position, name, None, {columns.get(key, key): text for key, text in refusal.fields.items()})


def _column_at_fault(rules: SpendingRules, shares: Sequence[object]) -> str:
    """The node that makes a plan none: the first that is blank or no share, or falls; the last when none does."""
    known = [exact(share) for share in shares]
    for month, share in zip(rules.months, known, strict=True):
        if share is None or not 0 <= share <= 100:
            return plan_column(month)
    read = [share for share in known if share is not None]
    for month, (before, after) in zip(rules.months[1:], pairwise(read), strict=True):
        if after < before and not rules.may_fall:
            return plan_column(month)
    return plan_column(rules.months[-1])


@dataclass(frozen=True)
class TargetRow:
    """A target with what was reached.

    ``entered`` is the parameter that stands for a number the print left blank, with or without a value yet.
    ``problem`` says why the actual cannot be compared. ``judged`` is the unit's own word (reached or not) where the
    comparison cannot tell; it is never used where it can. ``read_as`` is the comparator that stands for the sign that
    the print left out; empty where it carries one.
    """

    table: str
    position: int
    project: str
    kind: str
    name: str
    printed: str
    target: Target
    actual: str
    reason: str
    judged: bool | None
    entered: Parameter | None
    outcome: TargetOutcome | None
    problem: str = ""
    read_as: str = ""

    @property
    def state(self) -> str:
        """met, missed, undecided (it cannot be told), or open (nobody said what was reached)."""
        if not self.actual:
            return UNDECIDED if self.target.comparator == MISSING else OPEN
        found = self.outcome.met if self.outcome else None
        if found is None and self.by_person:
            found = self.judged
        return UNDECIDED if found is None else MET if found else MISSED

    @property
    def by_person(self) -> bool:
        """Whether it stands on the unit's own word: text against text, never a number that is missing."""
        told = self.outcome is not None and self.outcome.met is None
        return told and self.judged is not None and self.target.comparator != MISSING

    @property
    def why(self) -> str:
        """What a person must know about it: why it cannot be told, or how a target without a sign was read."""
        if self.target.comparator == MISSING:
            return self.entered.ask if self.entered and self.entered.ask else f"{self.target.flag}，不能判断。"
        if self.read_as and not self.problem:
            return f"没有写符号，暂按“{SIGN_WORDS[self.read_as]}”理解。"
        return self.problem or (self.outcome.flag if self.outcome else self.target.flag)


    @property
    def trace(self) -> Trace:
        """How it was compared, named and in words; empty where nothing was."""
        if self.outcome is None:
            return ()
        said = {True: "达到", False: "没有达到", None: "比不出"}[self.outcome.met]
        inputs = {"目标": self.printed, "完成": self.actual}
        steps = self.outcome.trace
        return tuple(Step(f"{self.name}：{step.text}", step.clause, step.basis, inputs, said) for step in steps)


def read_targets(policy: PolicyVersion, settings: TargetSettings, answers: Mapping[str, Any]) -> list[TargetRow]:
    """Every row of both tables of targets, compared as `policy ask targets` compares."""
    stated = _Stated(policy)
    return [
        _target(settings, stated, table, position, row)
        for table in (SUB_TARGETS, INDICATORS)
        for position, row in enumerate(rows_of(answers, table))
    ]


def _target(settings: TargetSettings, stated: _Stated, table: str, position: int, row: Row) -> TargetRow:
    kind = str(row.get("kind") or "") if table == INDICATORS else OVERALL
    project, name = (str(row.get(key) or "").strip() for key in ("project", "name"))
    printed, actual = (str(row.get(key) or "").strip() for key in ("target", "actual"))
    target = read_target(settings, printed)
    # a row with a number of its own takes its place in the order all the same
    parameter = stated.parameter(project, kind, name)
    entered = parameter if target.comparator == MISSING else None
    if entered is not None and entered.value is not None:
        target = read_target(settings, f"={entered.value}{entered.unit}")
    cost = kind in settings.cost_kinds
    outcome, problem = _compared(settings, target, actual, cost)
    unsigned = settings.unsigned_cost if cost or is_cost_unit(settings, target.unit) else settings.unsigned
    read_as = unsigned if target.comparator is None else ""
    judged, reason = row.get("judged"), str(row.get("reason") or "").strip()
    judged = judged if isinstance(judged, bool) else None
    return TargetRow(
        table, position, project, kind, name, printed, target, actual, reason, judged, entered, outcome, problem, read_as
    )


def _compared(
    settings: TargetSettings, target: Target, actual: str, cost: bool
) -> tuple[TargetOutcome | None, str]:
    if not actual:
        return None, ""
    try:
        return judge(settings, target, actual, True if cost else None), ""
    except Refused as refusal:
        return None, str(refusal)


class _Stated:
    """The budget as the policy prints it: which of its rows were left blank and have a parameter instead.

    A row of a form is the policy's when project, kind and name are the same; several of one name go by their order.
    """

    def __init__(self, policy: PolicyVersion) -> None:
        self._policy = policy
        self._waiting: dict[tuple[str, str, str], list[str]] = {}
        if policy.has("budget"):
            for at, key in _printed(policy.definition("budget")):
                self._waiting.setdefault(at, []).append(key)

    def parameter(self, project: str, kind: str, name: str) -> Parameter | None:
        """The parameter of the next row of this name; None when the policy has none for it."""
        waiting = self._waiting.get((project, kind, name), [])
        key = waiting.pop(0) if waiting else ""
        return self._policy.parameter(key) if key else None


def _printed(budget: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    names = {project["key"]: project["name"] for project in budget["projects"]}
    for entry in budget["indicators"]:
        # what stands in brackets tells rows of one name apart for administrators; units write the name alone
        name = str(entry["name"]).split("（", maxsplit=1)[0] if "parameter" in entry else str(entry["name"])
        project = names.get(entry.get("project", ""), "")
        yield (project, entry["kind"], name), entry.get("parameter", "")
