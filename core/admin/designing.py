"""What the designers on one page share: a draft to open, the properties of one thing, one button pressed.

The whole page is one form: whatever button is pressed, what was typed into the properties goes along and is kept
in the same step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, token
from core.admin.definitions import read
from core.admin.workflow_settings import address_of, draft_and_entry
from core.cases import authoring, authoring_items
from core.cases.authoring_beside import draft_beside
from core.cases.authoring_words import Choices, Groups, Slot
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion
from core.web.access import viewer

AWAY = ("publish", "text", "one")
"""Pages of a definition that a designer's buttons lead to, once what was typed is kept."""


@dataclass(frozen=True)
class Found:
    """A finding beside what it is about: `at` is the thing to open ("-": in another definition), `slot` its property."""

    at: str
    slot: str
    place: str
    message: str
    allowed: str


def count(found: list[Found], path: str) -> int:
    """How many findings there are at a thing or inside it."""
    return sum(one.at == path or one.at.startswith(f"{path}.") for one in found)


def chosen_first(choices: Choices, chosen: str) -> Choices:
    """What is ticked stands first, in its own order: ticked again unchanged it reads as it is stored."""
    names = dict(choices)
    ticked = [key for key in chosen.split() if key in names]
    return [(key, names[key]) for key in ticked] + [one for one in choices if one[0] not in ticked]


def draft_of(definition_id: int, *kinds: str) -> DefinitionVersion:
    """A draft of this person's region. Raises OutOfScope for another kind, Refused for what is no draft."""
    row = read(definition_id)
    if row.kind not in kinds:
        raise OutOfScope
    if row.status != "draft":
        raise Refused("已发布或撤回的版本不能再改，请另存为新的草稿。")
    return row


