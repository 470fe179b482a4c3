"""Spending plans (资金支出计划): cumulative shares of a budget at fixed ends of months, and how spending stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from core.errors import Refused
from core.policy.numbers import Exact, exact, plain, round_half_up, whole
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class SpendingRules:
    """``months`` are the node months; a plan rises to ``ends_at`` percent and, unless ``may_fall``, never falls."""

    months: tuple[int, ...]
    ends_at: Fraction
    may_fall: bool
    clause: str
    basis: str


@dataclass(frozen=True)
class Project:
    """A project's budget in 万元, its plan in percent of the budget per node, and where the money comes from.

    ``fiscal`` and ``other`` None: nobody split the budget. ``spent`` is cumulative up to the node asked about.
    """

    name: str
    budget: Fraction
    plan_pct: tuple[Fraction, ...]
    fiscal: Fraction | None = None
    other: Fraction | None = None
    spent: Fraction | None = None

    @property
    def planned(self) -> tuple[Fraction, ...]:
        """万元 planned by each node."""
        return tuple(self.budget * share / 100 for share in self.plan_pct)


@dataclass(frozen=True)
class SpendingState:
    """Where spending stands at a node. ``actual_pct`` None: no budget to measure it by."""

    planned: Fraction
    planned_pct: Fraction | None
    spent: Fraction
    actual_pct: Fraction | None

    @property
    def behind(self) -> Fraction:
        """万元 short of the plan; 0 when on track."""
        return max(Fraction(0), self.planned - self.spent)

    @property
    def on_track(self) -> bool:
        """Whether at least the planned amount is spent, compared exactly."""
        return self.spent >= self.planned


def spending_rules(policy: PolicyVersion) -> SpendingRules:
    """The policy's spending nodes. Raises NotCovered when it plans no spending."""
    data = policy.definition("spending")
    return SpendingRules(
        months=tuple(int(node["month"]) for node in data["nodes"]),
        ends_at=exact(policy.resolve(data["ends_at"])) or Fraction(0),
        may_fall=bool(policy.resolve(data["may_fall"])),
        clause=data.get("clause", ""),
        basis=data.get("basis", ""),
    )


def read_project(rules: SpendingRules, given: Mapping[str, object]) -> Project:
    """A checked project. Raises Refused naming every amount that is none, a plan that is none, funds that do not add up."""
    faults: dict[str, str] = {}
    amounts: dict[str, Fraction | None] = {}
    for key in ("budget_wan", "fiscal_wan", "other_wan", "spent_wan"):
        amounts[key] = _amount(given.get(key), key, faults)
    if amounts["budget_wan"] is None and "budget_wan" not in faults:
        faults["budget_wan"] = "缺少预算数（budget_wan）"
    plan = _plan(rules, given.get("plan_pct"), faults)
    fiscal, other = amounts["fiscal_wan"], amounts["other_wan"]
    if not faults and (fiscal is not None or other is not None):
        # A blank share of the funds counts as nothing.
        fiscal, other = fiscal or Fraction(0), other or Fraction(0)
        if fiscal + other != amounts["budget_wan"]:
            total = f"财政资金 {plain(fiscal)} 与其他资金 {plain(other)} 之和不等于预算 {given['budget_wan']}"
            faults = {key: total for key in ("fiscal_wan", "other_wan") if given.get(key) is not None}
    if faults:
        name = f"“{given['name']}”：" if given.get("name") else ""
        raise Refused(name + "；".join(dict.fromkeys(faults.values())) + "。", faults)
    return Project(
        str(given.get("name") or ""), amounts["budget_wan"] or Fraction(0), plan, fiscal, other, amounts["spent_wan"]
    )


def together(projects: Sequence[Project]) -> Project:
    """Several projects as one: budgets, planned amounts and spending added up; shares follow from the sums."""
    budget = sum((project.budget for project in projects), Fraction(0))
    nodes = zip(*(project.planned for project in projects), strict=True)
    planned = [sum(amounts, Fraction(0)) for amounts in nodes]
    shares = tuple(amount / budget * 100 if budget else Fraction(0) for amount in planned)
    return Project(
        "",
        budget,
        shares,
        _sum_known([project.fiscal for project in projects]),
        _sum_known([project.other for project in projects]),
        _sum_known([project.spent for project in projects]),
    )


def standing(rules: SpendingRules, project: Project, month: object) -> SpendingState | None:
    """Where spending stands at a node month; None while nobody said what was spent.

    Raises Refused for a month that is no node.
    """
    at = node_of(rules, month)
    if project.spent is None:
        return None
    measured = project.budget > 0
    return SpendingState(
        project.planned[at],
        project.plan_pct[at] if measured else None,
        project.spent,
        project.spent / project.budget * 100 if measured else None,
    )


def node_of(rules: SpendingRules, month: object) -> int:
    """The place of a node month among the nodes. Raises Refused for a month that is none."""
    stated = whole(month)
    if stated not in rules.months:
        nodes = "、".join(str(node) for node in rules.months)
        raise Refused(f"“{month}”月不是支出计划的节点；允许：{nodes}。", {"node_month": "不是节点月份"})
    return rules.months.index(stated)


def plan_trace(rules: SpendingRules, project: Project) -> Trace:
    """The reasoning of planned amounts."""
    inputs = {"budget_wan": project.budget, "plan_pct": list(project.plan_pct)}
    planned = [round_half_up(amount) for amount in project.planned]
    return (Step("计划支出 = 预算 × 累计比例", rules.clause, rules.basis, inputs, planned),)


def _amount(value: object, key: str, faults: dict[str, str]) -> Fraction | None:
    if value is None or value == "":
        return None
    number = exact(value)
    if number is None or number < 0:
        faults[key] = f"“{key}”要写成不小于 0 的数字"
        return None
    return number


def _plan(rules: SpendingRules, value: object, faults: dict[str, str]) -> tuple[Fraction, ...]:
    shares = [exact(entry) for entry in value] if isinstance(value, list) else []
    known = [share for share in shares if share is not None]
    fault = ""
    if len(known) != len(rules.months) or len(shares) != len(known):
        fault = f"支出计划（plan_pct）要写 {len(rules.months)} 个累计比例"
    elif any(not 0 <= share <= 100 for share in known):
        fault = "支出计划的比例要在 0 至 100 之间"
    elif not rules.may_fall and any(after < before for before, after in pairwise(known)):
        fault = "支出计划是累计数，后一个节点不能小于前一个"
    elif known[-1] != rules.ends_at:
        fault = f"支出计划最后一个节点要到 {plain(rules.ends_at)}%"
    if fault:
        faults["plan_pct"] = fault
    return tuple(known)


def _sum_known(amounts: Sequence[Exact | None]) -> Fraction | None:
    """The sum, None as soon as one is not known."""
    known = [Fraction(amount) for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(amounts) else None
