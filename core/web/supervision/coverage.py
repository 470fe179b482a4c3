"""Who was visited and who never (抽查情况): the cases of a year that the city itself opens for carriers, counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from peewee import fn

from core.cases.standing import ON_DEMAND, Procedure
from core.models import Carrier, Case, Region, Submission
from core.policy.version import PolicyVersion
from core.web.supervision.year import ROLE, Year


@dataclass
class Line:
    """A carrier: the cases of the year with the day each was handed in, newest first, and those still being filled."""

    carrier: Carrier
    done: list[tuple[Case, date]] = field(default_factory=list)
    begun: list[Case] = field(default_factory=list)

    @property
    def last(self) -> tuple[Case, date] | None:
        """The newest one."""
        return self.done[0] if self.done else None


@dataclass(frozen=True)
class Coverage:
    """One procedure in one year: the carriers never visited first, then those longest ago."""

    procedure: Procedure
    lines: list[Line]

    @property
    def times(self) -> int:
        """How many were handed in."""
        return sum(len(line.done) for line in self.lines)

    @property
    def never(self) -> int:
        """How many carriers had none."""
        return sum(not line.done for line in self.lines)


def opened_by_city(policy: PolicyVersion | None) -> list[Procedure]:
    """The procedures that the city's reviewer alone opens for a carrier when there is cause.

    Not what decides on a title, such as entry or proven fraud: nobody is behind with that.
    """
    if policy is None or not policy.has("procedures"):
        return []
    found = policy.definition("procedures")["procedures"]
    own = [p for p in found if p.get("every") == ON_DEMAND and p.get("workflow") and not p.get("decides")]
    return [p for p in own if ROLE in p.get("opened_by", ()) and "carrier_clerk" not in p["opened_by"]]


def carriers_of(region: Region | int, procedure: Procedure, until: date) -> list[Carrier]:
    """The carriers with a title by then, of the procedure's kinds."""
    known = Carrier.recognised_on.is_null() | (Carrier.recognised_on <= until)
    rows = Carrier.select().where((Carrier.region == region) & (Carrier.title_status == "held") & known)
    kinds = procedure.get("carrier_kinds")
    return list((rows.where(Carrier.kind.in_(kinds)) if kinds else rows).order_by(Carrier.name, Carrier.id))


def coverage(of: Year, procedure: Procedure) -> Coverage:
    """The year's cases of a procedure by carrier."""
    lines = {row.id: Line(row) for row in carriers_of(of.region, procedure, of.until)}
    mine = (Case.procedure == procedure["key"]) & (Case.region == of.region) & Case.carrier.in_(list(lines) or [0])
    first = Submission.select(Submission.case, fn.MIN(Submission.submitted_on).alias("on")).group_by(Submission.case)
    sent = {row.case_id: _day(row.on) for row in first.join(Case).where(mine)}
    for case in Case.select().where(mine).order_by(Case.id):
        on = sent.get(case.id)
        if on is None:
            lines[case.carrier_id].begun.append(case)
        elif on.year == of.year:
            lines[case.carrier_id].done.append((case, on))
    for line in lines.values():
        line.done.sort(key=lambda pair: (pair[1], pair[0].id), reverse=True)
    ordered = sorted(lines.values(), key=lambda line: (line.last[1] if line.last else date.min, line.carrier.name))
    return Coverage(procedure, ordered)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
