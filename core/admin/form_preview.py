"""The preview of a form's draft: the server's own pages with sample answers, nothing of it kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from core import clock
from core.admin.base import Answer
from core.models import DefinitionVersion
from core.web.shell import asset, clause_url
from forms.compile import CompiledForm, compiled
from forms.definition import Column, Field, FormDefinition, load_form
from forms.draw import anchor, draw_section
from forms.findings import DefinitionError
from forms.posting import Parsed

_SAMPLES = {
    "credit_code": "91110000600037341L", "phone": "0335-3000000", "email": "lianxi@example.cn", "money": "50",
    "id_number": "11010519491231002X", "percent": "20", "decimal": "1200", "integer": "12", "text": "示例",
    "long_text": "这里是示例文字，看看一段话怎样排。", "yes_no": "yes",
}  # fmt: skip
"""What stands in a preview; the numbers of people are the well-known examples of their standards, nobody's own."""


def frame(row: DefinitionVersion, data: Mapping[str, Any]) -> Answer:
    """The page around: choose wide or phone; why there is nothing to see while the form has faults."""
    try:
        load_form(data, row.key)
    except DefinitionError as fault:
        findings = fault.findings
    else:
        findings = []
    narrow = request.args.get("width") == "phone"
    return render_template("admin/designer/form_preview.html", row=row, narrow=narrow, findings=findings)


def page(row: DefinitionVersion) -> Answer:
    """All sections that apply to what is filled in, as filling draws them; `check` shows what would bar submitting."""
    try:
        form = compiled(load_form(row.text, row.key))
    except DefinitionError:
        return render_template("admin/designer/form_preview_page.html", row=row, parts=[], errors=[])
    posted = request.method == "POST"
    parsed = form.parse(request.form, None, {}, {}) if posted else Parsed(sample_answers(form))
    faults = form.check(parsed.answers, _evidence(form), parsed.raw) if request.form.get("check") else {}
    errors = {**parsed.errors, **faults}
    return render_template(
        "admin/designer/form_preview_page.html",
        row=row,
        parts=[_drawn(form, section.key, parsed, errors) for section in form.visible_sections(parsed.answers)],
        errors=[(anchor(path), texts[0]) for path, texts in errors.items() if texts],
        checked=bool(request.form.get("check")),
    )


def _drawn(form: CompiledForm, section: str, parsed: Parsed, errors: Mapping[str, list[str]]) -> Markup:
    return draw_section(
        form,
        section,
        parsed.answers,
        parsed.raw,
        errors,
        icons=asset("icons.svg"),
        clause_url=lambda cite: clause_url("", cite),
    )


def _evidence(form: CompiledForm) -> dict[str, list[object]]:
    """As if every file had been handed in: a preview takes none."""
    return {f.key: ["x"] * max(f.min_files or 1, 1) for f in form.definition.fields if f.kind.control == "files"}


def sample_answers(form: CompiledForm) -> dict[str, object]:
    """An answer for each question that its own kind accepts; questions of kinds that are not known stay blank."""
    raw = {f.key: _rows(f) if f.kind.control == "table" else _sample(f) for f in _asked(form.definition)}
    return form.from_json({key: value for key, value in raw.items() if value is not None}).answers


def _asked(definition: FormDefinition) -> list[Field]:
    return [field for field in definition.fields if field.kind.control not in ("files", "calculated")]


def _rows(table: Field) -> list[dict[str, object]]:
    row = {column.key: _sample(column) for column in table.columns}
    return [{key: value for key, value in row.items() if value is not None}] * max(table.min_rows or 1, 1)


def _sample(asked: Column) -> object | None:
    if asked.choices:
        return [asked.choices[0].key] if asked.kind.many else asked.choices[0].key
    if asked.kind.input_type == "date":
        return clock.today().isoformat()
    if asked.kind.input_type == "month":
        return clock.today().isoformat()[:7]
    if asked.kind.numeric:
        usual = asked.min not in (None, "0") or asked.max
        return (asked.min or asked.max) if usual else _SAMPLES.get(asked.type, "12")
    return _SAMPLES.get(asked.type)


