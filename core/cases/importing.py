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


def import_region(pack: RegionPack) -> Region:
    """Bring one region's pack into the tables; the region row says in `problem` why it was switched off."""
    with database.atomic():
        region = _region(pack)
        changed = [name for version in pack.versions for name in _import_version(region, version)]
        problem = ""
        if changed:
            problem = "同一版本的内容与已导入的不同：" + "、".join(changed) + "。请恢复原文件，或另立新版本。"
        # a region that an administrator switched off stays off; only a mended problem switches it on again
        enabled = not problem and (region.enabled or bool(region.problem))
        Region.update(problem=problem, enabled=enabled).where(Region.id == region.id).execute()
    return Region.get_by_id(region.id)


def _region(pack: RegionPack) -> Region:
    info = pack.region
    region = Region.get_or_none(Region.key == info.key)
    if region is None:
        region = Region.create(key=info.key, name=info.name, bureau=info.bureau)
    known = {d.key for d in region.districts}
    for district in info.districts:
        if district.key not in known:
            District.create(region=region, key=district.key, name=district.name, authority=district.authority)
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


def _import_version(region: Region, version: PolicyVersion) -> list[str]:
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
            _insert(region, version, kind, key, text)
        elif known.digest != digest(text):
            changed.append(f"policy/{version.version}/{kind}（{key}）")
    return changed


def _insert(region: Region, version: PolicyVersion, kind: str, key: str, text: str) -> None:
    document = version.document
    DefinitionVersion.create(
        region=region,
        kind=kind,
        key=key,
        version=version.version,
        digest=digest(text),
        origin="plugin",
        text=text,
        in_force_from=document.in_force_from if document else None,
        in_force_to=document.in_force_to if document else None,
        created_at=now(),
        published_at=now(),
    )
