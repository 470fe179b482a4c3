"""Drafts: what a carrier has typed so far, kept whether it can be read or not.

Two tabs never overwrite each other in silence: a field that changed since the page was drawn, and is posted with
another value, is not taken; both texts are handed back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from core import clock
from core.cases import definitions
from core.cases.action import transaction
from core.errors import Refused, Stale
from core.models import Case, Draft
from core.people.scope import Viewer, find_case


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


def open_draft(viewer: Viewer, case_id: int) -> tuple[Case, Draft]:
    """The case and its draft, for the carrier's clerk. Raises OutOfScope; Refused when it is not being filled."""
    case = find_case(viewer, case_id, "carrier_clerk")
    if definitions.workflow_of(case).stage(case.stage).kind != "fill":
        raise Refused("这件事已经提交，不能再改。要改请联系审核的单位退回。")
    return case, Draft.get(Draft.case == case)


def save_section(viewer: Viewer, case_id: int, section: str, posted: MultiDict[str, Any], revision: int) -> Saved:
    """Keep one section of the form as typed. `revision` is the draft's revision the page was drawn from."""
    case, draft = open_draft(viewer, case_id)
    parsed = definitions.fill_form(case).parse(posted, section, draft.answers, draft.raw)
    conflicts = _conflicts(draft, parsed.answers, parsed.raw, revision)
    for conflict in conflicts:
        _put(parsed.answers, conflict.field, draft.answers)
        _put(parsed.raw, conflict.field, draft.raw)
    return Saved(_store(viewer, draft, parsed.answers, parsed.raw), parsed.errors, conflicts)


def _put(target: dict[str, Any], key: str, source: dict[str, Any]) -> None:
    if key in source:
        target[key] = source[key]
    else:
        target.pop(key, None)


def _value(key: str, answers: dict[str, Any], raw: dict[str, Any]) -> Any:
    return raw.get(key, answers.get(key))


def _conflicts(draft: Draft, answers: dict[str, Any], raw: dict[str, Any], revision: int) -> list[Conflict]:
    found = []
    for key, changed_at in draft.touched.items():
        kept, typed = _value(key, draft.answers, draft.raw), _value(key, answers, raw)
        if changed_at > revision and kept != typed:
            found.append(Conflict(key, kept, typed))
    return found


def _store(viewer: Viewer, draft: Draft, answers: dict[str, Any], raw: dict[str, Any]) -> Draft:
    before = set(draft.answers) | set(draft.raw)
    changed = [
        key
        for key in before | set(answers) | set(raw)
        if _value(key, draft.answers, draft.raw) != _value(key, answers, raw)
    ]
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
            raise Stale("另一个窗口刚保存过，请刷新后再看，您刚才写的内容还在这一页上。")
    return Draft.get_by_id(draft.id)
