"""A notice that would be shorter than the policy's own text says: told while it is a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.authoring_words import CLOCK_KINDS
from core.models import DefinitionVersion
from core.policy.source import parse
from core.policy.version import Sources
from forms.findings import DefinitionError, Finding

TEXT = "text"


@dataclass(frozen=True)
class Stated:
    """The length that the text of the policy states, its unit, and the clause."""

    length: int
    unit: str
    clause: str


def notice_findings(row: DefinitionVersion, sources: Sources) -> Iterator[Finding]:
    """Where a notice's length, or a workflow's stage of notice, stays below what a published text states.

    What is stated by practice or by reading may be changed by whoever answers for it; a figure of the text may not.
    """
    if row.kind not in ("notice", "workflow"):
        return
    stated = _stated(row)
    if stated is None:
        return
    data = _data(row.text)
    if row.kind == "notice":
        yield from _told(f"notice/{row.key}", "length", _length(data.get("length"), sources), data.get("unit"), stated)
        return
    for i, stage in enumerate(data.get("stages", [])):
        clock = stage.get("clock") if isinstance(stage, dict) and stage.get("kind") == "public_notice" else None
        if isinstance(clock, dict):
            length = _length(f"${clock['parameter']}" if clock.get("parameter") else clock.get("days"), sources)
            place = f"stages.{i}.clock." + ("parameter" if clock.get("parameter") else "days")
            yield from _told(f"workflow/{row.key}", place, length, clock.get("kind"), stated)


def _told(file: str, key: str, length: int | None, unit: object, stated: Stated) -> Iterator[Finding]:
    units = dict(CLOCK_KINDS)
    least = f"{stated.clause}写明公示 {stated.length} 个{units.get(stated.unit, stated.unit)}"
    if length is not None and length < stated.length:
        yield Finding(file, key, f"公示期 {length} 比条文短：{least}", f"不少于 {stated.length}")
    elif length is not None and stated.unit == "working_days" and unit == "calendar_days":
        yield Finding(file, key, f"按日历日数比条文短：{least}", units["working_days"])


def _stated(row: DefinitionVersion) -> Stated | None:
    """What the region's latest published texts state, be it in the notice itself or in the parameter it names."""
    published = DefinitionVersion.select().where(
        (DefinitionVersion.region == row.region_id)
        & (DefinitionVersion.status == "published")
        & DefinitionVersion.kind.in_(("notice", "parameters"))
    )
    rows = list(published.order_by(DefinitionVersion.published_at, DefinitionVersion.id))
    parameters = [one for r in rows if r.kind == "parameters" for one in _data(r.text).get("parameters", [])]
    found = [_of_notice(_data(one.text), parameters) for one in rows if one.kind == "notice"]
    return next((one for one in reversed(found) if one is not None), None)


def _of_notice(notice: Mapping[str, Any], parameters: list[dict[str, Any]]) -> Stated | None:
    length, unit = notice.get("length"), str(notice.get("unit", ""))
    if isinstance(length, int) and notice.get("basis") == TEXT:
        return Stated(length, unit, str(notice.get("clause", "")))
    named = [one for one in parameters if f"${one.get('key')}" == length and isinstance(one.get("value"), int)]
    if named and named[-1].get("basis") == TEXT:
        return Stated(named[-1]["value"], unit, str(named[-1].get("clause", "")))
    return None


def _length(written: object, sources: Sources) -> int | None:
    """The days that a length comes to, a parameter's name looked up."""
    if not isinstance(written, str):
        return written if isinstance(written, int) else None
    for (kind, _), text in sources.items():
        for one in _data(text).get("parameters", []) if kind == "parameters" else []:
            if f"${one.get('key')}" == written and isinstance(one.get("value"), int):
                return int(one["value"])
    return None


def _data(text: str) -> dict[str, Any]:
    try:
        return parse(text, "")
    except DefinitionError:
        return {}
