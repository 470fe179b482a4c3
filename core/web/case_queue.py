"""What waits for a reviewer: cases in the stages of a role, by due date, page by page without OFFSET.

Dated cases come first in the order of their last day, then those without one; a page is at most two statements,
both answered by the index over region, district, stage and last day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from flask import g, has_request_context
from peewee import JOIN, Expression, Function, ModelSelect, fn

from core.cases import definitions, standing
from core.errors import Refused
from core.models import Carrier, Case, CaseEvent, EvaluationRound, Organisation, Region
from core.people.scope import Viewer, visible_cases
from core.web.case_turns import still_to_sign
from core.workflow.definition import Stage

PAGE = 50
MOST_COUNTED = 1000
FILTERS = {"": "全部", "late": "已逾期", "soon": "两个工作日内", "again": "退回后重报"}


@dataclass(frozen=True)
class Counts:
    """How many wait, by filter, counted up to MOST_COUNTED; `capped` when there are more."""

    by_filter: dict[str, int]
    capped: bool

    def shown(self, key: str) -> str:
        """A number for people: `12`, or `1 000+`."""
        number = self.by_filter[key]
        return "1 000+" if self.capped and number >= MOST_COUNTED else f"{number}{'+' if self.capped else ''}"


@dataclass(frozen=True)
class Page:
    """A page of the queue and the mark to go on from ("" at its end)."""

    cases: list[Case]
    after: str


Places = Mapping[str, Mapping[str, Stage]]
"""Where a role acts: procedure → its stages by their keys. One key may belong to another role in another procedure."""


def places_of(role: str, regions: Collection[int]) -> Places:
    """Where a role acts, over the open rounds and the cases outside rounds of these regions; read once a request."""
    if not has_request_context():
        return _places(role, regions)
    kept: dict[tuple[str, frozenset[int]], Places] = g.setdefault("places_of_roles", {})
    wanted = (role, frozenset(regions))
    if wanted not in kept:
        kept[wanted] = _places(role, regions)
    return kept[wanted]


def _places(role: str, regions: Collection[int]) -> Places:
    rounds = EvaluationRound.select().where(
        EvaluationRound.region.in_(list(regions) or [0]) & (EvaluationRound.status == "open")
    )
    found: dict[str, dict[str, Stage]] = {}
    for round_ in rounds:
        try:
            workflow = definitions.workflow_in(definitions.pinned_policy(round_), round_.procedure)
        except Refused:
            continue
        own = {stage.key: stage for stage in workflow.stages if role in stage.actors}
        found.setdefault(round_.procedure, {}).update(own)
    for (procedure, key), stage in standing.stages_of_running(role, regions).items():
        found.setdefault(procedure, {})[key] = stage
    return {procedure: stages for procedure, stages in found.items() if stages}


def stands_at(places: Places) -> Expression:
    """The condition that a case stands where the role acts."""
    every = {stage for stages in places.values() for stage in stages}
    either = [(Case.procedure == procedure) & Case.stage.in_(list(stages)) for procedure, stages in places.items()]
    # the plain bound is what the index can use
    return reduce(or_, either, Case.id == 0) & Case.stage.in_(list(every) or [""])


def waiting(viewer: Viewer, role: str) -> ModelSelect[Any]:
    """The cases that wait for this person in this role, not those handed to a colleague."""
    places = places_of(role, {r.region for r in viewer.within(role) if r.region is not None})
    mine = Case.assignee.is_null() | (Case.assignee == viewer.account)
    cases = visible_cases(viewer, role).where(stands_at(places) & (Case.outcome == "") & mine)
    return cases.where(*still_to_sign(viewer.account, role, places))


def was_returned() -> Function:
    """Whether a case was sent back at some time."""
    events = CaseEvent.select(CaseEvent.id).where((CaseEvent.case == Case.id) & (CaseEvent.kind == "returned"))
    return fn.EXISTS(events)


def returned_among(cases: Iterable[Case]) -> set[int]:
    """Which of these cases were sent back at some time, in one statement."""
    ids = [case.id for case in cases]
    rows = CaseEvent.select(CaseEvent.case).where(CaseEvent.case.in_(ids or [0]) & (CaseEvent.kind == "returned"))
    return {row.case_id for row in rows}


def filtered(cases: ModelSelect[Any], key: str, today: date, soon: date) -> ModelSelect[Any]:
    """Narrow a queue by one of FILTERS."""
    if key == "late":
        return cases.where(Case.due_on < today)
    if key == "soon":
        return cases.where((Case.due_on >= today) & (Case.due_on <= soon))
    return cases.where(was_returned()) if key == "again" else cases


def counts(cases: ModelSelect[Any], today: date, soon: date) -> Counts:
    """All filters' numbers in one statement over the first MOST_COUNTED by last day."""
    rows = list(
        cases.select(Case.due_on, was_returned().alias("again"))
        .order_by(Case.due_on.asc(nulls="last"), Case.id)
        .limit(MOST_COUNTED + 1)
        .tuples()
    )
    counted = rows[:MOST_COUNTED]
    numbers = {
        "": len(counted),
        "late": sum(due is not None and due < today for due, _ in counted),
        "soon": sum(due is not None and today <= due <= soon for due, _ in counted),
        "again": sum(bool(again) for _, again in counted),
    }
    return Counts(numbers, len(rows) > MOST_COUNTED)


