"""What other definitions say about a stage, shown beside its properties with the way to change it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.cases import definitions
from core.cases.authoring_checks import sources_around
from core.models import DefinitionVersion
from core.policy.source import parse
from core.roles import ROLES

KIND_OF = {"expert_panel": ("panel", "专家组的规定"), "public_notice": ("notice", "公示的规定")}
UNITS = {"working_days": "个工作日", "calendar_days": "天"}


@dataclass(frozen=True)
class Settings:
    """Another definition's values in words; `definition` is the version to open, None where there is none yet."""

    kind: str
    title: str
    definition: int | None
    values: tuple[tuple[str, str], ...]


def beside(row: DefinitionVersion, stage_kind: str) -> Settings | None:
    """The settings of the panel beside its stage, of the notice beside its; None for other stages."""
    if stage_kind not in KIND_OF:
        return None
    kind, title = KIND_OF[stage_kind]
    found = next(((key, text) for (k, key), text in sorted(sources_around(row).items()) if k == kind), None)
    if found is None:
        return Settings(kind, title, None, ())
    data = parse(found[1], found[0])
    values = _panel(data) if kind == "panel" else _notice(data, row)
    return Settings(kind, title, _newest(row, kind, found[0]), tuple(values))


def _newest(row: DefinitionVersion, kind: str, key: str) -> int | None:
    """The draft that is being worked on, or else the newest version."""
    rows = DefinitionVersion.select().where(
        (DefinitionVersion.region == row.region_id) & (DefinitionVersion.kind == kind) & (DefinitionVersion.key == key)
    )
    known = [one for one in rows if one.status != "withdrawn"]
    order = sorted(known, key=lambda one: (one.status == "draft", definitions.version_order(one.version)))
    return int(order[-1].id) if order else None


def _panel(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    modes = "、".join(str(one.get("name", "")) for one in data.get("modes", []))
    gives = {"points": "按指标打分", "grade": "直接给档次，写明理由"}.get(str(data.get("gives", "points")), "")
    run_by = ROLES[str(data.get("run_by") or "city_reviewer")].name
    return [
        ("最少几位专家", f"{data.get('minimum', '')} 位"), ("专家给什么", gives), ("由谁组织", run_by),
        ("评审方式", modes or "没有写"),
    ]  # fmt: skip


def _notice(data: Mapping[str, Any], row: DefinitionVersion) -> list[tuple[str, str]]:
    unit = UNITS.get(str(data.get("unit", "")), "")
    enabled, length = _value(data.get("enabled"), row), _value(data.get("length"), row)
    return [("公示不公示", enabled), ("公示多久", f"{length} {unit}".strip())]


def _value(written: object, row: DefinitionVersion) -> str:
    """A value in words; a parameter's name is followed to its value."""
    if isinstance(written, str) and written.startswith("$"):
        for (kind, key), text in sources_around(row).items():
            for one in parse(text, key).get("parameters", []) if kind == "parameters" else []:
                if one.get("key") == written[1:]:
                    return f"{_value(one.get('value'), row)}（参数“{one.get('name')}”）"
        return "没有这个参数"
    if written is None:
        return "要先录入"
    return ("是" if written else "否") if isinstance(written, bool) else str(written)

