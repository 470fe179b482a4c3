"""What a reviewing body's desk reads: the queue with its filters, who still has to act, and where it stands.

The district's authority and the service centres of district and city have the same desk, each over its own scope.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from core.cases import standing
from core.models import Case
from core.people.scope import Viewer
from core.web import case_queue, shell
from core.web.case_due import WorkingDays
from core.web.fillings import Fillings, fillings
from core.web.reports import board
from core.workflow.definition import Stage


@dataclass(frozen=True)
class Desk:
    """Everything that `parts/desk.html` draws; `key` is the filter that is on ("" for all)."""

    cases: list[Case]
    titles: dict[int, str]
    stages: dict[int, Stage]
    again: set[int]
    counts: case_queue.Counts
    key: str
    days: WorkingDays
    fillings: Fillings
    next_url: str
    mine: int | None
    reports: bool

    filters = case_queue.FILTERS

    @property
    def urgent(self) -> int:
        """How many are late or due within two working days."""
        return self.counts.by_filter["late"] + self.counts.by_filter["soon"]


def build(person: Viewer, role: str) -> Desk:
    """Read the desk of one role of this person, as the address asks (`show`, `after`)."""
    region = shell.page_region()
    days = WorkingDays(region.id if region else 0)
    key = request.args.get("show", "")
    key = key if key in case_queue.FILTERS else ""
    everything, soon = case_queue.waiting(person, role), days.soon()
    page = case_queue.page_of(case_queue.filtered(everything, key, days.today, soon), request.args.get("after", ""))
    still = fillings(person, role)
    all_of_them = [*page.cases, *(line.case for line in still.lines)]
    return Desk(
        cases=page.cases,
        titles=standing.titles(all_of_them),
        stages=case_queue.stages_of(all_of_them),
        again=case_queue.returned_among(page.cases),
        counts=case_queue.counts(everything, days.today, soon),
        key=key,
        days=days,
        fillings=still,
        next_url=url_for(request.endpoint or "", show=key or None, after=page.after) if page.after else "",
        mine=person.account,
        reports=bool(board.offered_to(regions_of(person, role))),
    )


def regions_of(person: Viewer, role: str) -> list[int]:
    """The regions in which this person holds the role."""
    return [reach.region for reach in person.within(role) if reach.region is not None]

