"""Two steps of Jinja: the definition is written into a page template once per version, and that is drawn.

The first step reads ``templates/*.html`` with ``[[ ]]``; words of the definition are escaped for HTML and
lose their braces, so that no label can become template code in the second step.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from forms.definition import Column, Field, FormDefinition, Section

PageMacro = Callable[[object], Markup]
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})


class Code(str):
    """Template code made here; goes into the page's template as it is."""

    __slots__ = ()


@dataclass(frozen=True)
class At:
    """Where a control stands: its id and name, and the expressions that give its value and faults."""

    id: Code
    name: Code
    value: Code
    errs: Code
    unread: Code
    cell: bool = False


def _static(value: object) -> object:
    """A word of the definition, safe in HTML and in the template written from it."""
    if isinstance(value, Markup):
        return value
    text = value if isinstance(value, Code) else str(escape(value)).translate(_BRACES)
    return Markup(text)  # noqa: S704 - our own template code, or just escaped


def _quoted(text: str) -> Code:
    """A text of the definition as a string inside template code."""
    plain = json.dumps(text, ensure_ascii=False)
    return Code(plain.replace("{", "\\u007b").replace("}", "\\u007d").replace("%", "\\u0025"))


def _whole(question: Field) -> At:
    key = _quoted(question.key)
    return At(
        Code(f"f-{question.key}"),
        Code(question.key),
        Code(f"typed[{key}]"),
        Code(f"errors[{key}]"),
        Code(f"{key} in unread"),
    )


def _cell(table: Field, column: Column) -> At:
    key = _quoted(column.key)
    return At(
        Code(f"f-{table.key}-{{{{ row.index }}}}-{column.key}"),
        Code(f"{table.key}__{{{{ row.index }}}}__{column.key}"),
        Code(f"row.typed[{key}]"),
        Code(f"row.errors[{key}]"),
        Code(f"{key} in row.unread"),
        cell=True,
    )


def _options(question: Column) -> list[tuple[str, str]]:
    if question.type == "yes_no":
        return [("yes", "是"), ("no", "否")]
    return [(choice.key, choice.label) for choice in question.choices]


def _is_group(question: Column) -> bool:
    control = question.kind.control
    return control == "checks" or (control == "radios" and len(_options(question)) <= 5)


def _files_hint(field: Field) -> str:
    kinds = "、".join(ending.upper() for ending in field.accept)
    size = f"每份不超过 {field.max_mb} MB" if field.max_mb else ""
    count = f"最多 {field.max_files} 份" if field.max_files else ""
    return "，".join(text for text in (field.hint, kinds, size, count) if text)


def own_clause(question: Field, section: Section) -> bool:
    """Whether a question rests on something the head of its section does not name already."""
    named = _clauses(section.clause)
    return bool(question.basis) or not _clauses(question.clause) <= named


def _clauses(text: str) -> set[str]:
    return {part.strip() for part in text.split(";") if part.strip()}


def column_head(column: Column) -> str:
    """A column's name with its unit."""
    return f"{column.label}（{column.shown_unit}）" if column.shown_unit else column.label


def layout(section: Section) -> list[tuple[Field, list[Field]]]:
    """The questions of a section, each with the evidence drawn directly under it."""
    keys = {field.key for field in section.fields}
    host = {f.key: next((key for key in f.proves if key in keys), "") for f in section.fields}
    return [
        (field, [proof for proof in section.fields if host[proof.key] == field.key])
        for field in section.fields
        if not host[field.key]
    ]


_writer = Environment(
    loader=PackageLoader("forms"),
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    autoescape=True,
    finalize=_static,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_writer.globals |= {
    "quoted": _quoted,
    "code": Code,
    "whole": _whole,
    "cell": _cell,
    "options": _options,
    "is_group": _is_group,
    "files_hint": _files_hint,
    "own_clause": own_clause,
    "column_head": column_head,
    "layout": layout,
}
_pages = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def page_source(section: Section, mode: str) -> str:
    """The page template of one section, ``mode`` ``edit`` or ``view``: a single macro ``page``."""
    return _writer.get_template("page.html").render(section=section, mode=mode)


def page_macro(section: Section, mode: str) -> PageMacro:
    """Written and compiled: tens of milliseconds, so callers keep it."""
    macro: PageMacro = _pages.from_string(page_source(section, mode)).module.page  # type: ignore[attr-defined]
    return macro


class Pages:
    """The drawing macros of one form version, each made when it is first drawn and never again."""

    def __init__(self, form: FormDefinition) -> None:
        self._form = form
        self._macros: dict[tuple[str, str], PageMacro] = {}
        self._lock = threading.Lock()

    def macro(self, mode: str, section: str) -> PageMacro:
        """Raises KeyError for a section the form does not have."""
        found = self._macros.get((mode, section))
        if found is not None:
            return found
        with self._lock:
            if (mode, section) not in self._macros:
                self._macros[mode, section] = page_macro(self._form.section(section), mode)
            return self._macros[mode, section]
