"""The cases outside rounds of a person's scope, running and done, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from peewee import JOIN, ModelSelect

from core.cases import definitions, standing
from core.models import Carrier, Case, District, EvaluationRound, Organisation, Region
from core.people.scope import Viewer, visible_cases
from core.web import case_queue
from core.web.case_due import WorkingDays
from core.web.matters.offering import ROLES
from core.workflow.definition import Stage

PAGE = 50
STATES = {"running": "办理中", "done": "已办结", "": "全部"}


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to: a state of STATES, a procedure's key, a part of the carrier's name."""

    state: str = "running"
    procedure: str = ""
    name: str = ""


@dataclass(frozen=True)
class Line:
    """A case with what it is about, where it stands, and the working days left."""

    case: Case
    title: str
    stage: Stage
    days_left: int | None


@dataclass(frozen=True)
class Listed:
    """A page of the list; `after` leads on, 0 at its end."""

    lines: list[Line]
    after: int


def listed(person: Viewer, wanted: Wanted, after: int = 0, size: int = PAGE) -> Listed:
    """The cases that fit, by their number downwards; as many statements for any number."""
    rows = _narrowed(_in_scope(person), wanted)
    rows = rows.where(Case.id < after) if after else rows
    found = list(rows.order_by(Case.id.desc()).limit(size + 1))
    shown = found[:size]
    titles, stages = standing.titles(shown), case_queue.stages_of(shown)
    days = {region: WorkingDays(region) for region in {case.region_id for case in shown}}
    lines = [Line(case, titles[case.id], stages[case.id], days[case.region_id].left(case.due_on)) for case in shown]
    return Listed(lines, shown[-1].id if len(found) > size else 0)


def _in_scope(person: Viewer) -> ModelSelect[Any]:
    ids = [visible_cases(person, role).select(Case.id) for role in ROLES if person.within(role)]
    mine = reduce(or_, [Case.id.in_(chosen) for chosen in ids], Case.id == 0)
    rows = Case.select(Case, Carrier, Organisation, District, EvaluationRound).join(Carrier).join(Organisation)
    rows = rows.switch(Case).join(District, JOIN.LEFT_OUTER).switch(Case).join(EvaluationRound, JOIN.LEFT_OUTER)
    return rows.where(Case.round.is_null() & mine)


def _narrowed(rows: ModelSelect[Any], wanted: Wanted) -> ModelSelect[Any]:
    if wanted.state == "running":
        rows = rows.where(Case.outcome == "")
    elif wanted.state == "done":
        rows = rows.where(Case.outcome != "")
    if wanted.procedure:
        rows = rows.where(Case.procedure == wanted.procedure)
    if wanted.name:
        rows = rows.where(Carrier.name.contains(wanted.name) | Organisation.name.contains(wanted.name))
    return rows


def procedures_met(person: Viewer) -> dict[str, str]:
    """The procedures that have cases in this person's scope: key → name."""
    scope = [visible_cases(person, role).select(Case.id) for role in ROLES if person.within(role)]
    mine = reduce(or_, [Case.id.in_(chosen) for chosen in scope], Case.id == 0)
    rows = Case.select(Case.region, Case.procedure, Case.pinned).where(mine & Case.round.is_null()).distinct()
    keys = {row.id: row.key for row in Region.select()}
    found = {}
    for row in rows:
        policy = definitions.policy_of_ids(keys[row.region_id], row.pinned)
        found[row.procedure] = str(definitions.procedure_in(policy, row.procedure)["name"])
    return found
