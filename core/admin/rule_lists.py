"""Lists of rules on a designer's page: choose one, add, order, take out, and its properties."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_admin import expose

from core.admin import designer_choices
from core.admin.base import Answer, whole
from core.admin.designer_sheets import Faults, Sheet, change, posted, sheet_of, typed_of
from core.cases import authoring_awards
from core.cases.authoring_consequences import effects
from core.cases.authoring_items import item_at, move_item, remove_item
from core.cases.authoring_scheme import entries
from core.errors import OutOfScope, Refused
from core.models import DefinitionVersion


class RuleLists:
    """For a page whose drafts hold lists of rules; the page says how it is drawn and where a rule is shown."""

    kinds: tuple[str, ...] = ()

    def draw(
        self, sheet: Sheet, at: str, typed: dict[str, str] | None = None, faults: Faults | None = None
    ) -> Answer:
        """The page of a draft."""
        raise NotImplementedError

    def address(self, row: DefinitionVersion, at: str) -> str:
        """Where a rule is shown."""
        raise NotImplementedError

    def rules_page(self, sheet: Sheet, at: str, typed: dict[str, str] | None, faults: Faults) -> str:
        """The lists of a draft that is nothing else."""
        page: str = self.render(  # type: ignore[attr-defined]
            "admin/designer/scheme_rules.html", **rules_of(sheet, at, typed, faults)
        )
        return page

    @expose("/<int:definition_id>/list", methods=("POST",))
    def list_of(self, definition_id: int) -> Answer:
        """Add a rule, take one out, move it up or down; the button says which."""
        sheet = sheet_of(definition_id, *self.kinds)
        if not isinstance(sheet, Sheet):
            return sheet
        do, _, path = request.form.get("do", "").partition(":")
        title = request.form.get(f"new-{path}", "")
        made = list[str]()

        def work(draft: dict[str, Any]) -> None:
            authoring_awards.sort_at(sheet.row.kind, path)
            if do == "add":
                made.append(f"{path}.{authoring_awards.add_rule(draft, sheet.row.kind, path, title)}")
            elif do == "remove":
                remove_item(draft, path)
            elif do in ("up", "down"):
                move_item(draft, path, -1 if do == "up" else 1)
            else:
                raise OutOfScope

        faults = change(sheet.row, work, _SAID.get(do, ""))
        if faults:
            return self.draw(sheet, "", posted(), faults)
        return redirect(self.address(sheet.row, made[0] if made else ""))

    @expose("/<int:definition_id>/rule", methods=("POST",))
    def rule(self, definition_id: int) -> Answer:
        """The properties of one rule."""
        sheet = sheet_of(definition_id, *self.kinds)
        if not isinstance(sheet, Sheet):
            return sheet
        typed = posted()
        at = typed.get("at", "")
        faults = change(
            sheet.row, lambda draft: authoring_awards.put_rule(draft, sheet.row.kind, at, typed), "已保存。"
        )
        return self.draw(sheet, at, typed, faults) if faults else redirect(self.address(sheet.row, at))


_SAID = {"add": "已添加，请填写其余内容。", "remove": "已去掉；要恢复，按“撤销”。", "up": "次序已改。", "down": "次序已改。"}


def rules_of(sheet: Sheet, at: str, typed: dict[str, str] | None, faults: Faults) -> dict[str, Any]:
    """What a page needs to show the lists of a draft and the properties of the chosen rule."""
    kind = sheet.row.kind
    lists = [(name, sort) for (of, name), sort in authoring_awards.LISTS.items() if of == kind]
    item = _chosen(sheet, at)
    slots = authoring_awards.sort_at(kind, at).slots if item is not None else ()
    names = designer_choices.facts_for_formulas(sheet, at.startswith("holds."))
    all_names = designer_choices.facts_for_formulas(sheet, running=True)
    words = designer_choices.values_in_words(sheet)
    return {
        "sheet": sheet, "row": sheet.row, "chosen": at if item is not None else "", "lists": lists, "item": item,
        "slots": slots, "now": typed_of(slots, item or {}) | (typed or {}), "typed": typed or {}, "faults": faults,
        "choices": designer_choices.choices_of(slots, sheet), "names": names,
        "said": {f"{name}.{n}": _said(one, all_names, words) for name, _ in lists for n, one in entries(sheet.data, name)},
        "reading": designer_choices.reading(str((item or {}).get("when", "")), names, words),
        "titles": dict(designer_choices.titles(sheet)), "effects": dict(effects(sheet.entries("procedures", "procedures"))),
    }  # fmt: skip


def _said(rule: dict[str, Any], names: list[designer_choices.Name], words: dict[str, str]) -> str:
    """The condition of a rule as people read it, or as it is written where that cannot be done."""
    written = str(rule.get("when", ""))
    return designer_choices.reading(written, names, words) or written


def _chosen(sheet: Sheet, at: str) -> dict[str, Any] | None:
    """The rule that is chosen; None for none, and for one that is gone. Raises OutOfScope for no rule's place."""
    if not at:
        return None
    name, _, position = at.partition(".")
    whole(position)
    try:
        authoring_awards.sort_at(sheet.row.kind, name)
        item = item_at(sheet.data, at)
    except Refused:
        return None
    return item if isinstance(item, dict) else None
