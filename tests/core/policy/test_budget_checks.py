"""Checks of a budget unit's forms: funds, cumulative plans, sums, nodes; targets blank, unsigned, reached or not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plugins.tangshan as plugin
from core.policy.budget_checks import BUILT_IN
from core.policy.budget_rows import MISSED, OPEN, UNDECIDED, read_targets
from core.policy.numbers import round_half_up
from core.policy.pack import load_region
from core.policy.question import Asked
from core.policy.questions.budget import BUILT_IN as QUESTIONS
from core.policy.submission_checks import Checked, CheckFinding, Submitted
from core.policy.target_text import target_settings
from core.policy.version import PolicyVersion
from tests.plugins import tangshan_budget as t

POLICY = load_region(Path(plugin.__file__).parent).newest
DECLARED = t.declaration(POLICY)
CHECKS = {check.key: check for check in BUILT_IN}


def run(key: str, answers: dict[str, Any], policy: PolicyVersion = POLICY) -> Checked:
    return CHECKS[key].run(Submitted(policy, answers, {}, {}, date(2024, 7, 1)))


def blocking(checked: Checked) -> list[CheckFinding]:
    return [finding for finding in checked.findings if finding.blocks]


def project(**changed: Any) -> dict[str, Any]:
    return {"projects": [{**DECLARED["projects"][0], **changed}]}


def test_the_printed_budget_passes() -> None:
    found = run("spending_plan", DECLARED)
    assert found.findings == () and found.facts == {"plan_accepted": True}
    assert found.trace[-1].result == [round_half_up(n) for n in sums_by_hand()]
    assert found.trace[0].clause == "资金支出计划" and "孵化器房屋租赁费" in found.trace[0].text


def sums_by_hand() -> list[Fraction]:
    return [Fraction("929.85"), Fraction("1158.38"), Fraction("2191.95"), Fraction(2363)]


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"fiscal_wan": "2000", "other_wan": "30"}, "projects.0.fiscal_wan", "不等于预算 2033"),
        ({"other_wan": "1"}, "projects.0.other_wan", "不等于预算"),
        ({"plan_6": "44"}, "projects.0.plan_6", "不能小于前一个"),
        ({"plan_10": None}, "projects.0.plan_10", "4 个累计比例"),
        ({"plan_12": "99"}, "projects.0.plan_12", "要到 100%"),
        ({"budget_wan": None}, "projects.0.budget_wan", "缺少预算数"),
    ],
)
def test_what_makes_a_plan_none(changed: dict[str, Any], field: str, said: str) -> None:
    found = run("spending_plan", project(**changed))
    assert found.facts == {"plan_accepted": False}
    at = {finding.field: finding for finding in blocking(found)}
    assert said in at[field].text and at[field].clause == "资金支出计划"


def test_blank_other_funds_are_nothing() -> None:
    assert run("spending_plan", project(fiscal_wan="2033", other_wan=None)).findings == ()


def test_the_sum_against_the_total_to_two_decimals() -> None:
    found = run("spending_plan", {**DECLARED, "total_wan": "2363.01"})
    assert [f.field for f in blocking(found)] == ["total_wan"]
    assert "2363.00 万元，与填写的合计 2363.01 万元" in found.findings[0].text
    assert run("spending_plan", {**DECLARED, "total_wan": "2363.004"}).findings == ()


def test_a_project_written_twice() -> None:
    rows = [DECLARED["projects"][0]] * 2
    assert [f.field for f in blocking(run("spending_plan", {"projects": rows}))] == ["projects.1.name"]


@pytest.mark.parametrize(("day", "is_node"), [("2024-06-30", True), ("2024-06-29", False), ("2024-09-30", False)])
def test_a_monitoring_is_of_a_node(day: str, is_node: bool) -> None:
    found = run("spending_plan", t.monitoring(DECLARED, day, ["935.18", "158.70", "30", "34.5"]))
    assert [f.field for f in blocking(found)] == ([] if is_node else ["node_end"])


def test_who_is_behind_and_by_how_much_as_the_question_says() -> None:
    found = run("spending_plan", t.monitoring(DECLARED, "2024-06-30", ["935.18", "158.70", "20", "34.5"]))
    (behind,) = found.findings
    assert not behind.blocks and behind.field == "projects.2.spent_wan"
    assert "计划支出 30.00 万元，实际 20.00 万元，落后 10.00 万元" in behind.text and "采取的措施" in behind.text
    asked = {"budget_wan": 50, "plan_pct": [30, 60, 90, 100], "node_month": 6, "spent_wan": 20}
    answer = next(q for q in QUESTIONS if q.key == "spending").answer(Asked(POLICY, asked))
    assert (answer["behind_wan"], answer["on_track"]) == (10, False)


def test_more_than_the_budget_is_told() -> None:
    found = run("spending_plan", t.monitoring(DECLARED, "2024-12-31", ["2033", "230", "50.01", "50"]))
    assert ["超过预算 0.01 万元" in finding.text for finding in found.findings] == [True]


shares_of_four = st.lists(st.integers(0, 10000), min_size=4, max_size=4)
rising = st.lists(st.integers(0, 10000), min_size=3, max_size=3).map(lambda shares: [*sorted(shares), 10000])


@given(st.one_of(shares_of_four, rising), st.integers(1, 10**7))
def test_a_plan_is_accepted_exactly_when_it_rises_to_100(shares: list[int], cents: int) -> None:
    """Shares in hundredths of a percent, budgets in hundredths of 万元: the check and whole numbers agree."""
    plan = {f"plan_{m}": str(Decimal(share) / 100) for m, share in zip(t.MONTHS, shares, strict=True)}
    budget = str(Decimal(cents) / 100)
    found = run("spending_plan", project(budget_wan=budget, fiscal_wan=budget, **plan))
    rises = all(before <= after for before, after in pairwise(shares)) and shares[-1] == 10000
    assert found.facts["plan_accepted"] is rises and bool(blocking(found)) is not rises


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_sums_are_exact(cents: list[int]) -> None:
    budgets = [round_half_up(Fraction(c, 100)) for c in cents]
    base = {f"plan_{m}": "100" for m in t.MONTHS}
    rows = [{**base, "name": f"项目{n}", "budget_wan": str(b)} for n, b in enumerate(budgets)]
    total = sum(budgets)
    assert run("spending_plan", {"projects": rows, "total_wan": str(total)}).findings == ()
    wrong = run("spending_plan", {"projects": rows, "total_wan": str(total + round_half_up(Fraction(1, 100)))})
    assert [finding.field for finding in wrong.findings] == ["total_wan"]


def texts(checked: Checked) -> str:
    return "\n".join(finding.text for finding in checked.findings)


def test_blank_and_unsigned_targets_are_told_and_forbid_nothing() -> None:
    found = run("budget_targets", DECLARED)
    assert blocking(found) == []
    flagged = next(q for q in QUESTIONS if q.key == "targets").answer(Asked(POLICY, {}))["flagged"]
    assert found.facts["targets_flagged"] == len(flagged) == 23
    said = texts(found)
    assert "19 项目标没有写符号，暂按“不低于”理解，请核对：物业管理满意度 95%、" in said
    assert "第一行没有印数字" in said and "第二行没有印数字" in said
    assert len(found.findings) == 1 + 2 + 2  # the unsigned ones together, two texts, two blanks
    assert run("budget_targets", {"indicators": [_row(target="≧95%"), _row(target="≥95%")]}).findings == ()


def test_an_unsigned_cost_is_at_most() -> None:
    assert "暂按“不超过”理解" in texts(run("budget_targets", {"indicators": [_row(target="35元")]}))


def test_the_unsigned_comparator_is_the_parameters() -> None:
    other = POLICY.with_parameters({"unsigned_target_means": "="})
    assert "暂按“正好等于”理解" in texts(run("budget_targets", {"indicators": [_row(target="95%")]}, other))


def _row(**more: str) -> dict[str, str]:
    return {"project": "零星修缮费", "kind": "satisfaction", "name": "入驻企业满意度", **more}


@pytest.mark.parametrize(
    ("target", "actual", "said"),
    [
        ("≥95%", "94.99%", "没有达到目标“≥95%”。请写明原因"),
        ("=30家", "31家", "超过了目标"),
        ("显著提升", "还可以", "比不出高低"),
        ("2024年12月底前", "2025-01-01", "没有达到"),
    ],
)
def test_what_was_reached_is_compared(target: str, actual: str, said: str) -> None:
    found = run("budget_targets", {"indicators": [_row(target=target, actual=actual)]})
    assert said in texts(found) and not blocking(found)
    assert found.trace[0].inputs == {"目标": target, "完成": actual}


def test_while_the_year_runs_only_what_went_past_an_exact_figure_is_told() -> None:
    rows = [_row(target="≥95%", actual="90%"), _row(target="=30家", actual="31家")]
    found = run("budget_targets", {"node_end": "2024-06-30", "indicators": rows})
    assert ["超过了目标" in finding.text for finding in found.findings] == [True]
    assert found.facts["targets_missed"] == 2


@pytest.mark.parametrize(("target", "actual"), [("≥95%", "96%"), ("≧95%", "95"), ("=30家", "30"), ("是", "是")])
def test_what_is_reached_needs_no_word(target: str, actual: str) -> None:
    assert run("budget_targets", {"indicators": [_row(target=target, actual=actual)]}).findings == ()


def test_another_unit_cannot_be_compared() -> None:
    found = run("budget_targets", {"indicators": [_row(target="≥30家", actual="30次")]})
    assert [finding.field for finding in blocking(found)] == ["indicators.0.actual"]


def test_targets_of_a_project_that_is_not_budgeted() -> None:
    rows = [_row(target="≥95%", project="绿化费")]
    found = run("budget_targets", {"projects": DECLARED["projects"], "indicators": rows})
    assert [finding.field for finding in blocking(found)] == ["indicators.0.project"]


def robot_costs(policy: PolicyVersion, *actual: str) -> list[Any]:
    rows = [row for row in DECLARED["indicators"] if row["name"] == "单位面积年服务费"]
    rows = [{**row, **({"actual": a} if a else {})} for row, a in zip(rows, actual or ("", ""), strict=True)]
    return read_targets(policy, target_settings(policy), {"indicators": rows})


def test_the_blank_cost_rows_ask_for_their_parameter() -> None:
    first, second = robot_costs(POLICY, "35元", "35元")
    assert (first.state, second.state) == (UNDECIDED, UNDECIDED)
    assert (first.entered.key, second.entered.key) == ("robot_centre_cost_1_yuan", "robot_centre_cost_2_yuan")
    assert first.entered.must_be_asked and "请按招标合同录入" in first.why


def test_an_entered_number_decides() -> None:
    entered = POLICY.with_parameters({"robot_centre_cost_2_yuan": "36.5"}, "招标合同")
    first, second = robot_costs(entered, "35元", "35元")
    assert first.state == UNDECIDED and second.state == MISSED and second.outcome.difference == Fraction(-3, 2)


def test_the_units_own_word_only_where_nothing_can_be_compared() -> None:
    settings = target_settings(POLICY)
    rows = [
        {**_row(target="显著提升", actual="还可以"), "judged": True},
        {**_row(target="≥95%", actual="90%"), "judged": True},
        {**_row(actual="90%"), "judged": True},
        _row(target="≥95%"),
    ]
    read = read_targets(POLICY, settings, {"indicators": rows})
    assert [row.state for row in read] == ["met", MISSED, UNDECIDED, OPEN]
    assert [row.by_person for row in read] == [True, False, False, False]


def test_an_empty_form_has_no_plan() -> None:
    found = run("spending_plan", {})
    assert found.findings == () and found.facts == {"plan_accepted": False}
