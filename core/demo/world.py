"""People, organisations and carriers of a region's demo, and its round up to the day it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.cases import definitions, panels, rounds
from core.cases.action import new_token
from core.models import Account, Carrier, Case, District, EvaluationRound, Grant, Organisation, Region
from core.people import passwords
from core.people.scope import Viewer, viewer_of
from forms.fields.codes import credit_check_digit


@dataclass
class World:
    """The demo's rows by their keys in `demo.toml`."""

    region: Region
    demo: Mapping[str, Any]
    people: dict[str, Account] = field(default_factory=dict)
    carriers: dict[str, Carrier] = field(default_factory=dict)
    round: EvaluationRound | None = None

    def viewer(self, username: str) -> Viewer:
        """A person as the rules see them."""
        return viewer_of(self.people[username])

    def first(self, role: str) -> Viewer:
        """The first person with a role."""
        return self.viewer(next(p["username"] for p in self.demo["people"] if p["role"] == role))

    def district_viewer(self, carrier: str) -> Viewer:
        """Who reviews this carrier's cases in its district."""
        home = next(entry["district"] for entry in self.demo["carriers"] if entry["key"] == carrier)
        people = (p for p in self.demo["people"] if p["role"] == "district_reviewer" and p["district"] == home)
        return self.viewer(next(people)["username"])

    def case(self, carrier: str) -> Case:
        """The carrier's case as it stands."""
        return Case.get((Case.round == self.round) & (Case.carrier == self.carriers[carrier]))


def make_world(region: Region, demo: Mapping[str, Any]) -> World:
    """Make everybody and everything, and open the round."""
    world = World(region, demo)
    with clock.policy_date(demo["round"]["created_on"]):
        _carriers(world)
        _people(world)
        made = _plan_round(world)
    with clock.policy_date(demo["round"]["opened_on"]):
        rounds.open_round(world.first("city_reviewer"), made.id, new_token())
    world.round = EvaluationRound.get_by_id(made.id)
    return world


def _carriers(world: World) -> None:
    districts = {d.key: d for d in District.select().where(District.region == world.region)}
    for number, entry in enumerate(world.demo["carriers"], start=1):
        stem = f"{world.demo['credit_code_stem']}{number:03d}"
        organisation = Organisation.create(
            region=world.region,
            name=f"{entry['name']}运营有限公司（虚构）",
            credit_code=stem + credit_check_digit(stem),
        )
        world.carriers[entry["key"]] = Carrier.create(
            region=world.region,
            district=districts[entry["district"]],
            organisation=organisation,
            name=entry["name"],
            level=entry["level"],
            recognised_on=entry["recognised_on"],
        )


def _people(world: World) -> None:
    # one hash for all: hashing is slow on purpose, and these accounts exist in demos only
    hashed = passwords.hash_password(world.demo["password"])
    listed = list(world.demo["people"])
    with_account = {person.get("carrier") for person in listed}
    listed += [
        {"username": f"zaiti-{key}", "name": f"{row.name}经办人", "role": "carrier_clerk", "carrier": key}
        for key, row in world.carriers.items()
        if key not in with_account
    ]
    districts = {d.key: d for d in District.select().where(District.region == world.region)}
    for person in listed:
        account = Account.create(
            username=person["username"], display_name=person["name"], password_hash=hashed, created_at=clock.now()
        )
        officer = person["role"] in ("system_admin", "security_admin", "auditor")
        Grant.create(
            account=account,
            role=person["role"],
            region=None if officer else world.region,
            district=districts.get(person.get("district", "")),
            carrier=world.carriers.get(person.get("carrier", "")),
            granted_at=clock.now(),
        )
        world.people[person["username"]] = account


def _plan_round(world: World) -> EvaluationRound:
    stated, city = world.demo["round"], world.first("city_reviewer")
    made = rounds.create_round(city, world.region, stated["procedure"], stated["year"], stated["title"])
    experts = [world.people[p["username"]].id for p in world.demo["people"] if p["role"] == "expert"]
    panels.form_panel(city, made.id, experts)
    plan = {key: value if isinstance(value, str) else value.isoformat() for key, value in stated["plan"].items()}
    pinned = definitions.in_force(world.region, clock.today())
    plan["scoring_rules"] = str(next(pin for name, pin in pinned.items() if name.startswith("indicators/")))
    rounds.save_plan(city, made.id, plan, made.version)
    rounds.set_participants(city, made.id, {row.id: (True, "") for row in world.carriers.values()})
    return made
