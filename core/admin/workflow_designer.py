"""The workflow designer: list, diagram and properties of a workflow's draft, on one page that works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from core.admin import workflow_designer_page as pages
from core.admin.base import Answer, attempt, token
from core.admin.designing import OnePage, Press, Sheet, draft_of
from core.cases import authoring
from core.cases import authoring_workflow as flow
from core.cases.authoring_workflow_templates import start_from
from core.errors import OutOfScope, Stale
from core.models import DefinitionVersion
from core.web.access import viewer

SAID = {
    "save": "已保存。", "stage": "已加上环节并接进流程，请填写它的属性。", "action": "已加上动作，请填写它的属性。",
    "up": "已上移。", "down": "已下移。", "remove": "已去掉，可以撤销。", "place": "已改好。",
}  # fmt: skip


def workflow_data(row: DefinitionVersion) -> dict[str, Any]:
    """The draft as data that the designer can show. Raises Refused."""
    data = authoring.data_of(row)
    flow.require_readable(data)
    return data


class WorkflowDesigner(OnePage):
    """The workflow of one draft."""

    title, slug = "流程设计", "workflow_designer"

    def open(self, definition_id: int) -> tuple[DefinitionVersion, dict[str, Any]]:
        """The draft and its data."""
        row = draft_of(definition_id, "workflow")
        return row, workflow_data(row)

    def press(self, row: DefinitionVersion, data: dict[str, Any]) -> Press:
        """The button that was pressed."""
        return _Press(row, data)

    def draw(self, row: DefinitionVersion, data: dict[str, Any]) -> str:
        """The page as the address asks for it."""
        return pages.render(row, data, request.args.get("at", ""))


class _Press(Press):
    said = SAID

    def sheet(self) -> Sheet:
        path = pages.nearest(self.data, self.path)
        if path != self.path and "p" in request.form:
            raise Stale("这一项刚有别人改过，请看过现在的内容再改。")
        return pages.sheet_at(self.data, path)

    def draw(self, row: DefinitionVersion, faults: Mapping[str, str]) -> str:
        return pages.render(row, workflow_data(row), self.path, typed=True, faults=faults)

    def require_readable(self, draft: Mapping[str, Any]) -> None:
        flow.require_readable(draft)

    def put(self, draft: dict[str, Any], values: dict[str, Any]) -> None:
        flow.set_properties(draft, self.path, values)

    def act(self, values: dict[str, Any]) -> Answer:
        if self.do == "template":
            attempt(lambda: start_from(viewer(), self.row.id, request.form.get("template", ""), self.seen, token()))
            return self.to("")
        return super().act(values)

    def back(self) -> str:
        return f"{self.row.id}:{self.path}"

    def done(self, draft: dict[str, Any]) -> str:
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
        raise OutOfScope
