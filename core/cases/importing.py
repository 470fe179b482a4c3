"""Start-up import of the regions' packs into the definition table.

A version that is there already with another content is refused: its region is switched off and the file named,
since running cases rely on what they were opened under.
"""

from __future__ import annotations

from core.clock import now
from core.models import CalendarDay, DefinitionVersion, District, Region, database
from core.policy.pack import PolicyVersion, RegionPack
from core.policy.source import digest


def import_region(pack: RegionPack) -> Region:
    """Bring one region's pack into the tables; the region row says in `problem` why it was switched off."""
    with database.atomic():
        region = _region(pack)
        changed = [name for version in pack.versions for name in _import_version(region, version)]
        problem = ""
        if changed:
            problem = "同一版本的内容与已导入的不同：" + "、".join(changed) + "。请恢复原文件，或另立新版本。"
        Region.update(problem=problem, enabled=not problem).where(Region.id == region.id).execute()
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
    for day in info.holidays:
        if not CalendarDay.select().where((CalendarDay.region == region) & (CalendarDay.day == day.day)).exists():
            CalendarDay.create(
                region=region, day=day.day, is_working_day=day.is_working_day, name=day.name, source=day.source
            )
    return region


def _import_version(region: Region, version: PolicyVersion) -> list[str]:
    """Insert what is new; the names of definitions whose content changed under the same version."""
    changed = []
    for (kind, key), text in version.sources.items():
        known = DefinitionVersion.get_or_none(
            (DefinitionVersion.region == region)
            & (DefinitionVersion.kind == kind)
            & (DefinitionVersion.key == key)
            & (DefinitionVersion.version == version.key)
        )
        if known is None:
            _insert(region, version, kind, key, text)
        elif known.digest != digest(text):
            changed.append(f"policy/{version.key}/{kind}（{key}）")
    return changed


def _insert(region: Region, version: PolicyVersion, kind: str, key: str, text: str) -> None:
    DefinitionVersion.create(
        region=region,
        kind=kind,
        key=key,
        version=version.key,
        digest=digest(text),
        origin="plugin",
        text=text,
        in_force_from=version.in_force_from,
        in_force_to=version.in_force_to,
        created_at=now(),
        published_at=now(),
    )
