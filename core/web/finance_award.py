"""What the page of one award shows beside the award: what its organisation received, and what the money was used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cases import award_history, award_use
from core.cases.award_use import Use, UseOf
from core.cases.register_words import KINDS
from core.models import Award, Carrier, Case
from core.policy.award_use_check import used_yuan
from core.policy.awards import award_terms


@dataclass(frozen=True)
class Received:
    """What an organisation has received under one title, in 分; `cap` is None where no cap binds it or none is set."""

    title: str
    opening: int
    paid: int
    cap: int | None
    clause: str
    basis: str

    @property
    def total(self) -> int:
        """Before this system and in it."""
        return self.opening + self.paid

    @property
    def left(self) -> int | None:
        """What the cap leaves."""
        return None if self.cap is None else max(0, self.cap - self.total)


def received(award: Award) -> list[Received]:
    """Every title under which the organisation received something or may receive something capped."""
    policy = award_history.policy_for(award.case)
    caps = {cap.title: cap for cap in award_terms(policy).caps} if policy.has("awards") else {}
    opening = award_history.opening_of(award.organisation_id, award.round.region_id)
    paid = _paid_by_title(award.organisation_id)
    own = award.case.carrier.kind
    found = []
    for title in dict.fromkeys([own, *opening, *paid]):
        cap = caps.get(title)
        limit = None if cap is None or cap.yuan is None else cap.yuan * 100
        cited = (cap.clause, cap.basis) if cap else ("", "")
        found.append(Received(KINDS.get(title, title), opening.get(title, 0), paid.get(title, 0), limit, *cited))
    return found


def _paid_by_title(organisation: int) -> dict[str, int]:
    by_case = award_history.paid_of(organisation)
    rows = Case.select(Case.id, Carrier.kind).join(Carrier).where(Case.id.in_(list(by_case) or [0]))
    paid: dict[str, int] = {}
    for row in rows:
        paid[row.carrier.kind] = paid.get(row.carrier.kind, 0) + by_case[row.id]
    return paid


@dataclass(frozen=True)
class Spent:
    """What was used of an award, with the names of the purposes by their keys."""

    of: UseOf
    purposes: Mapping[str, str]

    def rows(self, use: Use) -> Sequence[Mapping[str, Any]]:
        """The rows of one report, purposes in words and amounts in 分 (`fen`)."""
        return [{**row, "purpose": self._name(row), "fen": int(used_yuan([row]) * 100)} for row in use.rows]

    def _name(self, row: Mapping[str, Any]) -> str:
        key = str(row.get("purpose") or "")
        return self.purposes.get(key, key)


def spent(award: Award) -> Spent:
    """What was used of one award, from what was submitted."""
    names = {purpose.key: purpose.name for purpose in award_use.purposes_of(award)}
    return Spent(award_use.of_awards([award])[award.id], names)
