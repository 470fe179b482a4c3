"""A definition made ready once per version: its WTForms classes, its order of questions, its pages.

>>> from forms.definition import load_form
>>> form = compiled(load_form('key="f"\\ntitle="表"\\nversion="1"\\n[[sections]]\\nkey="s"\\ntitle="节"\\n'
...                           '[[sections.fields]]\\nkey="a"\\nlabel="甲"\\ntype="integer"', "f.toml"))
>>> form.from_json({"a": "1,200"}).answers
{'a': 1200}
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from forms.changes import Change, find_changes
from forms.checks import Evidence, Fault, form_faults
from forms.definition import Field, FormDefinition, Section, digest
from forms.fields.numbers import canonical
from forms.formula import Evaluation
from forms.posting import FormData, Parsed, PostReader
from forms.reading import read_json
from forms.situation import Answers, Order, Situation, filled_rows, is_blank
from forms.templating import Pages

SectionState = Literal["empty", "partial", "faulty", "complete"]
_KEPT_VERSIONS = 256
_NONE: Mapping[str, str] = {}


class CompiledForm:
    """Everything a server asks of one version of a form. Holds no request state; shared by threads."""

    def __init__(self, definition: FormDefinition, form_digest: str) -> None:
        self.definition = definition
        self.digest = form_digest
        self.order = Order(definition)
        self.reader = PostReader(definition)
        self._fields = {field.key: field for field in definition.fields}
        self.pages = Pages(definition)
        self._section_of = {f.key: s.key for s in definition.sections for f in s.fields}

    def parse(
        self,
        formdata: FormData,
        section: str | None,
        stored: Answers,
        stored_raw: Mapping[str, str] = _NONE,
    ) -> Parsed:
        """A posted section (None: the whole form) merged over what is stored; never refuses.

        ``add_row`` and ``remove_row`` in the post add or take out a row of a table.
        """
        return self.reader.read(formdata, section, stored, stored_raw)

    def from_json(self, data: str | Mapping[str, object], stored: Answers | None = None) -> Parsed:
        """Answers as JSON, judged by the same kinds of field; unknown keys are errors."""
        return read_json(self._fields, data, stored or {})

    def to_json(self, answers: Answers) -> str:
        """Canonical text: fields in the order of the form, nothing blank, nothing calculated."""
        kept = {key: answers[key] for key in self._fields if not is_blank(answers.get(key))}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    def situation(self, answers: Answers) -> Situation:
        """Which questions apply, what formulas see, what is calculated."""
        return self.order.situation(answers)

    def submitted(self, answers: Answers) -> dict[str, object]:
        """The answers to hand in: without hidden questions, blank rows and unknown keys."""
        visible = self.situation(answers).visible
        kept: dict[str, object] = {}
        for key, field in self._fields.items():
            answer: object = answers.get(key)
            if field.kind.control == "table":
                answer = [dict(row) for row in filled_rows(answer)]
            if key in visible and field.kind.control not in {"calculated", "files"} and not is_blank(answer):
                kept[key] = answer
        return kept

    def calculated(self, answers: Answers) -> dict[str, Evaluation]:
        """Each calculated figure that applies, with the reason when it has no value."""
        return self.situation(answers).calculated

    def with_calculated(self, answers: Answers) -> dict[str, object]:
        """Answers plus calculated figures (exact decimals as text); None where there is no value."""
        result = dict(answers)
        for key, outcome in self.calculated(answers).items():
            value = outcome.value
            result[key] = value if value is None or isinstance(value, bool) else _text(value)
        return result

    def formula_values(self, answers: Answers) -> dict[str, object]:
        """What conditions and indicators calculate with: Decimals, dates, true/false, tables."""
        return self.situation(answers).values

    def check(self, answers: Answers, evidence: Evidence, raw: Mapping[str, str] = _NONE) -> dict[str, list[str]]:
        """Everything that stands against handing in, by path; empty when it may be handed in."""
        return _by_path(self.faults(answers, evidence, raw))

    def section_errors(
        self, section: str, answers: Answers, evidence: Evidence, raw: Mapping[str, str] = _NONE
    ) -> dict[str, list[str]]:
        """What is wrong in one section, leaving out what is merely not filled yet."""
        faults = self._section_faults(section, answers, evidence, raw)
        return _by_path([fault for fault in faults if not fault.blank])

    def section_state(
        self, section: str, answers: Answers, evidence: Evidence, raw: Mapping[str, str] = _NONE
    ) -> SectionState:
        """How far one section is, for the list of sections; a section that does not apply is complete."""
        situation = self.situation(answers)
        if section not in situation.sections:
            return "complete"
        faults = self._section_faults(section, answers, evidence, raw)
        if any(not fault.blank for fault in faults):
            return "faulty"
        asked = [f for f in self.definition.section(section).fields if f.kind.control != "calculated"]
        if asked and not any(_touched(field, answers, evidence) for field in asked):
            return "empty"
        return "partial" if faults else "complete"

    def visible_sections(self, answers: Answers) -> list[Section]:
        """The sections that apply."""
        shown = self.situation(answers).sections
        return [section for section in self.definition.sections if section.key in shown]

    def changes(self, before: Answers, after: Answers) -> list[Change]:
        """What differs, in words, in the order of the form."""
        return list(find_changes(self.definition, self.order, before, after))

    def faults(self, answers: Answers, evidence: Evidence, raw: Mapping[str, str] = _NONE) -> list[Fault]:
        """As ``check``, each fault telling whether it is only a blank."""
        return list(form_faults(self.definition, self.situation(answers), answers, evidence, raw))

    def section_of(self, path: str) -> str:
        """The section a path belongs to; raises KeyError for an unknown field."""
        return self._section_of[path.split(".", maxsplit=1)[0]]

    def field(self, key: str) -> Field:
        """Raises KeyError when the form has no such field."""
        return self._fields[key]

    def _section_faults(
        self, section: str, answers: Answers, evidence: Evidence, raw: Mapping[str, str]
    ) -> list[Fault]:
        return [f for f in self.faults(answers, evidence, raw) if self.section_of(f.path) == section]


def _text(value: object) -> str:
    return canonical(value) if isinstance(value, Decimal) else str(value)


def _by_path(faults: list[Fault]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in faults:
        messages = found.setdefault(fault.path, [])
        if fault.message not in messages:
            messages.append(fault.message)
    return found


def _touched(field: Field, answers: Answers, evidence: Evidence) -> bool:
    if field.kind.control == "files":
        return bool(evidence.get(field.key))
    answer = answers.get(field.key)
    return bool(filled_rows(answer)) if field.kind.control == "table" else not is_blank(answer)


_cache: OrderedDict[str, CompiledForm] = OrderedDict()
_lock = threading.Lock()


def compiled(definition: FormDefinition) -> CompiledForm:
    """The compiled form of this content, made once per process however many threads ask."""
    key = digest(definition)
    with _lock:
        form = _cache.get(key)
        if form is None:
            form = _cache[key] = CompiledForm(definition, key)
        _cache.move_to_end(key)
        while len(_cache) > _KEPT_VERSIONS:
            _cache.popitem(last=False)
        return form