def count_waiting(viewer: Viewer, role: str) -> int:
    """How many wait, counted no further than the top bar shows (99+)."""
    return len(waiting(viewer, role).select(Case.id).limit(100).tuples())


def page_of(cases: ModelSelect[Any], after: str = "", size: int = PAGE) -> Page:
    """The next cases after a mark, with carrier and organisation. A mark nobody gave starts at the beginning."""
    day, last = _read(after)
    rows = cases.select(Case, Carrier, Organisation, EvaluationRound).join(Carrier).join(Organisation)
    rows = rows.switch(Case).join(EvaluationRound, JOIN.LEFT_OUTER)
    found: list[Case] = []
    if day is not None or not last:
        dated = rows.where(Case.due_on.is_null(False))
        if day is not None:
            # the plain bound is what the index can start from; an OR alone would read the queue from its head
            dated = dated.where((Case.due_on >= day) & ((Case.due_on > day) | (Case.id > last)))
        found = list(dated.order_by(Case.due_on, Case.id).limit(size + 1))
        last = 0
    if len(found) <= size:
        undated = rows.where(Case.due_on.is_null() & (Case.id > last)).order_by(Case.id)
        found += list(undated.limit(size + 1 - len(found)))
    return Page(found[:size], _mark(found[size - 1]) if len(found) > size else "")


def next_case(viewer: Viewer, role: str, done: int) -> Case | None:
    """The most urgent case that waits for this person, other than the one just looked at."""
    cases = page_of(waiting(viewer, role).where(Case.id != done), size=1).cases
    return cases[0] if cases else None


def _mark(case: Case) -> str:
    return f"{case.due_on.isoformat() if case.due_on else ''}.{case.id}"


def _read(mark: str) -> tuple[date | None, int]:
    day, _, number = mark.rpartition(".")
    try:
        return (date.fromisoformat(day) if day else None), int(number or 0)
    except ValueError:
        return None, 0


def stages_of(cases: Iterable[Case]) -> dict[int, Stage]:
    """Where each of these cases stands, by the case's id; one statement for their regions."""
    rows = list(cases)
    keys = {row.id: row.key for row in Region.select().where(Region.id.in_({c.region_id for c in rows} or [0]))}
    found = {}
    for case in rows:
        pinned = case.round.pinned if case.round is not None else case.pinned
        policy = definitions.policy_of_ids(keys[case.region_id], pinned)
        found[case.id] = definitions.workflow_in(policy, case.procedure).stage(case.stage)
    return found
