"""A procedure of one region begun in another: its entry, workflow and forms as drafts, and what it needs beside them.

Keys stay, or are renamed where the other region has something else under them. The other region's policy does not
say these things: every clause is cited as taken over from the first region, as practice, until somebody puts the own
document's clause in its place.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli_w

from core import clock
from core.cases import authoring, definitions
from core.cases.action import Receipt, new_token, once
from core.cases.admin_events import record
from core.cases.authoring_checks import KINDS, findings_of_sources, name_of, sources_of
from core.cases.events import digest as digest_of
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion, Region, canonical_json
from core.people.scope import Viewer
from core.policy.source import canonical, digest, parse
from core.policy.version import Sources
from forms.findings import Finding

FORMS = ("form", "opinion_form", "site_visit_form")
"""Where a stage names a form."""
NEEDED_BY = {
    "expert_panel": ("panel", "indicators"),
    "determination": ("grades", "facts", "indicators"),
    "public_notice": ("notice",),
}
"""What a stage of a kind needs beside the workflow; brought along where the other region has none of it."""


@dataclass(frozen=True)
class Piece:
    """One definition of the copy. `how`: new | added (to the procedures that are there) | same (nothing to do)."""

    kind: str
    key: str
    new_key: str
    how: str
    text: str
    entry: str = ""  # of the procedures: the key of the copied entry

    @property
    def words(self) -> str:
        """The kind as people call it."""
        return KINDS.get(self.kind, self.kind)

    @property
    def told(self) -> str:
        """What becomes of it, in words."""
        if self.how == "same":
            return "两地相同，直接使用"
        now = self.entry or self.new_key
        renamed = "" if self.key == now else f"，代号已有人用，改为 {now}"
        return ("加进现有的办理事项" if self.how == "added" else "存为草稿") + renamed


@dataclass(frozen=True)
class Copy:
    """A copy as it would be made, with everything that is wrong with it together with the other region's own."""

    source: Region
    target: Region
    name: str
    pieces: list[Piece]
    findings: list[Finding] = field(default_factory=list)

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
    copying = _Copying(source, target)
    pieces = copying.pieces(entry)
    here = {**copying.there, **{(piece.kind, piece.new_key): piece.text for piece in pieces}}
    return Copy(source, target, str(entry["name"]), pieces, findings_of_sources(target.key, here))


