"""What a demo has beside its cases: values the policy asks for, what was received before, meetings, marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import awarding, meetings, opening_balances, registering
from core.cases.action import new_token
from core.demo.world import World

Entry = Mapping[str, Any]


def enter_value(world: World, _: int, entry: Entry) -> None:
    """Enter the value of a parameter that the policy leaves open."""
    officer = world.by(entry.get("by", ""), "policy_officer")
    awarding.enter_parameter(
        officer, world.region, entry["key"], str(entry["value"]), entry["source"], entry["valid_from"]
    )


def add_balance(world: World, _: int, entry: Entry) -> None:
    """Enter what an organisation had received before this system."""
    officer = world.by(entry.get("by", ""), "policy_officer")
    values = {
        "organisation": world.organisations[entry["organisation"]].id,
        "title": entry["title"],
        "yuan": str(entry["amount_yuan"]),
        "source": entry["source"],
    }
    opening_balances.save_balance(officer, None, world.region.id, values, new_token())


def hold_meeting(world: World, _: int, entry: Entry) -> None:
    """Record a training or forum and who came."""
    given = {key: entry[key] for key in ("kind", "title", "held_on", "place", "people", "summary") if key in entry}
    attendance = {world.carriers[key].id: people for key, people in entry.get("attendance", {}).items()}
    held = meetings.MeetingEntry(**given, topics=tuple(entry.get("topics", ())), attendance=attendance)
    meetings.record_meeting(world.by(entry.get("by", ""), "city_reviewer"), world.region, held, new_token())


def mark(world: World, _: int, entry: Entry) -> None:
    """Put a lasting mark on a carrier by hand."""
    officer = world.by(entry.get("by", ""), "policy_officer")
    carrier = world.carriers[entry["carrier"]]
    registering.mark_carrier(officer, carrier.id, entry["kind"], entry["clause"], entry["reason"], new_token())
