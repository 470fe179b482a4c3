"""A procedure of one region begun in another: with everything that it refers to, as drafts.

What comes along, what stays as the other region has it and what comes under a new name is worked out by
core.cases.copying_pieces. The drafts name one another, so they are published together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.cases import authoring, definitions
from core.cases.action import Receipt, new_token, once
from core.cases.admin_events import record
from core.cases.authoring_checks import findings_of_sources, name_of, sources_of
from core.cases.copying_parts import LISTS, Piece, Two
from core.cases.copying_pieces import pieces_of_copy
from core.cases.events import digest as digest_of
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion, Region, canonical_json
from core.people.scope import Viewer
from core.policy.source import digest, parse
from core.policy.version import Sources
from forms.findings import DefinitionError, Finding


@dataclass(frozen=True)
class Copy:
    """A copy as it would be made, with everything that is wrong with it together with the other region's own."""

    source: Region
    target: Region
    name: str
    pieces: list[Piece]
    findings: list[Finding] = field(default_factory=list)

    @property
    def to_confirm(self) -> int:
        """How many figures come from the first region and hold here only once somebody has confirmed them."""
        return sum(entry.to_confirm for piece in self.pieces for entry in piece.entries)

    @property
    def seen(self) -> str:
        """What the page was drawn with."""
        return digest_of(canonical_json([[p.kind, p.new_key, p.how, digest(p.text)] for p in self.pieces]))


def procedures_of(region: Region) -> list[Mapping[str, Any]]:
    """The procedures of a region that have a workflow."""
    data = _data_of_kind(sources_of(region), "procedures")
    return [one for one in data.get("procedures", []) if one.get("workflow")]


def plan_copy(viewer: Viewer, source_id: int, procedure: str, target_id: int) -> Copy:
    """What copying would make. Raises Refused, OutOfScope for who is not policy officer of both regions."""
    source, target = (Region.get_or_none(Region.id == one) for one in (source_id, target_id))
    if not source or not target or not all(viewer.has("policy_officer", one.id) for one in (source, target)):
        raise OutOfScope
    if source.id == target.id:
        raise Refused("请选另一个地区。", {"to": "请选另一个地区。"})
    entry = next((one for one in procedures_of(source) if one["key"] == procedure), None)
    if entry is None:
        raise Refused("请选要复制的事项。", {"procedure": "请选要复制的事项。"})
    here, there = sources_of(source), _with_drafts(target)
    two = Two(source.key, target.key, source.name, here, there, _taken(target))
    pieces = pieces_of_copy(two, procedure)
    sources = {**there, **{(piece.kind, piece.new_key): piece.text for piece in pieces if piece.is_draft}}
    return Copy(source, target, str(entry["name"]), pieces, findings_of_sources(target.key, sources))


def _taken(region: Region) -> set[tuple[str, str]]:
    rows = DefinitionVersion.select(DefinitionVersion.kind, DefinitionVersion.key).where(
        (DefinitionVersion.region == region) & (DefinitionVersion.status != "withdrawn")
    )
    return {(row.kind, row.key) for row in rows}


def _with_drafts(region: Region) -> Sources:
    """What is in force in a region, and the drafts that somebody has begun and that can be read in their place."""
    found = dict(sources_of(region))
    drafts = DefinitionVersion.select().where((DefinitionVersion.region == region) & (DefinitionVersion.status == "draft"))
    for row in drafts.order_by(DefinitionVersion.id):
        try:
            parse(row.text, name_of(row.kind, row.key))
        except DefinitionError:
            continue
        found[(row.kind, row.key)] = row.text
    return found


def _data_of_kind(sources: Sources, kind: str) -> dict[str, Any]:
    text = next((text for (one, _), text in sources.items() if one == kind), None)
    return parse(text, kind) if text is not None else {}


def draft_of_procedures(region: Region) -> DefinitionVersion | None:
    """The draft of a region's procedures that somebody has begun."""
    drafts = DefinitionVersion.select().where(
        (DefinitionVersion.region == region) & (DefinitionVersion.kind == "procedures") & (DefinitionVersion.status == "draft")
    )
    return drafts.order_by(DefinitionVersion.id.desc()).first()


def copy_procedure(viewer: Viewer, source: int, procedure: str, target: int, seen: str, token: str) -> Receipt:
    """Make the drafts of a copy as the page showed it. Raises Refused, Stale, OutOfScope."""

    def work() -> Receipt:
        planned = plan_copy(viewer, source, procedure, target)
        if planned.seen != seen:
            raise Stale("两地的规定刚有变化，请再看一遍要复制的内容。")
        made = [_draft(viewer, planned.target, piece) for piece in planned.pieces if piece.is_draft]
        data = {"from": planned.source.id, "region": planned.target.id, "procedure": procedure}
        record(viewer, "procedure_copied", {**data, "definitions": made})
        text = f"“{planned.name}”已在{planned.target.name}存为 {len(made)} 份草稿。请逐处确认参照的数，改成本地文件的条款，核对后一起发布。"
        return {"region": planned.target.id, "definitions": made, "message": text}

    return once(token, work)


def _draft(viewer: Viewer, region: Region, piece: Piece) -> int:
    """The draft of a piece: what is added goes into the draft that somebody has begun, if there is one."""
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == piece.kind) & (DefinitionVersion.key == piece.new_key)
    rows = sorted(DefinitionVersion.select().where(own), key=lambda row: definitions.version_order(row.version))
    begun = next((row for row in reversed(rows) if row.status == "draft"), None)
    if piece.how == "added" and begun is not None:
        listed = {LISTS[piece.kind]: parse(piece.text, piece.kind)[LISTS[piece.kind]]}
        authoring.change_draft(viewer, begun.id, lambda data: data.update(listed), begun.digest, new_token())
        return int(begun.id)
    made = DefinitionVersion.create(
        region=region,
        kind=piece.kind,
        key=piece.new_key,
        version=authoring.next_version(rows[-1]) if rows else str(clock.today().year),
        digest=digest(piece.text),
        origin="administrator",
        text=piece.text,
        status="draft",
        in_force_to=rows[-1].in_force_to if rows else None,
        created_by=viewer.account,
        created_at=clock.now(),
    )
    record(viewer, "definition_drafted", {"definition": made.id, "from": None, "version": made.version})
    return int(made.id)
