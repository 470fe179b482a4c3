"""The grade that a panel agrees on: always one of the policy's, with reasons where the sheets say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.determination import determine
from core.policy.grades import ORDER
from core.policy.pack import check_region
from core.policy.panel import agreed_grade, panel_rules
from core.policy.questions import ask
from core.policy.version import PolicyVersion
from tests import graded as g


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyVersion]:
    yield g.pack(tmp_path_factory.mktemp("pack")).newest


GRADES = st.sampled_from(ORDER)
SHEETS = st.lists(GRADES, min_size=1, max_size=7)
FOUND = st.fixed_dictionaries(
    {"integrity_breach": st.booleans(), "materials_conform": st.booleans(), "just_cause": st.booleans()}
)


@given(sheets=SHEETS, grade=GRADES, found=FOUND, false_materials=st.booleans())
def test_the_result_is_what_determination_says_of_the_grade(
    policy: PolicyVersion, sheets: list[str], grade: str, found: dict[str, bool], false_materials: bool
) -> None:
    facts = {**found, "vetoes": ["false_materials"] if false_materials else []}
    with_sheets = determine(policy, {**facts, "grade": grade, "sheets": sheets, "reasons": "多数意见"})
    alone = determine(policy, {**facts, "grade": grade})
    assert (with_sheets.grade, with_sheets.consequences) == (alone.grade, alone.consequences)
    assert with_sheets.grade in ORDER and with_sheets.total is None
    assert ORDER.index(with_sheets.grade) >= ORDER.index(grade)  # vetoes and ceilings only press down
    assert len(with_sheets.trace[0].inputs["sheets"]) == len(sheets)
    asked = ask(policy, "determination", {**facts, "grade": grade, "sheets": sheets, "reasons": "多数意见"})
    assert asked["grade"] == with_sheets.grade
    assert asked["trace"] == [step.as_data() for step in with_sheets.trace]


@given(sheets=SHEETS, grade=GRADES, reasons=st.sampled_from(["", "  ", "多数意见"]))
def test_reasons_are_asked_for_exactly_where_a_sheet_says_otherwise(
    policy: PolicyVersion, sheets: list[str], grade: str, reasons: str
) -> None:
    needed = any(sheet != grade for sheet in sheets)
    if needed and not reasons.strip():
        with pytest.raises(Refused) as refusal:
            agreed_grade(policy, sheets, grade, reasons)
        assert set(refusal.value.fields) == {"reasons"}
    else:
        (step,) = agreed_grade(policy, sheets, grade, reasons)
        assert (step.result, step.clause) == (grade, "第四条")


@pytest.mark.parametrize(("sheets", "grade"), [(["A"], "good"), (["good"], "A"), (["good"], "")])
def test_only_grades_of_the_policy_are_known(policy: PolicyVersion, sheets: list[str], grade: str) -> None:
    with pytest.raises(Refused, match="没有"):
        agreed_grade(policy, sheets, grade, "理由")


def test_no_sheet_no_grade(policy: PolicyVersion) -> None:
    with pytest.raises(Refused, match="还没有专家"):
        agreed_grade(policy, [], "good", "理由")


def test_the_rules_of_the_panel_are_read(policy: PolicyVersion) -> None:
    rules = panel_rules(policy)
    assert rules.gives_grade and rules.run_by == "city_reviewer"
    assert [(aspect.key, aspect.clause) for aspect in rules.aspects] == [("management", "第四条"), ("services", "第四条")]


LINES = """key = "platform_evaluation"
[[lines]]
grade = "qualified"
name = "合格"
at_least = 60
at_most = 100
clause = "第五条"
[[lines]]
grade = "unqualified"
name = "不合格"
at_least = 0
below = 60
clause = "第五条"
"""


@pytest.mark.parametrize(
    ("stem", "text", "said"),
    [
        ("grades", LINES, "有分数线"),
        ("panel", g.FILES["policy/2023/panel.toml"].replace('"grade"', '"points"'), "没有指标体系"),
        ("panel", g.FILES["policy/2023/panel.toml"].replace('gives = "grade"\n', ""), "评价方面只用于"),
        ("panel", g.FILES["policy/2023/panel.toml"], ""),
    ],
)
def test_a_panel_that_could_not_grade_is_refused_when_read(tmp_path: Path, stem: str, text: str, said: str) -> None:
    found = [str(finding.message) for finding in check_region(g.write(tmp_path, **{stem: text}))]
    assert (any(said in message for message in found) if said else found == []), found
