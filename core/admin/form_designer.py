"""The form designer: palette, outline and properties of a form's draft, on one page that works without scripts.

The whole page is one form: whatever button is pressed, what was typed into the properties goes along and is kept
in the same step.
"""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from core.admin import form_designer_page as pages
from core.admin import form_preview
from core.admin.base import Answer, Page, attempt, token, whole
from core.admin.definitions import data_or_none, read
from core.cases import authoring, authoring_form_copies, authoring_form_names, authoring_form_things, authoring_forms
from core.cases.authoring_checks import sources_around
from core.cases.authoring_form_trial import trial
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion
from core.web.access import viewer

SAID = {
    "save": "已保存。", "add": "已加上，请填写它的属性。", "up": "已上移。", "down": "已下移。",
    "duplicate": "已复制在后面。", "remove": "已去掉，可以撤销。", "place": "已移到那里。",
}  # fmt: skip
AWAY = {"preview": ".preview", "copy": ".copy"}


def form_draft(definition_id: int) -> DefinitionVersion:
    """A form's draft of this person's region. Raises OutOfScope for what is no form, Refused for what is no draft."""
    row = read(definition_id)
    if row.kind != "form":
        raise OutOfScope
    if row.status != "draft":
        raise Refused("已发布或撤回的版本不能再改，请另存为新的草稿。")
    return row


def form_data(row: DefinitionVersion) -> dict[str, Any]:
    """The draft as data that the designer can show. Raises Refused."""
    data = authoring.data_of(row)
    authoring_form_things.require_readable(data)
    return data


def form_title(row: DefinitionVersion) -> str:
    """What a form calls itself, its key while it cannot be read."""
    data = data_or_none(row) or {}
    return str(data.get("title") or row.key)


class FormDesigner(Page):
    """Reached from a form's draft; it has no entry of its own."""

    roles = ("policy_officer",)
    title, group, slug = "表单设计", "规定", "form_designer"

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Forms are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/", methods=("GET", "POST"))
    def design(self, definition_id: int) -> Answer:
        """The page; every button of it comes here."""
        try:
            row = form_draft(definition_id)
            data = form_data(row)
        except Refused as fault:
            flash(str(fault), "error")
            return redirect(url_for("admin_definitions.one", definition_id=definition_id))
        if request.method == "POST":
            return _Press(row, data).answer()
        return pages.render(row, data, request.args.get("at", ""), fresh=bool(request.args.get("new")))

    @expose("/<int:definition_id>/remove/<path>")
    def remove(self, definition_id: int, path: str) -> Answer:
        """Asks before something goes that others speak of, and says who."""
        row = form_draft(definition_id)
        data = form_data(row)
        thing = authoring_form_things.thing_at(data, path)
        found = authoring_form_names.uses(data, path, row.key, sources_around(row)) if path else []
        sort = authoring_form_things.sort_at(path)
        return render_template(
            "admin/designer/form_remove.html", row=row, path=path, thing=thing, sort=sort, uses=found
        )

    @expose("/<int:definition_id>/copy", methods=("GET", "POST"))
    def copy(self, definition_id: int) -> Answer:
        """Parts of another form, of this region or another one of this officer's, put at the end."""
        row = form_draft(definition_id)
        forms = authoring_form_copies.forms_to_copy(viewer(), row.id)
        chosen = request.values.get("source")
        source = next((one for one in forms if one.id == whole(chosen)), None) if chosen else None
        if chosen and source is None:
            raise OutOfScope
        other = form_data(source) if source is not None else None
        if request.method == "POST" and other is not None:
            return self._copied(row, other)
        return render_template(
            "admin/designer/form_copy.html", row=row, forms=[(one, form_title(one)) for one in forms], source=source, other=other
        )

    def _copied(self, row: DefinitionVersion, other: dict[str, Any]) -> Answer:
        keys, at = request.form.getlist("section"), [""]

        def change(draft: dict[str, Any]) -> None:
            at[0] = authoring_form_copies.copy_sections(draft, other, keys)

        seen = request.form.get("seen", "")
        if attempt(lambda: authoring.change_draft(viewer(), row.id, change, seen, token())) is None:
            return redirect(url_for(".copy", definition_id=row.id, source=request.form.get("source", "")))
        return redirect(url_for(".design", definition_id=row.id, at=at[0]))

    @expose("/<int:definition_id>/formula", methods=("POST",))
    def formula(self, definition_id: int) -> Response:
        """A formula as it is typed: its reading or its fault, samples to fill in, and what it gives."""
        row = form_draft(definition_id)
        slot = request.form.get("slot", "")
        found = trial(form_data(row), request.form.get(f"p.{slot}", ""), pages.samples_of(slot))
        source = request.form.get(f"p.{slot}", "")
        return jsonify(
            said=render_template("admin/designer/form_said.html", found=found, source=source),
            samples=render_template("admin/designer/form_samples.html", found=found, slot=slot),
            names=[sample.name for sample in found.samples],
            error=found.error,
            position=found.position,
            words=found.words,
            value=found.value,
        )

    @expose("/<int:definition_id>/preview")
    def preview(self, definition_id: int) -> Answer:
        """The form as those who fill it in see it, wide or as on a phone."""
        row = form_draft(definition_id)
        return form_preview.frame(row, form_data(row))

    @expose("/<int:definition_id>/preview/page", methods=("GET", "POST"))
    def preview_page(self, definition_id: int) -> Answer:
        """What stands inside the preview's frame."""
        return form_preview.page(form_draft(definition_id))


