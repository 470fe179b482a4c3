"""The form designer: palette, outline and properties of a form's draft, on one page that works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from core.admin import form_designer_page as pages
from core.admin import form_preview
from core.admin.base import Answer, attempt, token, whole
from core.admin.definitions import data_or_none
from core.admin.designing import OnePage, Press, Sheet, draft_of
from core.cases import authoring, authoring_form_copies, authoring_form_names, authoring_form_things, authoring_forms
from core.cases.authoring_checks import sources_around
from core.cases.authoring_form_trial import trial
from core.errors import OutOfScope
from core.models import DefinitionVersion
from core.web.access import viewer

SAID = {
    "save": "已保存。", "add": "已加上，请填写它的属性。", "up": "已上移。", "down": "已下移。",
    "duplicate": "已复制在后面。", "remove": "已去掉，可以撤销。", "place": "已移到那里。",
}  # fmt: skip
AWAY = {"preview": ".preview", "copy": ".copy"}


def form_draft(definition_id: int) -> DefinitionVersion:
    """A form's draft of this person's region. Raises OutOfScope for what is no form, Refused for what is no draft."""
    return draft_of(definition_id, "form")


def form_data(row: DefinitionVersion) -> dict[str, Any]:
    """The draft as data that the designer can show. Raises Refused."""
    data = authoring.data_of(row)
    authoring_form_things.require_readable(data)
    return data


def form_title(row: DefinitionVersion) -> str:
    """What a form calls itself, its key while it cannot be read."""
    data = data_or_none(row) or {}
    return str(data.get("title") or row.key)


class FormDesigner(OnePage):
    """The form of one draft."""

    title, slug = "表单设计", "form_designer"

    def open(self, definition_id: int) -> tuple[DefinitionVersion, dict[str, Any]]:
        """The draft and its data."""
        row = form_draft(definition_id)
        return row, form_data(row)

    def press(self, row: DefinitionVersion, data: dict[str, Any]) -> Press:
        """The button that was pressed."""
        return _Press(row, data)

    def draw(self, row: DefinitionVersion, data: dict[str, Any]) -> str:
        """The page as the address asks for it."""
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


class _Press(Press):
    said = SAID

    def sheet(self) -> Sheet:
        return pages.FormSheet(self.data, self.path)

    def draw(self, row: DefinitionVersion, faults: Mapping[str, str]) -> str:
        return pages.render(row, form_data(row), self.path, typed=True, faults=faults)

    def require_readable(self, draft: Mapping[str, Any]) -> None:
        authoring_form_things.require_readable(draft)

    def put(self, draft: dict[str, Any], values: dict[str, Any]) -> None:
        authoring_forms.set_properties(draft, self.path, values)

    def answer(self) -> Answer:
        if self.do == "try":
            return pages.render(self.row, self.data, self.path, typed=True)
        return super().answer()

    def act(self, values: dict[str, Any]) -> Answer:
        if self.do == "remove" and not request.form.get("sure") and self._is_spoken_of():
            self.keep(values)
            return redirect(url_for(".remove", definition_id=self.row.id, path=self.path))
        return super().act(values)

    def _is_spoken_of(self) -> bool:
        return bool(authoring_form_names.uses(self.data, self.path, self.row.key, sources_around(self.row)))

    def to(self, at: str, **more: Any) -> Answer:
        return super().to(at, new=1 if self.do == "add" else None, **more)

    def leave(self) -> Answer:
        if self.what in AWAY and self.do == "go":
            return redirect(url_for(AWAY[self.what], definition_id=self.row.id))
        return super().leave()

    def done(self, draft: dict[str, Any]) -> str:
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
