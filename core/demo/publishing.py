"""Notices of a demo are published and closed; where the policy has none, results are published at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import definitions, noticing
from core.cases.action import new_token
from core.demo.openings import find_case
from core.demo.world import World

Entry = Mapping[str, Any]


def publish(world: World, number: int, entry: Entry) -> None:
    """Publish the results of the named carriers of a round."""
    city, round_ = world.by(entry.get("by", ""), "city_reviewer"), world.rounds[entry["round"]]
    chosen = [find_case(world, {"carrier": key, "round": entry["round"]}).id for key in entry["carriers"]]
    if not noticing.publishes_at_once(definitions.pinned_policy(round_)):
        contact = entry.get("contact") or world.demo.get("contact") or f"{world.region.bureau}（演示）"
        receipt = noticing.publish_notice(city, round_.id, chosen, contact, new_token())
    else:
        receipt = noticing.publish_results(city, round_.id, chosen, new_token())
    world.notices[number] = int(receipt["notice"])


def close(world: World, number: int, entry: Entry) -> None:
    """Close a notice after its last day."""
    noticing.close_notice(world.by(entry.get("by", ""), "city_reviewer"), world.notices[number], new_token())
