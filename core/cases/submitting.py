"""Submitting: the full check of the form, a new immutable version of the answers, and the move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import clock
from core.cases import checking, definitions, known_facts, moving, statements
from core.cases.action import Receipt, once, require_version
from core.cases.drafts import find_to_fill, open_draft
from core.cases.events import digest
from core.cases.known_facts import Known
from core.cases.refusing import in_words
from core.errors import Refused
from core.models import Attachment, Case, Draft, Submission, canonical_json
from core.models.reading import every, first
from core.people.scope import Viewer
from core.workflow.decision import ConditionNotMet, Move, decide, first_with_effect
from core.workflow.definition import Action


def evidence_of(case: Case) -> dict[str, list[Attachment]]:
    """The files of a case that have not been removed, by field, in the order of upload."""
    files: dict[str, list[Attachment]] = {}
    for file in every(Attachment, "WHERE case_id = ? AND NOT removed ORDER BY id", case.id):
        files.setdefault(file.field, []).append(file)
    return files


def faults(case: Case, draft: Draft) -> dict[str, list[str]]:
    """Everything that stands in the way of submitting, by field path; a check without a field by its own key."""
    found = definitions.fill_form(case).check(draft.answers, evidence_of(case), draft.raw)
    for path, texts in checking.blocking(checking.of_draft(case, draft)).items():
        found.setdefault(path, []).extend(texts)
    return found


def submit(viewer: Viewer, case_id: int, version: int, token: str, *, declared: bool = False) -> Receipt:
    """Submit the draft for review. Raises Refused (with the fields), Stale, OutOfScope.

    `declared`: the person ticked that what is submitted is true; the chain of events keeps that they did.
    """

    def work() -> Receipt:
        row = statements.load_case(case_id)
        if row.stage_version != version:
            find_to_fill(viewer, case_id)  # who may not see the case is not told who moved it
        require_version(row, version)
        case, draft = open_draft(viewer, case_id)
        found = faults(case, draft)
        if found:
            raise Refused(f"还有 {len(found)} 处要改，改好后再提交。", {k: "".join(v) for k, v in found.items()})
        step = _step(case, draft)
        submission = add_submission(viewer, case, draft.answers)
        data = {"submission": submission.id, "number": submission.number, "digest": submission.digest}
        if declared:
            data["declared"] = True
        return {**moving.move(row, case, viewer, step, data), "submission": submission.number}

    return once(token, work)


def action_for(case: Case, draft: Draft) -> Action:
    """What submitting the draft would do: the first of the stage's submit actions whose condition holds.

    Raises Refused where none is allowed, naming what the conditions lack.
    """
    return _way_on(case, draft)[0]


def _way_on(case: Case, draft: Draft) -> tuple[Action, Mapping[str, Any]]:
    stage = definitions.workflow_of(case).stage(case.stage)
    known = known_facts.of_case(case, draft) if known_facts.has_conditions(stage) else Known({})
    try:
        action = first_with_effect(stage, "submit", known.facts)
    except ConditionNotMet as unmet:
        raise in_words(case, unmet, known) from unmet
    if action is None:
        raise Refused("这个环节不能提交。")
    return action, known.facts or definitions.fill_form(case).formula_values(draft.answers)


def _step(case: Case, draft: Draft) -> Move:
    action, facts = _way_on(case, draft)
    workflow = definitions.workflow_of(case)
    role = workflow.stage(case.stage).role
    return decide(workflow, case.stage, action.key, frozenset({role}), frozenset(), facts)


def add_submission(viewer: Viewer, case: Case, answers: dict[str, Any], reason: str = "") -> Submission:
    """A new version of the answers with the evidence as it is now; older versions stay."""
    form = definitions.fill_form(case)
    final = form.submitted(answers)
    files = {field: [file.id for file in files] for field, files in evidence_of(case).items()}
    last = latest_submission(case)
    return Submission.create(
        case=case,
        number=last.number + 1 if last else 1,
        answers=final,
        files=files,
        digest=digest(canonical_json({"answers": final, "files": files})),
        reason=reason,
        submitted_by=viewer.account,
        submitted_at=clock.now(),
        submitted_on=clock.today(),
    )


def latest_submission(case: Case | int) -> Submission | None:
    """The newest submitted version of a case, if there is one."""
    number = case.id if isinstance(case, Case) else case
    return first(Submission, "WHERE case_id = ? ORDER BY number DESC", number)
