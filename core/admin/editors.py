"""Plain forms over a draft: items in order, and one item's values."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, token
from core.admin.definitions import kind_name, read
from core.cases import (
    authoring,
    authoring_form_choices,
    authoring_form_things,
    authoring_forms,
    authoring_items,
    authoring_procedure_choices,
)
from core.cases.authoring_checks import sources_around
from core.cases.authoring_faults import faults_of
from core.cases.authoring_items import Items
from core.cases.authoring_words import Choices, Slot
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion
from core.policy.source import parse
from core.web.access import viewer


def choices_for(slot: Slot, row: DefinitionVersion, data: dict[str, Any], path: str) -> Choices:
    """What a slot may hold: fixed, or read from the definition and what is in force around it."""
    if slot.source == "stages":
        return tuple((s["key"], s.get("name", s["key"])) for s in data.get("stages", []))
    if slot.source == "groups":
        return tuple((g["key"], g["name"]) for g in data.get("groups", []))
    if slot.source == "actions":
        stage = authoring_items.item_at(data, path)
        return tuple((a["key"], a.get("name", a["key"])) for a in stage.get("actions", []))
    return _around(slot.source, row, data, path) if slot.source else slot.choices


def _around(source: str, row: DefinitionVersion, data: dict[str, Any], path: str) -> Choices:
    around = sources_around(row)
    if source in authoring_procedure_choices.SOURCES:
        return authoring_procedure_choices.choices(source, authoring_items.item_at(data, path), row.region, around)
    if source in authoring_form_choices.SOURCES:
        return authoring_form_choices.choices(source, data, around)
    kind, name, label = {
        "forms": ("form", "", "title"),
        "workflows": ("workflow", "", "name"),
        "clocks": ("clocks", "clocks", "name"),
        "parameters": ("parameters", "parameters", "name"),
        "dates": ("plan", "items", "name"),
    }[source]
    found: list[tuple[str, str]] = []
    for (one, key), text in sorted(around.items()):
        if one == kind and (one, key) != (row.kind, row.key):
            there = parse(text, key)
            found += [(e["key"], e[label]) for e in there[name]] if name else [(key, there.get(label, key))]
    return tuple(found)


class Editors(Page):
    """Forms over drafts; they belong to the definitions and have no entry of their own."""

    roles = ("policy_officer",)
    title, group, slug = "修改草稿", "规定", "drafts"

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Drafts are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/item/<path>", methods=("GET", "POST"))
    def item(self, definition_id: int, path: str) -> Answer:
        """One item: its values, and the lists inside it."""
        row = read(definition_id)
        data = authoring.data_of(row)
        sort = authoring_items.items_at(row.kind, path)
        item = authoring_items.item_at(data, path)
        if not isinstance(item, dict):
            raise OutOfScope
        faults: dict[str, str] = {}
        if request.method == "POST":
            outcome = self._save(row, path, sort)
            if not isinstance(outcome, dict):
                return outcome
            faults = outcome
        typed = {s.path: authoring_items.typed_form(s, item) for s in sort.slots}
        if request.method == "POST":
            typed |= {s.path: " ".join(request.form.getlist(s.path)) for s in sort.slots}
        choices = {s.path: choices_for(s, row, data, path) for s in sort.slots}
        found = _found(row, path) if row.status == "draft" and not faults else {}
        page = self.render(
            "admin/item.html", row=row, path=path, sort=sort, item=item, typed=typed, choices=choices, faults=faults, found=found,
            parents=_parents(row, data, path), inner=_inner(row, path, item), kind_name=kind_name(row.kind),
        )  # fmt: skip
        return page, 422 if faults else 200

    def _save(self, row: DefinitionVersion, path: str, sort: Items) -> Answer | dict[str, str]:
        try:
            posted = {slot.path: " ".join(request.form.getlist(slot.path)) for slot in sort.slots}
            values = authoring_items.read_slots(sort.slots, posted)
            authoring.change_draft(
                viewer(),
                row.id,
                lambda draft: _put(draft, row.kind, path, values),
                request.form.get("seen", ""),
                token(),
            )
        except (Refused, Stale) as fault:
            return dict(fault.fields) if isinstance(fault, Refused) and fault.fields else {"": str(fault)}
        flash(f"{sort.name}已保存。")
        return redirect(_parent_address(row, path))

    @expose("/<int:definition_id>/arrange", methods=("POST",))
    def arrange(self, definition_id: int) -> Answer:
        """Add to a list, take out, move up or down; each button says which."""
        row = read(definition_id)
        path, what = request.form.get("path", ""), request.form.get("do", "")
        title = request.form.get("title", "")

        def change(draft: dict[str, Any]) -> None:
            authoring_items.items_at(row.kind, path)
            if what == "add":
                authoring_items.add_item(draft, row.kind, path, title)
            elif what == "remove":
                authoring_items.remove_item(draft, path)
            elif what in ("up", "down"):
                authoring_items.move_item(draft, path, -1 if what == "up" else 1)
            else:
                raise OutOfScope

        try:
            authoring.change_draft(viewer(), row.id, change, request.form.get("seen", ""), token())
        except (Refused, Stale) as fault:
            flash(str(fault), "error")
        else:
            flash({"add": "已加在最后，请填写其余内容。", "remove": "已去掉。"}.get(what, "次序已改。"))
        target = path if what == "add" else path.rpartition(".")[0]
        return redirect(_parent_address(row, f"{target}.0"))

    @expose("/<int:definition_id>/remove/<path>")
    def remove(self, definition_id: int, path: str) -> Answer:
        """Asks before an item is taken out."""
        row = read(definition_id)
        sort = authoring_items.items_at(row.kind, path)
        item = authoring_items.item_at(authoring.data_of(row), path)
        return self.render(
            "admin/item_remove.html", row=row, path=path, sort=sort, item=item, back=_parent_address(row, path)
        )


def _found(row: DefinitionVersion, path: str) -> dict[str, str]:
    """What is wrong with the item's values as they are stored, by slot."""
    own = [fault for fault in faults_of(row) if fault.own and fault.key.startswith(f"{path}.")]
    return {fault.key.removeprefix(f"{path}."): fault.message for fault in reversed(own)}


