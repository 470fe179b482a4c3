"""Choosing carriers for a procedure: a list to tick that works with two hundred of them and without scripts.

What is ticked stays ticked whatever the list is narrowed to: ticked carriers are always shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from core.cases.register_facts import kinds_of
from core.cases.standing import Openable
from core.models import Carrier, Case, CaseEvent, District, Organisation

TICKS = {"all": "勾选列出的", "fresh": "勾选列出的、本年还没有办过的", "none": "全部不选"}


@dataclass(frozen=True)
class Last:
    """A carrier's newest case of the procedure, and the day on which it was opened."""

    case: Case
    on: date


@dataclass(frozen=True)
class Row:
    """A carrier to tick; `last` is its newest case of this procedure."""

    carrier: Carrier
    kind: str
    last: Last | None
    ticked: bool


@dataclass(frozen=True)
class Choice:
    """The list as it is drawn: the rows, how many there are in all, and what it is narrowed to."""

    rows: list[Row]
    total: int
    name: str = ""
    district: int = 0
    kind: str = ""
    districts: Mapping[int, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def ticked(self) -> int:
        """How many are ticked."""
        return sum(row.ticked for row in self.rows)


def choose(offer: Openable, posted: MultiDict[str, Any], year: int) -> Choice:
    """The list for what was posted (`pick_…` and `tick`); `year` is the present one."""
    name, kind = posted.get("pick_name", "").strip()[:60], posted.get("pick_kind", "")
    district = posted.get("pick_district", 0, type=int) or 0
    known = _known(offer)
    kept = set(posted.getlist("pick", type=int)) & set(known)
    fits = [
        c for c in known.values()
        if (name in c.name or name in c.organisation.name) and district in (0, c.district_id) and kind in ("", c.kind)
    ]  # fmt: skip
    last = _last(offer, list(known))
    ticked = _ticked(posted.get("tick", ""), kept, fits, last, year)
    if len(known) == 1:
        ticked = set(known)
    shown = [c for c in known.values() if c in fits or c.id in ticked]
    kinds = _kinds(known)
    rows = [Row(c, kinds[c.kind], last.get(c.id), c.id in ticked) for c in shown]
    return Choice(rows, len(known), name, district, kind, _districts(known), kinds)


def _known(offer: Openable) -> dict[int, Carrier]:
    ids = [carrier.id for carrier in offer.carriers]
    rows = Carrier.select(Carrier, Organisation).join(Organisation).where(Carrier.id.in_(ids or [0]))
    return {row.id: row for row in rows.order_by(Carrier.district, Carrier.kind, Carrier.name, Carrier.id)}


def _ticked(tick: str, kept: set[int], fits: list[Carrier], last: Mapping[int, Last], year: int) -> set[int]:
    if tick == "all":
        return kept | {carrier.id for carrier in fits}
    if tick == "fresh":
        done = {key for key, newest in last.items() if newest.on.year == year}
        return kept | {carrier.id for carrier in fits if carrier.id not in done}
    return set() if tick == "none" else kept


def _last(offer: Openable, ids: list[int]) -> dict[int, Last]:
    mine = Case.carrier.in_(ids or [0]) & (Case.procedure == offer.procedure["key"])
    rows = CaseEvent.select(CaseEvent, Case).join(Case).where(mine & (CaseEvent.sequence == 1)).order_by(Case.id)
    return {row.case.carrier_id: Last(row.case, row.policy_date) for row in rows}


def _districts(known: Mapping[int, Carrier]) -> dict[int, str]:
    ids = {carrier.district_id for carrier in known.values() if carrier.district_id}
    rows = District.select().where(District.id.in_(ids or [0])).order_by(District.id)
    return {row.id: row.name for row in rows}


def _kinds(known: Mapping[int, Carrier]) -> dict[str, str]:
    first = next(iter(known.values()), None)
    words = kinds_of(first.region) if first else {}
    return {carrier.kind: words.get(carrier.kind, carrier.kind) for carrier in known.values()}
