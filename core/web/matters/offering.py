"""Which procedures a person may open in a reviewing role, and for whom."""

from __future__ import annotations

from core import clock
from core.cases import definitions, standing
from core.cases.standing import Openable
from core.errors import KaopingError, OutOfScope
from core.models import Case, Region
from core.people.scope import Viewer, visible_cases

ROLES = ("district_reviewer", "district_centre", "city_reviewer", "city_centre")


def openable(person: Viewer) -> list[Openable]:
    """What this person may open today."""
    return standing.openable(person, ROLES)


def one(person: Viewer, procedure: str, region: int = 0) -> Openable:
    """One of them by its key, in the region where it is named. Raises OutOfScope."""
    found = [o for o in openable(person) if o.procedure["key"] == procedure and region in (0, o.region.id)]
    if not found:
        raise OutOfScope
    return found[0]


def is_offered(person: Viewer) -> bool:
    """Whether there is anything for the page 事项: procedures of this person's roles, or cases of them in scope."""
    roles = [role for role in ROLES if person.within(role)]
    regions = {reach.region for role in roles for reach in person.within(role) if reach.region is not None}
    return any(_opens(region, roles) for region in Region.select().where(Region.id.in_(regions or [0]))) or any(
        visible_cases(person, role).where(Case.round.is_null()).exists() for role in roles
    )


def _opens(region: Region, roles: list[str]) -> bool:
    try:
        policy = definitions.current_policy(region, clock.today())
    except KaopingError:  # a policy that cannot be read must not take the top bar down
        return False
    return any(set(standing.openers(procedure)) & set(roles) for procedure in standing.procedures_of(policy))
