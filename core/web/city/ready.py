"""Which cases of a round can be determined or published, read in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from peewee import JOIN

from core.cases import definitions
from core.models import Carrier, Case, DeterminationCheck, District, EvaluationRound, NoticeEntry, Result
from core.policy.determination import checks_needed


@dataclass(frozen=True)
class ReadyLine:
    """A case in determination: the checks that are missing, its newest result, whether that must be made anew."""

    case: Case
    missing: list[str]
    grade: str
    total: Decimal | None
    version: int
    outdated: bool
    published_before: bool

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
    made: dict[int, set[str]] = {}
    rows: Any = DeterminationCheck.select(DeterminationCheck.case, DeterminationCheck.fact)
    for case_id, fact in rows.where(DeterminationCheck.case.in_(ids)).tuples():
        made.setdefault(case_id, set()).add(fact)
    results: dict[int, Any] = {}
    newest: Any = Result.select(Result.case, Result.version, Result.grade, Result.total, Result.reference_version, Result.id)
    for case_id, *values in newest.where(Result.case.in_(ids)).order_by(Result.version).tuples():
        results[case_id] = tuple(values)
    entries: Any = NoticeEntry.select(NoticeEntry.case, NoticeEntry.result).where(NoticeEntry.case.in_(ids))
    noticed: dict[int, int] = dict(entries.order_by(NoticeEntry.id).tuples())
    needed = checks_needed(policy) if policy.has("facts") else []
    lines = []
    for case in cases:
        version, grade, total, reference, result = results.get(case.id, (0, "", "", 0, 0))
        absent = case.outcome == "absent"
        missing = [] if absent else [c.name for c in needed if c.key not in made.get(case.id, set())]
        stale = bool(version) and (reference != round_.reference_version or noticed.get(case.id) == result)
        lines.append(
            ReadyLine(case, missing, grade, Decimal(total) if total else None, version, stale, case.id in noticed)
        )
    return lines
