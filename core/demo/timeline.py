"""Everything that happens in a region's demo, in the order of the days, each thing on its own policy day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from core import clock
from core.demo import beside, openings, publishing
from core.demo.shape import steps_of
from core.demo.steps import take
from core.demo.world import World
from core.errors import KaopingError
from core.jobs.handlers import HANDLERS
from core.models import OutboxRow

VALUES, CREATED, OPENED, PLEDGED, CASES, STEPS, PLANNED, BESIDE, PUBLISHED, CLOSED = range(10)
"""What comes before what on the same day."""


class DemoFault(KaopingError):
    """A demo that cannot be played; the message names the file, the place and what is wrong."""

    http_status = 500


@dataclass(frozen=True)
class Moment:
    """One thing that happens: its day, its turn on that day, where it is written, and what to do."""

    on: date
    turn: int
    place: str
    happen: Callable[[], object]


def play(world: World, file: str) -> None:
    """Play the whole demo. Raises DemoFault at the first thing that cannot happen."""
    with clock.for_region(world.region.key):
        for moment in sorted(_moments(world), key=lambda m: (m.on, m.turn)):  # else as written
            with clock.policy_date(moment.on):
                _play(moment, file)


def _play(moment: Moment, file: str) -> None:
    try:
        moment.happen()
        _work_out_awards()
    except KaopingError as refusal:
        places = "；".join(f"{key}：{text}" for key, text in getattr(refusal, "fields", {}).items())
        told = f"{refusal}{'（' + places + '）' if places else ''}"
        raise DemoFault(f"{file}: {moment.place}（{moment.on}）：{told}") from refusal
    except Exception as fault:  # whatever it is, it is told with its place, and the other regions go on
        raise DemoFault(f"{file}: {moment.place}（{moment.on}）：{type(fault).__name__}：{fault}") from fault


AWARDS = "awards_of_organisation"


def _work_out_awards() -> None:
    """Awards that hang together are worked out on the very day, as a worker would; messages can wait for one."""
    for row in OutboxRow.select().where((OutboxRow.kind == AWARDS) & OutboxRow.done_at.is_null()).order_by(OutboxRow.id):
        HANDLERS[AWARDS](row)
        OutboxRow.update(done_at=clock.now()).where(OutboxRow.id == row.id).execute()


def _moments(world: World) -> Iterator[Moment]:
    demo = world.demo
    yield from _listed(world, "opening_balances", VALUES, lambda _: _first_day(demo), beside.add_balance)
    yield from _listed(world, "parameters", VALUES, lambda e: e.get("on", e["valid_from"]), beside.enter_value)
    yield from _listed(world, "rounds", CREATED, lambda e: e.get("created_on", e["opened_on"]), openings.plan_round)
    yield from _listed(world, "rounds", OPENED, lambda e: e["opened_on"], openings.open_round)
    yield from _listed(world, "rounds", PLEDGED, lambda e: e.get("pledged_on"), openings.pledge)
    yield from _listed(world, "plan_changes", PLANNED, lambda e: e["on"], openings.change_plan)
    yield from _cases(world)
    yield from _listed(world, "meetings", BESIDE, lambda e: e["held_on"], beside.hold_meeting)
    yield from _listed(world, "marks", BESIDE, lambda e: e["on"], beside.mark)
    yield from _listed(world, "publications", PUBLISHED, lambda e: e["on"], publishing.publish)
    yield from _listed(world, "publications", CLOSED, lambda e: e.get("close_on"), publishing.close)


def _listed(
    world: World,
    table: str,
    turn: int,
    day: Callable[[Mapping[str, Any]], date | None],
    happen: Callable[[World, int, Mapping[str, Any]], object],
) -> Iterator[Moment]:
    for number, entry in enumerate(world.demo.get(table, [])):
        on = day(entry)
        if on is not None:
            yield Moment(on, turn, f"{table}.{number}", partial(happen, world, number, entry))


def _cases(world: World) -> Iterator[Moment]:
    for number, entry in enumerate(world.demo.get("cases", [])):
        if entry.get("opened_on"):
            yield Moment(entry["opened_on"], CASES, f"cases.{number}", partial(openings.open_case, world, number, entry))
        for place, step in steps_of(world.demo, entry):
            told = f"{place} {entry['carrier']} {step['do']}"
            yield Moment(step["on"], STEPS, told, partial(_step, world, number, entry, step))


def _step(world: World, number: int, entry: Mapping[str, Any], step: Mapping[str, Any]) -> None:
    if number not in world.cases:
        world.cases[number] = openings.find_case(world, entry).id
    take(world, number, entry, step)


def _first_day(demo: Mapping[str, Any]) -> date:
    """The earliest day written anywhere among rounds and cases: what was before the system."""
    days: list[date] = [r.get("created_on", r["opened_on"]) for r in demo.get("rounds", [])]
    days += [c["opened_on"] for c in demo.get("cases", []) if c.get("opened_on")]
    return min(days, default=demo["today"])
