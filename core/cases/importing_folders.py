"""A region's folder brought in by an administrator: what it would change is told first, then taken.

A region that is not here yet comes in whole. Of one that is here, what differs becomes drafts, to be compared,
checked and published like any other draft; nothing that runs is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.cases import authoring_diff
from core.cases.action import transaction
from core.cases.admin_events import record
from core.cases.authoring import next_version
from core.cases.exporting import published_sources
from core.cases.importing import import_region
from core.errors import Refused
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer
from core.policy.pack import RegionPack
from core.policy.source import digest, parse

SHARED = ("region", "documents")


@dataclass(frozen=True)
class Difference:
    """One definition that differs from what is published: new, changed or gone (which stays as it is here)."""

    version: str
    kind: str
    key: str
    state: str  # new | changed | gone
    text: str = ""
    changes: list[authoring_diff.Change] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The definition as people find it."""
        return f"{self.version}/{self.kind}（{self.key}）"


def differences(pack: RegionPack) -> list[Difference]:
    """What of a folder differs from what is published here; everything is new where the region is not here."""
    region = Region.get_or_none(Region.key == pack.key)
    here = published_sources(region) if region else {}
    found = []
    for version in pack.versions:
        known = here.get(version.version, {})
        for at in [*version.sources, *(at for at in known if at not in version.sources)]:
            one = _difference(version.version, at, known.get(at), version.sources.get(at))
            found += [one] if one else []
    return found


def _difference(version: str, at: tuple[str, str], old: str | None, new: str | None) -> Difference | None:
    kind, key = at
    if new is None:
        return Difference(version, kind, key, "gone")
    if old is None:
        return Difference(version, kind, key, "new", new)
    if digest(old) == digest(new):
        return None
    return Difference(version, kind, key, "changed", new, authoring_diff.changes(_data(old, kind), _data(new, kind)))


def _data(text: str, kind: str) -> Mapping[str, Any]:
    return parse(text, kind)


def bring_in(viewer: Viewer, pack: RegionPack) -> str:
    """Take a folder in; what was done, as a sentence. Raises Refused when nothing differs."""
    found = [one for one in differences(pack) if one.state != "gone"]
    if not found:
        raise Refused("与现在发布的内容完全相同，没有要导入的。")
    with transaction():
        region = Region.get_or_none(Region.key == pack.key)
        if region is None:
            region = import_region(pack, origin="administrator")
            told = f"已新增地区“{region.name}”，共 {len(found)} 份规定。"
        else:
            made = [_draft(viewer, region, one) for one in found]
            told = f"已为“{region.name}”存了 {len(made)} 份草稿，请在“各项规定”里核对以后发布。"
        record(viewer, "region_brought_in", {"region": region.id, "definitions": [one.file for one in found]})
    return told


def _draft(viewer: Viewer, region: Region, one: Difference) -> DefinitionVersion:
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == one.kind) & (DefinitionVersion.key == one.key)
    same = [r for r in DefinitionVersion.select().where(own) if r.version.split(".")[0] == one.version]
    last = same[0] if same else None
    return DefinitionVersion.create(
        region=region,
        kind=one.kind,
        key=one.key,
        version=next_version(last) if last else one.version,
        digest=digest(one.text),
        origin="administrator",
        text=one.text,
        status="draft",
        in_force_to=last.in_force_to if last else None,
        created_by=viewer.account,
        created_at=clock.now(),
    )
