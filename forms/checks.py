"""Is a form ready to be handed in: every question that applies, then the rules between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from forms.definition import Check, Column, Field, FormDefinition, Part
from forms.fields import BadInput
from forms.fields.numbers import canonical, grouped
from forms.formula import compile_formula
from forms.situation import Situation, filled_rows, is_blank

Evidence = Mapping[str, Sequence[object]]
USUAL_MAX_ROWS = 200
USUAL_MAX_FILES = 20


@dataclass(frozen=True)
class Fault:
    """``blank`` tells "nothing there yet" from "wrong": only the latter is shown while filling."""

    path: str
    message: str
    blank: bool = False


def form_faults(
    form: FormDefinition,
    situation: Situation,
    answers: Mapping[str, object],
    evidence: Evidence,
    raw: Mapping[str, str],
) -> Iterator[Fault]:
    """Every fault of the questions that apply; ``raw`` is typed text that could not be read."""
    for field in form.fields:
        if field.key in situation.visible:
            yield from _field_faults(field, situation, answers.get(field.key), evidence, raw)
    for part in form.parts:
        yield from _part_faults(form, part, situation)
    for check in form.checks:
        yield from _check_faults(form, check, situation)


def _field_faults(
    field: Field, situation: Situation, answer: object, evidence: Evidence, raw: Mapping[str, str]
) -> Iterator[Fault]:
    condition = field.require_when
    required = field.required or (condition != "" and compile_formula(condition).holds(situation.values))
    control = field.kind.control
    if control == "files":
        yield from _file_faults(field, required, len(evidence.get(field.key) or ()))
    elif control == "table":
        yield from _table_faults(field, required, answer, raw)
    elif control != "calculated":
        yield from answer_faults(field, field.key, answer, raw, required)


def answer_faults(
    question: Column, path: str, answer: object, raw: Mapping[str, str], required: bool
) -> Iterator[Fault]:
    """One answer or one cell: read again, because answers may come from elsewhere than our pages."""
    typed = raw.get(path)
    try:
        read = question.kind.read(typed if typed and is_blank(answer) else answer, question)
    except BadInput as fault:
        yield Fault(path, str(fault))
        return
    if is_blank(read):
        if required:
            yield Fault(path, _blank_message(question), blank=True)
        return
    for problem in question.kind.problems(read, question):
        yield Fault(path, problem)


def _blank_message(question: Column) -> str:
    chosen = question.kind.control in {"radios", "checks", "select"}
    name = question.label.removeprefix("其中：")
    return f"请选择{name}" if chosen else f"请填写{name}"


def _file_faults(field: Field, required: bool, count: int) -> Iterator[Fault]:
    least = max(field.min_files or 0, 1) if required else 0
    if field.min_files and count:
        least = max(least, field.min_files)
    if count < least:
        message = f"还没有附{field.label}，请上传" if not count else f"{field.label}要 {least} 份，现在是 {count} 份"
        yield Fault(field.key, message, blank=True)
    most = field.max_files or USUAL_MAX_FILES
    if count > most:
        yield Fault(field.key, f"最多附 {most} 份，现在是 {count} 份，请移除多余的")


def _table_faults(field: Field, required: bool, answer: object, raw: Mapping[str, str]) -> Iterator[Fault]:
    if not isinstance(answer, (list, type(None))):
        yield Fault(field.key, "表格请一行一行填写")
        return
    # A row with only unreadable cells still counts: its typed text waits in ``raw``.
    waiting = {path.split(".")[1] for path in raw if path.startswith(f"{field.key}.")}
    rows = [
        (index, row)
        for index, row in enumerate(answer or [])
        if filled_rows([row]) or str(index) in waiting or not isinstance(row, Mapping)
    ]
    yield from _row_count_faults(field, required, len(rows))
    for index, row in rows:
        if not isinstance(row, Mapping):
            yield Fault(f"{field.key}.{index}", "这一行不是表格的一行，请重新填写")
            continue
        for column in field.columns:
            path = f"{field.key}.{index}.{column.key}"
            yield from answer_faults(column, path, row.get(column.key), raw, column.required)


def _row_count_faults(field: Field, required: bool, count: int) -> Iterator[Fault]:
    least = max(field.min_rows or 0, 1) if required else (field.min_rows or 0 if count else 0)
    if count < least:
        now = f"，现在是 {count} 行" if count else ""
        yield Fault(field.key, f"{field.label}至少填 {least} 行{now}", blank=True)
    most = field.max_rows or USUAL_MAX_ROWS
    if count > most:
        yield Fault(field.key, f"最多填 {most} 行，现在是 {count} 行，请删去多余的行")


def _part_faults(form: FormDefinition, part: Part, situation: Situation) -> Iterator[Fault]:
    whole = situation.values.get(part.whole)
    known = {key: value for key in part.parts if isinstance(value := situation.values.get(key), Decimal)}
    if not isinstance(whole, Decimal):
        return
    total = f"{form.field(part.whole).label} {_figure(whole)}"
    for key, value in known.items():
        if value > whole:
            own = f"{form.field(key).label} {_figure(value)} 多于{total}，请核对"
            yield Fault(key, part.message or own)
    if part.sum and sum(known.values(), Decimal(0)) > whole and all(v <= whole for v in known.values()):
        labels = "、".join(form.field(key).label for key in known)
        own = f"{labels}合计 {_figure(sum(known.values(), Decimal(0)))} 多于{total}，请核对"
        yield Fault(next(iter(known)), part.message or own)


def _figure(number: Decimal) -> str:
    return grouped(canonical(number))


def _check_faults(form: FormDefinition, check: Check, situation: Situation) -> Iterator[Fault]:
    """A check over missing answers is not broken: what is missing is asked for where it is required."""
    formula = compile_formula(check.formula)
    outcome = formula.evaluate(situation.values)
    if (outcome.state == "value" and outcome.value is True) or outcome.state in {"missing", "division_by_zero"}:
        return
    message = check.message if outcome.value is False else f"{check.message}（无法核对：{outcome.reason}）"
    named = [f.key for f in form.fields if f.key in formula.names and f.key in situation.visible]
    for key in check.fields or named[:1]:
        yield Fault(key, message)
