"""Drawing: one section to fill in, or all sections to read. No inline scripts or styles.

Page ids: the control of a path is ``anchor(path)``, its fault text ``…-error``, its row in a view ``v-<field>``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from forms.changes import Change, answer_text, calculated_text
from forms.compile import CompiledForm
from forms.definition import Column, Field
from forms.fields.numbers import canonical, grouped
from forms.formula import compile_formula
from forms.situation import Answers, Situation, column_totals, filled_rows, is_blank
from forms.templating import layout
from forms.worked import worked

Errors = Mapping[str, Sequence[str]]
Evidence = Mapping[str, Sequence[object]]
ClauseUrl = Callable[[str], str]
EditUrl = Callable[[str], str]
_NO_TEXTS: Mapping[str, str] = {}
LAST_YEAR = "上年"
"""What stands before an answer given earlier, where the caller says nothing else."""
TICKS = "read-ticks"
"""Id of the form to which the boxes of a view belong, and their name."""


class _Blank(dict[str, Any]):
    """Nothing there draws as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class _File:
    id: str
    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    number: int
    typed: Mapping[str, object]
    text: Mapping[str, object]
    errors: Mapping[str, Sequence[str]]
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Table:
    rows: list[_Row]
    count: int
    totals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Figure:
    worked: str
    text: str
    reason: str


@dataclass(slots=True)
class _Page:
    """What the template of a form reads; every mapping is by field key."""

    icons: str
    clause_url: ClauseUrl | None
    upload_url: str | None
    shown: frozenset[str]
    last: Mapping[str, object]
    last_word: str
    files: Mapping[str, list[_File]]
    rows: Mapping[str, _Table]
    typed: Mapping[str, object]
    text: Mapping[str, object]
    errors: Mapping[str, Sequence[str]]
    bad: frozenset[str]
    unread: frozenset[str]
    calc: Mapping[str, _Figure]
    was: Mapping[str, str]
    numbers: Mapping[str, int]
    remarks: Mapping[str, object]
    edit_url: EditUrl | None
    ticked: Collection[str] | None


def anchor(path: str) -> str:
    """The id of the control at a path, for links from a list of faults."""
    return "f-" + path.replace(".", "-")


def draw_section(  # noqa: PLR0913 - what a page shows, and three addresses by name
    form: CompiledForm,
    section_key: str,
    answers: Answers,
    raw: Mapping[str, str] = _NO_TEXTS,
    errors: Errors | None = None,
    evidence: Evidence | None = None,
    previous: Answers | None = None,
    *,
    icons: str = "",
    upload_url: str | None = None,
    clause_url: ClauseUrl | None = None,
    numbered: bool = True,
    remarks: Mapping[str, object] = _NO_TEXTS,
    previous_word: str = LAST_YEAR,
) -> Markup:
    """The inside of a posted form: one section to fill in; ``raw`` stands where it could not be read.

    ``previous`` are the answers given earlier, ``previous_word`` says when; evidence items have id, name, size (bytes) and url; ``icons`` is
    the address of the icon sheet; ``numbered`` puts the section's number before its title; ``remarks`` (text or Markup by field) stand above the control.
    Raises KeyError for a section the form does not have.
    """
    page = _page(form, form.definition.section(section_key).fields, answers, raw, errors, evidence, previous)
    page.icons, page.upload_url, page.clause_url = icons, upload_url, clause_url
    page.remarks, page.last_word = _Blank(remarks), previous_word
    if not numbered:
        page.numbers = {}
    return form.pages.macro("edit", section_key)(page)


def draw_view(  # noqa: PLR0913 - as above
    form: CompiledForm,
    answers: Answers,
    evidence: Evidence | None = None,
    previous: Answers | None = None,
    changed: Iterable[Change] = (),
    *,
    icons: str = "",
    clause_url: ClauseUrl | None = None,
    edit_url: EditUrl | None = None,
    previous_word: str = LAST_YEAR,
    ticked: Collection[str] | None = None,
) -> Markup:
    """All sections that apply, to read; ``changed`` marks what differs from the version before.

    ``edit_url`` gives the address at which a field may be changed; without it nothing leads there. ``ticked`` puts
    a box to tick at each of ``items_of``, part of the form with the id ``TICKS``, under the name ``TICKS``.
    """
    # An empty table is shown as empty, not as a first row to write in.
    tables: dict[str, object] = {field.key: [] for field in form.definition.fields if field.kind.control == "table"}
    shown = {**tables, **form.submitted(answers)}
    page = _page(form, form.definition.fields, shown, _NO_TEXTS, None, evidence, previous)
    page.icons, page.clause_url, page.edit_url, page.last_word = icons, clause_url, edit_url, previous_word
    page.ticked = ticked
    page.was = {change.path: change.before_text for change in changed}
    macros = [form.pages.macro("view", section.key) for section in form.visible_sections(answers)]
    return Markup("\n").join(macro(page) for macro in macros)


def items_of(form: CompiledForm, answers: Answers) -> list[str]:
    """The fields that a view shows on a line of their own; evidence under what it proves has none."""
    shown = form.situation(answers).visible
    sections = form.visible_sections(answers)
    return [field.key for section in sections for field, _ in layout(section) if field.key in shown]


