"""The list of carriers: search, filters, page by page without OFFSET."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from peewee import JOIN, ModelSelect

from core.cases.register_facts import kinds_of
from core.cases.register_words import TITLES
from core.models import Carrier, District, Organisation, Region
from core.people.carrier_scope import visible_carriers
from core.people.scope import Viewer

PAGE = 50
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Sought:
    """What was asked for; empty texts ask for nothing."""

    text: str = ""
    district: int = 0
    kind: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Directory:
    """A page of carriers, the id to go on after, how many there are by standing, and what can be chosen."""

    rows: list[Carrier]
    after: int | None
    counts: Mapping[str, int]
    shown: str
    districts: list[District] = field(default_factory=list)
    kinds: Mapping[str, str] = field(default_factory=dict)
    regions: int = 1

    @property
    def dated(self) -> list[tuple[str, str]]:
        """The days that any carrier of this page has, as (column, its head)."""
        heads = (("recognised_on", "认定日期"), ("enrolled_on", "纳入日期"))
        return [(column, head) for column, head in heads if any(getattr(row, column) for row in self.rows)]


def directory(viewer: Viewer, sought: Sought, after: int = 0) -> Directory:
    """The carriers that this person may open."""
    mine = visible_carriers(viewer)
    everything = _matching(mine, sought)
    chosen = everything.where(Carrier.title_status == sought.standing) if sought.standing else everything
    rows = (
        chosen.select(Carrier, Organisation, District, Region)
        .switch(Carrier)
        .join(District, JOIN.LEFT_OUTER, on=(Carrier.district == District.id))
        .switch(Carrier)
        .join(Region, on=(Carrier.region == Region.id))
        .where(Carrier.id > after)
        .order_by(Carrier.id)
        .limit(PAGE + 1)
    )
    found = list(rows)
    districts = District.select().where(District.id.in_(mine.select(Carrier.district)))
    kinds = {row.kind for row in mine.select(Carrier.kind).distinct()}
    regions = list(Region.select().where(Region.id.in_(mine.select(Carrier.region))))
    known = {key: word for region in regions for key, word in kinds_of(region).items()}
    counts = _counts(everything)
    return Directory(
        rows=found[:PAGE],
        after=found[PAGE - 1].id if len(found) > PAGE else None,
        counts=counts,
        shown=_in_words(counts.get(sought.standing, 0) if sought.standing else sum(counts.values())),
        districts=list(districts.order_by(District.id)),
        kinds={key: known.get(key, key) for key in sorted(kinds)},
        regions=len(regions),
    )


def _matching(mine: ModelSelect[Carrier], sought: Sought) -> ModelSelect[Carrier]:
    rows = mine.switch(Carrier).join(Organisation, on=(Carrier.organisation == Organisation.id))
    if sought.text:
        named = Carrier.name.contains(sought.text) | Organisation.name.contains(sought.text)
        rows = rows.where(named | (Organisation.credit_code == sought.text.upper()))
    if sought.district:
        rows = rows.where(Carrier.district == sought.district)
    return rows.where(Carrier.kind == sought.kind) if sought.kind else rows


def _counts(rows: ModelSelect[Carrier]) -> dict[str, int]:
    """By standing, in the order of TITLES, counted no further than the page shows."""
    counts: dict[str, int] = {}
    found: Iterable[Any] = rows.select(Carrier.title_status).limit(MOST_COUNTED).tuples()
    for (status,) in found:
        counts[status] = counts.get(status, 0) + 1
    return {key: counts[key] for key in TITLES if key in counts}


def _in_words(number: int) -> str:
    return "1 000+" if number >= MOST_COUNTED else str(number)
