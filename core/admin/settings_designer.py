"""The settings designer: panel, notice, clocks, facts, who takes part and the register, beside a workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for

from core.admin import settings_page as pages
from core.admin.base import Answer, whole
from core.admin.definitions import read
from core.admin.designing import OnePage, Press, Sheet, draft_of
from core.cases import authoring
from core.cases import authoring_settings as verbs
from core.cases.authoring_settings_words import SETTINGS
from core.errors import OutOfScope, Stale
from core.models import DefinitionVersion

SAID = {
    "save": "已保存。", "add": "已加上，请填写它的内容。", "up": "已上移。", "down": "已下移。",
    "remove": "已去掉，可以撤销。", "place": "已改好。",
}  # fmt: skip


def settings_data(row: DefinitionVersion) -> dict[str, Any]:
    """The draft as data that forms can show. Raises Refused."""
    data = authoring.data_of(row)
    verbs.require_readable(row.kind, data)
    return data


class SettingsDesigner(OnePage):
    """The settings of one draft."""

    title, slug = "规定设计", "settings"

    def open(self, definition_id: int) -> tuple[DefinitionVersion, dict[str, Any]]:
        """The draft and its data."""
        row = draft_of(definition_id, *SETTINGS)
        return row, settings_data(row)

    def press(self, row: DefinitionVersion, data: dict[str, Any]) -> Press:
        """The button that was pressed."""
        return _Press(row, data)

    def draw(self, row: DefinitionVersion, data: dict[str, Any]) -> str:
        """The page as the address asks for it."""
        return pages.render(row, data, request.args.get("at", ""))


class _Press(Press):
    said = SAID

    def sheet(self) -> Sheet:
        if verbs.nearest(self.row.kind, self.data, self.path) != self.path and "p" in request.form:
            raise Stale("这一项刚有别人改过，请看过现在的内容再改。")
        return pages.sheet_at(self.row.kind, self.data, self.path)

    def draw(self, row: DefinitionVersion, faults: Mapping[str, str]) -> str:
        return pages.render(row, settings_data(row), self.path, typed=True, faults=faults)

    def require_readable(self, draft: Mapping[str, Any]) -> None:
        verbs.require_readable(self.row.kind, draft)

    def put(self, draft: dict[str, Any], values: dict[str, Any]) -> None:
        verbs.set_properties(self.row.kind, draft, self.path, values)

    def to(self, at: str, **more: Any) -> Answer:
        return super().to(at, back=self.back() or None, **more)

    def leave(self) -> Answer:
        if (self.do, self.what) == ("go", "back"):
            back, _, at = self.back().partition(":")
            row = read(whole(back))
            return redirect(url_for("admin_workflow_designer.design", definition_id=row.id, at=at or None))
        return super().leave()

    def done(self, draft: dict[str, Any]) -> str:
        kind, (path, _, target) = self.row.kind, self.what.partition(">")
        if self.do == "add":
            return verbs.add(kind, draft, path)
        if self.do in ("up", "down"):
            return verbs.move(kind, draft, path or self.path, -1 if self.do == "up" else 1)
        if self.do == "remove":
            return verbs.remove(kind, draft, path or self.path)
        if self.do == "place":
            return verbs.place(kind, draft, path, target)
        raise OutOfScope
