"""What other definitions say about a stage, an action or the whole of a workflow, with the way to change it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from core.admin.definitions import DESIGNERS
from core.cases import authoring_workflow as flow
from core.cases.authoring_settings_words import GIVES, PERIODS, SETTINGS
from core.errors import OutOfScope
from core.models import DefinitionVersion
from core.policy.source import parse
from core.policy.version import Sources
from core.roles import ROLES
from forms.findings import DefinitionError

LISTS = {"parameters": "parameters", "plan": "items", "procedures": "procedures"}
"""Kinds whose entries have a form of their own, and the list that they stand in."""
UNITS = {"working_days": "个工作日", "calendar_days": "天", "months": "个月"}


@dataclass(frozen=True)
class Beside:
    """Another definition's values in words. `what` is `kind:key:entry`, what the button that opens it posts."""

    what: str
    title: str
    values: tuple[tuple[str, str], ...]
    missing: str = ""


def address_of(draft: DefinitionVersion, entry: str, back: str) -> str:
    """Where a draft is changed; `entry` is the list and key that is meant, `back` the workflow to come back to."""
    if draft.kind not in LISTS:
        again = back if draft.kind in SETTINGS else None
        return url_for(DESIGNERS[draft.kind], definition_id=draft.id, at=entry or None, back=again)
    listed = _data(draft.text).get(LISTS[draft.kind], [])
    found = next((i for i, one in enumerate(listed) if one.get("key") == entry), None)
    if found is None:
        return url_for("admin_definitions.one", definition_id=draft.id, _anchor="items")
    return url_for("admin_drafts.item", definition_id=draft.id, path=f"{LISTS[draft.kind]}.{found}")


def beside(data: Mapping[str, Any], path: str, around: Sources) -> list[Beside]:
    """What belongs to the thing that is open."""
    if flow.is_action(path):
        return []
    region = _Around(around)
    procedure, _ = region.entry("procedures", "procedures", str(data.get("procedure", "")))
    if not path:
        return [*_taking_part(procedure, region), *_clock_of(procedure, region)]
    stage = data["stages"][int(path.split(".")[1])]
    own = {"expert_panel": _panel, "determination": _facts, "public_notice": _notice}.get(flow.kind_of(stage))
    return [*(own(region) if own else ()), *_clock_beside(stage, data, procedure, region)]


class _Around:
    """The definitions around a draft as data, read as they are asked for."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    def of(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Every definition of a kind, by key."""
        return [(key, _data(text)) for (one, key), text in sorted(self.sources.items()) if one == kind]

    def entry(self, kind: str, listed: str, key: str) -> tuple[dict[str, Any], str]:
        """An entry of a kind by its key, and the definition that holds it; both empty where there is none."""
        for name, data in self.of(kind):
            for one in data.get(listed, []):
                if isinstance(one, dict) and one.get("key") == key:
                    return one, name
        return {}, ""

    def value(self, written: object) -> str:
        """A value in words; a parameter's name is followed to its value."""
        if isinstance(written, str) and written.startswith("$"):
            one, _ = self.entry("parameters", "parameters", written[1:])
            return f"{self.value(one.get('value'))}（参数“{one.get('name')}”）" if one else "没有这个参数"
        if written is None:
            return "要先录入"
        return ("是" if written else "否") if isinstance(written, bool) else str(written)


def _panel(region: _Around) -> Iterator[Beside]:
    for key, data in region.of("panel"):
        named = {name: "、".join(str(one.get("name", "")) for one in data.get(name, [])) for name in ("modes", "aspects")}
        yield Beside(f"panel:{key}:", "专家组的规定", (
            ("最少几位专家", f"{region.value(data.get('minimum'))} 位"),
            ("专家给什么", dict(GIVES).get(str(data.get("gives", "points")), "")),
            ("由谁组织", ROLES[str(data.get("run_by") or "city_reviewer")].name),
            ("评审方式", named["modes"] or "没有写"), *((("评定的方面", named["aspects"]),) if named["aspects"] else ()),
        ))  # fmt: skip
        return
    yield Beside("panel::", "专家组的规定", (), "这个地区还没有专家组的规定。")


