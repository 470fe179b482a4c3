"""What stands beside the stages of every city's workflows: values in words, and buttons that lead somewhere."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core.admin.workflow_settings import Beside, beside, draft_and_entry
from core.errors import OutOfScope
from core.policy.pack import load_region

PLUGINS = Path(__file__).parents[3] / "plugins"
CITIES = ("kunming", "lhasa", "qinhuangdao", "tangshan", "tianjin")


def of_city(city: str) -> dict[tuple[str, str], list[Beside]]:
    """Everything that is told, by workflow and place."""
    sources = load_region(PLUGINS / city).versions[-1].sources
    told = {}
    for (kind, key), text in sources.items():
        if kind == "workflow":
            data = tomllib.loads(text)
            for place in ("", *(f"stages.{i}" for i in range(len(data["stages"])))):
                told[key, place] = beside(data, place, sources)
    return told


@pytest.mark.parametrize("city", CITIES)
def test_every_button_leads_to_a_definition_that_is_there(city: str) -> None:
    sources = load_region(PLUGINS / city).versions[-1].sources
    for (workflow, place), listed in of_city(city).items():
        for one in listed:
            kind, key, _ = draft_and_entry(one.what)
            assert (kind, key) in sources or one.missing, (workflow, place, one)
            assert one.missing or all(said and "没有这个参数" not in said for _, said in one.values), (workflow, place, one)


def test_what_is_said_of_kunming() -> None:
    told = of_city("kunming")
    stages = [s["kind"] for s in tomllib.loads(
        load_region(PLUGINS / "kunming").versions[-1].sources["workflow", "platform_evaluation"]
    )["stages"]]  # fmt: skip
    panel = told["platform_evaluation", f"stages.{stages.index('expert_panel')}"][0]
    assert ("专家给什么", "直接给档次，写明理由") in panel.values
    notice = told["platform_evaluation", f"stages.{stages.index('public_notice')}"][0]
    assert ("公示多久", "5（参数“公示期”） 个工作日") in notice.values
    whole = {one.title: one.values for one in told["change_filing", ""]}
    assert whole["事项的期限"] == (("重大调整事项备案", "10 个工作日"),)
    assert whole["办理事项"][0][0] == "事项"


def test_a_day_of_each_period_is_told() -> None:
    told = [one for listed in of_city("lhasa").values() for one in listed if one.what.endswith("clocks.weekly_report")]
    assert told
    assert told[0].values[0][1].startswith("每周第 ")


def test_other_kinds_have_no_button() -> None:
    with pytest.raises(OutOfScope):
        draft_and_entry("awards::")
