"""What the board of a round shows, read in a fixed number of statements whatever the number of cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from peewee import JOIN, fn

from core import clock
from core.cases import clocks, definitions
from core.cases.noticing import publishes_at_once
from core.models import (
    Award,
    Carrier,
    Case,
    CaseEvent,
    District,
    EvaluationRound,
    NoticeEntry,
    Objection,
    PanelMember,
    PublicNotice,
    Recusal,
    Result,
    Submission,
)
from core.policy.grades import ORDER
from core.workflow.definition import Stage, Workflow

SEGMENTS = {
    "decided": "已认定",
    "panel": "评审和认定",
    "city": "市级审核",
    "district": "区级审核",
    "fill": "未提交",
}
"""The parts of a progress bar, from done to not begun; a stage belongs to one by its kind and role."""


@dataclass(frozen=True)
class DistrictLine:
    """A district's cases by segment."""

    name: str
    id: int
    parts: dict[str, int]

    @property
    def total(self) -> int:
        """All its cases."""
        return sum(self.parts.values())


@dataclass(frozen=True)
class LateLine:
    """A case that was not handed in: working days left (negative: over), how often and when it was urged last."""

    case: Case
    days_left: int | None
    urged: int
    urged_on: date | None


@dataclass(frozen=True)
class ResultLine:
    """The newest result of a case; `absent` did not take part."""

    case_id: int
    carrier: str
    district: int | None
    grade: str
    total: Decimal | None
    absent: bool


@dataclass
class Figures:
    """Everything the board counts."""

    stages: list[tuple[Stage, int]]
    districts: list[DistrictLine]
    results: list[ResultLine]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All cases of the round."""
        return sum(self.counts.values())


def segment_of(stage: Stage) -> str:
    """The part of the bar that a stage belongs to, before any result is there."""
    if stage.kind in ("public_notice", "closed"):
        return "decided"
    if stage.kind in ("expert_panel", "determination"):
        return "panel"
    if stage.kind == "fill":
        return "fill"
    return "district" if stage.scope == "district" else "city"


def segments_of(workflow: Workflow) -> dict[str, str]:
    """The segments that cases of this workflow can be in: without a district's stage there is none for it."""
    met = {"decided", *(segment_of(stage) for stage in workflow.stages)}
    return {key: name for key, name in SEGMENTS.items() if key in met}


def figures_of(round_: EvaluationRound, workflow: Workflow) -> Figures:
    """Cases by stage, district and segment, and the newest results."""
    results = results_of(round_)
    decided = {line.case_id for line in results}
    by_stage = dict.fromkeys((stage.key for stage in workflow.stages), 0)
    names = {d.id: d.name for d in District.select().where(District.region == round_.region_id)}
    lines: dict[int, dict[str, int]] = {}
    counts = dict.fromkeys(SEGMENTS, 0)
    # what its round left behind is told beside these numbers: it was never decided
    counted = (Case.round == round_) & (Case.outcome != "withdrawn")
    rows: Any = Case.select(Case.id, Case.stage, Case.district).where(counted).tuples()
    for case_id, stage, district in rows:
        by_stage[stage] += 1
        part = "decided" if case_id in decided else segment_of(workflow.stage(stage))
        counts[part] += 1
        parts = lines.setdefault(district or 0, dict.fromkeys(SEGMENTS, 0))
        parts[part] += 1
    districts = [DistrictLine(names.get(key, "不分区县" if names else "全市"), key, parts) for key, parts in lines.items()]
    districts.sort(key=lambda line: (-line.total, line.id))
    # a notice that the policy has switched off is no stage of this round
    idle = publishes_at_once(definitions.pinned_policy(round_))
    shown = [stage for stage in workflow.stages if by_stage[stage.key] or not (idle and stage.kind == "public_notice")]
    stages = [(stage, by_stage[stage.key]) for stage in shown]
    return Figures(stages, districts, results, counts)


def results_of(round_: EvaluationRound) -> list[ResultLine]:
    """The newest result of each case, best total first, else by grade; those without either last."""
    rows: Any = (
        Result.select(Result.case, Result.grade, Result.total, Carrier.name, Case.district)
        .join(Case)
        .join(Carrier)
        .where(Case.round == round_)
        .order_by(Result.version)
        .tuples()
    )
    newest = {}
    for case_id, grade, total, name, district in rows:
        absent = not (grade or total)  # where a policy grades who hands in nothing, the grade is told
        newest[case_id] = ResultLine(case_id, name, district, grade, Decimal(total) if total else None, absent)
    return sorted(newest.values(), key=_best_first)


def _best_first(line: ResultLine) -> tuple[bool, Decimal, int, int]:
    place = ORDER.index(line.grade) if line.grade in ORDER else len(ORDER)
    return line.total is None, -(line.total or Decimal(0)), place, line.case_id


