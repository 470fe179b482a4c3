"""What waits for a city reviewer, read in a handful of statements however many cases there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN, Expression, ModelSelect, fn

from core import clock
from core.cases import clocks, definitions, standing
from core.errors import CalendarMissing, KaopingError
from core.models import (
    Account,
    Carrier,
    Case,
    District,
    EvaluationRound,
    NoticeEntry,
    Objection,
    PanelMember,
    PublicNotice,
    ScoreSheet,
)
from core.people.scope import Viewer, visible_cases
from core.policy.calendar import WorkingCalendar
from core.policy.panel import rules_or_none_written
from core.web.city.blueprint import ROLE

PAGE = 50
CAP = 100  # the top bar says 99+ beyond
FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Waiting:
    """A case that waits for the city: its row, the stage's name, and the working days left (None: no date)."""

    case: Case
    stage: str
    days_left: int | None
    page: str


@dataclass(frozen=True)
class Queue:
    """A page of waiting cases; `after` leads on, empty on the last page."""

    rows: list[Waiting]
    after: str
    total: int


def rounds_of(regions: list[int]) -> list[EvaluationRound]:
    """The rounds that are planned or open, newest first."""
    return list(
        EvaluationRound.select()
        .where(EvaluationRound.region.in_(regions or [0]) & (EvaluationRound.status != "closed"))
        .order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc())
    )


Stages = dict[tuple[int | str, str], tuple[str, str]]
"""The stages in which the city's reviewer acts on a case: (round, or procedure outside rounds; stage) → name, kind."""


def _stages(rounds: list[EvaluationRound], regions: list[int]) -> Stages:
    found: Stages = {place: (s.name, "review") for place, s in standing.stages_of_running(ROLE, regions).items()}
    for round_ in rounds:
        if round_.status != "open":
            continue
        for stage in definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure).stages:
            if stage.role == ROLE and stage.kind in ("review", "determination", "corrective_action"):
                found[(round_.id, stage.key)] = (stage.name, stage.kind)
    return found


def _waiting_cases(person: Viewer, stages: Stages) -> ModelSelect[Any]:
    by_place: dict[int | str, list[str]] = {}
    for place, stage in stages:
        by_place.setdefault(place, []).append(stage)
    either: Expression = Case.id == 0
    for place, keys in by_place.items():
        outside = Case.round.is_null() & (Case.procedure == place)
        either = either | ((outside if isinstance(place, str) else Case.round == place) & Case.stage.in_(keys))
    mine = Case.assignee.is_null() | (Case.assignee == person.account)
    return visible_cases(person, ROLE).where(either & mine & Case.outcome.in_(("", "absent")))


def queue(person: Viewer, rounds: list[EvaluationRound], after: str) -> Queue:
    """The waiting cases by due date, those without a date last; 50 a page."""
    stages = _stages(rounds, _regions(person))
    due = fn.COALESCE(Case.due_on, FAR)
    base = _waiting_cases(person, stages)
    rows = (
        base.select(Case, Carrier, District)
        .join(Carrier)
        .switch(Case)
        .join(District, JOIN.LEFT_OUTER)
        .order_by(due, Case.id)
        .limit(PAGE + 1)
    )
    day, _, last = after.partition(".")
    if last.isdigit():
        from_day = date.fromisoformat(day)
        rows = rows.where((due > from_day) | ((due == from_day) & (Case.id > int(last))))
    found = list(rows)
    calendars: dict[int, WorkingCalendar] = {}
    shown = [_waiting(case, stages, calendars) for case in found[:PAGE]]
    more = f"{(found[PAGE - 1].due_on or FAR).isoformat()}.{found[PAGE - 1].id}" if len(found) > PAGE else ""
    return Queue(shown, more, base.limit(1001).count())


def _regions(person: Viewer) -> list[int]:
    return [reach.region for reach in person.within(ROLE) if reach.region is not None]