class _Copying:
    """Works out the pieces of one copy."""

    def __init__(self, source: Region, target: Region) -> None:
        self.source, self.target = source, target
        self.here, self.there = sources_of(source), sources_of(target)
        rows = DefinitionVersion.select().where((DefinitionVersion.region == target) & (DefinitionVersion.status != "withdrawn"))
        self.taken = {(row.kind, row.key) for row in rows.select(DefinitionVersion.kind, DefinitionVersion.key)}
        self._names: dict[str, str] = {}

    def pieces(self, entry: Mapping[str, Any]) -> list[Piece]:
        """Forms first, then the workflow, what goes with it, and the entry: in the order of publishing."""
        stages = self._workflow(str(entry["workflow"])).get("stages", [])
        forms = dict.fromkeys(filter(None, [str(entry.get("form", "")), *(str(s.get(n, "")) for s in stages for n in FORMS)]))
        found = [self._whole("form", key, lambda _data: None) for key in forms if ("form", key) in self.here]
        self._names = {piece.key: piece.new_key for piece in found}
        procedure = self._procedure_key(str(entry["key"]))
        flow = self._whole("workflow", str(entry["workflow"]), lambda data: self._rename_in(data, procedure))
        kinds = dict.fromkeys(kind for s in stages for kind in NEEDED_BY.get(str(s.get("kind")), ()))
        if entry.get("every") == "year":
            kinds |= dict.fromkeys(("plan",))
        beside = [piece for kind in kinds if (piece := self._if_missing(kind)) is not None]
        return [*found, flow, *beside, self._entry(entry, procedure, flow.new_key)]

    def _workflow(self, key: str) -> dict[str, Any]:
        text = self.here.get(("workflow", key))
        if text is None:
            raise Refused(f"这个事项的流程“{key}”不在现行的规定里，不能复制。")
        return parse(text, name_of("workflow", key))

    def _whole(self, kind: str, key: str, change: Callable[[dict[str, Any]], None]) -> Piece:
        """A definition of which a region may have several: kept as it is, or renamed where the key is taken."""
        text = self.here[(kind, key)]
        before, data = parse(text, name_of(kind, key)), parse(text, name_of(kind, key))
        change(data)
        there = self.there.get((kind, key))
        if there is not None and data == before == parse(there, name_of(kind, key)):
            return Piece(kind, key, key, "same", there)
        new_key = self._free(kind, key)
        if "key" in data or new_key != key:
            data["key"] = new_key
        return Piece(kind, key, new_key, "new", self._dumped(data))

    def _rename_in(self, data: dict[str, Any], procedure: str) -> None:
        """Let a workflow name the copied forms and the copied procedure."""
        if "procedure" in data:
            data["procedure"] = procedure
        for stage in data.get("stages", []):
            for name in FORMS:
                if stage.get(name):
                    stage[name] = self._names.get(stage[name], stage[name])

    def _if_missing(self, kind: str) -> Piece | None:
        """The source's only definition of a kind, where the other region has none."""
        if any(one == kind for one, _ in self.taken | set(self.there)):
            return None
        key = next((key for one, key in self.here if one == kind), None)
        if key is None:
            return None
        data = parse(self.here[(kind, key)], name_of(kind, key))
        if data.get("form"):
            data["form"] = self._names.get(data["form"], data["form"])
        new_key = self.target.key if key == self.source.key else key
        if "key" in data:
            data["key"] = new_key
        return Piece(kind, key, new_key, "new", self._dumped(data))

    def _procedure_key(self, key: str) -> str:
        known = {str(one["key"]) for one in self._procedures()[1].get("procedures", [])}
        return next(one for one in _candidates(key, self.source.key) if one not in known)

    def _procedures(self) -> tuple[str, dict[str, Any]]:
        """The other region's procedures: a draft if somebody has begun one, else what is in force; key and data."""
        draft = draft_of_procedures(self.target)
        if draft is not None:
            return draft.key, authoring.data_of(draft)
        key = next((key for kind, key in self.there if kind == "procedures"), "")
        text = self.there.get(("procedures", key))
        return (key, parse(text, "procedures")) if text is not None else (self.target.key, {"key": self.target.key})

    def _entry(self, entry: Mapping[str, Any], procedure: str, workflow: str) -> Piece:
        key, data = self._procedures()
        form = str(entry.get("form", ""))
        own = {**copy.deepcopy(dict(entry)), "key": procedure, "workflow": workflow}
        if form:
            own["form"] = self._names.get(form, form)
        how = "added" if data.get("procedures") else "new"
        data = {**data, "procedures": [*data.get("procedures", []), self._cited(own)]}
        return Piece("procedures", str(entry["key"]), key, how, canonical(tomli_w.dumps(data)), procedure)

    def _free(self, kind: str, key: str) -> str:
        return next(one for one in _candidates(key, self.source.key) if (kind, one) not in self.taken | set(self.there))

    def _dumped(self, data: dict[str, Any]) -> str:
        return canonical(tomli_w.dumps(self._cited(data)))

    def _cited(self, data: Any) -> Any:
        """Every clause as taken over from the first region: the other's own document says nothing of it."""
        if isinstance(data, list):
            return [self._cited(one) for one in data]
        if not isinstance(data, dict):
            return data
        found = {key: self._cited(one) for key, one in data.items()}
        if isinstance(found.get("clause"), str) and found["clause"]:
            found |= {"clause": f"参照{self.source.name}（{found['clause']}）", "basis": "practice"}
        return found


def _candidates(key: str, source: str) -> Iterator[str]:
    """The key, the key with the first region's behind it, and then numbered."""
    yield key
    yield f"{key}_{source}"[:60]
    for number in range(2, 1000):
        yield f"{key[:36]}_{source[:18]}_{number}"


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
        made = [_draft(viewer, planned.target, piece) for piece in planned.pieces if piece.how != "same"]
        data = {"from": planned.source.id, "region": planned.target.id, "procedure": procedure}
        record(viewer, "procedure_copied", {**data, "definitions": made})
        text = f"“{planned.name}”已在{planned.target.name}存为 {len(made)} 份草稿。请改成本地文件的条款，核对后按表单、流程、办理事项的次序发布。"
        return {"region": planned.target.id, "definitions": made, "message": text}

    return once(token, work)


def _draft(viewer: Viewer, region: Region, piece: Piece) -> int:
    if piece.kind == "procedures" and (draft := draft_of_procedures(region)) is not None:
        entries = parse(piece.text, "procedures")["procedures"]
        authoring.change_draft(
            viewer, draft.id, lambda data: data.update(procedures=entries), draft.digest, new_token()
        )
        return int(draft.id)
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == piece.kind) & (DefinitionVersion.key == piece.new_key)
    earlier = sorted(DefinitionVersion.select().where(own), key=lambda row: definitions.version_order(row.version))
    made = DefinitionVersion.create(
        region=region,
        kind=piece.kind,
        key=piece.new_key,
        version=authoring.next_version(earlier[-1]) if earlier else str(clock.today().year),
        digest=digest(piece.text),
        origin="administrator",
        text=piece.text,
        status="draft",
        in_force_to=earlier[-1].in_force_to if earlier else None,
        created_by=viewer.account,
        created_at=clock.now(),
    )
    record(viewer, "definition_drafted", {"definition": made.id, "from": None, "version": made.version})
    return int(made.id)
