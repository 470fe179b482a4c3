"""The scheme designer: indicators as a tree with weights and sums, grade lines on a ruler, vetoes and ceilings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose

from core.admin import designer_choices
from core.admin.base import Answer, Page, whole
from core.admin.designer_sheets import Change, Faults, Sheet, change, posted, sheet_of, typed_of
from core.admin.rule_lists import RuleLists
from core.admin.scheme_chart import chart_of
from core.admin.scheme_tree import work_on_tree
from core.cases import authoring_lines, authoring_scheme
from core.cases.authoring_items import item_at
from core.cases.authoring_scheme_words import GROUP, HEAD, INDICATOR, METHOD, method_slots
from core.cases.authoring_words import Slot
from core.errors import OutOfScope, Refused
from core.models import DefinitionVersion
from core.policy.builtins import METHODS
from core.policy.grades import NAMES
from core.policy.numbers import exact
from core.policy.scheme import full_points

KINDS = ("indicators", "grades", "vetoes")


class SchemeDesigner(RuleLists, Page):
    """A scheme, its grade lines and its vetoes; each is a draft of its own."""

    roles = ("policy_officer",)
    title, group, slug = "指标设计", "规定", "scheme"
    kinds = KINDS

    def is_visible(self) -> bool:
        """Reached from a draft only."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Drafts are listed with the definitions."""
        return redirect(url_for("admin_definitions.index"))

    @expose("/<int:definition_id>/")
    def one(self, definition_id: int) -> Answer:
        """The draft to work on."""
        sheet = sheet_of(definition_id, *KINDS)
        return self.draw(sheet, request.args.get("at", "")) if isinstance(sheet, Sheet) else sheet

    def draw(
        self, sheet: Sheet, at: str, typed: dict[str, str] | None = None, faults: Faults | None = None
    ) -> Answer:
        """The page of the draft's kind, with what was typed where it was refused."""
        pages = {"indicators": self._tree_page, "grades": self._ruler_page, "vetoes": self.rules_page}
        page = pages[sheet.row.kind](sheet, at, typed, faults or {})
        return page, 422 if faults else 200

    def _tree_page(self, sheet: Sheet, at: str, typed: dict[str, str] | None, faults: Faults) -> str:
        slots, item = _properties(sheet.data, at)
        methods = {key: method_slots(key) for key in METHODS if method_slots(key)}
        names = designer_choices.fields_for_formulas(sheet)
        every = (*slots, *(slot for own in methods.values() for slot in own)) if slots is INDICATOR_SLOTS else slots
        return self.render(
            "admin/designer/scheme.html", sheet=sheet, row=sheet.row, chosen=at, slots=slots, item=item, methods=methods,
            now=typed_of(every, item) | (typed or {}), typed=typed or {}, faults=faults,
            choices=designer_choices.choices_of(every, sheet),
            branches=authoring_scheme.tree(sheet.data), total=authoring_scheme.total(sheet.data),
            declared=authoring_scheme.number(sheet.data.get("total_weight")),
            names=names, moved=request.args.get("moved", ""),
            reading=designer_choices.reading(str(item.get("value", "")), names), chart=_chart(item) if slots is INDICATOR_SLOTS else None, method_names=METHODS,
        )  # fmt: skip

    def _ruler_page(self, sheet: Sheet, _at: str, typed: dict[str, str] | None, faults: Faults) -> str:
        rounding = sheet.data.get("rounding")
        positions = {entry.get("grade"): n for n, entry in reversed(authoring_scheme.entries(sheet.data, "lines"))}
        return self.render(
            "admin/designer/scheme_lines.html", sheet=sheet, row=sheet.row, typed=typed, faults=faults,
            rows=authoring_lines.rows(sheet.data), grades=NAMES, positions=positions,
            stretches=authoring_lines.stretches(sheet.data, _full(sheet)), drawn=bool(sheet.data.get("lines")),
            rounding=rounding if isinstance(rounding, dict) else {},
            places=designer_choices.parameters(sheet, "whole"),
        )  # fmt: skip

    @expose("/<int:definition_id>/tree", methods=("POST",))
    def tree(self, definition_id: int) -> Answer:
        """Weights as typed, names typed for new ones, and the one button that was pressed: all in one step."""
        sheet = sheet_of(definition_id, "indicators")
        if not isinstance(sheet, Sheet):
            return sheet
        typed, moved = posted(), list[str]()
        faults = change(sheet.row, lambda draft: moved.append(work_on_tree(draft, typed)))
        if faults:
            return self.draw(sheet, typed.get("at", ""), typed, faults)
        flash(_SAID.get(typed.get("do", "").partition(":")[0], "已保存。"))
        place = moved[0] if moved else ""
        at = place if place and typed.get("do", "").startswith(("add", "new")) else ""
        return redirect(url_for(".one", definition_id=definition_id, at=at or None, moved=place or None))

    @expose("/<int:definition_id>/item", methods=("POST",))
    def item(self, definition_id: int) -> Answer:
        """The properties of the scheme, of one group or of one indicator."""
        sheet = sheet_of(definition_id, "indicators")
        if not isinstance(sheet, Sheet):
            return sheet
        typed = posted()
        name, at = _place(typed.get("at", ""))
        verbs: dict[str, Callable[[dict[str, Any]], int]] = {
            "indicators": lambda draft: authoring_scheme.put_indicator(draft, at, typed),
            "groups": lambda draft: authoring_scheme.put_group(draft, at, typed),
        }
        done = list[int]()
        work: Change = (
            (lambda draft: done.append(verbs[name](draft)))
            if name else (lambda draft: authoring_scheme.put_head(draft, typed))
        )  # fmt: skip
        faults = change(sheet.row, work, "已保存。")
        if faults:
            return self.draw(sheet, typed.get("at", ""), typed, faults)
        place = f"{name}.{done[0]}" if done else None
        return redirect(url_for(".one", definition_id=definition_id, at=place, _anchor="props"))

    @expose("/<int:definition_id>/lines", methods=("POST",))
    def lines(self, definition_id: int) -> Answer:
        """Grade lines and rounding."""
        sheet = sheet_of(definition_id, "grades")
        if not isinstance(sheet, Sheet):
            return sheet
        typed = posted()
        faults = change(sheet.row, lambda draft: _put_grades(draft, typed, _full(sheet)), "档次线已保存。")
        if faults:
            return self.draw(sheet, "", typed, faults)
        return redirect(url_for(".one", definition_id=definition_id))

    def address(self, row: DefinitionVersion, at: str) -> str:
        """Where a rule of a list is shown."""
        return url_for("admin_scheme.one", definition_id=row.id, at=at or None, _anchor="props" if at else None)


