"""The consequence designer: what follows from a result, what the system then does, and a try-out beside the list."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, attempt, token, whole
from core.admin.consequence_tryout import Outcome, asked_of, try_out
from core.admin.designer_sheets import Faults, Sheet, sheet_of
from core.admin.rule_lists import RuleLists, rules_of
from core.cases.consequence_drafts import begin_consequences
from core.models import DefinitionVersion
from core.web.access import viewer


class ConsequenceDesigner(RuleLists, Page):
    """The consequences of one draft."""

    roles = ("policy_officer",)
    title, group, slug = "后果设计", "规定", "consequence_rules"
    kinds = ("consequences",)

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Drafts are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/begin", methods=("POST",))
    def begin(self) -> Answer:
        """From the award designer to the draft in which calling back is changed."""
        region = whole(request.form.get("region"))
        made = attempt(lambda: begin_consequences(viewer(), region, token()))
        if made is None:
            return redirect(url_for("admin_definitions.index"))
        return redirect(url_for(".one", definition_id=made["definition"]))

    @expose("/<int:definition_id>/")
    def one(self, definition_id: int) -> Answer:
        """The draft to work on; what is asked to be tried comes with the address."""
        sheet = sheet_of(definition_id, *self.kinds)
        return self.draw(sheet, request.args.get("at", "")) if isinstance(sheet, Sheet) else sheet

    def draw(
        self, sheet: Sheet, at: str, typed: dict[str, str] | None = None, faults: Faults | None = None
    ) -> Answer:
        """The page, with what was typed where it was refused."""
        tried = request.args.to_dict() if request.method == "GET" else {}
        page = self.render(
            "admin/designer/consequences.html",
            **rules_of(sheet, at, typed, faults or {}),
            asked=asked_of(sheet), tried=tried, outcome=try_out(sheet, tried) if "try" in tried else Outcome(),
        )  # fmt: skip
        return page, 422 if faults else 200

    def address(self, row: DefinitionVersion, at: str) -> str:
        """Where a rule of the list is shown."""
        return url_for(".one", definition_id=row.id, at=at or None, _anchor="props" if at else None)
