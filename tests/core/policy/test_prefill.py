"""Where a field is prefilled from must be there: forms, procedures and facts are checked together."""

from __future__ import annotations

import pytest

from core.policy.checks import check_sources
from core.policy.prefill import Prefill, read_prefill

FORM = """key = "{key}"
title = "表"
version = "1"
[[sections]]
key = "s"
title = "节"
[[sections.fields]]
key = "income"
label = "收入"
type = "{type}"
prefill = "{prefill}"
"""
PROCEDURES = """key = "x"
[[procedures]]
key = "monthly"
name = "月报"
every = "month"
form = "monthly"
workflow = "w"
clause = "一"
basis = "text"
[[procedures]]
key = "yearly"
name = "年报"
every = "year"
form = "yearly"
clause = "一"
basis = "text"
{more}
"""
REGION = """key = "x"
name = "甲市"
bureau = "甲市局"
clause = "一"
[[register]]
key = "batch"
name = "批次"
type = "text"
clause = "一"
basis = "practice"
"""


def faults(prefill: str, more: str = "", reported: str = "integer") -> list[str]:
    texts = {
        ("form", "monthly"): FORM.format(key="monthly", type=reported, prefill=""),
        ("form", "yearly"): FORM.format(key="yearly", type="integer", prefill=prefill),
        ("procedures", "x"): PROCEDURES.format(more=more),
        ("region", "x"): REGION,
    }
    found = check_sources({at: (f"{at[0]}/{at[1]}", text) for at, text in texts.items()}, {})
    return [f"{f.file} {f.key} {f.message}" for f in found]


def test_a_source_is_read() -> None:
    assert read_prefill("sum:monthly.income") == Prefill("sum", "income", "monthly")
    assert read_prefill("last:yearly.income") == Prefill("last", "income", "yearly")
    assert read_prefill("register.batch") == Prefill("register", "batch")
    assert read_prefill("never") is None and read_prefill("organisation.name") is None


@pytest.mark.parametrize(
    "prefill",
    ["", "never", "organisation.name", "register.batch", "register.enrolled_on", "last:monthly.income", "sum:monthly.income"],
)
def test_what_leads_somewhere_is_sound(prefill: str) -> None:
    assert faults(prefill) == []


@pytest.mark.parametrize(
    ("prefill", "told"),
    [
        ("carrier.nme", "不认识的沿用来源"),
        ("register.bach", "没有“bach”这个事实"),
        ("last:weekly.income", "没有“weekly”这个事项"),
        ("last:monthly.profit", "没有“profit”"),
        ("sum:yearly.income", "不是按期报送"),
    ],
)
def test_what_leads_nowhere_is_told_at_its_place(prefill: str, told: str) -> None:
    found = faults(prefill)
    assert len(found) == 1 and told in found[0] and "form/yearly sections.0.fields.0.prefill" in found[0]


def test_only_figures_are_added_up() -> None:
    assert "不是数字" in faults("sum:monthly.income", reported="text")[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('checked_by = ["no_such"]', "核对“no_such”没有"),
        ('opened_by = ["mayor"]', "不能由“mayor”发起"),
        ('decides = "exit"', "却没有这方面的规定"),
        ('opened_by_consequence = "thunder"', "没有这个后果"),
    ],
)
def test_what_a_procedure_names_must_be_there(more: str, told: str) -> None:
    found = faults("", more)
    assert len(found) == 1 and told in found[0] and "procedures.1." in found[0]


def test_a_known_check_is_no_fault() -> None:
    assert faults("", 'checked_by = ["eligibility"]\nopened_by = ["city_centre"]') == []
