"""What was submitted: the newest version, what it changed, its evidence, and last year's figures beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from flask import url_for
from markupsafe import Markup

from core.cases import definitions
from core.models import Attachment, Case, EvaluationRound, Review, Submission
from core.web.shell import asset, clause_url
from forms.changes import Change
from forms.compile import CompiledForm
from forms.draw import draw_view, items_of

PICTURES = frozenset({".png", ".jpg", ".jpeg"})


@dataclass(frozen=True)
class File:
    """A file of evidence as a page shows it; `url` opens it beside the figures, `raw` is the file itself."""

    id: int
    field: str
    name: str
    size: int
    url: str
    raw: str

    @property
    def shows_as(self) -> str:
        """How a browser can show it: picture, pdf, or "" when it can only be downloaded."""
        ending = PurePosixPath(self.name).suffix.lower()
        return "picture" if ending in PICTURES else "pdf" if ending == ".pdf" else ""


@dataclass(frozen=True)
class Line:
    """One difference from the version before, with what the reviewer had asked for there."""

    label: str
    before: str
    after: str
    asked: str = ""


@dataclass
class Material:
    """The newest submission of a case, ready to draw."""

    form: CompiledForm
    submission: Submission
    files: dict[str, list[File]]
    changes: list[Change] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    untouched: list[Line] = field(default_factory=list)  # asked for, yet not changed
    previous: Mapping[str, object] = field(default_factory=dict)

    ticked: frozenset[str] | None = None  # what this reviewer has compared; None for who compares nothing

    @property
    def items(self) -> list[str]:
        """The fields that can be ticked as compared."""
        return items_of(self.form, self.submission.answers)

    def drawn(self) -> Markup:
        """All sections to read, evidence as links into the pane beside."""
        return draw_view(
            self.form,
            self.submission.answers,
            self.files,
            self.previous,
            self.changes,
            icons=asset("icons.svg"),
            clause_url=lambda clause: clause_url("", clause),
            ticked=self.ticked,
        )

    def file(self, number: int | None) -> File | None:
        """The file asked for, if it belongs to this submission."""
        return next((f for files in self.files.values() for f in files if f.id == number), None)

    def first(self) -> File | None:
        """The file to open first: evidence under what changed, else the first that can be shown."""
        changed = {change.path.split(".", 1)[0] for change in self.changes}
        proving = {f.key for f in self.form.definition.fields if changed & {f.key, *f.proves}}
        shown = [f for files in self.files.values() for f in files if f.shows_as]
        return next((f for f in shown if f.field in proving), next(iter(shown), None))


def material_of(case: Case) -> Material | None:
    """What was submitted last, or None when nothing was yet."""
    versions = list(Submission.select().where(Submission.case == case).order_by(Submission.number.desc()).limit(2))
    if not versions:
        return None
    form, newest = definitions.fill_form(case), versions[0]
    material = Material(form, newest, _files(case, form, newest), previous=_last_year(case, form))
    if len(versions) == 2:
        _compare(case, material, versions[1])
    return material


def _files(case: Case, form: CompiledForm, submission: Submission) -> dict[str, list[File]]:
    ids = [number for numbers in submission.files.values() for number in numbers]
    rows = {row.id: row for row in Attachment.select().where((Attachment.case == case) & Attachment.id.in_(ids or [0]))}
    page = url_for("case.page", case=case.id)
    return {
        asked.key: [
            File(
                n,
                asked.key,
                rows[n].filename,
                rows[n].size,
                f"{page}?file={n}#evidence",
                url_for("files.download", attachment=n),
            )
            for n in submission.files.get(asked.key, ())
            if n in rows
        ]
        for asked in form.definition.fields
        if asked.kind.control == "files"
    }


def _compare(case: Case, material: Material, before: Submission) -> None:
    form, newest = material.form, material.submission
    material.changes.extend(form.changes(before.answers, newest.answers))
    asked = dict(_asked_for(case, before))
    for change in material.changes:
        reason = asked.pop(change.path.split(".", 1)[0], "")
        material.lines.append(Line(change.label, change.before_text, change.after_text, reason))
    for key in material.files:
        old, new = set(before.files.get(key, ())), set(newest.files.get(key, ()))
        if old != new:
            label, reason = form.field(key).label, asked.pop(key, "")
            material.lines.append(Line(label, f"{len(old)} 份", _files_text(old, new), reason))
    material.untouched.extend(Line(_label(form, key), "", "", reason) for key, reason in asked.items())


def _files_text(old: set[int], new: set[int]) -> str:
    added, gone = len(new - old), len(old - new)
    told = [f"新增 {added} 份" if added else "", f"删去 {gone} 份" if gone else ""]
    return f"{len(new)} 份（{'，'.join(text for text in told if text)}）"


def _asked_for(case: Case, before: Submission) -> Mapping[str, str]:
    """What the last return asked to be corrected in the version before, by field."""
    review = (
        Review.select(Review.reasons)
        .where((Review.case == case) & (Review.submission == before))
        .order_by(Review.id.desc())
        .first()
    )
    return review.reasons if review else {}


def _label(form: CompiledForm, key: str) -> str:
    try:
        return form.field(key).label
    except KeyError:
        return key


def reasons_in_words(form: CompiledForm, reasons: Mapping[str, str]) -> list[tuple[str, str]]:
    """Reasons of a return as (the question's label, what to correct)."""
    return [(_label(form, key), text) for key, text in reasons.items()]


def _last_year(case: Case, form: CompiledForm) -> Mapping[str, object]:
    """The carrier's figures of the round before, of those questions that this year's form still asks."""
    if case.round is None:
        return {}
    earlier = (
        Submission.select(Submission.answers)
        .join(Case)
        .join(EvaluationRound)
        .where(
            (Case.carrier == case.carrier_id)
            & (Case.procedure == case.procedure)
            & EvaluationRound.before(case.round)
        )
        .order_by(EvaluationRound.year.desc(), EvaluationRound.batch.desc(), Submission.number.desc())
        .first()
    )
    compared = {f.key for f in form.definition.fields if f.kind.numeric or f.kind.control == "table"}
    return {key: value for key, value in earlier.answers.items() if key in compared} if earlier else {}


def choices_of(form: CompiledForm) -> Sequence[tuple[str, list[tuple[str, str]]]]:
    """The questions of the form by section, to choose from when something must be corrected."""
    return [
        (section.title, [(asked.key, asked.label) for asked in section.fields if asked.kind.control != "calculated"])
        for section in form.definition.sections
    ]
