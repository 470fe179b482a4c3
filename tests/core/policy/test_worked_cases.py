"""The comparison of worked examples, and every example the product ships."""

from decimal import Decimal

import pytest

from core.plugin_manager import PluginManager
from core.policy.worked_cases import WorkedCase, differences, read_cases, run_case
from forms.findings import DefinitionError

SHIPPED = [
    case for folder in PluginManager().cases.values() for f in sorted(folder.glob("*.toml")) for case in read_cases(f)
]


@pytest.mark.parametrize("case", SHIPPED, ids=lambda case: f"{case.region}-{case.id}")
def test_shipped_example(manager, case):
    assert run_case(case, manager.ask).differences == ()


def test_there_are_examples_for_each_region(manager):
    assert {case.region for case in SHIPPED} == set(manager.regions)


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ({"a": 1}, {"a": Decimal("1.00"), "b": 2}, True),
        ({"a": Decimal("0.1")}, {"a": "0.1"}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": False}, {"a": 0}, False),
        ({"a": "none"}, {"a": None}, True),
        ({"a": "none"}, {}, False),
        ({"a": "none"}, {"a": 0}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"fields": ["x", "y"]}, {"fields": ["y", "x"]}, True),
        ({"fields": ["x"]}, {"fields": ["x", "y"]}, False),
        ({"failed": []}, {"failed": ["x"]}, False),
        ({"in_scope": True}, {"in_scope": True}, True),
        ({"clauses": ["b"]}, {"clauses": ["a", "b"]}, True),
        ({"clauses": ["c"]}, {"clauses": ["a", "b"]}, False),
        ({"a": [{"x": 1}]}, {"a": [{"x": 1, "y": 2}]}, True),
        ({"a": [{"x": 1}]}, {"a": [{"y": 2}]}, False),
    ],
)
def test_comparison(expected, got, same):
    assert (differences(expected, got) == []) is same


def test_a_difference_says_where_what_and_what_came():
    assert differences({"a": {"b": 1}}, {"a": {"b": 2}}) == ["a.b：应为 1，得到 2"]


def test_a_case_that_was_refused_says_why(manager):
    case = WorkedCase("f", "lhasa", "1", "period", {"day": "2019-05-06"}, {"weekly": "2019-W19"})
    told = "；".join(run_case(case, manager.ask).differences)
    assert "应为" in told
    assert "没有受理：没有“day”这一项" in told


def test_an_error_fails_the_case_and_nothing_else():
    def ask(*_):
        raise RuntimeError("boom")

    outcome = run_case(WorkedCase("f", "r", "1", "x", {}, {}), ask)
    assert not outcome.passed
    assert "boom" in outcome.differences[0]


@pytest.mark.parametrize(
    "text",
    [
        "[[case]]\nid='1'\nask='x'\nexpect={}",
        "region='r'\n[[case]]\nid='1'",
        "region='r'\n[[case]]\nid='1'\nask='x'\nexpect={}\nextra=1",
        "a =",
    ],
)
def test_a_file_that_is_no_case_file_is_refused(tmp_path, text):
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError):
        read_cases(tmp_path / "c.toml")