def by_grade(results: Iterable[ResultLine], names: Mapping[str, str]) -> list[tuple[str, int]]:
    """How many have each grade, best first, by the policy's names; who has none is counted last."""
    graded = [line.grade for line in results]
    counts = [(name, graded.count(key)) for key, name in names.items()]
    return [*counts, ("未参加", graded.count(""))] if "" in graded else counts


def not_submitted(round_: EvaluationRound, limit: int) -> list[LateLine]:
    """The cases that nobody has handed in yet, by number, with how often they were urged."""
    workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
    stages = [stage.key for stage in workflow.stages if stage.kind == "fill"]
    cases = list(
        Case.select(Case, Carrier, District)
        .join(Carrier)
        .switch(Case)
        .join(District, JOIN.LEFT_OUTER)
        .where((Case.round == round_) & Case.stage.in_(stages))
        .order_by(Case.due_on, Case.id)
        .limit(limit)
    )
    events: Any = (
        CaseEvent.select(CaseEvent.case, fn.COUNT(CaseEvent.id), fn.MAX(CaseEvent.policy_date))
        .where(CaseEvent.case.in_([case.id for case in cases] or [0]) & (CaseEvent.kind == "urged"))
        .group_by(CaseEvent.case)
        .tuples()
    )
    urged = {case_id: (count, last) for case_id, count, last in events}
    left = _days_left(round_, {case.due_on for case in cases if case.due_on})
    return [LateLine(case, left.get(case.due_on) if case.due_on else None, *urged.get(case.id, (0, None))) for case in cases]


def _days_left(round_: EvaluationRound, days: Iterable[date]) -> dict[date, int | None]:
    return {day: clocks.days_left(round_.region_id, day, clock.today()) for day in days}


def submitted_by_day(round_: EvaluationRound) -> list[tuple[date, int]]:
    """First submissions, day by day, summed up."""
    rows: Any = (
        Submission.select(Submission.submitted_on, fn.COUNT(Submission.id))
        .join(Case)
        .where((Case.round == round_) & (Submission.number == 1))
        .group_by(Submission.submitted_on)
        .order_by(Submission.submitted_on)
        .tuples()
    )
    total, found = 0, []
    for day, count in rows:
        total += count
        found.append((day, total))
    return found


def previous_round(round_: EvaluationRound) -> EvaluationRound | None:
    """The round of the same procedure the year before, its last batch."""
    same = (EvaluationRound.region == round_.region_id) & (EvaluationRound.procedure == round_.procedure)
    rounds = EvaluationRound.select().where(same & (EvaluationRound.year == round_.year - 1))
    return rounds.order_by(EvaluationRound.batch.desc()).first()


@dataclass(frozen=True)
class AwardLine:
    """The awards of one grade; `fen` sums the amounts that are set (None: none is), `unset` counts those that are not."""

    grade: str
    count: int
    waiting: int
    fen: int | None
    unset: int


def awards_of(round_: EvaluationRound) -> list[AwardLine]:
    """The awards of a round by grade, without those that were cancelled, called back or are not due beside a higher one."""
    rows: Any = (
        Award.select(
            Award.grade,
            fn.COUNT(Award.id),
            fn.SUM((Award.status.in_(("waiting", "held"))).cast("integer")),
            fn.COUNT(Award.amount_fen),
            fn.SUM(Award.amount_fen),
        )
        .where((Award.round == round_) & Award.status.not_in(("cancelled", "reversed", "not_due")))
        .group_by(Award.grade)
        .order_by(Award.grade)
        .tuples()
    )
    return [
        AwardLine(grade, count, int(waiting or 0), int(fen) if known else None, count - known)
        for grade, count, waiting, known, fen in rows
    ]


def notices_of(round_: EvaluationRound) -> list[PublicNotice]:
    """The notices of a round, newest first."""
    rows = PublicNotice.select().where(PublicNotice.round == round_)
    return list(rows.order_by(PublicNotice.opened_on.desc(), PublicNotice.id.desc()))


def objection_counts(round_: EvaluationRound) -> dict[str, int]:
    """Objections of a round by status."""
    rows: Any = (
        Objection.select(Objection.status, fn.COUNT(Objection.id))
        .join(NoticeEntry)
        .join(PublicNotice)
        .where(PublicNotice.round == round_)
        .group_by(Objection.status)
        .tuples()
    )
    return dict(rows)


def recusals_of(round_: EvaluationRound, limit: int = 100) -> list[Any]:
    """Who steps back from which carrier in this round."""
    from core.models import Account

    rows = (
        Recusal.select(Recusal, Case, Carrier, PanelMember, Account)
        .join(Case)
        .join(Carrier)
        .switch(Recusal)
        .join(PanelMember)
        .join(Account)
        .where(Case.round == round_)
        .order_by(Recusal.declared_at.desc())
    )
    return list(rows.limit(limit))