class _Press:
    """One button of the designer pressed: keep what was typed, do what the button says, say what happened."""

    def __init__(self, row: DefinitionVersion, data: dict[str, Any]) -> None:
        self.row, self.data = row, data
        self.path = request.form.get("at", "")
        self.do, _, self.what = request.form.get("do", "save").partition(":")
        self.seen = request.form.get("seen", "")

    def answer(self) -> Answer:
        """The page again with what is wrong, or where to go."""
        try:
            sheet = pages.Sheet(self.row, self.data, self.path)
            if self.do == "try":
                return pages.render(self.row, self.data, self.path, sheet=sheet)
            values = sheet.changed()
        except Refused as fault:
            return self._back(fault)
        try:
            return self._act(values)
        except (Refused, Stale) as fault:
            return self._back(fault)

    def _back(self, fault: Refused | Stale) -> Answer:
        """Nothing was done; what was typed stays."""
        faults = dict(fault.fields) if isinstance(fault, Refused) else {}
        if not faults:
            flash(str(fault), "error")
        row = DefinitionVersion.get_by_id(self.row.id)
        try:
            return pages.render(row, form_data(row), self.path, typed=True, faults=faults), (
                409 if isinstance(fault, Stale) else 422
            )
        except Refused:
            return redirect(url_for(".design", definition_id=row.id))

    def _act(self, values: dict[str, Any]) -> Answer:
        if self.do in ("undo", "redo"):
            return self._go(values)
        if self.do == "remove" and not request.form.get("sure") and self._is_spoken_of():
            self._keep(values)
            return redirect(url_for(".remove", definition_id=self.row.id, path=self.path))
        if self.do in ("open", "go"):
            self._keep(values)
            return self._leave()
        at = self._keep(values, act=self.do != "save")
        if self.do in SAID:
            flash(SAID[self.do])
        new = 1 if self.do == "add" else None
        return redirect(url_for(".design", definition_id=self.row.id, at=at or None, new=new))

    def _is_spoken_of(self) -> bool:
        return bool(authoring_form_names.uses(self.data, self.path, self.row.key, sources_around(self.row)))

    def _keep(self, values: dict[str, Any], act: bool = False) -> str:
        """Keep what was typed and, when asked, do what the button says: one step of the draft."""
        if not values and not act:
            return self.path
        at = [self.path]

        def change(draft: dict[str, Any]) -> None:
            authoring_form_things.require_readable(draft)
            if values:
                authoring_forms.set_properties(draft, self.path, values)
            if act:
                at[0] = self._done(draft)

        receipt = authoring.change_draft(viewer(), self.row.id, change, self.seen, token())
        return self.path if receipt.get("repeated") else at[0]

    def _done(self, draft: dict[str, Any]) -> str:
        if self.do == "add":
            what, _, behind = self.what.partition(">")
            return authoring_forms.add(draft, what, behind or self.path)
        if self.do in ("up", "down"):
            return authoring_forms.move(draft, self.what or self.path, -1 if self.do == "up" else 1)
        if self.do == "duplicate":
            return authoring_forms.duplicate(draft, self.path)
        if self.do == "remove":
            return authoring_forms.remove(draft, self.path)
        if self.do == "place":
            path, _, target = self.what.partition(">")
            return authoring_forms.place(draft, path, target)
        raise OutOfScope

    def _go(self, values: dict[str, Any]) -> Answer:
        """Undo takes back what was just typed first: it becomes a step of its own, so that 重做 brings it back."""
        self._keep(values)
        seen = DefinitionVersion.get_by_id(self.row.id).digest if values else self.seen
        by = -1 if self.do == "undo" else 1
        receipt = authoring.go(viewer(), self.row.id, by, seen, f"{token()}-{self.do}")
        flash(str(receipt["message"]))
        return redirect(url_for(".design", definition_id=self.row.id, at=self.path or None))

    def _leave(self) -> Answer:
        if self.do == "open":
            return redirect(url_for(".design", definition_id=self.row.id, at=self.what or None))
        if self.what in AWAY:
            return redirect(url_for(AWAY[self.what], definition_id=self.row.id))
        if self.what in ("publish", "text", "one"):
            return redirect(url_for(f"admin_definitions.{self.what}", definition_id=self.row.id))
        raise OutOfScope
