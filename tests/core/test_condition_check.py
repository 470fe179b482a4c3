"""A condition that asks for something nobody gives would never hold: it is told when the pack is checked."""

from __future__ import annotations

import pytest

from core.pack_check import findings_of_workflow
from tests.core.policy.test_prefill import REGION
from tests.core.workflow.test_decision import branching

FORM = """key = "{key}"
title = "表"
version = "1"
[[sections]]
key = "s"
title = "节"
[[sections.fields]]
key = "{field}"
label = "问"
type = "yes_no"
"""
PROCEDURE = """key = "x"
[[procedures]]
key = "check"
name = "核查"
every = "on_demand"
checked_by = [{checks}]
form = "check"
workflow = "check"
clause = "一"
basis = "text"
"""


def found(condition: str, checks: str = '"eligibility"') -> list[str]:
    sources = {
        ("form", "check"): FORM.format(key="check", field="operates"),
        ("form", "opinion"): FORM.format(key="opinion", field="agreed"),
        ("procedures", "x"): PROCEDURE.format(checks=checks),
        ("region", "x"): REGION,
    }
    text = branching(("propose", "review", condition), ("file", "closed", ""))
    return [f"{f.key} {f.message}" for f in findings_of_workflow(text, "workflow.toml", sources)]


@pytest.mark.parametrize("name", ["operates", "agreed", "eligible", "integrity_breach", 'batch == \\"一\\"'])
def test_what_forms_checks_and_the_register_give_may_be_asked(name: str) -> None:
    assert found(name) == []


def test_a_misspelt_name_is_told_at_its_action() -> None:
    assert found("operate") == ["stages.0.actions.0.condition “propose”的条件里没有“operate”这个事实"]


def test_what_a_plugins_check_works_out_is_not_guessed() -> None:
    assert found("targets_flagged > 0", '"budget_targets"') == []
    assert len(found("eligible", "")) == 3  # nobody works it out; both conditions of the review ask for it, too
