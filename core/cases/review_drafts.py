"""What a reviewer has written and ticked so far on a case: kept while typing, seen by nobody else, and never judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import IntegrityError

from core import clock
from core.cases import acting, definitions
from core.cases.action import transaction
from core.errors import OutOfScope, Refused
from core.models import Case, ReviewDraft, Submission
from core.people.scope import Viewer, find_case
from forms.definition import FormDefinition

MOST_PAIRS, MOST_CHARACTERS = 400, 100_000
ELSEWHERE = "您在另一个窗口也在写这件的意见，这里写的没有保存。请把要留的内容复制过去，再刷新这一页。"
MOVED = "这一件已经办到下一步，这里写的没有保存。请刷新这一页。"

Pairs = Sequence[Sequence[str]]


def draft_of(viewer: Viewer, case: Case | int) -> ReviewDraft | None:
    """This person's row, if there is one."""
    found: ReviewDraft | None = ReviewDraft.get_or_none(
        (ReviewDraft.case == case) & (ReviewDraft.account == viewer.account)
    )
    return found


def keep_typed(viewer: Viewer, case_id: int, typed: Pairs, revision: int, stage_version: int) -> ReviewDraft:
    """Keep what was typed into the forms of the present stage.

    `revision` and `stage_version` are those that the page was drawn with. Raises OutOfScope, and Refused when the
    person cannot act on the case now, it has moved, another window has saved meanwhile, or it is too much.
    """
    case = _to_act_on(viewer, case_id)
    if case.stage_version != stage_version:
        raise Refused(MOVED)
    if len(typed) > MOST_PAIRS or sum(len(text) for _, text in typed) > MOST_CHARACTERS:
        raise Refused("写得太长，没有保存。请分成几处，或写得短一些。")
    row = _row(viewer, case)
    kept = {"typed": [list(pair) for pair in typed], "stage_version": stage_version, "saved_at": clock.now()}
    own = (ReviewDraft.id == row.id) & (ReviewDraft.revision == revision)
    with transaction():
        if ReviewDraft.update(revision=ReviewDraft.revision + 1, **kept).where(own).execute() != 1:
            raise Refused(ELSEWHERE)
    return ReviewDraft.get_by_id(row.id)


def typed_now(row: ReviewDraft | None, case: Case) -> Pairs:
    """What was typed at the stage where the case still stands; what was typed before it moved is offered no more."""
    return row.typed if row is not None and row.stage_version == case.stage_version else ()


def forget_typed(viewer: Viewer, case_id: int) -> None:
    """After acting: nothing typed is kept, and a page that was open before cannot bring it back."""
    with transaction():
        if draft_of(viewer, case_id) is not None:
            mine = (ReviewDraft.case == case_id) & (ReviewDraft.account == viewer.account)
            ReviewDraft.update(typed=[], revision=ReviewDraft.revision + 1).where(mine).execute()


def tick(viewer: Viewer, case_id: int, submission_id: int, fields: Iterable[str]) -> ReviewDraft:
    """Keep which fields of the newest submission this person has compared: all of them, ticked or no more.

    Raises OutOfScope, Refused when something newer was submitted since or the person cannot act on the case now.
    """
    case = _to_act_on(viewer, case_id)
    newest = Submission.select().where(Submission.case == case).order_by(Submission.number.desc()).first()
    if newest is None or newest.id != submission_id:
        raise Refused("单位刚提交了新的一版，请刷新这一页，对照改动再核。")
    known = {field.key for field in definitions.fill_form(case).definition.fields}
    row = _row(viewer, case)
    with transaction():
        kept = {"checked": sorted(known & set(fields)), "submission": newest, "saved_at": clock.now()}
        ReviewDraft.update(**kept).where(ReviewDraft.id == row.id).execute()
    return ReviewDraft.get_by_id(row.id)


def ticked_in(row: ReviewDraft | None, newest: Submission) -> frozenset[str]:
    """What of the newest submission was compared: what was ticked in an earlier one counts where nothing changed."""
    if row is None or row.submission_id is None:
        return frozenset()
    if row.submission_id == newest.id:
        return frozenset(row.checked)
    before: Any = row.submission
    form = definitions.fill_form(row.case).definition
    return frozenset(key for key in row.checked if _state(before, key, form) == _state(newest, key, form))


def _state(version: Submission, key: str, form: FormDefinition) -> list[object]:
    """A field with the evidence under it, as far as it can differ between versions."""
    proofs = [f.key for f in form.fields if f.key == key or key in f.proves]
    return [version.answers.get(key), *(version.files.get(proof) for proof in proofs)]


def _to_act_on(viewer: Viewer, case_id: int) -> Case:
    case = find_case(viewer, case_id)
    if not acting.actions_for(viewer, case):
        raise Refused("这一件现在不由您办理，写的内容没有保存。")
    return case


def _row(viewer: Viewer, case: Case) -> ReviewDraft:
    if viewer.account is None:
        raise OutOfScope
    found = draft_of(viewer, case)
    if found is not None:
        return found
    try:
        with transaction():
            return ReviewDraft.create(case=case, account=viewer.account, saved_at=clock.now())
    except IntegrityError:  # two windows began at once
        return ReviewDraft.get((ReviewDraft.case == case) & (ReviewDraft.account == viewer.account))
