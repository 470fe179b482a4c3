"""Reading a workflow: each malformed kind is refused at its file and key, all faults at once."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.workflow.definition import load_workflow
from forms.findings import DefinitionError

DEFAULT = Path(__file__).parents[3] / "core" / "workflow" / "default.toml"


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads(DEFAULT.read_text(encoding="utf-8")))


def findings_of(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(DefinitionError) as refused:
        load_workflow(data, "workflow.toml")
    assert all(f.file == "workflow.toml" for f in refused.value.findings)
    return {f.key: f.message for f in refused.value.findings}


def test_the_default_workflow_goes_from_carrier_to_notice(data: dict[str, Any]) -> None:
    workflow = load_workflow(data)
    assert [s.key for s in workflow.stages] == ["fill", "district_review", "city_review", "public_notice", "closed"]
    assert workflow.stage("district_review").actions[0].to == "city_review"


@pytest.mark.parametrize(
    ("place", "value", "key"),
    [
        (("colour",), "red", "colour"),
        (("stages", 0, "colour"), "red", "stages.0.colour"),
        (("stages", 1, "kind"), "revew", "stages.1.kind"),
        (("stages", 1, "basis"), "guess", "stages.1.basis"),
        (("stages", 1, "actions", 0, "effect"), "jump", "stages.1.actions.0.effect"),
        (("stages", 1, "actions", 0, "needs"), ["blood"], "stages.1.actions.0.needs"),
        (("stages", 1, "clock", "kind"), "moons", "stages.1.clock.kind"),
        (("stages", 1, "actions", 0, "to"), "", "stages.1.actions.0.to"),
        (("name",), "", "name"),
    ],
)
def test_a_wrong_key_or_value_is_named(data: dict[str, Any], place: tuple[Any, ...], value: Any, key: str) -> None:
    target: Any = data
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    assert key in findings_of(data)


def test_all_faults_are_told_at_once(data: dict[str, Any]) -> None:
    data["colour"] = 1
    data["stages"][0]["kind"] = "x"
    assert {"colour", "stages.0.kind"} <= set(findings_of(data))


def test_a_counting_clock_needs_a_number(data: dict[str, Any]) -> None:
    data["stages"][1]["clock"] = {"kind": "working_days"}
    assert "stages.1.clock.days" in findings_of(data)


def test_a_plan_clock_names_its_field(data: dict[str, Any]) -> None:
    data["stages"][0]["clock"] = {"kind": "plan"}
    assert "stages.0.clock.field" in findings_of(data)


@pytest.mark.parametrize(
    ("break_it", "key", "words"),
    [
        (lambda d: d.update(start="nowhere"), "start", "没有环节"),
        (lambda d: d["stages"][1]["actions"][0].update(to="nowhere"), "stages.1.actions.0.to", "不存在的环节"),
        (lambda d: d["stages"][1].update(role=""), "stages.1.role", "由谁办理"),
        (lambda d: d["stages"][1].update(actions=[]), "stages.1.actions", "没有动作"),
        (lambda d: d["stages"][0].update(form=""), "stages.0.form", "没有表单"),
        (lambda d: d["stages"][4].update(key="fill"), "stages.4.key", "写了两次"),
        (lambda d: d["stages"][1].update(basis="text"), "stages.1.clause", "条款"),
        (lambda d: d["stages"][1]["actions"][0].update(condition="1 +"), "stages.1.actions.0.condition", ""),
        (lambda d: d["stages"][1]["clock"].update(when_over="act"), "stages.1.clock.action", "哪个动作"),
        (
            lambda d: d["stages"].append(
                {
                    "key": "island", "name": "孤岛", "kind": "review", "role": "expert", "basis": "practice",
                    "actions": [{"key": "go", "name": "去", "to": "closed", "effect": "forward"}],
                }
            ),
            "stages.5",
            "没有动作通向它",
        ),
        (
            lambda d: d["stages"][2]["actions"][0].update(to="district_review"),
            "stages.1",
            "走不到办结",
        ),
        (lambda d: d["stages"].pop(), "stages", "没有办结环节"),
    ],
)  # fmt: skip
def test_lint_names_the_defect_at_its_place(data: dict[str, Any], break_it: Any, key: str, words: str) -> None:
    break_it(data)
    found = findings_of(data)
    assert key in found
    assert words in found[key]


def test_a_stage_that_the_round_looks_for_is_named_as_its_kind(data: dict[str, Any]) -> None:
    number = next(i for i, stage in enumerate(data["stages"]) if stage["kind"] == "public_notice")
    data["stages"][number]["key"] = "notice"
    for stage in data["stages"]:
        for action in stage.get("actions", []):
            action["to"] = "notice" if action["to"] == "public_notice" else action["to"]
    assert findings_of(data) == {f"stages.{number}.key": "环节“公示”的键要与类别相同，否则批次找不到它"}
