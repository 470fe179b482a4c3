"""What the designers of schemes and awards share: a draft as a sheet to work on, one change, findings at their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import flash, redirect, request, url_for

from core.admin.base import Answer, token
from core.admin.definitions import read
from core.cases import authoring, authoring_history
from core.cases.authoring_checks import sources_around
from core.cases.authoring_faults import Fault, faults_of
from core.cases.authoring_items import typed_form
from core.cases.authoring_words import Slot
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion
from core.policy.source import parse
from core.policy.version import Sources
from core.web.access import viewer
from forms.findings import DefinitionError

Faults = dict[str, str]
Change = Callable[[dict[str, Any]], object]


@dataclass
class Sheet:
    """A draft that is being designed, with what is in force around it and what is wrong with it."""

    row: DefinitionVersion
    data: dict[str, Any]

    @cached_property
    def around(self) -> Sources:
        """The texts in force in the region, this draft's among them."""
        return sources_around(self.row)

    @cached_property
    def faults(self) -> list[Fault]:
        """Every finding, its own first."""
        return faults_of(self.row)

    @cached_property
    def steps(self) -> tuple[int, int]:
        """How many saved steps can be undone and done again."""
        return authoring_history.reachable(self.row)

    def at(self, place: str, deep: bool = False) -> list[Fault]:
        """The own findings at a place; with `deep` also those inside it."""
        own = [fault for fault in self.faults if fault.own]
        return [f for f in own if f.key == place or (deep and f.key.startswith(f"{place}."))]

    def read(self, kind: str) -> list[dict[str, Any]]:
        """The definitions of a kind around the draft that can be read."""
        found = []
        for (one, key), text in sorted(self.around.items()):
            if one == kind:
                try:
                    found.append(parse(text, key))
                except DefinitionError:
                    continue
        return found

    def entries(self, kind: str, name: str) -> list[dict[str, Any]]:
        """The tables of a list in every definition of a kind."""
        listed = [data.get(name) for data in self.read(kind)]
        return [one for entries in listed if isinstance(entries, list) for one in entries if isinstance(one, dict)]


def sheet_of(definition_id: int, *kinds: str) -> Sheet | Answer:
    """The draft to work on; where it is none (any more) or cannot be read, the page to go to instead.

    Raises OutOfScope for a definition of another kind or region.
    """
    row = read(definition_id)
    if row.kind not in kinds:
        raise OutOfScope
    if row.status != "draft":
        flash("已发布或撤回的版本不能再改，请另存为新的草稿。", "error")
        return redirect(url_for("admin_definitions.one", definition_id=row.id))
    try:
        return Sheet(row, authoring.data_of(row))
    except Refused as fault:
        flash(str(fault), "error")
        return redirect(url_for("admin_definitions.text", definition_id=row.id))


def change(row: DefinitionVersion, work: Change, said: str = "") -> Faults:
    """Change a draft through the one verb; what was wrong, by field, with "" for the whole; empty when it was done."""

    def once(draft: dict[str, Any]) -> None:
        work(draft)

    try:
        authoring.change_draft(viewer(), row.id, once, request.form.get("seen", ""), token())
    except Refused as fault:
        return dict(fault.fields) or {"": str(fault)}
    except Stale as fault:
        return {"": str(fault)}
    if said:
        flash(said)
    return {}


def told(trace: list[dict[str, Any]], names: Mapping[str, str], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """A trace as data with its inputs called as people call them, and known texts among the values in words."""
    return [
        {**step, "inputs": {names.get(key, key): _word(value, words) for key, value in step["inputs"].items()}}
        for step in trace
    ]


def _word(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_word(one, words) for one in value]
    return words.get(value, value) if isinstance(value, str) else value


def typed_of(slots: tuple[Slot, ...], item: Mapping[str, Any]) -> dict[str, str]:
    """The present values of an item as a person would type them."""
    return {slot.path: typed_form(slot, item) for slot in slots}


def posted() -> dict[str, str]:
    """The posted fields; boxes that were ticked together are one text."""
    return {name: " ".join(request.form.getlist(name)) for name in request.form}
