"""What every administration page is built on: the guard, the way a form is acted on, and lists without counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import BaseView, expose
from flask_admin.contrib.peewee import ModelView
from peewee import Field
from werkzeug.wrappers import Response
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from core.cases.action import Receipt
from core.errors import OutOfScope, Refused, Stale
from core.people.scope import Viewer
from core.web.access import viewer

ADMINISTRATORS = ("system_admin", "security_admin", "auditor", "policy_officer")

Answer = str | Response | tuple[str, int]


class Guarded:
    """Open to the roles that the class names and to nobody else; for others the page does not exist."""

    roles: tuple[str, ...] = ()

    def is_accessible(self) -> bool:
        """Whether this person holds one of the roles (Flask-Admin's own answer would be: everybody)."""
        return bool(set(self.roles) & viewer().roles)

    def inaccessible_callback(self, name: str, **_kwargs: Any) -> Response:  # noqa: ARG002
        """Wrong role: 404, as everywhere."""
        raise OutOfScope

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own runs a view a second time after a TypeError inside it, which could act twice
        return fn(self, *args, **kwargs)


class PlainForm(Form):
    """A form without a seal of its own: the page carries the application's seal and the one-time token."""

    class Meta:
        locales = ("zh",)


class Page(Guarded, BaseView):
    """A page that is no table of the database."""

    title = ""
    group = ""
    slug = ""

    def __init__(self) -> None:
        super().__init__(name=self.title, category=self.group, endpoint=f"admin_{self.slug}", url=self.slug)


def options(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Choices of a select or of radio buttons, from (value, words)."""
    return [SelectChoice(value, words) for value, words in pairs]


def token() -> str:
    """The one-time token of the posted form."""
    return request.form.get("form_token", "")


def whole(text: str | None) -> int:
    """A number from an address or a form of ours. Raises OutOfScope for anything else."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 15:
        raise OutOfScope
    return int(text)


def attempt(verb: Callable[[], Receipt], form: Form | None = None) -> Receipt | None:
    """Call a verb and flash what it says; when it refuses, put the faults at their fields and give None."""
    try:
        receipt = verb()
    except (Refused, Stale) as fault:
        fields = fault.fields if isinstance(fault, Refused) else {}
        placed = [name for name in fields if form is not None and name in form]
        for name in placed:
            form[name].errors = [*form[name].errors, fields[name]]  # type: ignore[index]
        if form is None:
            flash(str(fault), "error")
        elif not placed:
            form.form_errors.append(str(fault))
        return None
    flash(str(receipt["message"]))
    return receipt


def status_of(form: Form) -> int:
    """422 for a form that came back with faults, else 200."""
    return 422 if form.errors else 200


def regions_of(person: Viewer) -> list[int]:
    """The regions whose policy officer this person is."""
    return [reach.region for reach in person.within("policy_officer") if reach.region is not None]


class Table(Guarded, ModelView):
    """A table as a list with keyset paging, and forms whose work one verb does.

    A list reads one page by the key and never counts. `get_query` says which rows a person may see and brings
    along what the columns show.
    """

    title = ""
    group = ""
    slug = ""
    about = ""
    create_label = "新增"
    searched: Sequence[Field] = ()
    newest_first = False
    page_size = 50
    can_delete = False
    can_export = False
    can_view_details = False
    form: type[Form] = PlainForm

    def __init__(self, model: Any) -> None:
        super().__init__(model, name=self.title, category=self.group, endpoint=f"admin_{self.slug}", url=self.slug)

    def create_row(self, form: Form) -> Receipt:  # noqa: ARG002
        """The verb behind the create form."""
        raise OutOfScope

    def change_row(self, form: Form, row: Any) -> Receipt:  # noqa: ARG002
        """The verb behind the edit form."""
        raise OutOfScope

    def fill_choices(self, form: Form, row: Any = None) -> None:
        """Choices that depend on the person or the row."""

    def links(self, row: Any) -> list[tuple[str, str]]:
        """What can be done with a row: (address, words)."""
        return [(url_for(f"{self.endpoint}.edit_view", id=row.id), "修改")] if self.can_edit else []

    def find(self, row_id: str | None) -> Any:
        """A row within this person's reach. Raises OutOfScope."""
        row = self.get_query().where(self.model.id == whole(row_id)).first()
        if row is None:
            raise OutOfScope
        return row

    def rows(self) -> tuple[list[Any], str]:
        """One page of rows after the one that the address names, and the key that the next page begins after."""
        query, key, after = self.get_query(), self.model.id, request.args.get("after", "")
        if after:
            query = query.where(key < whole(after) if self.newest_first else key > whole(after))
        sought = request.args.get("q", "").strip()
        if sought and self.searched:
            condition = self.searched[0].contains(sought)
            for field in self.searched[1:]:
                condition = condition | field.contains(sought)
            query = query.where(condition)
        found = list(query.order_by(key.desc() if self.newest_first else key).limit(self.page_size + 1))
        more = len(found) > self.page_size
        return found[: self.page_size], str(found[self.page_size - 1].id) if more else ""

    @expose("/")
    def index_view(self) -> Answer:
        """The list."""
        rows, after = self.rows()
        more = url_for(".index_view", after=after, q=request.args.get("q") or None) if after else ""
        return self.render(
            self.list_template,
            rows=rows,
            columns=self._list_columns,
            value=lambda row, name: self.get_list_value(None, row, name),
            more=more,
            sought=request.args.get("q", ""),
        )

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """The form for a new row."""
        if not self.can_create:
            raise OutOfScope
        form = self.create_form()
        self.fill_choices(form)
        if request.method == "POST" and form.validate() and attempt(lambda: self.create_row(form), form):
            return redirect(url_for(".index_view"))
        return self.render("admin/model/create.html", form=form), status_of(form)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Answer:
        """The form for a row that is there."""
        if not self.can_edit:
            raise OutOfScope
        row = self.find(request.args.get("id"))
        form = self.edit_form(obj=row)
        self.fill_choices(form, row)
        if request.method == "POST" and form.validate() and attempt(lambda: self.change_row(form, row), form):
            return redirect(url_for(".index_view"))
        return self.render("admin/model/edit.html", form=form, row=row), status_of(form)

    @expose("/remove/")
    def remove_view(self) -> Answer:
        """Asks on a page of its own before anything is deleted."""
        if not self.can_delete:
            raise OutOfScope
        row = self.find(request.args.get("id"))
        return self.render("admin/remove.html", row=row, name=self.row_name(row))

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Answer:
        """Deletes after the page has asked."""
        if not self.can_delete:
            raise OutOfScope
        row = self.find(request.form.get("id"))
        attempt(lambda: self.delete_row(row))
        return redirect(url_for(".index_view"))

    def row_name(self, row: Any) -> str:
        """A row as the question before deleting names it."""
        return str(getattr(row, "name", row.id))

    def delete_row(self, row: Any) -> Receipt:  # noqa: ARG002
        """The verb behind deleting."""
        raise OutOfScope

    # what Flask-Admin offers beyond this is closed
    @expose("/details/")
    def details_view(self) -> Answer:
        """Closed."""
        raise OutOfScope

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Answer:
        """Closed."""
        raise OutOfScope

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Answer:  # noqa: ARG002
        """Closed: the audit pages have an export of their own."""
        raise OutOfScope

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Answer:
        """Closed."""
        raise OutOfScope

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Answer:
        """Closed."""
        raise OutOfScope
