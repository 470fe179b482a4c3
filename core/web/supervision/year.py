"""Which region and which year a page of daily supervision is about, and the policy that was in force then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import request
from peewee import fn

from core import clock
from core.cases import meetings
from core.errors import OutOfScope
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer
from core.policy.version import PolicyVersion
from core.web import shell
from core.web.access import viewer

ROLE = meetings.ROLE


@dataclass(frozen=True)
class Year:
    """A region's year; `policy` is None where nothing was in force at its end. `before` and `after` are 0 at the ends."""

    region: Region
    year: int
    policy: PolicyVersion | None
    before: int
    after: int

    @property
    def until(self) -> date:
        """The last day that is counted: the end of the year, or today while it runs."""
        return min(clock.today(), date(self.year, 12, 31))

    @property
    def place(self) -> dict[str, int]:
        """What links to pages of the same region and year carry."""
        return {"region": self.region.id, "year": self.year}


def regions_of(person: Viewer) -> list[int]:
    """The regions whose city reviewer this person is."""
    return [reach.region for reach in person.within(ROLE) if reach.region is not None]


def asked() -> Year:
    """The region and year that the request names, by default the person's first region and its newest year.

    Raises OutOfScope for another's region and for a year to come or before the region's first policy.
    """
    own = regions_of(viewer())
    chosen = request.values.get("region", own[0] if own else 0, type=int)
    if chosen not in own:
        raise OutOfScope
    region: Region = Region.get_by_id(chosen)
    shell.use_region(region)
    return of(region, request.values.get("year", type=int))


def of(region: Region, year: int | None = None) -> Year:
    """A year of a region; without one the newest in which a policy was in force. Raises OutOfScope."""
    first, last = _first_year(region), clock.today().year
    if year is None:
        year = next((y for y in range(last, first - 1, -1) if meetings.policy_of_year(region, y)), last)
    if not first <= year <= last:
        raise OutOfScope
    policy = meetings.policy_of_year(region, year)
    return Year(region, year, policy, year - 1 if year > first else 0, year + 1 if year < last else 0)


def _first_year(region: Region) -> int:
    started = DefinitionVersion.select(fn.MIN(DefinitionVersion.in_force_from)).where(DefinitionVersion.region == region)
    found = started.scalar()
    if found is None:
        return clock.today().year
    day = found if isinstance(found, date) else date.fromisoformat(str(found))
    return min(day.year, clock.today().year)
