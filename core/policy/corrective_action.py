"""Corrective action (整改): what follows when it passed, failed or was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Refused
from core.policy.facts import fact_values, read_facts
from core.policy.rules import read_rule
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion

OUTCOMES = ("passed", "failed", "refused")


@dataclass(frozen=True)
class CorrectiveOutcome:
    """``consequences`` maps every consequence the policy knows to whether it follows; ``grade`` only where it says."""

    consequences: Mapping[str, bool]
    grade: str | None
    trace: Trace


def after_corrective_action(policy: PolicyVersion, given: Mapping[str, object]) -> CorrectiveOutcome:
    """What follows from the `outcome` and the policy's facts.

    Raises Refused for an unknown outcome or fact and for a fact that is required and missing, NotCovered when the
    policy knows no corrective action.
    """
    data = policy.definition("corrective_action")
    outcome = given.get("outcome")
    if outcome is None:
        raise Refused(f"没有写整改结果（outcome）；允许：{'、'.join(OUTCOMES)}。", {"outcome": "缺少整改结果"})
    if outcome not in OUTCOMES:
        raise Refused(f"整改结果不能是“{outcome}”；允许：{'、'.join(OUTCOMES)}。", {"outcome": "没有这种整改结果"})
    declared = read_facts(data.get("facts", []))
    facts = dict(fact_values(declared, {key: value for key, value in given.items() if key != "outcome"}))
    missing = {key: f"缺少“{declared[key].name}”" for key in data.get("required", []) if key not in facts}
    if missing:
        raise Refused("；".join(missing.values()) + "。", missing)
    known = {**facts, "outcome": outcome}
    rules = [read_rule(entry) for entry in data["consequences"]]
    follows = {rule.key: rule.holds(known) for rule in rules}
    steps: list[Step] = [rule.step(known, True) for rule in rules if follows[rule.key]]
    grade = next((entry["grade"] for entry in data["consequences"] if "grade" in entry and follows[entry["key"]]), None)
    if not steps:
        nothing = Step("整改合格，不再采取措施", data.get("clause", ""), data.get("basis", ""), known, False)
        steps.append(nothing)
    return CorrectiveOutcome(follows, grade, tuple(steps))
