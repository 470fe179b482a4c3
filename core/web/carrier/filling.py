"""What every page of filling needs to know of a case: the draft, the form, evidence, last year, reasons of a return."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for

from core import clock
from core.cases import checking, definitions, drafts, periods, prefilling
from core.cases.checking import Ran
from core.cases.submitting import evidence_of
from core.models import Attachment, Case, Draft
from core.web import shell
from core.web.access import viewer
from core.web.carrier.blueprint import ROLE, holder
from core.web.carrier.returned import Returned, returned_of
from core.workflow.definition import Stage
from forms.compile import CompiledForm
from forms.definition import Section
from forms.draw import LAST_YEAR, anchor

STATES = {
    "complete": ("已完成", "check-circle-fill", "green"),
    "faulty": ("有要改的地方", "exclamation-octagon-fill", "red"),
    "returned": ("有要补正的地方", "arrow-counterclockwise", "amber"),
    "partial": ("填了一部分", "circle-half", "act"),
    "empty": ("未开始", "circle", "m"),
}
"""State of a section → word, icon, colour class."""


@dataclass(frozen=True)
class SectionLine:
    """A section in the list of sections."""

    number: int
    key: str
    title: str
    state: str

    @property
    def word(self) -> str:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def icon(self) -> str:
        """The state's icon."""
        return STATES[self.state][1]

    @property
    def tone(self) -> str:
        """The state's colour class."""
        return STATES[self.state][2]


class Filling:
    """A case that is being filled, read once for a page."""

    def __init__(self, case: Case, draft: Draft, evidence: dict[str, list[Attachment]] | None = None) -> None:
        self.case = case
        self.draft = draft
        self.form: CompiledForm = definitions.fill_form(case)
        self.evidence: dict[str, list[Attachment]] = evidence_of(case) if evidence is None else evidence

    @cached_property
    def previous(self) -> dict[str, Any]:
        """The answers of the round or period before, as far as this form still reads them."""
        return prefilling.last_answers(self.case)

    @cached_property
    def previous_word(self) -> str:
        """What stands before such an answer: 上年, or the period that it was reported for."""
        return periods.earlier_words(self.case) or LAST_YEAR

    @cached_property
    def returned(self) -> Returned | None:
        """Why it came back, if it did. A case that never moved costs no statement."""
        if self.case.stage_version == 1:
            return None
        return returned_of(self.case, self.draft, self.form, self.evidence)

    @cached_property
    def sections(self) -> list[SectionLine]:
        """The sections that apply, numbered, with their state."""
        shown = self.form.visible_sections(self.draft.answers)
        return [SectionLine(n, s.key, s.title, self._state(s)) for n, s in enumerate(shown, 1)]

    def _state(self, section: Section) -> str:
        state = self.form.section_state(section.key, self.draft.answers, self.evidence, self.draft.raw)
        to_correct = self.returned.reasons if self.returned else ()
        if state != "faulty" and any(r.section == section.key and not r.mended for r in to_correct):
            return "returned"
        return str(state)

    @property
    def by_carrier(self) -> bool:
        """Whether the carrier itself fills it; otherwise the words are those of an authority."""
        return self.stage.role == ROLE

    @property
    def home(self) -> tuple[str, str]:
        """Where the person who fills comes from: address and name of their desk."""
        return (url_for("carrier.desk"), "我的填报") if self.by_carrier else (url_for("sign_in.desk"), "待办")

    @property
    def who(self) -> str:
        """Who declares that what is filled in is true: the carrier, or the body that fills."""
        return holder(self.case, self.stage)

    @cached_property
    def checks(self) -> tuple[Ran, ...]:
        """What the procedure's checks say of the draft."""
        return checking.of_draft(self.case, self.draft)

    @property
    def stage(self) -> Stage:
        """The fill stage it is in."""
        return definitions.workflow_of(self.case).stage(self.case.stage)

    @property
    def done(self) -> int:
        """How many sections are complete."""
        return sum(line.state == "complete" for line in self.sections)

    @property
    def carry_count(self) -> int:
        """How many blank questions 沿用 would fill."""
        known = prefilling.known_before(self.case)
        return sum(not self.draft.answers.get(key) for key in known)

    @property
    def saved(self) -> str:
        """When the draft was last saved, on Shanghai's clock; empty when nothing has been."""
        if not self.draft.revision:
            return ""
        then, now = clock.shanghai(self.draft.saved_at), clock.shanghai(clock.now())
        return f"{then:%H:%M}" if then.date() == now.date() else f"{then.month}月{then.day}日 {then:%H:%M}"

    def faults(self, section: str = "") -> dict[str, list[str]]:
        """Everything that stands against submitting, by path (in one section)."""
        found = self.form.check(self.draft.answers, self.evidence, self.draft.raw)
        for path, texts in checking.blocking(self.checks).items():
            if self._is_asked(path):
                found.setdefault(path, []).extend(texts)
        return {p: texts for p, texts in found.items() if not section or self.form.section_of(p) == section}

    def barred(self) -> list[tuple[str, str]]:
        """What the checks forbid that concerns no question: (the check's key, text)."""
        found = checking.blocking(self.checks)
        return [(key, text) for key, texts in found.items() if not self._is_asked(key) for text in texts]

    def _is_asked(self, path: str) -> bool:
        return any(asked.key == path.split(".", 1)[0] for asked in self.form.definition.fields)

    def wrong(self, section: str) -> dict[str, list[str]]:
        """What is wrong in a section, leaving out what is merely not filled yet."""
        return self.form.section_errors(section, self.draft.answers, self.evidence, self.draft.raw)

    def label(self, path: str) -> str:
        """The question a path belongs to, with row and column in a table."""
        key, *cell = path.split(".")
        asked = self.form.field(key)
        if len(cell) == 2:
            return f"{asked.label} 第 {int(cell[0]) + 1} 行 {asked.column(cell[1]).label}"
        return asked.label

    def summary(self, errors: dict[str, list[str]]) -> list[tuple[str, str]]:
        """(id of the control, text) for the list of faults at the top of a page, in the form's order."""
        order = [asked.key for asked in self.form.definition.fields]
        paths = sorted(errors, key=lambda path: order.index(path.split(".", 1)[0]))
        return [(anchor(path), self._named(path, text)) for path in paths for text in errors[path]]

    def _named(self, path: str, text: str) -> str:
        asked = self.form.field(path.split(".", 1)[0])
        return text if asked.label.removeprefix("其中：") in text and "." not in path else f"{self.label(path)}：{text}"

    def shown_files(self) -> dict[str, list[dict[str, Any]]]:
        """Evidence as the form draws it."""
        return {
            key: [
                {"id": f.id, "name": f.filename, "size": f.size, "url": url_for("files.download", attachment=f.id)}
                for f in files
            ]
            for key, files in self.evidence.items()
        }


def find_filling(case_id: int) -> Filling | None:
    """The filling of a case that this person fills; None when it has left the fill stage. Raises OutOfScope."""
    case = drafts.find_to_fill(viewer(), case_id)
    shell.use_region(case.region)
    if definitions.workflow_of(case).stage(case.stage).kind != "fill":
        return None
    return Filling(case, Draft.get(Draft.case == case))
