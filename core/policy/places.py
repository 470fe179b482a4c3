"""Places (名次): where each carrier stands in its round, for policies that grade by share (前百分之二十)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import TypeVar

from core.policy.numbers import Exact
from core.policy.version import PolicyVersion

RANK, ROUND_SIZE = "rank", "round_size"
SUPPLIED = frozenset({RANK, ROUND_SIZE})
"""Facts that a policy may declare in `facts.toml` and that the round itself supplies."""

Who = TypeVar("Who")


def asks_for_places(policy: PolicyVersion) -> bool:
    """Whether the policy's rules may look at where a carrier stands."""
    declared = policy.definition("facts")["facts"] if policy.has("facts") else ()
    return any(fact["key"] in SUPPLIED for fact in declared)


def places_of(totals: Mapping[Who, Exact]) -> dict[Who, dict[str, int]]:
    """Everybody's place, the highest total first, and how many there are; equal totals share the better place."""
    ordered = sorted(totals.values())
    return {
        who: {RANK: 1 + len(ordered) - bisect_right(ordered, total), ROUND_SIZE: len(ordered)}
        for who, total in totals.items()
    }
