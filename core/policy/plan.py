"""The yearly plan of a round (年度实施方案): what a policy asks it to fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Refused
from core.policy.facts import as_date
from core.policy.numbers import exact
from core.policy.version import PolicyVersion

PLAN_TYPES = ("date", "text", "number", "experts", "scheme")


@dataclass(frozen=True)
class PlanItem:
    """One thing a plan fixes. `experts` is answered by naming the panel, `scheme` by choosing a version of indicators."""

    key: str
    name: str
    type: str
    required: bool = False
    clause: str = ""
    basis: str = ""
    help: str = ""


def plan_items(policy: PolicyVersion, procedure: str) -> list[PlanItem]:
    """What the plan of a procedure fixes, in order; empty where the policy asks for no plan.

    Raises Refused when a policy has several plans and none is named after the procedure.
    """
    if not policy.has("plan"):
        return []
    data = policy.definition("plan", procedure if procedure in policy.keys("plan") else None)
    known = PlanItem.__dataclass_fields__
    return [PlanItem(**{name: value for name, value in entry.items() if name in known}) for entry in data["items"]]


def unreadable(items: list[PlanItem], plan: Mapping[str, object]) -> dict[str, str]:
    """What of a plan cannot be read, by item: dates and numbers that are none. Empty items are left alone."""
    faults = {}
    for item in items:
        value = plan.get(item.key)
        if value in (None, ""):
            continue
        if item.type == "date" and as_date(value) is None:
            faults[item.key] = f"“{item.name}”不是日期，请写成 2023-06-01 的样子。"
        if item.type == "number" and exact(value) is None:
            faults[item.key] = f"“{item.name}”要填数字。"
    return faults


def unanswered(items: list[PlanItem], plan: Mapping[str, object], experts_named: bool) -> dict[str, str]:
    """The required items that a plan still leaves open, by key, each with its name."""
    return {
        item.key: item.name
        for item in items
        if item.required and not (experts_named if item.type == "experts" else str(plan.get(item.key) or "").strip())
    }


def require_readable(items: list[PlanItem], plan: Mapping[str, object]) -> None:
    """Raises Refused with every place that cannot be read."""
    faults = unreadable(items, plan)
    if faults:
        raise Refused("方案里有填得不对的地方：" + "".join(faults.values()), faults)
