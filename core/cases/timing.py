"""The time of a case outside a round: the clock that its procedure names, from which day, until when, and kept when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from core import clock
from core.cases import clocks, definitions
from core.errors import CalendarMissing
from core.models import Case, CaseEvent, Draft, PeriodicReport, Region, Submission
from core.policy.clocks import Clock, clock_of
from core.policy.facts import as_date
from core.policy.periods import days_of
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class Timing:
    """The time that a procedure gives: its clock, from which day, until when, and when it was kept.

    `last_day` is None while nobody has set the length or the calendar of the year is not there.
    """

    clock: Clock
    opened: date | None
    last_day: date | None
    done: date | None = None

    @property
    def late(self) -> bool:
        """Whether it was kept after the last day, or is not yet kept and the day is over."""
        return self.last_day is not None and (self.done or clock.today()) > self.last_day

    @property
    def trace(self) -> list[dict[str, Any]]:
        """The reasoning, as `policy ask` gives it, its inputs named in words."""
        step = self.clock.step(self.opened, self.last_day).as_data()
        return [{**step, "inputs": {"起算日": self.opened} if self.opened else {}}]


def deadline(
    policy: PolicyVersion, region: Region | int, procedure: Mapping[str, Any], opened: date | None, done: date | None = None
) -> Timing | None:
    """The last day of a procedure whose time began on `opened`; None where it names no clock."""
    if not procedure.get("clock"):
        return None
    named = clock_of(policy, procedure["clock"])
    try:
        last = named.last_day(opened, clocks.calendar_of(region)) if opened else None
    except CalendarMissing:
        last = None
    return Timing(named, opened, last, done)


def of_case(case: Case) -> Timing | None:
    """The time of a case outside a round, from what its form says now; None in a round or without a clock."""
    if case.round_id is not None:
        return None
    bound = clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())
    procedure = definitions.procedure_in(bound, case.procedure)
    return deadline(bound, case.region_id, procedure, _opened(case, procedure), _kept_on(case, procedure))


def _kept_on(case: Case, procedure: Mapping[str, Any]) -> date | None:
    """The day on which the case was first submitted, or first reached the stage that the procedure names."""
    wanted = procedure.get("kept_at", "")
    moves = CaseEvent.select(CaseEvent.kind, CaseEvent.body, CaseEvent.policy_date).where(CaseEvent.case == case)
    for move in moves.order_by(CaseEvent.sequence):
        reached = json.loads(move.body)["data"].get("to", "") == wanted if wanted else move.kind == "submitted"
        if reached:
            return date.fromisoformat(str(move.policy_date))
    return None


def _opened(case: Case, procedure: Mapping[str, Any]) -> date | None:
    report = PeriodicReport.get_or_none(PeriodicReport.case == case)
    if report is not None:
        return days_of(report.period)[0]
    if not procedure.get("since"):  # counted from the day on which it was opened
        opening = CaseEvent.get_or_none((CaseEvent.case == case) & (CaseEvent.sequence == 1))
        return opening.policy_date if opening else None
    return since_days({case.id: procedure["since"]}).get(case.id)


def since_days(asked: Mapping[int, str]) -> dict[int, date]:
    """The day that a case's time counts from, as its newest submission says, or else its draft.

    `asked`: case → the field of its form that holds the day. Cases whose day nobody has said are left out.
    """
    ids = list(asked) or [0]
    newest = Submission.select(fn.MAX(Submission.id)).where(Submission.case.in_(ids)).group_by(Submission.case)
    submitted = {row.case_id: row.answers for row in Submission.select().where(Submission.id.in_(newest))}
    drafts = [key for key in asked if key not in submitted] or [0]
    said = submitted | {row.case_id: row.answers for row in Draft.select().where(Draft.case.in_(drafts))}
    days = {case: as_date(said[case].get(field)) for case, field in asked.items() if case in said}
    return {case: day for case, day in days.items() if day is not None}


def late_words(found: Timing | None) -> str:
    """What the clerk is told about the time, as a sentence; empty where nothing is to be told."""
    if found is None or found.last_day is None:
        return ""
    if found.late:
        return f"期限是 {found.last_day.isoformat()}，已经过了；仍可提交，会标明逾期。"
    return f"请在 {found.last_day.isoformat()} 以前提交。"


def set_last_days(region: Region | int) -> int:
    """Give the running cases that had to wait for an entered value their last day; how many got one.

    Called in a transaction, when a value is entered and each day for values that were entered ahead of their day.
    """
    waiting = Case.select().where(
        (Case.region == region) & Case.round.is_null() & Case.due_on.is_null() & (Case.outcome == "")
    )
    count = 0
    for case in waiting:
        found = of_case(case)
        if found is not None and found.last_day is not None and found.done is None:
            count += Case.update(due_on=found.last_day).where((Case.id == case.id) & Case.due_on.is_null()).execute()
    return count
