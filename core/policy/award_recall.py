"""Calling awards back (追回): the consequence that does it, and what has to be proven for it."""

from __future__ import annotations

from collections.abc import Mapping

from core.policy.determination import Check, checks_needed, determine
from core.policy.rules import Rule, read_rule
from core.policy.version import PolicyVersion

RECOVERED = "awards_recovered"
"""The consequence for which a paid award is reversed and an unpaid one cancelled."""


def recall_rule(policy: PolicyVersion) -> Rule | None:
    """The rule by which a policy calls awards back; None where it writes none."""
    rules = policy.definition("consequences")["consequences"] if policy.has("consequences") else []
    return next((read_rule(rule) for rule in rules if rule["key"] == RECOVERED), None)


def recalling_vetoes(policy: PolicyVersion, known: Mapping[str, object]) -> list[Check]:
    """What somebody may establish that, once proven, calls an award back; `known` are facts of the carrier."""
    if not policy.has("facts") or recall_rule(policy) is None:
        return []
    declared = {fact["key"] for fact in policy.definition("facts")["facts"]}
    facts = {key: value for key, value in known.items() if key in declared}
    vetoes = [check for check in checks_needed(policy) if check.veto]
    return [veto for veto in vetoes if determine(policy, {**facts, "vetoes": [veto.key]}).consequences.get(RECOVERED)]
