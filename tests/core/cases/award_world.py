"""Organisations with several titles in Kunming, whose results are put into the tables final as they are.

How a result comes about is tested elsewhere; here only what it earns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from core import clock
from core.cases import awarding, definitions
from core.cases.action import new_token
from core.cases.importing import import_region
from core.jobs import handlers
from core.models import (
    Account,
    Award,
    Carrier,
    Case,
    EvaluationRound,
    OpeningBalance,
    Organisation,
    OutboxRow,
    Region,
    Result,
)
from core.people.scope import NOBODY, Viewer, viewer_of
from core.policy.awards import award_terms
from core.policy.pack import RegionPack, load_region
from tests import factories

PLUGINS = Path(__file__).parent.parent.parent.parent / "plugins"


@cache
def pack(key: str) -> RegionPack:
    """A region's pack, read once a process."""
    return load_region(PLUGINS / key)


@dataclass
class Titles:
    """One organisation, a carrier for each title, and its rounds by year."""

    region: Region
    organisation: Organisation
    carriers: dict[str, Carrier]
    finance: Account
    rounds: dict[int, EvaluationRound] = field(default_factory=dict)

    def round(self, year: int) -> EvaluationRound:
        """The round of a year, under what is in force."""
        if year not in self.rounds:
            self.rounds[year] = EvaluationRound.create(
                region=self.region, procedure="platform_evaluation", year=year, title=f"{year} 年度评价",
                status="open", pinned=self._pinned(), created_at=clock.now(),
            )  # fmt: skip
        return self.rounds[year]

    def _pinned(self) -> dict[str, int]:
        document = pack(self.region.key).newest.document
        assert document is not None
        return definitions.in_force(self.region, document.in_force_from)

    def case(self, year: int, title: str) -> Case:
        """The title's case of a year, waiting for its result."""
        carrier, round_ = self.carriers[title], self.round(year)
        return Case.get_or_none((Case.carrier == carrier) & (Case.round == round_)) or Case.create(
            number=f"KM-{year}-{carrier.id}", region=self.region, round=round_, carrier=carrier,
            procedure="platform_evaluation", stage="fill", entered_stage_on=clock.today(), created_at=clock.now(),
        )  # fmt: skip

    def final(self, year: int, grades: Mapping[str, str], **facts: Any) -> list[Award]:
        """The results of a year become final, all in one transaction as when a notice closes."""
        made = [self._result(self.case(year, title), grade, facts) for title, grade in grades.items()]
        found = []
        for case, result in made:
            Case.update(stage="closed", outcome="finished").where(Case.id == case.id).execute()
            found.append(awarding.raise_award(NOBODY, Case.get_by_id(case.id), result))
        settle()
        return [fresh(award) for award in found if award]

    def _result(self, case: Case, grade: str, facts: Mapping[str, Any]) -> tuple[Case, Result]:
        known = {"kind": case.carrier.kind, "level": case.carrier.level, **facts}
        return case, Result.create(
            case=case, version=1, grade=grade, facts=known, determined_at=clock.now(), determined_on=clock.today()
        )

    def opening(self, title: str, fen: int) -> None:
        """What was received before this system."""
        OpeningBalance.create(
            region=self.region, organisation=self.organisation, title=title, amount_fen=fen, source="演示台账"
        )

    @property
    def payer(self) -> Viewer:
        """Finance."""
        return viewer_of(self.finance)

    def release(self, award: Award) -> dict[str, Any]:
        """Pay, and let what follows happen."""
        receipt = awarding.release(self.payer, award.id, fresh(award).version, awarding_token())
        settle()
        return receipt


def build(key: str = "kunming", titles: Mapping[str, str] | None = None) -> Titles:
    """An organisation with a carrier for each title (its level), city level by default."""
    region = import_region(pack(key))
    terms = award_terms(pack(key).newest)
    owner = factories.organisation(region)
    levels = titles or dict.fromkeys(terms.titles, "city")
    carriers = {
        title: Carrier.create(region=region, organisation=owner, name=f"演示{number}号", kind=title, level=level)
        for number, (title, level) in enumerate(levels.items(), 1)
    }
    return Titles(region, owner, carriers, factories.account("finance", region=region))


def settle() -> None:
    """Do what the outbox asks for among awards."""
    for row in OutboxRow.select().where((OutboxRow.kind == "awards_of_organisation") & OutboxRow.done_at.is_null()):
        handlers.HANDLERS[row.kind](row)
        OutboxRow.update(done_at=clock.now()).where(OutboxRow.id == row.id).execute()


def fresh(award: Award) -> Award:
    """The award as it stands."""
    return Award.get_by_id(award.id)


def awarding_token() -> str:
    """A one-time token."""
    return new_token()