INDICATOR_SLOTS = (*INDICATOR, *METHOD)
_SAID = {
    "up": "次序已改。", "down": "次序已改。", "group-up": "次序已改。", "group-down": "次序已改。", "place": "已移动。",
    "remove": "已去掉；要恢复，按“撤销”。", "group-remove": "已去掉；要恢复，按“撤销”。",
    "add": "已添加，请填写其余内容。", "new": "已添加，请填写其余内容。",
}  # fmt: skip


def _properties(data: dict[str, Any], at: str) -> tuple[tuple[Slot, ...], dict[str, Any]]:
    """What is asked of the thing that is chosen, and the thing itself; the whole scheme where none is."""
    name, _ = _place(at)
    if not name:
        return HEAD, data
    try:
        item = item_at(data, at)
    except Refused:
        return HEAD, data
    if not isinstance(item, dict):
        raise OutOfScope
    return (GROUP if name == "groups" else INDICATOR_SLOTS), item


def _place(at: str) -> tuple[str, int]:
    """`indicators.3` as its list and position; nothing for the scheme as a whole. Raises OutOfScope."""
    if not at:
        return "", 0
    name, _, position = at.partition(".")
    if name not in ("groups", "indicators"):
        raise OutOfScope
    return name, whole(position)


def _chart(item: dict[str, Any]) -> object:
    return chart_of(item, exact(request.args.get("best", "")), exact(request.args.get("value", "")))


def _full(sheet: Sheet) -> Decimal:
    """The full points of the region's fullest scheme, as its lines are checked by; 100 where it has none."""
    listed = [[one for _, one in authoring_scheme.entries(data, "indicators")] for data in sheet.read("indicators")]
    return max((full_points(map(authoring_scheme.weight_of, one)) for one in listed), default=Decimal(0)) or Decimal(100)


def _put_grades(draft: dict[str, Any], typed: dict[str, str], full: Decimal) -> None:
    authoring_lines.put_lines(draft, typed, full)
    authoring_lines.put_rounding(draft, typed)