def _waiting(case: Case, stages: Stages, calendars: dict[int, WorkingCalendar]) -> Waiting:
    name, kind = stages[(case.round_id or case.procedure, case.stage)]
    page = f"/city/cases/{case.id}/determination" if kind == "determination" else f"/cases/{case.id}"
    return Waiting(case, name, _left(case, calendars), page)


def _left(case: Case, calendars: dict[int, WorkingCalendar]) -> int | None:
    if case.due_on is None:
        return None
    if case.region_id not in calendars:
        calendars[case.region_id] = clocks.calendar_of(case.region_id)
    try:
        return calendars[case.region_id].working_days_left(clock.today(), case.due_on)
    except CalendarMissing:
        return None


def count(person: Viewer) -> int:
    """Waiting cases, open objections and notices to close, up to the cap."""
    regions = _regions(person)
    try:
        cases = _waiting_cases(person, _stages(rounds_of(regions), regions)).limit(CAP).count()
    except KaopingError:  # a region whose policy cannot be read must not take the top bar down
        cases = 0
    return cases + len(objections(regions)) + len(notices_to_close(regions, clock.today()))


def objections(regions: list[int]) -> list[Objection]:
    """Objections that wait for a ruling, oldest first (at most 100)."""
    return list(
        Objection.select(Objection, NoticeEntry, Case, Carrier)
        .join(NoticeEntry)
        .join(Case)
        .join(Carrier)
        .where(Case.region.in_(regions or [0]) & (Objection.status == "open"))
        .order_by(Objection.filed_at, Objection.id)
        .limit(CAP)
    )


def notices_to_close(regions: list[int], today: date) -> list[PublicNotice]:
    """Open notices whose last day is over."""
    return list(
        PublicNotice.select(PublicNotice, EvaluationRound)
        .join(EvaluationRound)
        .where(
            EvaluationRound.region.in_(regions or [0])
            & (PublicNotice.status == "open")
            & (PublicNotice.last_day < today)
        )
        .order_by(PublicNotice.last_day)
        .limit(CAP)
    )


@dataclass(frozen=True)
class PanelLine:
    """How far the panel of a round is: cases before it, sheets signed, experts named and pledged."""

    round: EvaluationRound
    cases: int
    signed: int
    members: int
    pledged: int
    minimum: int


def panels(rounds: list[EvaluationRound]) -> list[PanelLine]:
    """The rounds with cases before their panel."""
    ids = [round_.id for round_ in rounds if round_.status == "open"] or [0]
    stages = {s.key for r in rounds if r.status == "open" for s in _panel_stages(r)} or {""}
    before = Case.select(Case.round, fn.COUNT(Case.id).alias("n")).where(Case.round.in_(ids) & Case.stage.in_(stages))
    cases = {row.round_id: row.n for row in before.group_by(Case.round)}
    sheets: Any = (
        ScoreSheet.select(Case.round.alias("of"), fn.COUNT(ScoreSheet.id).alias("n"))
        .join(Case)
        .where(Case.round.in_(ids) & Case.stage.in_(stages) & (ScoreSheet.status == "signed"))
        .group_by(Case.round)
    )
    signed = {row["of"]: row["n"] for row in sheets.dicts()}
    seats = _seats(ids)
    return [_panel_line(r, cases[r.id], signed.get(r.id, 0), seats.get(r.id, [])) for r in rounds if cases.get(r.id)]


def _panel_stages(round_: EvaluationRound) -> list[Any]:
    workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
    return [stage for stage in workflow.stages if stage.kind == "expert_panel"]


def _seats(rounds: list[int]) -> dict[int, list[bool]]:
    found: dict[int, list[bool]] = {}
    rows = PanelMember.select().join(Account).where(PanelMember.round.in_(rounds) & PanelMember.removed_at.is_null())
    for seat in rows:
        found.setdefault(seat.round_id, []).append(seat.pledged_at is not None)
    return found


def _panel_line(round_: EvaluationRound, cases: int, signed: int, seats: list[bool]) -> PanelLine:
    minimum = rules_or_none_written(definitions.pinned_policy(round_)).minimum
    return PanelLine(round_, cases, signed, len(seats), sum(seats), minimum)
