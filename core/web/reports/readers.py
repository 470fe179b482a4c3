"""Who reads the reports of which carriers: the city's bodies all of them, a district's those of its district."""

from __future__ import annotations

from core.cases.periods import MAY_URGE
from core.errors import OutOfScope
from core.people.scope import Viewer

CITY = ("city_reviewer", "city_centre")
DISTRICT = ("district_reviewer", "district_centre")
READERS = (*CITY, *DISTRICT)


def regions_of(person: Viewer) -> list[int]:
    """The regions of which this person reads reports, in the order of the grants."""
    found = [reach.region for role in READERS for reach in person.within(role) if reach.region is not None]
    return list(dict.fromkeys(found))


def districts_of(person: Viewer, region: int) -> frozenset[int] | None:
    """The districts whose carriers this person reads; None for the whole city. Raises OutOfScope for neither."""
    if any(person.has(role, region) for role in CITY):
        return None
    reaches = [reach for role in DISTRICT for reach in person.within(role) if reach.region == region]
    found = frozenset(reach.district for reach in reaches if reach.district is not None)
    if not found:
        raise OutOfScope
    return found


def may_urge(person: Viewer, region: int) -> bool:
    """Whether this person may ask all that are missing at once."""
    return any(person.has(role, region) for role in MAY_URGE)