class Sheet:
    """The properties of one thing, as stored or as they were just typed."""

    def __init__(self, path: str, thing: Mapping[str, Any], groups: Groups, *, posted: bool = True) -> None:
        self.path, self.thing, self.groups, self.posted = path, thing, groups, posted

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All properties, without their groups."""
        return tuple(slot for _, slots in self.groups for slot in slots)

    def stored(self, slot: Slot) -> str:
        """The present value as a person would type it."""
        return authoring_items.typed_form(slot, self.thing).strip()

    def typed(self, slot: Slot) -> str:
        """What was posted for a slot, else what is stored, as for a page of another thing.

        Of a number and a parameter beside it the one counts that is new.
        """
        if not self.posted or "p" not in request.form:
            return self.stored(slot)
        text = " ".join(request.form.getlist(f"p.{slot.path}")).replace("\r\n", "\n").strip()
        parameter = request.form.get(f"p.{slot.path}-of", "")
        if parameter and (not text or self.stored(slot) != parameter):
            return parameter
        return text

    def changed(self) -> dict[str, Any]:
        """The values that were typed anew. Raises Refused with every place that is wrong."""
        if "p" not in request.form:
            return {}
        slots = tuple(slot for slot in self.slots if self.typed(slot) != self.stored(slot))
        return authoring_items.read_slots(slots, {slot.path: self.typed(slot) for slot in slots})


class Press:
    """One button of a designer pressed: keep what was typed, do what the button says, say what happened.

    A designer says what the thing's sheet is, how the page is drawn, how values are put and what its buttons do.
    """

    said: ClassVar[Mapping[str, str]] = {}
    """What is told after each of the buttons that do something."""

    def __init__(self, row: DefinitionVersion, data: dict[str, Any]) -> None:
        self.row, self.data = row, data
        self.path = request.form.get("at", "")
        self.do, _, self.what = request.form.get("do", "save").partition(":")
        self.seen = request.form.get("seen", "")

    def sheet(self) -> Sheet:
        """The properties that were posted. Raises Refused or Stale where their thing is gone."""
        raise NotImplementedError

    def draw(self, row: DefinitionVersion, faults: Mapping[str, str]) -> str:
        """The page with what was typed and what is wrong with it. Raises Refused where the draft cannot be drawn."""
        raise NotImplementedError

    def require_readable(self, draft: Mapping[str, Any]) -> None:
        """Raises Refused where the draft has lost the shape that the designer knows."""

    def put(self, draft: dict[str, Any], values: dict[str, Any]) -> None:
        """Set what was typed."""
        raise NotImplementedError

    def done(self, draft: dict[str, Any]) -> str:
        """Do what the button says; where one is then. Raises Refused, OutOfScope for no button of this designer."""
        raise NotImplementedError

    def answer(self) -> Answer:
        """The page again with what is wrong, or where to go."""
        try:
            return self.act(self.sheet().changed())
        except (Refused, Stale) as fault:
            return self._back(fault)

    def _back(self, fault: Refused | Stale) -> Answer:
        """Nothing was done; what was typed stays."""
        faults = dict(fault.fields) if isinstance(fault, Refused) else {}
        if not faults:
            flash(str(fault), "error")
        row = DefinitionVersion.get_by_id(self.row.id)
        try:
            return self.draw(row, faults), 409 if isinstance(fault, Stale) else 422
        except Refused:
            return redirect(url_for(".design", definition_id=row.id))

    def act(self, values: dict[str, Any]) -> Answer:
        """What the button says, with the values that go along."""
        if self.do in ("undo", "redo"):
            return self._go(values)
        if self.do in ("open", "go"):
            self.keep(values)
            return self.leave()
        if self.do == "beside":
            return self._beside(values)
        at = self.keep(values, act=self.do != "save")
        flash(self.said.get(self.do, "已保存。"))
        return self.to(at)

    def to(self, at: str, **more: Any) -> Answer:
        """The page with a thing open."""
        return redirect(url_for(".design", definition_id=self.row.id, at=at or None, **more))

    def keep(self, values: dict[str, Any], act: bool = False) -> str:
        """Keep what was typed and, when asked, do what the button says: one step of the draft. Where one is then."""
        if not values and not act:
            return self.path
        at = [self.path]

        def change(draft: dict[str, Any]) -> None:
            self.require_readable(draft)
            if values:
                self.put(draft, values)
            if act:
                at[0] = self.done(draft)

        receipt = authoring.change_draft(viewer(), self.row.id, change, self.seen, token())
        return self.path if receipt.get("repeated") else at[0]

    def _go(self, values: dict[str, Any]) -> Answer:
        """Undo takes back what was just typed first: it becomes a step of its own, so that 重做 brings it back."""
        self.keep(values)
        seen = DefinitionVersion.get_by_id(self.row.id).digest if values else self.seen
        by = -1 if self.do == "undo" else 1
        receipt = authoring.go(viewer(), self.row.id, by, seen, further_token(self.do))
        flash(str(receipt["message"]))
        return self.to(self.path)

    def back(self) -> str:
        """The place of a workflow to come back to, as `id:path`; empty where one does not come from any."""
        return request.form.get("back", "")

    def _beside(self, values: dict[str, Any]) -> Answer:
        """Keep what was typed, and go on to the draft of what belongs to it; a draft is made where there is none."""
        kind, key, entry = draft_and_entry(self.what)
        self.keep(values)
        draft = draft_beside(viewer(), self.row, kind, key, further_token("beside"))
        return redirect(address_of(draft, entry, self.back()))

    def leave(self) -> Answer:
        """Open another thing, or a page of the definition."""
        if self.do == "open":
            return self.to(self.what)
        if self.what in AWAY:
            return redirect(url_for(f"admin_definitions.{self.what}", definition_id=self.row.id))
        raise OutOfScope


def further_token(what: str) -> str:
    """A token for the second thing that one press does, beside keeping what was typed."""
    return f"{token()[:50]}-{what}"


class OnePage(Page):
    """A designer's page: reached from a draft, it has no entry of its own; every button of it comes to `design`."""

    roles = ("policy_officer",)
    group = "规定"

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    def open(self, definition_id: int) -> tuple[DefinitionVersion, dict[str, Any]]:
        """The draft and its data. Raises OutOfScope, Refused for what is no draft or cannot be drawn."""
        raise NotImplementedError

    def press(self, row: DefinitionVersion, data: dict[str, Any]) -> Press:
        """The button that was pressed."""
        raise NotImplementedError

    def draw(self, row: DefinitionVersion, data: dict[str, Any]) -> str:
        """The page as the address asks for it."""
        raise NotImplementedError

    @expose("/")
    def index(self) -> Answer:
        """Drafts are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/", methods=("GET", "POST"))
    def design(self, definition_id: int) -> Answer:
        """The page."""
        try:
            row, data = self.open(definition_id)
        except Refused as fault:
            flash(str(fault), "error")
            return redirect(url_for("admin_definitions.one", definition_id=definition_id))
        return self.press(row, data).answer() if request.method == "POST" else self.draw(row, data)