def _notice(region: _Around) -> Iterator[Beside]:
    for key, data in region.of("notice"):
        unit = UNITS.get(str(data.get("unit", "")), "")
        length = f"{region.value(data.get('length'))} {unit}".strip()
        values = [("公示不公示", region.value(data.get("enabled"))), ("公示多久", length)]
        handled = data.get("objection", {}).get("handling_working_days")
        values += [("异议几天内处理", f"{region.value(handled)} 个工作日")] if handled is not None else []
        yield Beside(f"notice:{key}:", "公示的规定", tuple(values))
        return
    yield Beside("notice::", "公示的规定", (), "这个地区还没有公示的规定。")


def _facts(region: _Around) -> Iterator[Beside]:
    for key, data in region.of("facts"):
        facts = data.get("facts", [])
        checked = "、".join(str(one.get("name", "")) for one in facts if one.get("must_be_checked"))
        values = (("要知道的情况", f"{len(facts)} 项"), ("必须有人核查的", checked or "没有"))
        yield Beside(f"facts:{key}:", "认定要核查的情况", values)
        return
    yield Beside("facts::", "认定要核查的情况", (), "这个地区还没有写认定时要核查什么。")


def _taking_part(procedure: Mapping[str, Any], region: _Around) -> Iterator[Beside]:
    if procedure:
        _, holder = region.entry("procedures", "procedures", str(procedure["key"]))
        yield Beside(f"procedures:{holder}:{procedure['key']}", "办理事项", (("事项", str(procedure.get("name", ""))),))
    found = region.of("scope")
    for key, data in found[:1]:
        yield Beside(f"scope:{key}:", "谁参加评价", tuple(
            (f"条件 {i}", str(one.get("name", ""))) for i, one in enumerate(data.get("conditions", []), 1)
        ))  # fmt: skip
    if not found and procedure.get("every") == "year":
        yield Beside("scope::", "谁参加评价", (), "没有写参评范围，各类单位都参加。")


def _clock_of(procedure: Mapping[str, Any], region: _Around) -> Iterator[Beside]:
    if procedure.get("clock"):
        yield _named_clock(str(procedure["clock"]), "事项的期限", region)


def _named_clock(key: str, title: str, region: _Around) -> Beside:
    clock, holder = region.entry("clocks", "clocks", key)
    if not clock:
        return Beside("clocks::", title, (), f"没有“{key}”这个期限。")
    return Beside(f"clocks:{holder}:clocks.{key}", title, ((str(clock.get("name", "")), _length(clock, region)),))


def _length(clock: Mapping[str, Any], region: _Around) -> str:
    if clock.get("kind") == "fixed_day":
        month = f"{region.value(clock['month'])} 月" if "month" in clock else ""
        return f"{dict(PERIODS).get(str(clock.get('period')), '')}{month}第 {region.value(clock.get('day'))} 天"
    unit = UNITS.get(str(clock.get("kind")), "")
    return f"{region.value(clock.get('months' if clock.get('kind') == 'months' else 'days'))} {unit}"


def _clock_beside(
    stage: Mapping[str, Any], data: Mapping[str, Any], procedure: Mapping[str, Any], region: _Around
) -> Iterator[Beside]:
    """Where the length of a stage's own clock comes from, and the clock of the procedure at its start."""
    clock = stage.get("clock")
    written: Mapping[str, Any] = clock if isinstance(clock, dict) else {}
    if written.get("parameter"):
        one, holder = region.entry("parameters", "parameters", str(written["parameter"]))
        if one:
            yield Beside(f"parameters:{holder}:{one['key']}", "天数取自参数", ((str(one.get("name", "")), region.value(one.get("value"))),))
    if written.get("kind") == "plan" and written.get("field"):
        one, holder = region.entry("plan", "items", str(written["field"]))
        if one:
            yield Beside(f"plan:{holder}:{one['key']}", "日期取自年度方案", ((str(one.get("name", "")), "开批次时定"),))
    if region.entry("clocks", "clocks", str(stage.get("key", "")))[0]:
        yield _named_clock(str(stage["key"]), "期限表里的同一期限", region)
    elif stage.get("key") == data.get("start"):
        yield from _clock_of(procedure, region)


def draft_and_entry(what: str) -> tuple[str, str, str]:
    """What a button asked to open: kind, key (empty for the one there is) and entry. Raises OutOfScope."""
    kind, _, rest = what.partition(":")
    key, _, entry = rest.partition(":")
    if kind not in {*SETTINGS, *LISTS, "form"}:
        raise OutOfScope
    return kind, key, entry


def _data(text: str) -> dict[str, Any]:
    try:
        return parse(text, "")
    except DefinitionError:
        return {}
