"""What a city's reviewer is offered: only what the policies of the own regions know, or what is still there of it."""

from __future__ import annotations

from core import clock
from core.cases import definitions, noticing
from core.cases.standing import is_outside_rounds
from core.errors import KaopingError
from core.models import EvaluationRound, Region
from core.people.scope import Viewer
from core.web.city.blueprint import ROLE


def runs_rounds(person: Viewer) -> bool:
    """Whether any region of this person's evaluates in rounds, or has done so."""
    regions = _regions(person)
    if EvaluationRound.select().where(EvaluationRound.region.in_(regions)).exists():
        return True
    return any(_has_rounds(region) for region in regions)


def takes_objections(person: Viewer) -> bool:
    """Whether any region of this person's notices results before they are final, or has done so."""
    return any(noticing.takes_objections(region) for region in _regions(person))


def _has_rounds(region: Region) -> bool:
    try:
        policy = definitions.current_policy(region, clock.today())
    except KaopingError:  # a policy that cannot be read must not take a page down
        return True
    if policy is None or not policy.has("procedures"):
        return False
    known = policy.definition("procedures")["procedures"]
    return any(entry.get("workflow") and not is_outside_rounds(entry) for entry in known)


def _regions(person: Viewer) -> list[Region]:
    own = [reach.region for reach in person.within(ROLE) if reach.region is not None]
    return list(Region.select().where(Region.id.in_(own or [0])))
