"""People, organisations and carriers of a region's demo, and what its steps find by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from core import clock
from core.models import Account, Carrier, Case, District, EvaluationRound, Grant, Organisation, Region
from core.people import passwords
from core.people.scope import Viewer, may_handle, viewer_of
from core.roles import OFFICERS
from forms.fields.codes import credit_check_digit

PASSWORD = "yanshi-2023-demo"  # noqa: S105 - printed on the screen and on the sign-in page of every demo
FIRST_REGION = "qinhuangdao"
"""Whose accounts have short names, and whose demo brings the three officers."""


@dataclass
class World:
    """The demo's rows by their keys in `demo.toml`."""

    region: Region
    demo: Mapping[str, Any]
    people: dict[str, Account] = field(default_factory=dict)
    carriers: dict[str, Carrier] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    rounds: dict[str, EvaluationRound] = field(default_factory=dict)
    cases: dict[int, int] = field(default_factory=dict)  # place in [[cases]] → id
    notices: dict[int, int] = field(default_factory=dict)  # place in [[publications]] → id
    viewers: dict[str, Viewer] = field(default_factory=dict)

    def viewer(self, username: str) -> Viewer:
        """A person as the rules see them; nobody's grants change while a demo is played."""
        if username not in self.viewers:
            self.viewers[username] = viewer_of(self.people[username])
        return self.viewers[username]

    def first(self, role: str) -> Viewer:
        """The first person with a role. Raises LookupError where the demo has none."""
        for person in self.demo["people"]:
            if person["role"] == role:
                return self.viewer(person["username"])
        raise LookupError(f"[[people]] 里没有角色 {role}")

    def by(self, named: str, role: str) -> Viewer:
        """The person named, or the first one with a role."""
        return self.viewer(named) if named in self.people else self.first(named or role)

    def handler(self, case: Case, role: str) -> Viewer:
        """The first person who holds a role for this case. Raises LookupError where nobody does."""
        for username in self.people:
            found = self.viewer(username)
            if may_handle(found, case, role):
                return found
        raise LookupError(f"没有人以角色 {role} 办理 {case.number}（{case.carrier.name}）")

    def case(self, number: int) -> Case:
        """A case as it stands, by its place in `[[cases]]`."""
        return Case.get_by_id(self.cases[number])


def make_world(region: Region, demo: Mapping[str, Any]) -> World:
    """Make everybody and everything; nothing is opened yet."""
    world = World(region, demo)
    districts = {d.key: d for d in District.select().where(District.region == region)}
    _carriers(world, districts)
    _people(world, districts)
    return world


def _carriers(world: World, districts: Mapping[str, District]) -> None:
    for entry in world.demo.get("carriers", []):
        given = {key: entry[key] for key in ("kind", "level", "title_status") if key in entry}
        days = {key: entry.get(key) for key in ("recognised_on", "enrolled_on", "title_ended_on")}
        facts = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in entry.get("facts", {}).items()}
        world.carriers[entry["key"]] = Carrier.create(
            region=world.region,
            district=districts.get(entry.get("district", "")),
            organisation=_organisation(world, entry.get("organisation") or f"{entry['name']}运营有限公司"),
            name=entry["name"],
            facts=facts,
            **given,
            **days,
        )


def _organisation(world: World, name: str) -> Organisation:
    if name not in world.organisations:
        stem = f"{world.demo['credit_code_stem']}{len(world.organisations) + 1:03d}"
        code = stem + credit_check_digit(stem)
        world.organisations[name] = Organisation.create(region=world.region, name=f"{name}（虚构）", credit_code=code)
    return world.organisations[name]


def listed_people(region: str, demo: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Everybody of a demo: who is written down, and a clerk for each carrier that has none."""
    listed = list(demo["people"])
    with_account = {person.get("carrier") for person in listed}
    prefix = "" if region == FIRST_REGION else f"{region}-"
    return listed + [
        {"username": f"{prefix}zaiti-{c['key']}", "name": f"{c['name']}经办人", "role": "carrier_clerk", "carrier": c["key"]}
        for c in demo.get("carriers", [])
        if c["key"] not in with_account
    ]


def _people(world: World, districts: Mapping[str, District]) -> None:
    for person in listed_people(world.region.key, world.demo):
        name = person["username"]  # who is listed twice has two roles
        account = world.people.get(name) or Account.create(
            username=name, display_name=person["name"], password_hash=_hash(), created_at=clock.now()
        )
        Grant.create(
            account=account,
            role=person["role"],
            region=None if person["role"] in OFFICERS else world.region,
            district=districts.get(person.get("district", "")),
            carrier=world.carriers.get(person.get("carrier", "")),
            granted_at=clock.now(),
        )
        world.people[name] = account


@cache
def _hash() -> str:
    # one hash for all: hashing is slow on purpose, and these accounts exist in demos only
    return passwords.hash_password(PASSWORD)
