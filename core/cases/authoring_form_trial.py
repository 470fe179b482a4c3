"""Help while a formula of a form is written: what it says in words, where it is wrong, what it gives for sample answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.cases.authoring_form_things import questions
from forms.definition import Choice, Column
from forms.fields import FIELD_TYPES, BadInput
from forms.fields.numbers import canonical, grouped
from forms.formula import Evaluation, Formula, FormulaError, compile_formula
from forms.formula_names import position_in, position_of
from forms.formula_words import in_words

Samples = Mapping[str, str]


@dataclass(frozen=True)
class Pick:
    """A name to pick for a formula: what is written, what it is called, its unit, and the kind of answer."""

    text: str
    label: str
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Sample:
    """A sample answer beside a formula: by name, with what was typed and what is wrong with that."""

    name: str
    label: str
    unit: str = ""
    typed: str = ""
    error: str = ""


@dataclass(frozen=True)
class Trial:
    """A formula read and tried: its words or its fault (with the character, from 1), the samples, and the value."""

    words: str = ""
    error: str = ""
    position: int | None = None
    samples: list[Sample] = field(default_factory=list)
    value: str = ""


def picks(data: Mapping[str, Any]) -> Iterator[Pick]:
    """Every name that a formula of this form may hold; of a table its rows and the sums of its columns of numbers."""
    for asked in questions(data):
        key, label, kind = str(asked.get("key", "")), str(asked.get("label", "")), FIELD_TYPES.get(str(asked.get("type")))
        if kind is None or not kind.in_formulas or not key:
            continue
        if kind.control != "table":
            yield Pick(key, label, _unit(asked), kind.label)
            continue
        yield Pick(f'row_count("{key}")', f"{label}的行数", "行", kind.label)
        for column in _number_columns(asked):
            text = f'column_sum("{key}", "{column.get("key")}")'
            yield Pick(text, f"{label}中“{column.get('label', '')}”的合计", _unit(column), kind.label)


def _number_columns(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [(column, FIELD_TYPES.get(str(column.get("type")))) for column in table.get("columns", [])]
    return [column for column, kind in found if kind is not None and kind.numeric]


def _unit(asked: Mapping[str, Any]) -> str:
    return "%" if asked.get("type") == "percent" else str(asked.get("unit", ""))


def labels_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What fields and, as `table.column`, columns are called."""
    found = {}
    for asked in questions(data):
        key = str(asked.get("key", ""))
        found[key] = str(asked.get("label", ""))
        found |= {f"{key}.{c.get('key', '')}": str(c.get("label", "")) for c in asked.get("columns", [])}
    return found


def trial(data: Mapping[str, Any], source: str, typed: Samples) -> Trial:
    """Read a formula against a form's data and try it with sample answers typed by name.

    A table's rows are typed as a number under its key, a column's sum under `table.column`.
    """
    if not source.strip():
        return Trial()
    try:
        formula, words = compile_formula(source), in_words(source, labels_of(data))
    except FormulaError as fault:
        return Trial(error=str(fault), position=position_in(str(fault)))
    stranger = _unknown(data, formula)
    if stranger:
        name, message = stranger
        return Trial(words=words, error=message, position=position_of(source, name))
    samples, values = _samples(data, formula, typed)
    outcome = formula.evaluate(values)
    return Trial(words=words, samples=samples, value=_shown(outcome, labels_of(data)))


def _unknown(data: Mapping[str, Any], formula: Formula) -> tuple[str, str] | None:
    asked = {str(one.get("key", "")): one for one in questions(data)}
    for name in sorted(formula.names):
        kind = FIELD_TYPES.get(str(asked[name].get("type"))) if name in asked else None
        if name not in asked:
            return name, f"“{name}”不是这份表单的字段，请从下面的名字里选"
        if kind is not None and (name in formula.tables) != (kind.control == "table"):
            return name, _table_said(name) if kind.control == "table" else f"“{name}”不是表格"
        if kind is not None and not kind.in_formulas:
            return name, f"“{asked[name].get('label', name)}”是{kind.label}，不能用在公式里"
    for table, key in sorted(formula.columns):
        if key not in {c.get("key") for c in _number_columns(asked[table])}:
            return table, f"“{asked[table].get('label', table)}”没有数字列“{key}”"
    return None


def _table_said(name: str) -> str:
    return f'“{name}”是表格，要写 row_count("{name}") 或 column_sum("{name}", "列")'


def _samples(data: Mapping[str, Any], formula: Formula, typed: Samples) -> tuple[list[Sample], dict[str, object]]:
    samples, values = [], dict[str, object]()
    labels = labels_of(data)
    for asked in questions(data):
        key = str(asked.get("key", ""))
        if key in formula.tables:
            columns = sorted(column for table, column in formula.columns if table == key)
            samples.append(Sample(key, f"{labels[key]}的行数", "行", typed.get(key, "")))
            for column in columns:
                place = f"{key}.{column}"
                samples.append(Sample(place, f"“{labels.get(place, column)}”的合计", "", typed.get(place, "")))
            values[key] = _rows(key, columns, typed)
        elif key in formula.names:
            given = typed.get(key, "").strip()
            try:
                values[key] = _operand(asked, given)
                error = ""
            except (BadInput, ValueError, InvalidOperation) as fault:
                error = str(fault) if isinstance(fault, BadInput) else "要填数字"
            samples.append(Sample(key, labels[key], _unit(asked), given, error))
    return samples, values


def _rows(table: str, columns: list[str], typed: Samples) -> list[dict[str, object]] | None:
    count = typed.get(table, "").strip()
    sums = {column: _number(typed.get(f"{table}.{column}", "")) for column in columns}
    known = any(total is not None for total in sums.values())
    if not count.isascii() or not (count.isdigit() or known):
        return None
    number = min(int(count), 1000) if count.isdigit() else 1
    rows: list[dict[str, object]] = [{} for _ in range(number)]
    for column in columns:
        for at, row in enumerate(rows):
            row[column] = sums[column] if at == 0 else Decimal(0)
    return rows


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _operand(asked: Mapping[str, Any], typed: str) -> object:
    """A sample as formulas see it; a thing to choose may be typed by its words. Raises BadInput, ValueError."""
    if not typed:
        return None
    kind = FIELD_TYPES[str(asked.get("type"))]
    if kind.control == "calculated":
        number = _number(typed)
        if number is None:
            raise BadInput("要填数字")
        return number
    choices = tuple(Choice(str(c.get("key", "")), str(c.get("label", ""))) for c in asked.get("choices", []))
    column = Column(key="sample", label="", type=kind.key, unit=_unit(asked), choices=choices)
    answer = kind.read([one for one in re.split(r"[,，、\s]+", typed) if one] if kind.many else typed, column)
    return None if answer is None else kind.operand(answer)


def _shown(outcome: Evaluation, labels: Mapping[str, str]) -> str:
    if outcome.state == "missing":
        return "还要填：" + "、".join(labels.get(name, name) for name in outcome.missing)
    value = outcome.value
    if outcome.state != "value":
        return outcome.reason
    if isinstance(value, bool):
        return "成立" if value else "不成立"
    if isinstance(value, Decimal):
        return grouped(canonical(_rounded(value)))
    return value.isoformat() if isinstance(value, date) else str(value)


def _rounded(value: Decimal) -> Decimal:
    return round(value, 6) if abs(value) < Decimal(10) ** 20 else value
