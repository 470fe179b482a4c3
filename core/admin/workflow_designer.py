"""The workflow designer: list, diagram and properties of a workflow's draft, on one page that works without scripts.

The whole page is one form: whatever button is pressed, what was typed into the properties goes along and is kept
in the same step.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose

from core.admin import workflow_designer_page as pages
from core.admin.base import Answer, Page, attempt, token
from core.admin.definitions import read
from core.cases import authoring
from core.cases import authoring_workflow as flow
from core.cases.authoring_workflow_templates import start_from
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion
from core.web.access import viewer

SAID = {
    "save": "已保存。", "stage": "已加上环节并接进流程，请填写它的属性。", "action": "已加上动作，请填写它的属性。",
    "up": "已上移。", "down": "已下移。", "remove": "已去掉，可以撤销。", "place": "已改好。",
}  # fmt: skip
AWAY = ("publish", "text", "one")


def workflow_draft(definition_id: int) -> DefinitionVersion:
    """A workflow's draft of this person's region. Raises OutOfScope for another kind, Refused for what is no draft."""
    row = read(definition_id)
    if row.kind != "workflow":
        raise OutOfScope
    if row.status != "draft":
        raise Refused("已发布或撤回的版本不能再改，请另存为新的草稿。")
    return row


def workflow_data(row: DefinitionVersion) -> dict[str, Any]:
    """The draft as data that the designer can show. Raises Refused."""
    data = authoring.data_of(row)
    flow.require_readable(data)
    return data


class WorkflowDesigner(Page):
    """Reached from a workflow's draft; it has no entry of its own."""

    roles = ("policy_officer",)
    title, group, slug = "流程设计", "规定", "workflow_designer"

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Workflows are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/", methods=("GET", "POST"))
    def design(self, definition_id: int) -> Answer:
        """The page; every button of it comes here."""
        try:
            row = workflow_draft(definition_id)
            data = workflow_data(row)
        except Refused as fault:
            flash(str(fault), "error")
            return redirect(url_for("admin_definitions.one", definition_id=definition_id))
        if request.method == "POST":
            return _Press(row, data).answer()
        return pages.render(row, data, request.args.get("at", ""))


class _Press:
    """One button of the designer pressed: keep what was typed, do what the button says, say what happened."""

    def __init__(self, row: DefinitionVersion, data: dict[str, Any]) -> None:
        self.row, self.data = row, data
        self.path = pages.nearest(data, request.form.get("at", ""))
        self.do, _, self.what = request.form.get("do", "save").partition(":")
        self.seen = request.form.get("seen", "")

    def answer(self) -> Answer:
        """The page again with what is wrong, or where to go."""
        try:
            if request.form.get("at", "") != self.path and "p" in request.form:
                raise Stale("这一项刚有别人改过，请看过现在的内容再改。")
            return self._act(pages.Sheet(self.data, self.path).changed())
        except (Refused, Stale) as fault:
            return self._back(fault)

    def _back(self, fault: Refused | Stale) -> Answer:
        """Nothing was done; what was typed stays."""
        faults = dict(fault.fields) if isinstance(fault, Refused) else {}
        if not faults:
            flash(str(fault), "error")
        row = DefinitionVersion.get_by_id(self.row.id)
        status = 409 if isinstance(fault, Stale) else 422
        try:
            return pages.render(row, workflow_data(row), self.path, typed=True, faults=faults), status
        except Refused:
            return redirect(url_for(".design", definition_id=row.id))

    def _act(self, values: dict[str, Any]) -> Answer:
        if self.do in ("undo", "redo"):
            return self._go(values)
        if self.do == "template":
            attempt(lambda: start_from(viewer(), self.row.id, request.form.get("template", ""), self.seen, token()))
            return self._to("")
        if self.do in ("open", "go"):
            self._keep(values)
            return self._leave()
        at = self._keep(values, act=True)
        flash(SAID.get(self.do, SAID["save"]))
        return self._to(at)

    def _to(self, at: str) -> Answer:
        return redirect(url_for(".design", definition_id=self.row.id, at=at or None))

    def _keep(self, values: dict[str, Any], act: bool = False) -> str:
        """Keep what was typed and, when asked, do what the button says: one step of the draft. Where one is then."""
        if not values and not act:
            return self.path
        at = [self.path]

        def change(draft: dict[str, Any]) -> None:
            flow.require_readable(draft)
            if values:
                flow.set_properties(draft, self.path, values)
            if act:
                at[0] = self._done(draft)

        receipt = authoring.change_draft(viewer(), self.row.id, change, self.seen, token())
        return self.path if receipt.get("repeated") else at[0]

    def _done(self, draft: dict[str, Any]) -> str:
        path, _, target = self.what.partition(">")
        if self.do == "stage":
            return flow.add_stage(draft, path, target or self.path)
        if self.do == "action":
            return flow.add_action(draft, self.path, path)
        if self.do in ("up", "down"):
            return flow.move(draft, path or self.path, -1 if self.do == "up" else 1)
        if self.do == "remove":
            return flow.remove(draft, path or self.path)
        if self.do == "place":
            return flow.place(draft, path, target)
        if self.do != "save":
            raise OutOfScope
        return self.path

    def _go(self, values: dict[str, Any]) -> Answer:
        """Undo takes back what was just typed first: it becomes a step of its own, so that 重做 brings it back."""
        self._keep(values)
        seen = DefinitionVersion.get_by_id(self.row.id).digest if values else self.seen
        by = -1 if self.do == "undo" else 1
        receipt = authoring.go(viewer(), self.row.id, by, seen, f"{token()[:50]}-{self.do}")
        flash(str(receipt["message"]))
        return self._to(self.path)

    def _leave(self) -> Answer:
        if self.do == "open":
            return self._to(self.what)
        if self.what in AWAY:
            return redirect(url_for(f"admin_definitions.{self.what}", definition_id=self.row.id))
        raise OutOfScope
