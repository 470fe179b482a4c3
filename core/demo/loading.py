"""Loads the demo of every region whose pack brings one: read, checked, then played day by day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.cases import demo_date
from core.demo.shape import faults_of
from core.demo.steps import VERBS
from core.demo.timeline import DemoFault, play
from core.demo.world import PASSWORD, World, listed_people, make_world
from core.models import Account, Case, Region, Result, database
from core.plugin_manager import PluginManager

FILE = "demo.toml"


@dataclass(frozen=True)
class ShownAccount:
    """An account worth showing to somebody who looks around."""

    username: str
    password: str
    role: str
    purpose: str


@cache
def _files() -> dict[str, Path]:
    """Each region's demo file, Qinhuangdao's first: it brings the officers, and its carriers their short names."""
    found = {key: Path(pack.path) / FILE for key, pack in PluginManager().regions.items()}
    return {key: file for key, file in sorted(found.items(), key=lambda i: (i[0] != "qinhuangdao", i[0])) if file.is_file()}


@cache
def _read(file: Path) -> Mapping[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def load() -> list[str]:
    """Fill a new database whose regions are imported already; gives what is wrong, one text a region left out.

    Each region is played as a whole or not at all; another one's faults do not touch it.
    """
    problems = []
    for key, file in _files().items():
        region = Region.get_or_none(Region.key == key)
        if region is None:
            continue
        try:
            with database.atomic():
                load_region(region, file)
        except DemoFault as fault:
            problems.append(str(fault))
    return problems


def load_region(region: Region, file: Path) -> World:
    """Play one region's demo in the caller's transaction. Raises DemoFault with all faults of the file."""
    place = f"{file.parent.name}/{file.name}"
    try:
        demo = _read(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise DemoFault(f"{place}: 读不懂：{fault}") from fault
    faults = faults_of(demo, (d.key for d in region.districts), VERBS, place)
    if faults:
        raise DemoFault("\n".join(str(fault) for fault in faults))
    names = [person["username"] for person in listed_people(region.key, demo)]
    taken = sorted(row.username for row in Account.select().where(Account.username.in_(names)))
    if taken:
        raise DemoFault(f"{place}: people：账号名别的地区已用：{'、'.join(taken)}")
    world = make_world(region, demo)
    play(world, place)
    demo_date.keep(region.key, demo["today"])
    return world


@dataclass(frozen=True)
class Rehearsal:
    """A region's demo played for a look: a line for each case, and what went wrong (empty when nothing did)."""

    lines: tuple[str, ...]
    problem: str = ""


def rehearse(key: str) -> Rehearsal:
    """Play one region's demo in the database at hand; what was played before a fault is told too."""
    file, region = _files().get(key), Region.get_or_none(Region.key == key)
    if file is None or region is None:
        return Rehearsal((), f"没有这个地区的演示：{key}；有：{'、'.join(_files())}")
    try:
        load_region(region, file)
        problem = ""
    except DemoFault as fault:
        problem = str(fault)
    cases = Case.select().where(Case.region == region).order_by(Case.id)
    return Rehearsal(tuple(_line(case) for case in cases), problem)


def _line(case: Case) -> str:
    result = case.results.order_by(Result.version.desc()).first()
    told = [case.number, case.carrier.name, case.procedure, case.stage, case.outcome, result.grade if result else ""]
    return "  ".join(part for part in told if part)


def accounts_by_region() -> dict[str, list[ShownAccount]]:
    """The accounts to show, by the region's key, in the order of the files."""
    found = {}
    for key, file in _files().items():
        shown = [p for p in _read(file).get("people", []) if p.get("show")]
        found[key] = [ShownAccount(p["username"], PASSWORD, p["role"], p["show"]) for p in shown]
    return found


def accounts() -> list[tuple[str, str, str]]:
    """Name, password and purpose of the accounts to show, all regions after each other."""
    return [(a.username, a.password, a.purpose) for shown in accounts_by_region().values() for a in shown]
