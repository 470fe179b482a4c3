"""Rounds and cases of a demo are opened: by the same verbs as in the offices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core import clock
from core.cases import award_use, definitions, panels, periods, rounds, standing
from core.cases.action import new_token
from core.demo.world import World
from core.models import Award, Carrier, Case, EvaluationRound
from core.people.scope import Viewer
from core.policy.panel import panel_rules
from core.policy.plan import plan_items

Entry = Mapping[str, Any]


def plan_round(world: World, _: int, entry: Entry) -> None:
    """Set up a round: panel, plan, participants."""
    city = world.by(entry.get("by", ""), "city_reviewer")
    made = rounds.create_round(city, world.region, entry["procedure"], entry["year"], entry["title"])
    world.rounds[entry["key"]] = made
    policy = definitions.pinned_policy(made)
    experts = _experts(world, entry)
    if experts:
        run_by = panel_rules(policy).run_by if policy.has("panel") else "city_reviewer"
        panels.form_panel(world.first(run_by), made.id, [world.people[name].id for name in experts])
    plan = {key: value.isoformat() if isinstance(value, date) else str(value) for key, value in entry.get("plan", {}).items()}
    pinned = definitions.in_force(world.region, clock.today())
    schemes = [str(row) for name, row in pinned.items() if name.startswith("indicators/")]
    for item in plan_items(policy, entry["procedure"]):
        if item.type == "scheme" and schemes:
            plan.setdefault(item.key, schemes[0])
    rounds.save_plan(city, made.id, plan, made.version)
    rounds.set_participants(city, made.id, {row.id: (True, "") for row in _participants(world, entry)})


def _experts(world: World, entry: Entry) -> list[str]:
    everybody = [p["username"] for p in world.demo["people"] if p["role"] == "expert"]
    return list(entry.get("experts", everybody))


def _participants(world: World, entry: Entry) -> list[Carrier]:
    if "participants" in entry:
        return [world.carriers[key] for key in entry["participants"]]
    policy = definitions.pinned_policy(world.rounds[entry["key"]])
    kinds = definitions.procedure_in(policy, entry["procedure"]).get("carrier_kinds")
    fit = [row for row in world.carriers.values() if row.title_status == "held"]
    return [row for row in fit if not kinds or row.kind in kinds]


def open_round(world: World, _: int, entry: Entry) -> None:
    """Open a round that was planned."""
    made = world.rounds[entry["key"]]
    rounds.open_round(world.by(entry.get("by", ""), "city_reviewer"), made.id, new_token())
    world.rounds[entry["key"]] = EvaluationRound.get_by_id(made.id)


def pledge(world: World, _: int, entry: Entry) -> None:
    """Every expert of the round signs the pledge."""
    made = world.rounds[entry["key"]]
    policy = definitions.pinned_policy(made)
    text = panel_rules(policy).pledge if policy.has("panel") else ""
    for name in _experts(world, entry):
        panels.sign_pledge(world.viewer(name), made.id, text or "我承诺遵守保密和廉洁规定。")


def change_plan(world: World, _: int, entry: Entry) -> None:
    """Put a date of an open round's plan off."""
    round_ = EvaluationRound.get_by_id(world.rounds[entry["round"]].id)
    moved = {key: value.isoformat() if isinstance(value, date) else value for key, value in entry["plan"].items()}
    city = world.by(entry.get("by", ""), "city_reviewer")
    rounds.save_plan(city, round_.id, {**round_.plan, **moved}, round_.version, entry["reason"])


def open_case(world: World, number: int, entry: Entry) -> None:
    """Open a case outside a round; who may is the procedure's own say."""
    carrier = world.carriers[entry["carrier"]]
    person = _opener(world, entry, carrier)
    if entry.get("period"):
        receipt = periods.open_report(person, entry["procedure"], carrier.id, entry["period"], new_token())
    elif entry["procedure"] == award_use.PROCEDURE:
        award = Award.get(Award.case == _origin(world, entry))
        receipt = award_use.open_use(person, award.id, new_token())
    else:
        more = {"origin": _origin(world, entry)} if entry.get("origin") else {}
        receipt = standing.open_case(
            person, entry["procedure"], carrier.id, new_token(), since=entry.get("since"), **more
        )
    world.cases[number] = int(receipt["case"])


def _origin(world: World, entry: Entry) -> int:
    number = next(n for n, case in enumerate(world.demo["cases"]) if case.get("key") == entry["origin"])
    if number not in world.cases:
        world.cases[number] = find_case(world, world.demo["cases"][number]).id
    return world.cases[number]


def _opener(world: World, entry: Entry, carrier: Carrier) -> Viewer:
    named = entry.get("opened_by", "")
    if named in world.people:
        return world.viewer(named)
    if named and named != "carrier_clerk":
        return world.first(named)
    clerk = next(p for p in world.people if any(r.carrier == carrier.id for r in world.viewer(p).within("carrier_clerk")))
    return world.viewer(clerk)


def find_case(world: World, entry: Entry) -> Case:
    """A case that was opened with its round, or by the result of another one (the newest of its procedure)."""
    carrier = world.carriers[entry["carrier"]]
    if entry.get("round"):
        same = (Case.round == world.rounds[entry["round"]]) & (Case.carrier == carrier)
    else:
        same = (Case.carrier == carrier) & (Case.procedure == entry["procedure"]) & Case.round.is_null()
    found: Case | None = Case.select().where(same).order_by(Case.id.desc()).first()
    if found is None:
        raise LookupError(f"{carrier.name} 没有这样的办件；它应随批次，或由前一件的结果打开")
    return found
