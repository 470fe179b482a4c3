"""Why a case came back to its carrier, field by field, and what has been changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.cases import definitions
from core.cases.submitting import latest_submission
from core.models import Attachment, Case, CaseEvent, Draft, Review, Submission
from core.web.carrier.blueprint import holder
from forms.compile import CompiledForm
from forms.draw import anchor

Evidence = dict[str, list[Attachment]]


@dataclass(frozen=True)
class Reason:
    """One thing to correct. `section` is empty when the form has no such field (any more)."""

    field: str
    label: str
    text: str
    section: str
    anchor: str
    mended: bool


@dataclass(frozen=True)
class Returned:
    """A submission that came back: by whom, when, in which words. Without `by` the carrier took it back itself."""

    by: str
    on: date
    said: str
    number: int
    reasons: tuple[Reason, ...]

    @property
    def open_count(self) -> int:
        """How many things are still as they were submitted."""
        return sum(not reason.mended for reason in self.reasons)

    @property
    def said_besides(self) -> str:
        """What was said beyond the reasons at the fields; nothing when it only repeats them."""
        left = self.said
        for reason in self.reasons:
            left = left.replace(reason.text, "")
        return self.said if left.strip("；;，。 \n") else ""

    def at(self, key: str) -> list[Reason]:
        """The reasons that concern one field."""
        return [reason for reason in self.reasons if reason.field == key]


def returned_of(case: Case, draft: Draft, form: CompiledForm, evidence: Evidence) -> Returned | None:
    """The return that a case in a fill stage answers; None when it was never submitted or came there by itself."""
    last = latest_submission(case)
    if last is None:
        return None
    review = _review(case, last)
    if review is None:
        if case.stage != definitions.workflow_of(case).start:
            return None  # a later fill stage that it reached by itself: nobody sent it back
        return Returned("", case.entered_stage_on, "", last.number, ())
    changed = changed_fields(form, last, draft, evidence)
    reasons = tuple(_reason(form, path, text, changed) for path, text in review.reasons.items())
    by = holder(case, definitions.workflow_of(case).stage(review.stage))
    return Returned(by, review.reviewed_on, _said(case, review), last.number, reasons)


def _review(case: Case, last: Submission) -> Review | None:
    workflow = definitions.workflow_of(case)
    for review in Review.select().where(Review.submission == last).order_by(Review.id.desc()):
        action = workflow.stage(review.stage).action(review.action)
        if action is not None and action.effect == "return" and action.to == case.stage:
            return review
    return None


def _said(case: Case, review: Review) -> str:
    """What the reviewer said beside the reasons."""
    returns = CaseEvent.select().where((CaseEvent.case == case) & (CaseEvent.kind == "returned"))
    last = returns.order_by(CaseEvent.sequence.desc()).first()
    said = last.said if last is not None else ""
    return "" if said == "；".join(review.reasons.values()) else said


def changed_fields(form: CompiledForm, last: Submission, draft: Draft, evidence: Evidence) -> frozenset[str]:
    """The fields whose answer or evidence is no longer what was last submitted."""
    answers = {change.path.split(".", 1)[0] for change in form.changes(last.answers, form.submitted(draft.answers))}
    now = {key: [file.id for file in files] for key, files in evidence.items()}
    files = {key for key in {*now, *last.files} if now.get(key, []) != last.files.get(key, [])}
    proven = {figure for key in files for figure in _proves(form, key)}
    return frozenset(answers | files | proven)


def _proves(form: CompiledForm, key: str) -> tuple[str, ...]:
    try:
        return form.field(key).proves
    except KeyError:
        return ()


def _reason(form: CompiledForm, path: str, text: str, changed: frozenset[str]) -> Reason:
    key = path.split(".", 1)[0]
    try:
        asked, section = form.field(key), form.section_of(key)
    except KeyError:
        return Reason(key, "", text, "", "", False)
    return Reason(key, asked.label, text, section, anchor(key), key in changed)
