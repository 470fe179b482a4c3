"""Who may open the register entry of which carrier. Out of scope does not exist, as for cases (core.people.scope)."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from peewee import ModelSelect

from core.errors import OutOfScope
from core.models import Carrier
from core.people.scope import Reach, Viewer

ALL = ("city_reviewer", "city_centre", "district_reviewer", "district_centre", "carrier_clerk")
"""The roles that read the register: the city all of its region, a district its own, a clerk the own carrier."""
OFFICES = ALL[:4]
"""Those of them that see many carriers."""
AUTHORITIES = ("city_reviewer", "district_reviewer")
"""Who also reads why a mark was set and how an award waits; service centres and carriers are told of what is decided."""


def _condition(reach: Reach) -> Any:
    if reach.role in ("city_reviewer", "city_centre") and reach.region is not None:
        return Carrier.region == reach.region
    if reach.role in ("district_reviewer", "district_centre") and reach.district is not None:
        return Carrier.district == reach.district
    if reach.role == "carrier_clerk" and reach.carrier is not None:
        return Carrier.id == reach.carrier
    return None  # a grant without its bound reaches nothing


def visible_carriers(viewer: Viewer) -> ModelSelect[Any]:
    """The carriers whose register entry this person may open."""
    conditions = [found for reach in viewer.reaches if (found := _condition(reach)) is not None]
    return Carrier.select().where(reduce(or_, conditions) if conditions else Carrier.id == 0)


def find_carrier(viewer: Viewer, carrier_id: int) -> Carrier:
    """The carrier, if this person may open its entry. Raises OutOfScope."""
    found: Carrier | None = visible_carriers(viewer).where(Carrier.id == carrier_id).first()
    if found is None:
        raise OutOfScope
    return found


def is_authority(viewer: Viewer, carrier: Carrier) -> bool:
    """Whether this person reads the entry for the bureau or the district's authority."""
    authorities = [reach for reach in viewer.reaches if reach.role in AUTHORITIES]
    return visible_carriers(Viewer(viewer.account, viewer.name, tuple(authorities))).where(
        Carrier.id == carrier.id
    ).exists()
