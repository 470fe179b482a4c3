"""The award designer: the decision table of amounts, rules, holds, caps, purposes, and a try-out beside the table."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose

from core.admin import designer_choices
from core.admin.award_tryout import PENDING, Trial, asked_of, consequences_of, try_out
from core.admin.base import Answer, Page
from core.admin.designer_sheets import Faults, Sheet, change, posted, sheet_of, typed_of
from core.admin.rule_lists import RuleLists, rules_of
from core.cases import authoring_awards
from core.cases.authoring_awards import HIGHEST, TERMS, YEARLY
from core.cases.consequence_drafts import consequence_draft
from core.models import DefinitionVersion
from core.policy.award_recall import RECOVERED


def _recovers(sheet: Sheet) -> list[dict[str, Any]]:
    """The consequences that call paid awards back, their conditions as people read them."""
    names, words = designer_choices.facts_for_formulas(sheet), designer_choices.values_in_words(sheet)
    found = [one for one in consequences_of(sheet) if one.get("key") == RECOVERED]
    said = [designer_choices.reading(str(one.get("when", "")), names, words) for one in found]
    return [{**one, "when": read or one.get("when", "")} for one, read in zip(found, said, strict=True)]


class AwardDesigner(RuleLists, Page):
    """The award rules of one draft."""

    roles = ("policy_officer",)
    title, group, slug = "奖补设计", "规定", "award_rules"
    kinds = ("awards",)

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Drafts are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/")
    def one(self, definition_id: int) -> Answer:
        """The draft to work on; what is asked to be tried comes with the address."""
        sheet = sheet_of(definition_id, "awards")
        return self.draw(sheet, request.args.get("at", "")) if isinstance(sheet, Sheet) else sheet

    def draw(
        self, sheet: Sheet, at: str, typed: dict[str, str] | None = None, faults: Faults | None = None
    ) -> Answer:
        """The page, with what was typed where it was refused."""
        data, tried = sheet.data, request.args.to_dict() if request.method == "GET" else {}
        terms = (*TERMS, *HIGHEST, *YEARLY)
        page = self.render(
            "admin/designer/awards.html",
            **rules_of(sheet, at, typed, faults or {}),
            rows=authoring_awards.amount_rows(data),
            grades=designer_choices.grades_of(sheet),
            amounts=designer_choices.parameters(sheet, "money_yuan"),
            own_titles=designer_choices.own_titles(sheet),
            pending=PENDING, terms=terms, terms_now=typed_of(terms, data), terms_choices=designer_choices.choices_of(terms, sheet),
            recovers=_recovers(sheet),
            other_draft=consequence_draft(sheet.row.region), asked=asked_of(sheet), tried=tried, trial=try_out(sheet, tried) if "try" in tried else Trial(),
        )  # fmt: skip
        return page, 422 if faults else 200

    @expose("/<int:definition_id>/amounts", methods=("POST",))
    def amounts(self, definition_id: int) -> Answer:
        """The decision table."""
        return self._put(definition_id, authoring_awards.put_amounts, "奖励金额已保存。", "amounts")

    @expose("/<int:definition_id>/terms", methods=("POST",))
    def terms(self, definition_id: int) -> Answer:
        """What holds for all awards."""
        return self._put(definition_id, authoring_awards.put_terms, "已保存。", "terms")

    def _put(self, definition_id: int, put: Any, said: str, anchor: str) -> Answer:
        sheet = sheet_of(definition_id, "awards")
        if not isinstance(sheet, Sheet):
            return sheet
        typed = posted()
        faults = change(sheet.row, lambda draft: put(draft, typed), said)
        if faults:
            return self.draw(sheet, "", typed, faults)
        return redirect(url_for(".one", definition_id=definition_id, _anchor=anchor))

    def address(self, row: DefinitionVersion, at: str) -> str:
        """Where a rule of a list is shown."""
        return url_for("admin_award_rules.one", definition_id=row.id, at=at or None, _anchor="props" if at else None)
