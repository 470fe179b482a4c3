"""What each table of a workflow's file may hold: the reader checks against it, and the JSON Schema is made from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from core.roles import ROLES
from core.workflow import definition as d
from core.workflow.stage_kinds import STAGE_KINDS


@dataclass(frozen=True)
class Slot:
    """One key of a table. Kinds: text, whole, texts, facts, table, tables; `inner` is the class of an inner table.

    ``choices`` are the values allowed; empty where any will do. An optional text may be left empty.
    """

    kind: str
    required: bool = False
    choices: Collection[str] = ()
    inner: type[Any] | None = None


REQUIRED: dict[type[Any], tuple[str, ...]] = {
    d.Workflow: ("key", "name", "procedure", "start", "stages"),
    d.Stage: ("key", "name", "kind"),
    d.Action: ("key", "name", "to", "effect"),
    d.Clock: ("kind",),
    d.Signing: ("mode",),
}
_CHOICES: dict[tuple[type[Any], str], Collection[str]] = {
    (d.Stage, "kind"): STAGE_KINDS,
    (d.Stage, "scope"): ("", *d.SCOPES),
    (d.Stage, "role"): ("", *ROLES),
    (d.Stage, "basis"): d.BASES,
    (d.Action, "effect"): d.EFFECTS,
    (d.Action, "needs"): d.NEEDS,
    (d.Action, "role"): ("", *ROLES),
    (d.Action, "basis"): d.BASES,
    (d.Clock, "kind"): d.CLOCK_KINDS,
    (d.Clock, "when_over"): d.WHEN_OVER,
    (d.Clock, "basis"): d.BASES,
    (d.Signing, "mode"): d.SIGNING_MODES,
    (d.Signing, "roles"): tuple(ROLES),
    (d.Signing, "basis"): d.BASES,
}


def _slots(table: type[Any]) -> dict[str, Slot]:
    hints = get_type_hints(table)
    names = [f.name for f in fields(table) if f.name not in d.NEVER_WRITTEN]
    return {name: _slot(table, name, hints[name]) for name in names}


def _slot(table: type[Any], name: str, hint: Any) -> Slot:
    required, choices = name in REQUIRED[table], _CHOICES.get((table, name), ())
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    first = kinds[0]
    if get_origin(first) is Mapping:
        return Slot("facts", required)
    if get_origin(first) is tuple:
        inner = get_args(first)[0]
        return Slot("texts", required, choices) if inner is str else Slot("tables", required, choices, inner)
    if first in REQUIRED:
        return Slot("table", required, choices, first)
    return Slot({str: "text", int: "whole"}[first], required, choices)


SLOTS: dict[type[Any], dict[str, Slot]] = {table: _slots(table) for table in REQUIRED}
"""Every key that a file may write in the table of each class."""
