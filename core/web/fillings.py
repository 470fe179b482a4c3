"""Who still has to act: carriers that were sent back, and those that have not handed in, for the desks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from peewee import JOIN

from core import clock
from core.models import Carrier, Case, CaseEvent, EvaluationRound, Organisation
from core.people.scope import Viewer, visible_cases
from core.web import case_queue

MOST_LISTED = 200


@dataclass(frozen=True)
class Filling:
    """A carrier that has to act: why it was sent back ("" when it has not handed in yet), urged today or not."""

    case: Case
    reason: str
    urged_today: bool


@dataclass(frozen=True)
class Fillings:
    """The carriers that have to act; `more` when the list was cut."""

    returned: list[Filling]
    missing: list[Filling]
    more: bool

    @property
    def lines(self) -> list[Filling]:
        """Both lists."""
        return [*self.returned, *self.missing]


def fillings(viewer: Viewer, role: str) -> Fillings:
    """Who is filling in among the cases of this role: sent back, or never handed in. As many statements for any number."""
    regions = {reach.region for reach in viewer.within(role) if reach.region is not None}
    filling = case_queue.stands_at(case_queue.places_of("carrier_clerk", regions)) & (Case.outcome == "")
    cases = visible_cases(viewer, role).where(filling).select(Case, Carrier, Organisation, EvaluationRound)
    cases = cases.join(Carrier).join(Organisation).switch(Case).join(EvaluationRound, JOIN.LEFT_OUTER).switch(Case)
    rows = list(cases.order_by(Case.due_on.asc(nulls="last"), Case.id).limit(MOST_LISTED + 1))
    told = _events(rows)
    found = [
        Filling(row, told.get((row.id, "returned"), ("", None))[0], told.get((row.id, "urged"), ("", None))[1] == clock.today())
        for row in rows[:MOST_LISTED]
    ]
    returned = [f for f in found if (f.case.id, "returned") in told]
    missing = [f for f in found if (f.case.id, "returned") not in told]
    return Fillings(returned, missing, len(rows) > MOST_LISTED)


def _events(rows: list[Case]) -> dict[tuple[int, str], tuple[str, date]]:
    """The words and the day of the last return and the last urging of each case.

    A return between the reviewers was not meant for the carrier and does not count.
    """
    events = CaseEvent.select(CaseEvent.case, CaseEvent.kind, CaseEvent.said, CaseEvent.policy_date, CaseEvent.body)
    events = events.where(CaseEvent.case.in_([row.id for row in rows] or [0]) & CaseEvent.kind.in_(["returned", "urged"]))
    stage = {row.id: row.stage for row in rows}
    return {
        (e.case_id, e.kind): (e.said, e.policy_date)
        for e in events.order_by(CaseEvent.sequence)
        if e.kind == "urged" or json.loads(e.body)["data"].get("to") == stage[e.case_id]
    }
