"""What a set of answers amounts to: which questions apply, what formulas see, what is calculated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from graphlib import TopologicalSorter

from forms.definition import Column, Field, FormDefinition, Section
from forms.definition_checks import dependencies
from forms.formula import Evaluation, compile_formula

Answers = Mapping[str, object]


@dataclass(frozen=True)
class Situation:
    """``values`` are what formulas calculate with; only questions that apply are in it."""

    values: dict[str, object]
    visible: frozenset[str]
    sections: frozenset[str]
    calculated: dict[str, Evaluation]


class Order:
    """The order in which a form's questions have to be looked at; made once per version."""

    def __init__(self, form: FormDefinition) -> None:
        self._sections = form.sections
        place = {field.key: (section, field) for section in form.sections for field in section.fields}
        self._ordered = [place[key] for key in TopologicalSorter(dependencies(form)).static_order()]

    def situation(self, answers: Answers) -> Situation:
        """Never raises on data: an answer that does not fit its kind counts as missing."""
        values: dict[str, object] = {}
        visible: set[str] = set()
        calculated: dict[str, Evaluation] = {}
        for section, field in self._ordered:
            if not _applies(section, field, values, visible):
                continue
            visible.add(field.key)
            if field.formula:
                outcome = compile_formula(field.formula).evaluate(values)
                calculated[field.key] = outcome
                values[field.key] = outcome.value
            else:
                values[field.key] = _operand(field, answers.get(field.key))
        sections = {s.key for s in self._sections if not s.show_when or _holds(s.show_when, values)}
        return Situation(values, frozenset(visible), frozenset(sections), calculated)


def _holds(source: str, values: Answers) -> bool:
    return compile_formula(source).holds(values)


def _applies(section: Section, field: Field, values: Answers, visible: set[str]) -> bool:
    """A condition over missing answers is not met; evidence goes with the figures it proves."""
    if section.show_when and not _holds(section.show_when, values):
        return False
    if field.show_when and not _holds(field.show_when, values):
        return False
    return not field.proves or any(key in visible for key in field.proves)


def _operand(field: Field, answer: object) -> object:
    if field.kind.control == "table":
        return table_values(field, answer)
    return operand_of(field, answer)


def operand_of(question: Column, answer: object) -> object:
    """One answer as formulas see it; None when it is missing or does not fit."""
    if answer is None or answer == "" or not question.kind.in_formulas:
        return None
    try:
        return question.kind.operand(answer)
    except (ValueError, TypeError):
        return None


def table_values(field: Field, answer: object) -> list[dict[str, object]] | None:
    """The rows that hold anything, cell by cell; None when there is no table yet."""
    if not isinstance(answer, list):
        return None
    return [{c.key: operand_of(c, row.get(c.key)) for c in field.columns} for row in filled_rows(answer)]


def filled_rows(answer: object) -> list[Mapping[str, object]]:
    """Rows with at least one cell filled; blank ones are only room to write in."""
    rows = answer if isinstance(answer, list) else []
    return [row for row in rows if isinstance(row, Mapping) and any(not is_blank(v) for v in row.values())]


def is_blank(value: object) -> bool:
    """No answer: absent, empty text, nothing chosen."""
    return value is None or value in ("", [])


def column_totals(field: Field, answer: object) -> dict[str, Decimal]:
    """The sum of each column that asks for one, over the cells that can be read."""
    rows = table_values(field, answer) or []
    totals: dict[str, Decimal] = {}
    for column in field.columns:
        if column.total and column.kind.numeric:
            cells = [row[column.key] for row in rows]
            totals[column.key] = sum((c for c in cells if isinstance(c, Decimal)), Decimal(0))
    return totals
