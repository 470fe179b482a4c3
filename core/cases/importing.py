"""Start-up import of the regions' packs into the definition table.

A version that is there already with another content is refused: its region is switched off and the file named,
since running cases rely on what they were opened under.
"""

from __future__ import annotations

from core.clock import now
from core.models import CalendarDay, DefinitionVersion, District, Region, database
from core.policy.pack import RegionPack
from core.policy.source import digest
from core.policy.version import PolicyVersion


def import_region(pack: RegionPack, origin: str = "plugin") -> Region:
    """Bring one region's pack into the tables; the region row says in `problem` why it was switched off.

    `origin` says whether a plugin brings it at every start, or an administrator brought it once.
    """
    with database.atomic():
        region = _region(pack, origin)
        changed = [name for version in pack.versions for name in _import_version(region, version, origin)]
        problem = ""
        if changed:
            problem = "同一版本的内容与已导入的不同：" + "、".join(changed) + "。请恢复原文件，或另立新版本。"
        # a region that an administrator switched off stays off; only a mended problem switches it on again
        enabled = not problem and (region.enabled or bool(region.problem))
        Region.update(problem=problem, enabled=enabled).where(Region.id == region.id).execute()
    return Region.get_by_id(region.id)


def _region(pack: RegionPack, origin: str) -> Region:
    info = pack.region
    region = Region.get_or_none(Region.key == info.key)
    if region is None:
        named = {"name": info.name, "bureau": info.bureau, "centre": info.centre}
        region = Region.create(key=info.key, origin=origin, **named)
    known = {d.key for d in region.districts}
    for district in info.districts:
        if district.key not in known:
            given = {"key": district.key, "name": district.name, "authority": district.authority}
            District.create(region=region, centre=district.centre, **given)
    _import_holidays(region, pack)
    return region


def _import_holidays(region: Region, pack: RegionPack) -> None:
    known = {row.day for row in CalendarDay.select(CalendarDay.day).where(CalendarDay.region == region)}
    for holiday in pack.region.holidays:
        for day in holiday.days():
            if day not in known:
                CalendarDay.create(
                    region=region, day=day, is_working_day=holiday.working, name=holiday.name, source=holiday.source
                )


def _import_version(region: Region, version: PolicyVersion, origin: str) -> list[str]:
    """Insert what is new; the names of definitions whose content changed under the same version."""
    changed = []
    for (kind, key), text in version.sources.items():
        known = DefinitionVersion.get_or_none(
            (DefinitionVersion.region == region)
            & (DefinitionVersion.kind == kind)
            & (DefinitionVersion.key == key)
            & (DefinitionVersion.version == version.version)
        )
        if known is None:
            _insert(region, version, (kind, key), text, origin)
        elif known.digest != digest(text):
            changed.append(f"policy/{version.version}/{kind}（{key}）")
    return changed


def _insert(region: Region, version: PolicyVersion, at: tuple[str, str], text: str, origin: str) -> None:
    document, (kind, key) = version.document, at
    DefinitionVersion.create(
        region=region,
        kind=kind,
        key=key,
        version=version.version,
        digest=digest(text),
        origin=origin,
        text=text,
        in_force_from=document.in_force_from if document else None,
        in_force_to=document.in_force_to if document else None,
        created_at=now(),
        published_at=now(),
    )
