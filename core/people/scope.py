"""The one place that decides who may see or handle what. Out of scope does not exist: `OutOfScope`, 404."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Any

from peewee import Expression, ModelSelect, fn

from core.errors import OutOfScope
from core.models import (
    Account,
    Carrier,
    Case,
    DefinitionVersion,
    EvaluationRound,
    Grant,
    NoConflict,
    PanelMember,
    Recusal,
    Submission,
)
from core.models.reading import first
from core.policy.source import parse


@dataclass(frozen=True)
class Reach:
    """One grant as it stands: a role and what it is bound to (ids; None where it is not bound)."""

    role: str
    region: int | None = None
    district: int | None = None
    carrier: int | None = None


@dataclass(frozen=True)
class Viewer:
    """A person as seen by the rules: the account and its live grants. Nobody signed in has `account` None."""

    account: int | None = None
    name: str = ""
    reaches: tuple[Reach, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(reach.role for reach in self.reaches)

    def within(self, role: str) -> list[Reach]:
        """The grants of this role."""
        return [reach for reach in self.reaches if reach.role == role]

    def has(self, role: str, region: int) -> bool:
        """Whether the person holds this role in this region."""
        return any(reach.region == region for reach in self.within(role))


NOBODY = Viewer()


def viewer_of(account: Account) -> Viewer:
    """Read the live grants of an account; an inactive account reaches nothing."""
    if not account.is_active:
        return NOBODY
    grants = Grant.select().where((Grant.account == account.id) & Grant.revoked_at.is_null())
    reaches = tuple(
        Reach(g.role, g.region_id, g.district_id, g.carrier_id) for g in grants.order_by(Grant.id)
    )
    return Viewer(account.id, account.display_name, reaches)


BOUND_BY = {
    "carrier_clerk": ("carrier",),
    "district_reviewer": ("region", "district"),
    "district_centre": ("region", "district"),
    "city_reviewer": ("region",),
    "city_centre": ("region",),
    "third_party": ("region",),
    "expert": ("region",),
}
"""By which of its bounds a grant reaches cases. An expert's cases must be assigned besides, a third party's stand
before a panel that it was commissioned to run. Others read no case."""
CARRIER = "carrier_clerk"
"""Sees a case that somebody else fills (a spot check, for instance) only once it was submitted."""
CENTRES = ("district_centre", "city_centre")
"""Service centres handle what is outside rounds: in a round the authority and the bureau act, and centres are judged."""


def _case_condition(viewer: Viewer, reach: Reach) -> Expression | None:
    """Which cases one grant reaches, as a condition; None for roles that read no case."""
    names = BOUND_BY.get(reach.role, ())
    if not names or any(getattr(reach, name) is None for name in names):
        return None  # a grant that names no district reaches no case, not the cases without one
    bounds = [getattr(Case, name) == getattr(reach, name) for name in names]
    if reach.role == "expert":
        bounds.append(Case.id.in_(assigned_cases(viewer)))
    if reach.role == "third_party":
        bounds.append(Case.round.in_(commissioned_rounds(reach.region) or [0]) & (Case.stage == PANEL_STAGE))
    if reach.role in CENTRES:
        bounds.append(Case.round.is_null())
    if reach.role == CARRIER:
        handed_in = Submission.select(Submission.case).where(Submission.case == Case.id)
        bounds.append((Case.filled_by == CARRIER) | fn.EXISTS(handed_in))
    return reduce(and_, bounds)


def _reaches(viewer: Viewer, reach: Reach, case: Case) -> bool:
    """Whether one grant reaches a case that is at hand: the same rule, without asking the database."""
    bounds = BOUND_BY.get(reach.role, ())
    held = [(getattr(reach, name), getattr(case, f"{name}_id")) for name in bounds]
    if not held or any(bound is None or bound != of_case for bound, of_case in held):
        return False
    if reach.role in CENTRES:
        return case.round_id is None
    if reach.role == CARRIER and case.filled_by != CARRIER:
        return Submission.select().where(Submission.case == case.id).exists()
    if reach.role == "third_party":
        return case.stage == PANEL_STAGE and case.round_id in commissioned_rounds(case.region_id)
    return reach.role != "expert" or assigned_cases(viewer).where(Case.id == case.id).exists()


PANEL_STAGE = "expert_panel"
"""The stage before the panel (core.workflow.lint keeps its key and its kind the same)."""


def commissioned_rounds(region: int | None) -> list[int]:
    """The open rounds of a region whose pinned panel a third party runs; two statements."""
    opened = EvaluationRound.select(EvaluationRound.id, EvaluationRound.pinned).where(
        (EvaluationRound.region == region) & (EvaluationRound.status == "open")
    )
    panels = {row.id: _pinned_panels(row) for row in opened}
    named = sorted({definition for ids in panels.values() for definition in ids})
    texts: Any = DefinitionVersion.select(DefinitionVersion.id, DefinitionVersion.text).where(
        DefinitionVersion.id.in_(named or [0])
    )
    theirs = {number for number, text in texts.tuples() if _run_by(text) == "third_party"}
    return [round_id for round_id, ids in panels.items() if theirs.intersection(ids)]


def _pinned_panels(round_: EvaluationRound) -> list[int]:
    return [number for name, number in round_.pinned.items() if name.startswith("panel/")]


@lru_cache(maxsize=64)
def _run_by(text: str) -> str:
    # published texts never change; the same ones are read once a process
    return str(parse(text, "panel").get("run_by", ""))


def assigned_cases(viewer: Viewer) -> ModelSelect[Any]:
    """Ids of the cases this expert has been assigned: on the panel of the round, not recused.

    Only while the case stands before the panel; a recused expert sees nothing of that carrier.
    """
    recused = Recusal.select(Recusal.case).join(PanelMember).where(PanelMember.account == viewer.account)
    rounds = PanelMember.select(PanelMember.round).where(
        (PanelMember.account == viewer.account) & PanelMember.removed_at.is_null()
    )
    return Case.select(Case.id).where(Case.round.in_(rounds) & (Case.stage == PANEL_STAGE) & Case.id.not_in(recused))


def visible_cases(viewer: Viewer, role: str | None = None) -> ModelSelect[Any]:
    """The cases that a person may see, by all grants or by those of one role."""
    conditions = [c for c in (_case_condition(viewer, reach) for reach in _those(viewer, role)) if c is not None]
    if not conditions:
        return Case.select().where(Case.id == 0)
    return Case.select().where(reduce(or_, conditions))


def _those(viewer: Viewer, role: str | None) -> Sequence[Reach]:
    return viewer.reaches if role is None else viewer.within(role)


def find_case(viewer: Viewer, case_id: int, role: str | None = None) -> Case:
    """The case, if this person may see it (in this role, where one is named). Raises OutOfScope."""
    found = first(Case, "WHERE id = ?", case_id)
    if found is None or not any(_reaches(viewer, reach, found) for reach in _those(viewer, role)):
        raise OutOfScope
    return found


def may_handle(viewer: Viewer, case: Case, role: str) -> bool:
    """Whether this person holds `role` for this case, so that an action of that role is theirs to take."""
    return any(_reaches(viewer, reach, case) for reach in viewer.within(role))


def serves(viewer: Viewer, carrier: Carrier, role: str) -> bool:
    """Whether this person holds `role` for this carrier: its clerk, its district's people, or the city's."""
    known = {"carrier": carrier.id, "district": carrier.district_id, "region": carrier.region_id}
    bounds = BOUND_BY.get(role, ())
    return bool(bounds) and any(
        all(getattr(reach, name) is not None and getattr(reach, name) == known[name] for name in bounds)
        for reach in viewer.within(role)
    )


def membership(viewer: Viewer, round_id: int) -> PanelMember:
    """The expert's seat on the panel of a round in a region of theirs. Raises OutOfScope for everybody else."""
    seat: PanelMember | None = PanelMember.get_or_none(
        (PanelMember.round == round_id) & (PanelMember.account == viewer.account) & PanelMember.removed_at.is_null()
    )
    if seat is None or not viewer.has("expert", seat.round.region_id):
        raise OutOfScope
    return seat


def has_declared_no_conflict(seat: PanelMember, case_id: int) -> bool:
    """Whether the expert has said that nothing stands between them and this carrier (opens the material)."""
    return NoConflict.select().where((NoConflict.member == seat) & (NoConflict.case == case_id)).exists()
