"""Holds (暂缓): an award that is earned and not paid for the time being, and why.

A hold asks about the running system: it ends by itself when what it waits for is done. That an open objection holds
the award of its result is not a rule of any region: nothing is paid on a result that may still change.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.policy.awards import AwardTerms
from core.policy.rules import Rule
from core.policy.trace import Trace

OBJECTED = "公示异议尚未处理完"
OBJECTION = Rule("objection", OBJECTED, "", "practice", "objection_open")

RUNNING = {"objection_open": "对这个结果的异议没有处理完", "corrective_action_open": "这次结果引起的整改没有办结"}
"""What only a running system knows and a hold may ask beside the facts of the determination, in words."""


def holds_on(terms: AwardTerms, facts: Mapping[str, object], title: str) -> Trace:
    """The holds that keep a title's award back, as steps of reasoning; none for an award that may be paid."""
    known = {**dict.fromkeys(RUNNING, False), **facts, "title": title}
    return tuple(rule.step(known, "暂缓发放") for rule in (OBJECTION, *terms.holds) if rule.holds(known))
