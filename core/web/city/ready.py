"""Which cases of a round can be determined or published, read in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from peewee import JOIN

from core.cases import definitions, determining
from core.cases.timeliness import timeliness_in
from core.models import Carrier, Case, DeterminationCheck, District, EvaluationRound, NoticeEntry, Result, Submission
from core.policy.determination import checks_needed


@dataclass(frozen=True)
class ReadyLine:
    """A case in determination: the checks that are missing, its newest result, whether that must be made anew.

    `late`: its materials came after the last day.
    """

    case: Case
    missing: list[str]
    grade: str
    total: Decimal | None
    version: int
    outdated: bool
    published_before: bool
    late: bool = False

    @property
    def can_publish(self) -> bool:
        """Whether there is a result of this round's reference; a case noticed before needs a newer one than then."""
        return self.version > 0 and not self.outdated


def lines_of(round_: EvaluationRound) -> list[ReadyLine]:
    """The cases in determination, by number."""
    policy = definitions.pinned_policy(round_)
    workflow = definitions.workflow_in(policy, round_.procedure)
    stages = [stage.key for stage in workflow.stages if stage.kind == "determination"]
    cases = list(
        Case.select(Case, Carrier, District)
        .join(Carrier)
        .switch(Case)
        .join(District, JOIN.LEFT_OUTER)
        .where((Case.round == round_) & Case.stage.in_(stages))
        .order_by(Case.number)
    )
    ids = [case.id for case in cases] or [0]
    made: dict[int, dict[str, DeterminationCheck]] = {}
    for check in DeterminationCheck.select().where(DeterminationCheck.case.in_(ids)):
        made.setdefault(check.case_id, {})[check.fact] = check
    results = _newest(Result.select().where(Result.case.in_(ids)).order_by(Result.version))
    columns = Submission.select(Submission.case, Submission.submitted_at).where(Submission.case.in_(ids))
    submissions = _newest(columns.order_by(Submission.number))
    entries: Any = NoticeEntry.select(NoticeEntry.case, NoticeEntry.result).where(NoticeEntry.case.in_(ids))
    noticed: dict[int, int] = dict(entries.order_by(NoticeEntry.id).tuples())
    times, scored = timeliness_in(round_, ids), determining.scored_at(ids)
    needed = checks_needed(policy) if policy.has("facts") else []
    lines = []
    for case in cases:
        case.round = round_  # so that nobody reads it again for each case
        own = made.get(case.id, {})
        result = results.get(case.id)
        missing = [] if case.outcome == "absent" else [check.name for check in needed if check.key not in own]
        stale = result is not None and (
            noticed.get(case.id) == result.id
            or determining.outdated_by(
                result,
                round_,
                determining.facts_of(case, own, times[case.id]),
                submissions.get(case.id),
                scored.get(case.id),
            )
        )
        lines.append(replace(_line(case, missing, result, stale, case.id in noticed), late=times[case.id].late))
    return lines


def _newest(rows: Any) -> dict[int, Any]:
    """Case → the last of its rows."""
    return {row.case_id: row for row in rows}


def _line(case: Case, missing: list[str], result: Result | None, stale: bool, noticed: bool) -> ReadyLine:
    if result is None:
        return ReadyLine(case, missing, "", None, 0, False, noticed)
    total = Decimal(result.total) if result.total else None
    return ReadyLine(case, missing, result.grade, total, result.version, stale, noticed)
