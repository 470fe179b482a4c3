"""Drafts: what somebody has typed so far, kept whether it can be read or not.

A fill stage is filled by who holds its role for the case: the carrier's clerk, or a reviewer who records a spot
check. Nobody else sees the draft.

Two tabs never overwrite each other in silence: a field that changed since the page was drawn, and is posted with
another value, is not taken; both texts are handed back. A page that says what it was drawn with (`marks`) does not
undo what another tab changed in fields that this page left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from core import clock
from core.cases import definitions
from core.cases.action import transaction
from core.errors import OutOfScope, Refused, Stale
from core.models import Case, Draft, canonical_json
from core.models.reading import first
from core.people.scope import Viewer, find_case, may_handle
from core.workflow.definition import Stage

TRIES = 3
"""How often a save that met another one at the same moment is laid over the newer draft."""


@dataclass(frozen=True)
class Conflict:
    """A field that somebody saved meanwhile: what is kept and what was typed here."""

    field: str
    kept: Any
    typed: Any


@dataclass(frozen=True)
class Saved:
    """The draft after saving, what could not be read, and what was not taken."""

    draft: Draft
    errors: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[str] = field(
        default_factory=list
    )  # fields left as another tab saved them; this page had not changed them


SUBMITTED = "这件事已经提交，不能再改。要改请联系下一步办理的单位退回。"


def fill_stage(case: Case) -> Stage:
    """The fill stage that a case is in; the workflow's first one when it is in none."""
    workflow = definitions.workflow_of(case)
    now = workflow.stage(case.stage)
    return now if now.kind == "fill" else next(stage for stage in workflow.stages if stage.kind == "fill")


def find_to_fill(viewer: Viewer, case_id: int) -> Case:
    """The case, for who holds the role of its fill stage for it; it may have left that stage. Raises OutOfScope."""
    case = find_case(viewer, case_id)
    if not may_handle(viewer, case, fill_stage(case).role):
        raise OutOfScope
    return case


def open_draft(viewer: Viewer, case_id: int) -> tuple[Case, Draft]:
    """The case and its draft, for who fills it. Raises OutOfScope; Refused when it is not being filled."""
    case = find_to_fill(viewer, case_id)
    if definitions.workflow_of(case).stage(case.stage).kind != "fill":
        raise Refused(SUBMITTED)
    draft = first(Draft, "WHERE case_id = ?", case.id)
    if draft is None:
        raise OutOfScope  # every case of a round is opened with a draft
    return case, draft


def marks(fields: Iterable[str], answers: Mapping[str, Any], raw: Mapping[str, str]) -> dict[str, str]:
    """A short digest of each field as it stands: what a page was drawn with, to be sent back with it."""
    return {key: mark(_state(key, answers, raw)) for key in fields}


def mark(state: object) -> str:
    """The digest of one field's state."""
    return hashlib.sha256(canonical_json(state).encode()).hexdigest()[:12]


def save_section(
    viewer: Viewer,
    case_id: int,
    section: str,
    posted: MultiDict[str, Any],
    revision: int,
    seen: Mapping[str, str] | None = None,
) -> Saved:
    """Keep one section of the form as typed. Raises OutOfScope, Refused when it is not being filled, Stale.

    `revision` is the draft's revision the page was drawn from, `seen` the `marks` of what it showed.
    """
    for _ in range(TRIES):
        case, draft = open_draft(viewer, case_id)
        parsed = definitions.fill_form(case).parse(posted, section, draft.answers, draft.raw)
        conflicts, kept = [], []
        for key in _changed(draft, parsed.answers, parsed.raw):
            standing = _standing(draft, key, _state(key, parsed.answers, parsed.raw), revision, seen or {})
            if standing == "take":
                continue
            if standing == "conflict":
                conflicts.append(_conflict(key, draft, parsed.answers, parsed.raw))
            else:
                kept.append(key)
            put(key, draft.answers, draft.raw, parsed.answers, parsed.raw)
        stored = store(viewer, draft, parsed.answers, parsed.raw)
        if stored is not None:
            return Saved(stored, parsed.errors, conflicts, kept)
    raise Stale("另一个窗口正在保存，请再点一次保存，您刚才写的内容还在这一页上。")


def _standing(draft: Draft, key: str, typed: object, revision: int, seen: Mapping[str, str]) -> str:
    """What to do with a field that differs from the draft: "take" it, "keep" the draft's, or "conflict"."""
    if key not in seen:
        return "conflict" if draft.touched.get(key, 0) > revision else "take"
    if mark(_state(key, draft.answers, draft.raw)) == seen[key]:
        return "take"
    return "keep" if mark(typed) == seen[key] else "conflict"


def paths_of(key: str, raw: Mapping[str, str]) -> list[str]:
    """Where something in this field could not be read (cells of a table too)."""
    return [path for path in raw if path == key or path.startswith(f"{key}.")]


def _state(key: str, answers: Mapping[str, Any], raw: Mapping[str, str]) -> list[Any]:
    """A field with everything in it: the answer, and what could not be read (cells of a table too)."""
    return [answers.get(key), {path: raw[path] for path in paths_of(key, raw)}]


def _conflict(key: str, draft: Draft, answers: dict[str, Any], raw: dict[str, Any]) -> Conflict:
    return Conflict(key, draft.raw.get(key, draft.answers.get(key)), raw.get(key, answers.get(key)))


def put(
    key: str,
    answers: Mapping[str, Any],
    raw: Mapping[str, str],
    into_answers: dict[str, Any],
    into_raw: dict[str, Any],
) -> None:
    """Make one field, with everything in it, the same in `into_…` as it is in `answers` and `raw`."""
    into_answers.pop(key, None)
    if key in answers:
        into_answers[key] = answers[key]
    for path in paths_of(key, into_raw):
        del into_raw[path]
    into_raw.update({path: raw[path] for path in paths_of(key, raw)})


def _changed(draft: Draft, answers: Mapping[str, Any], raw: Mapping[str, str]) -> list[str]:
    """The fields that differ from the draft."""
    keys = {path.split(".", 1)[0] for holder in (draft.answers, draft.raw, answers, raw) for path in holder}
    return sorted(key for key in keys if _state(key, draft.answers, draft.raw) != _state(key, answers, raw))


def store(viewer: Viewer, draft: Draft, answers: dict[str, Any], raw: dict[str, Any]) -> Draft | None:
    """The draft as stored; None when somebody stored another revision at the same moment."""
    changed = _changed(draft, answers, raw)
    if not changed:
        return draft
    touched = {**draft.touched, **dict.fromkeys(changed, draft.revision + 1)}
    with transaction():
        stored = Draft.update(
            answers=answers,
            raw=raw,
            touched=touched,
            revision=Draft.revision + 1,
            saved_by=viewer.account,
            saved_at=clock.now(),
        ).where((Draft.id == draft.id) & (Draft.revision == draft.revision))
        if stored.execute() != 1:
            return None
    return Draft.get_by_id(draft.id)
