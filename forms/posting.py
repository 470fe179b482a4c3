"""Posted pages → answers, through WTForms classes built once per version. A draft is never refused:
what cannot be read stays as typed in ``raw``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as slot
from typing import Any, Protocol

from wtforms import Field as WTField
from wtforms.fields import FieldList, FormField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from forms.definition import Column, Field, FormDefinition
from forms.situation import is_blank

SEPARATOR = "__"
MOST_ROWS_AT_ONCE = 50


class FormData(Protocol):
    """What a web framework hands over: several values per name."""

    def getlist(self, key: str, /) -> list[str]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True)
class Parsed:
    """``answers`` are all answers so far; ``raw`` only what could not be read, by path, as typed.

    A path is ``field`` or ``table.2.column``, rows counted from 0.
    """

    answers: dict[str, object]
    raw: dict[str, str] = slot(default_factory=dict)
    errors: dict[str, list[str]] = slot(default_factory=dict)


class AnswerField(WTField):  # type: ignore[misc]  # WTForms carries no types
    """One WTForms field for every kind of question: the kind reads and judges."""

    def __init__(self, question: Column, **kwargs: Any) -> None:
        super().__init__(label=question.label, validators=[_within_limits], **kwargs)
        self.question = question

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        kind = self.question.kind
        self.data = kind.read(valuelist if kind.many else (valuelist or [""])[-1], self.question)

    @property
    def typed(self) -> str:
        return "、".join(str(value) for value in self.raw_data or [] if value)


def _within_limits(_form: BaseForm, field: AnswerField) -> None:
    if field.data is not None and not field.process_errors:
        for problem in field.question.kind.problems(field.data, field.question):
            raise ValidationError(problem)


class _Rows(FieldList):  # type: ignore[misc]
    """WTForms finds rows by a separator of one character only; ours has two."""

    def _extract_indices(self, prefix: str, formdata: FormData) -> Iterator[int]:
        start = f"{prefix}{SEPARATOR}"
        for name in formdata:
            if name.startswith(start):
                index = name[len(start) :].split(SEPARATOR, 1)[0]
                if index.isascii() and index.isdecimal() and len(index) <= 5:
                    yield int(index)


class _Posted(BaseForm):  # type: ignore[misc]
    """A page or a row; subclasses carry the questions, made once per version."""

    unbound: tuple[tuple[str, Any], ...] = ()

    def __init__(self, formdata: Any = None, obj: Any = None, prefix: str = "", **_: Any) -> None:
        super().__init__(self.unbound, prefix=prefix)
        self.process(formdata, obj)


def posted_class(name: str, questions: tuple[Field, ...]) -> type[_Posted]:
    """The WTForms class of one page; files and calculated figures are not posted as answers."""
    unbound = tuple((q.key, _unbound(q)) for q in questions if q.kind.control not in {"files", "calculated"})
    return type(f"Posted_{name}", (_Posted,), {"unbound": unbound})


def _unbound(question: Field) -> Any:
    if question.kind.control != "table":
        return AnswerField(question)
    columns = tuple((column.key, AnswerField(column)) for column in question.columns)
    row = type(f"Row_{question.key}", (_Posted,), {"unbound": columns})
    return _Rows(FormField(row, separator=SEPARATOR), label=question.label, separator=SEPARATOR)


class PostReader:
    """Reads one posted page over what is stored."""

    def __init__(self, form: FormDefinition) -> None:
        self._fields = {field.key: field for field in form.fields}
        self._whole = posted_class(form.key, form.fields)
        self._pages = {s.key: posted_class(f"{form.key}_{s.key}", s.fields) for s in form.sections}

    def page_class(self, section: str | None) -> type[_Posted]:
        """The WTForms class of a section, or of the whole form."""
        return self._whole if section is None else self._pages[section]

    def read(self, data: FormData, section: str | None, stored: Mapping[str, object], raw: Mapping[str, str]) -> Parsed:
        """A question that was not posted keeps its stored answer."""
        page = self.page_class(section)(data)
        page.validate()
        parsed = Parsed(dict(stored), dict(raw))
        for key, posted in page._fields.items():
            question = self._fields[key]
            if question.kind.control == "table":
                if key in data or posted.entries:
                    _read_table(question, posted, data, parsed)
            elif key in data:
                _forget(parsed.raw, key)
                _keep(parsed, key, posted, parsed.answers, key)
        return parsed


def _keep(parsed: Parsed, path: str, posted: AnswerField, holder: dict[str, object], key: str) -> None:
    """Put the answer where it belongs, and beside it what is wrong with it."""
    holder.pop(key, None)
    if not is_blank(posted.data):
        holder[key] = posted.data
    if posted.process_errors:
        parsed.raw[path] = posted.typed
    if posted.errors:
        parsed.errors[path] = [str(error) for error in posted.errors]


def _forget(raw: dict[str, str], key: str) -> None:
    for path in [path for path in raw if path == key or path.startswith(f"{key}.")]:
        del raw[path]


def _read_table(question: Field, posted: Any, data: FormData, parsed: Parsed) -> None:
    """Blank rows fall away, the others move up. While rows are being asked for, in any list, blank ones stay."""
    _forget(parsed.raw, question.key)
    removed, asking = data.getlist("remove_row"), "add_row" in data
    rows: list[dict[str, object]] = []
    for entry in posted.entries:
        cells = entry.form._fields
        blank = not any(cell.typed.strip() for cell in cells.values())
        if f"{question.key}.{entry.index}" in removed or (blank and not asking):
            continue
        row: dict[str, object] = {}
        for key, cell in cells.items():
            _keep(parsed, f"{question.key}.{len(rows)}.{key}", cell, row, key)
        rows.append(row)
    rows += [{} for _ in range(_rows_asked_for(question, data))]
    parsed.answers.pop(question.key, None)
    if rows:
        parsed.answers[question.key] = rows


def _rows_asked_for(question: Field, data: FormData) -> int:
    """How many rows a button asks for: `key` one, `key.10` ten; a list may not grow past its bound so."""
    for asked in data.getlist("add_row"):
        key, _, count = asked.partition(".")
        if key == question.key:
            return min(int(count), MOST_ROWS_AT_ONCE) if count.isdigit() else 1
    return 0
