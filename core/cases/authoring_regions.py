"""A region made in the browser: no plugin, the generic form and the default workflow, as its own definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import tomli_w
from peewee import IntegrityError

from core import clock
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused
from core.models import DefinitionVersion, District, Region
from core.people.scope import Viewer
from core.policy.source import canonical, digest
from core.policy.version import PolicyVersion, Sources

GENERIC = Path(__file__).parent.parent / "workflow"
"""Where the default workflow lies; what goes with it is in `generic/` beside it."""

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")


def create_region(
    viewer: Viewer, key: str, name: str, bureau: str, districts: Sequence[Mapping[str, str]], token: str
) -> Receipt:
    """A region without a plugin, ready for a round by the default workflow.

    `districts` are tables of key, name and authority. Only the system administrator. Raises Refused with the
    fields, OutOfScope.
    """

    def work() -> Receipt:
        if "system_admin" not in viewer.roles:
            raise OutOfScope
        faults = _faults(key, name, bureau, districts)
        if faults:
            raise Refused("".join(faults.values()), faults)
        try:
            region = Region.create(key=key, name=name.strip(), bureau=bureau.strip(), origin="administrator")
        except IntegrityError as fault:
            raise Refused(f"已经有“{key}”这个地区，请换一个代号。", {"key": "这个代号已经有了"}) from fault
        for district in districts:
            District.create(region=region, **district)
        version = str(clock.today().year)
        sources = generic_sources(key, name.strip(), bureau.strip(), districts, version, clock.today())
        PolicyVersion.from_sources(key, version, sources)  # together they must be sound
        _publish(viewer, region, version, sources)
        record(viewer, "region_created", {"region": region.id, "key": key, "districts": len(districts)})
        return {"region": region.id, "message": f"已新建地区“{region.name}”，按默认流程办理。"}

    return once(token, work)


def _faults(key: str, name: str, bureau: str, districts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    faults = {}
    if not _KEY.fullmatch(key):
        faults["key"] = "代号用小写字母开头，由小写字母、数字和下划线组成，2 到 40 个字符。"
    if not 2 <= len(name.strip()) <= 40:
        faults["name"] = "请填写地区名称，2 到 40 个字。"
    if not bureau.strip():
        faults["bureau"] = "请填写主管部门的名称。"
    keys = [district["key"] for district in districts]
    if not districts or any(not _KEY.fullmatch(one) for one in keys) or len(set(keys)) != len(keys):
        faults["districts"] = "至少写一个区县，每行“代号 名称 归口管理部门”，代号不重复。"
    return faults


def read_districts(text: str) -> list[dict[str, str]]:
    """Pasted lines `haigang 海港区 海港区科技局` as tables. Raises Refused naming every line that does not fit."""
    districts, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.split(maxsplit=2)
        if not parts:
            continue
        if len(parts) < 2:
            faults.append(f"第 {number} 行要写代号和名称。")
            continue
        authority = parts[2] if len(parts) == 3 else f"{parts[1]}科技管理部门"
        districts.append({"key": parts[0], "name": parts[1], "authority": authority})
    if faults:
        raise Refused("".join(faults), {"districts": "".join(faults)})
    return districts


def generic_sources(
    key: str, name: str, bureau: str, districts: Sequence[Mapping[str, str]], version: str, on: date
) -> Sources:
    """Every definition of a region that has no policy of its own, by (kind, key)."""
    sources = {("workflow", "default"): (GENERIC / "default.toml").read_text(encoding="utf-8")}
    for file in sorted((GENERIC / "generic").glob("*.toml")):
        kind, _, form = file.stem.partition("_")
        sources[(kind, form or "default")] = file.read_text(encoding="utf-8")
    region = {
        "key": key,
        "name": name,
        "bureau": bureau,
        "clause": "工作惯例",
        "districts": [dict(d) for d in districts],
    }
    document = {
        "number": "本地区工作规定",
        "title": f"{name}绩效评价工作规定",
        "issuer": bureau,
        "version": version,
        "in_force_from": on,
        "clause": "工作惯例",
        "note": "有正式文件的，请政策管理员在这里换成文件的名称、文号和日期。",
    }
    sources[("region", key)] = tomli_w.dumps(region)
    sources[("documents", key)] = tomli_w.dumps({"key": key, "documents": [document]})
    return sources


def _publish(viewer: Viewer, region: Region, version: str, sources: Sources) -> None:
    moment = clock.now()
    for (kind, key), text in sources.items():
        DefinitionVersion.create(
            region=region,
            kind=kind,
            key=key,
            version=version,
            digest=digest(text),
            origin="administrator",
            text=canonical(text),
            in_force_from=clock.today(),
            reason="新建地区",
            created_by=viewer.account,
            created_at=moment,
            published_at=moment,
        )
