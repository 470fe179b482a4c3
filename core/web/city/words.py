"""What follows from a result, in the policy's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class Consequence:
    """One thing that follows, with its clause."""

    key: str
    name: str
    clause: str
    basis: str


def consequences_in_words(policy: PolicyVersion, found: Mapping[str, bool]) -> list[Consequence]:
    """The consequences that follow, in the order of the policy."""
    if not policy.has("consequences"):
        return []
    return [
        Consequence(rule["key"], rule["name"], rule["clause"], rule.get("basis", "text"))
        for rule in policy.definition("consequences")["consequences"]
        if found.get(rule["key"])
    ]