def _put(draft: dict[str, Any], kind: str, path: str, values: dict[str, Any]) -> None:
    """Set the values; in a form a new key goes into its formulas too."""
    if kind == "form":
        authoring_form_things.require_readable(draft)
        authoring_forms.set_properties(draft, path, values)
    else:
        authoring_items.put_values(draft, path, values)


def _parent_address(row: DefinitionVersion, path: str) -> str:
    """Where an item is listed: the page of the item around it, or of the definition."""
    around = path.split(".")[:-2]
    if around:
        return url_for("admin_drafts.item", definition_id=row.id, path=".".join(around))
    return url_for("admin_definitions.one", definition_id=row.id) + "#items"


def _parents(row: DefinitionVersion, data: dict[str, Any], path: str) -> list[tuple[str, str]]:
    """The items around an item, outermost first: (address, title)."""
    parts = path.split(".")
    found = []
    for end in range(2, len(parts) - 1, 2):
        outer = ".".join(parts[:end])
        title = authoring_items.item_at(data, outer).get(authoring_items.items_at(row.kind, outer).title, "")
        found.append((url_for("admin_drafts.item", definition_id=row.id, path=outer), title))
    return found


def _inner(row: DefinitionVersion, path: str, item: dict[str, Any]) -> list[tuple[str, Items, list[Any]]]:
    """The lists inside an item that have forms: (path, sort, entries)."""
    plain = ".".join(part for part in path.split(".") if not part.isdigit())
    return [
        (f"{path}.{name.rpartition('.')[2]}", sort, item.get(name.rpartition(".")[2], []))
        for (kind, name), sort in authoring_items.ITEMS.items()
        if kind == row.kind and name.rpartition(".")[0] == plain
    ]