def _page(
    form: CompiledForm,
    fields: Sequence[Field],
    answers: Answers,
    raw: Mapping[str, str],
    errors: Errors | None,
    evidence: Evidence | None,
    previous: Answers | None,
) -> _Page:
    situation = form.situation(answers)
    found = errors or {}
    return _Page(
        icons="",
        clause_url=None,
        upload_url=None,
        shown=situation.visible,
        last=_last_texts(form, fields, previous),
        last_word=LAST_YEAR,
        files={f.key: _files((evidence or {}).get(f.key) or ()) for f in fields if f.kind.control == "files"},
        rows={f.key: _table(f, answers.get(f.key), raw, found) for f in fields if f.kind.control == "table"},
        typed={f.key: _typed(f, answers.get(f.key), raw.get(f.key)) for f in fields},
        text={f.key: _read_text(f, answers.get(f.key), situation) for f in fields},
        errors=_Blank(found),
        bad=_bad_hosts(fields, found),
        unread=frozenset(raw),
        calc={f.key: _figure(form, f, answers, situation) for f in fields if f.formula},
        was={},
        numbers=_numbers(form, situation),
        remarks=_Blank(),
        edit_url=None,
        ticked=None,
    )


def _numbers(form: CompiledForm, situation: Situation) -> Mapping[str, int]:
    """Sections that apply are numbered in turn; one drawn although it does not apply gets the next number."""
    numbers: dict[str, int] = {}
    for section in form.definition.sections:
        applied = sum(key in situation.sections for key in numbers)
        numbers[section.key] = applied + 1
    return numbers


def _bad_hosts(fields: Sequence[Field], errors: Errors) -> frozenset[str]:
    """Questions that hold a fault further in: in a cell, or in the evidence drawn under them."""
    bad = {path.split(".", 1)[0] for path in errors}
    return frozenset(bad | {key for field in fields if field.key in bad for key in field.proves[:1]})


def _typed(question: Column, answer: object, raw: str | None) -> object:
    control = question.kind.control
    if control == "checks":
        return answer if isinstance(answer, list) else []
    if control in {"files", "table", "calculated"}:
        return ""
    if raw is not None and is_blank(answer):
        return raw
    return "" if is_blank(answer) else question.kind.typed(answer, question)


def _read_text(field: Field, answer: object, situation: Situation) -> object:
    if field.formula:
        return calculated_text(field, situation) or "—"
    if field.kind.control in {"table", "files"}:
        return ""
    return _lines(answer_text(field, answer)) if not is_blank(answer) else "未填"


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _last_texts(form: CompiledForm, fields: Sequence[Field], previous: Answers | None) -> Mapping[str, object]:
    if not previous:
        return _Blank()
    situation = form.situation(previous)
    texts = _Blank()
    for field in fields:
        answer = previous.get(field.key)
        if field.formula:
            texts[field.key] = calculated_text(field, situation)
        elif field.kind.control == "table":
            rows = filled_rows(answer)
            texts[field.key] = f"{len(rows)} 行" if rows else ""
        elif field.kind.control != "files":
            texts[field.key] = answer_text(field, answer)
    return texts


def _figure(form: CompiledForm, field: Field, answers: Answers, situation: Situation) -> _Figure:
    outcome = situation.calculated.get(field.key)
    labels: dict[str, str] = {}
    for key in compile_formula(field.formula).names:
        other = form.field(key)
        text = calculated_text(other, situation) if other.formula else _short(other, answers.get(key))
        labels[key] = text or other.label
    reason = outcome.reason if outcome is not None else ""
    if outcome is not None and outcome.missing:
        reason = "尚缺：" + "、".join(form.field(key).label for key in outcome.missing)
    return _Figure(worked(field.formula, labels), calculated_text(field, situation), reason)


def _short(field: Field, answer: object) -> str:
    return field.kind.show(answer, field) if field.kind.numeric and not is_blank(answer) else ""


def _table(field: Field, answer: object, raw: Mapping[str, str], errors: Errors) -> _Table:
    given = [row if isinstance(row, Mapping) else {} for row in (answer if isinstance(answer, list) else [])]
    while len(given) < max(field.min_rows or 0, 1) and answer is None:
        given.append({})
    totals = {key: grouped(canonical(total)) for key, total in column_totals(field, answer).items()}
    rows = [_row(field, index, row, raw, errors) for index, row in enumerate(given)]
    return _Table(rows, len(filled_rows(answer)), totals)


def _row(field: Field, index: int, row: Answers, raw: Mapping[str, str], errors: Errors) -> _Row:
    prefix = f"{field.key}.{index}."
    unread = {c.key: raw[prefix + c.key] for c in field.columns if prefix + c.key in raw}
    return _Row(
        index=index,
        number=index + 1,
        typed={c.key: _typed(c, row.get(c.key), unread.get(c.key)) for c in field.columns},
        text={c.key: "" if is_blank(v := row.get(c.key)) else _lines(c.kind.show(v, c)) for c in field.columns},
        errors=_Blank({c.key: errors[prefix + c.key] for c in field.columns if prefix + c.key in errors}),
        unread=frozenset(unread),
    )


def _files(items: Sequence[object]) -> list[_File]:
    return [
        _File(str(_of(i, "id")), str(_of(i, "name")), _size(_of(i, "size")), _safe_url(_of(i, "url"))) for i in items
    ]


def _of(item: object, name: str) -> object:
    found = item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)
    return "" if found is None else found


def _safe_url(url: object) -> str:
    """Only addresses of this site or http(s); anything else would run in the reader's browser."""
    text = str(url)
    return text if text.startswith(("/", "https://", "http://")) else "#"


def _size(size: object) -> str:
    if not isinstance(size, int):
        return str(size)
    return f"{max(1, size // 1024)} KB" if size < 1024 * 1024 else f"{size * 10 // (1024 * 1024) / 10:g} MB"
