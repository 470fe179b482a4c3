"""What differs between two versions of the answers, in words for the reviewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from forms.definition import Column, Field, FormDefinition
from forms.fields.numbers import canonical, grouped
from forms.formula_values import rounded
from forms.situation import Order, Situation, filled_rows, is_blank

NOTHING = "未填"
USUAL_PLACES = 2


@dataclass(frozen=True)
class Change:
    """One difference; rows of a table are counted from 0 in ``path`` and from 1 in ``label``."""

    path: str
    label: str
    before_text: str
    after_text: str


def answer_text(question: Column, answer: object) -> str:
    """An answer for readers, with its unit; empty when there is none."""
    if is_blank(answer):
        return ""
    unit = question.shown_unit
    text = question.kind.show(answer, question)
    return f"{text}{'' if unit == '%' else ' '}{unit}" if unit else text


def calculated_text(field: Field, situation: Situation) -> str:
    """A calculated figure rounded for reading (half up, at most 2 places unless said); empty without a value."""
    outcome = situation.calculated.get(field.key)
    if outcome is None or outcome.state != "value":
        return ""
    value = outcome.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, Decimal):
        return str(value)
    text = canonical(rounded(value, USUAL_PLACES if field.places is None else field.places))
    space = "" if field.unit in {"%", ""} else " "
    return f"{grouped(text)}{space}{field.unit}"


def find_changes(
    form: FormDefinition, order: Order, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[Change]:
    """In the order of the form; calculated figures too, because grades hang on them."""
    old, new = order.situation(before), order.situation(after)
    for field in form.fields:
        was, now = before.get(field.key), after.get(field.key)
        if field.kind.control == "table":
            yield from _table_changes(field, filled_rows(was), filled_rows(now))
        elif field.kind.control == "calculated":
            yield from _changed(field.key, field.label, calculated_text(field, old), calculated_text(field, new))
        elif was != now:
            yield from _answers_changed(field.key, field.label, field, was, now)


def _answers_changed(path: str, label: str, question: Column, was: object, now: object) -> Iterator[Change]:
    before, after = answer_text(question, was), answer_text(question, now)
    if before == after and not is_blank(now):
        after += "（已更改）"  # masked: both look the same
    yield from _changed(path, label, before, after)


def _changed(path: str, label: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(path, label, before or NOTHING, after or NOTHING)


Row = Mapping[str, object]


def _table_changes(field: Field, before: list[Row], after: list[Row]) -> Iterator[Change]:
    """Rows are matched first, so that one row taken out does not mark all below it."""
    matcher = SequenceMatcher(
        None, [_row_identity(row) for row in before], [_row_identity(row) for row in after], autojunk=False
    )
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        shared = min(i2 - i1, j2 - j1)
        for step in range(shared):
            yield from _row_changes(field, j1 + step, before[i1 + step], after[j1 + step])
        for row in before[i1 + shared : i2]:
            yield Change(field.key, f"{field.label}（删去一行）", _row_text(field, row), NOTHING)
        for index in range(j1 + shared, j2):
            label = f"{field.label} 第 {index + 1} 行（新增）"
            yield Change(f"{field.key}.{index}", label, NOTHING, _row_text(field, after[index]))


def _row_identity(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, str(value)) for key, value in row.items() if not is_blank(value)))


def _row_changes(field: Field, index: int, before: Row, after: Row) -> Iterator[Change]:
    for column in field.columns:
        was, now = before.get(column.key), after.get(column.key)
        if was != now:
            path = f"{field.key}.{index}.{column.key}"
            yield from _answers_changed(path, f"{field.label} 第 {index + 1} 行 {column.label}", column, was, now)


def _row_text(field: Field, row: Row) -> str:
    texts = [f"{c.label} {answer_text(c, row.get(c.key))}" for c in field.columns if not is_blank(row.get(c.key))]
    return "，".join(texts)
