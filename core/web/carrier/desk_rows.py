"""What the carrier's desk reads, in few statements however many cases there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from peewee import JOIN

from core import clock
from core.cases import clocks, definitions, standing
from core.errors import CalendarMissing
from core.models import (
    Attachment,
    Carrier,
    Case,
    District,
    Draft,
    EvaluationRound,
    Message,
    NoticeEntry,
    PublicNotice,
    Region,
    Result,
)
from core.people.scope import Viewer, visible_cases
from core.web.carrier.blueprint import ROLE, holder, path
from core.web.carrier.filling import Filling
from core.workflow.definition import Stage

MOST_CASES = 60
MOST_MESSAGES = 8


@dataclass(frozen=True)
class Due:
    """A case that waits for the carrier itself."""

    case: Case
    title: str
    work: Filling
    left: int | None


@dataclass(frozen=True)
class Running:
    """A case that somebody else works on, or that waits for the carrier's word outside a form of its own."""

    case: Case
    title: str
    stage: Stage
    who: str
    left: int | None
    path: list[Mapping[str, str]]
    entry: NoticeEntry | None


@dataclass(frozen=True)
class Past:
    """A case that has come to its end; `entry` carries the published result, if there is one."""

    case: Case
    title: str
    entry: NoticeEntry | None
    clause: str


@dataclass(frozen=True)
class Desk:
    """Everything on the desk; `own` waits for the carrier to confirm, or to tell what became of something."""

    due: list[Due]
    own: list[Running]
    running: list[Running]
    past: list[Past]


def cases_of(viewer: Viewer) -> list[Case]:
    """This person's cases with all that their lines need, the most urgent first."""
    home = Region.alias()
    ids = visible_cases(viewer, ROLE).select(Case.id)
    rows = (
        Case.select(Case, Carrier, District, home, EvaluationRound, Region)
        .join(Carrier)
        .switch(Case)
        .join(District, JOIN.LEFT_OUTER)
        .switch(Case)
        .join(home, on=(Case.region == home.id), attr="region")
        .switch(Case)
        .join(EvaluationRound, JOIN.LEFT_OUTER)
        .join(Region, JOIN.LEFT_OUTER)
        # finished reports of many weeks would push the rounds out: they stand on the page of such procedures
        .where(Case.id.in_(ids) & (Case.round.is_null(False) | (Case.outcome == "")))
        .order_by(Case.id.desc())
        .limit(MOST_CASES)
    )
    return sorted(rows, key=lambda case: (case.due_on or date.max, case.id))


def stage_of(case: Case) -> Stage:
    """The stage a case is in."""
    return definitions.workflow_of(case).stage(case.stage)


def waiting(viewer: Viewer) -> int:
    """How many cases wait for this carrier (the number in the top bar)."""
    stages = [(case, stage_of(case)) for case in cases_of(viewer)]
    return sum(_is_due(case, stage) or _is_own(case, stage) for case, stage in stages)


def _is_due(case: Case, stage: Stage) -> bool:
    """Whether the carrier itself has to fill the case in now; an authority's own form is not its work."""
    return stage.kind == "fill" and stage.role == ROLE and not case.outcome


def _is_own(case: Case, stage: Stage) -> bool:
    """Whether the carrier has to act on the case's page now."""
    return stage.kind != "fill" and stage.role == ROLE and not case.outcome


def desk_of(viewer: Viewer) -> Desk:
    """The desk, sorted into what is due, what others work on, and what is over."""
    cases = cases_of(viewer)
    entries = published(cases)
    drafts, evidence, left = _drafts(cases), _evidence(cases), _days_left(cases)
    desk, titles = Desk([], [], [], []), standing.titles(cases)
    for case in cases:
        stage, title = stage_of(case), titles[case.id]
        if _is_due(case, stage):
            work = Filling(case, drafts[case.id], evidence.get(case.id, {}))
            desk.due.append(Due(case, title, work, left[case.id]))
        elif stage.kind == "closed" or case.outcome:
            clause = _absent_clause(case) if case.outcome == "absent" else ""
            desk.past.append(Past(case, title, entries.get(case.id), clause))
        else:
            workflow = definitions.workflow_of(case)
            line = path(case, workflow)
            row = Running(case, title, stage, holder(case, stage), left[case.id], line, entries.get(case.id))
            (desk.own if _is_own(case, stage) else desk.running).append(row)
    desk.past.sort(key=lambda past: past.case.id, reverse=True)
    return desk


def _drafts(cases: list[Case]) -> dict[int, Draft]:
    return {draft.case_id: draft for draft in Draft.select().where(Draft.case.in_([case.id for case in cases]))}


def _evidence(cases: list[Case]) -> dict[int, dict[str, list[Attachment]]]:
    found: dict[int, dict[str, list[Attachment]]] = {}
    rows = Attachment.select().where(Attachment.case.in_([case.id for case in cases]) & ~Attachment.removed)
    for row in rows.order_by(Attachment.id):
        found.setdefault(row.case_id, {}).setdefault(row.field, []).append(row)
    return found


def _days_left(cases: list[Case]) -> dict[int, int | None]:
    """Working days left by case; each region's calendar is read once."""
    calendars = {region: clocks.calendar_of(region) for region in {case.region_id for case in cases}}
    left: dict[int, int | None] = {}
    for case in cases:
        try:
            calendar = calendars[case.region_id]
            left[case.id] = calendar.working_days_left(clock.today(), case.due_on) if case.due_on else None
        except CalendarMissing:
            left[case.id] = None
    return left


def _absent_clause(case: Case) -> str:
    """The clause under which a case counts as absent: that of the workflow's own action."""
    actions = (action for stage in definitions.workflow_of(case).stages for action in stage.actions)
    return next((action.clause for action in actions if action.effect == "absent"), "")


def published(cases: list[Case]) -> dict[int, NoticeEntry]:
    """The newest published line of each case, with its notice and result. Nothing unpublished is in it."""
    rows = (
        NoticeEntry.select(NoticeEntry, PublicNotice, Result)
        .join(PublicNotice)
        .switch(NoticeEntry)
        .join(Result)
        .where(NoticeEntry.case.in_([case.id for case in cases]) & (PublicNotice.opened_on <= clock.today()))
        .order_by(NoticeEntry.id)
    )
    return {entry.case_id: entry for entry in rows}


def messages_of(viewer: Viewer) -> list[Message]:
    """The newest messages to this person."""
    rows = Message.select().where(Message.account == viewer.account)
    return list(rows.order_by(Message.id.desc()).limit(MOST_MESSAGES))
