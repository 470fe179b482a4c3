"""Loads the demo of every region whose pack brings one: people, carriers, then each carrier's way."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from core import clock
from core.demo.ways import walk
from core.demo.world import make_world
from core.models import Region, StoredSetting
from core.plugin_manager import PluginManager


def _demos() -> list[tuple[str, Mapping[str, Any]]]:
    """Each region's key and demo data."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for key, pack in PluginManager().regions.items():
        file = Path(pack.path) / "demo.toml"
        if file.is_file():
            found.append((key, tomllib.loads(file.read_text(encoding="utf-8"))))
    return found


def load() -> None:
    """Fill a new database whose regions are imported already, in one transaction of the caller's."""
    for key, demo in _demos():
        region = Region.get(Region.key == key)
        world = make_world(region, demo)
        walk(world)
        _keep_date(demo["today"])


def _keep_date(today: date) -> None:
    StoredSetting.insert(key="policy_date", value=today.isoformat()).on_conflict(
        conflict_target=[StoredSetting.key], update={StoredSetting.value: today.isoformat()}
    ).execute()
    clock.follow(None)


def accounts() -> list[tuple[str, str, str]]:
    """Name, password and purpose of the accounts worth showing to somebody who looks around."""
    return [
        (person["username"], demo["password"], person["show"])
        for _, demo in _demos()
        for person in demo["people"]
        if person.get("show")
    ]

