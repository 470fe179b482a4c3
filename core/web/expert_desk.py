"""What an expert's desk shows: the rounds with their pledge, and the carriers to declare on or to score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.cases import definitions, panels
from core.errors import OutOfScope
from core.models import Carrier, Case, EvaluationRound, NoConflict, PanelMember, ScoreSheet
from core.people.scope import Viewer, visible_cases

PLEDGE = "我将独立、公正地评价；评价结果公布之前不对外透露任何信息；与评价对象有利害关系时主动申请回避。"
"""What is promised where a region's policy has no words of its own."""


@dataclass(frozen=True)
class Pledge:
    """The promise of a round with the clause that asks for it; without a clause it is a practice."""

    text: str
    clause: str
    basis: str


@dataclass(frozen=True)
class Row:
    """One carrier: `state` is declare, draft or signed. Before the declaration there is a name and no more."""

    case_id: int
    carrier: str
    state: str
    saved_at: datetime | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True)
class Sitting:
    """An expert's seat in a round; no rows before the pledge is signed."""

    round: EvaluationRound
    pledge: Pledge
    pledged_at: datetime | None
    rows: Sequence[Row] = ()

    @property
    def left(self) -> int:
        """How many carriers wait for a declaration or a signature."""
        return sum(row.state != "signed" for row in self.rows)


def pledge_of(round_: EvaluationRound) -> Pledge:
    """The words of the pledge in the round's policy."""
    policy = definitions.pinned_policy(round_)
    written = policy.definition("panel").get("pledge", {}) if policy.has("panel") else {}
    if not written:
        return Pledge(PLEDGE, "", "practice")
    return Pledge(written["text"], written.get("clause", ""), written.get("basis", "text"))


def seat_in(viewer: Viewer, round_id: int) -> PanelMember:
    """The expert's seat in a round. Raises OutOfScope."""
    seat = next((seat for seat in _seats(viewer) if seat.round_id == round_id), None)
    if seat is None:
        raise OutOfScope
    return seat


def sittings(viewer: Viewer) -> list[Sitting]:
    """Every round this expert sits on, newest first; a handful of statements however many carriers there are."""
    seats = _seats(viewer)
    rows = _rows(viewer, [seat for seat in seats if seat.pledged_at is not None])
    return [Sitting(seat.round, pledge_of(seat.round), seat.pledged_at, rows.get(seat.round_id, ())) for seat in seats]


def _seats(viewer: Viewer) -> list[PanelMember]:
    return [seat for seat in panels.expert_rounds(viewer) if viewer.has("expert", seat.round.region_id)]


def _rows(viewer: Viewer, seats: Sequence[PanelMember]) -> dict[int, list[Row]]:
    if not seats:
        return {}
    declared = {
        row.case_id for row in NoConflict.select(NoConflict.case).where(NoConflict.member.in_([s.id for s in seats]))
    }
    sheets = {row.case_id: row for row in ScoreSheet.select().where(ScoreSheet.member.in_([s.id for s in seats]))}
    rows: dict[int, list[Row]] = {}
    for case in _cases(viewer, [seat.round_id for seat in seats]):
        row = _row(case, case.id in declared, sheets.get(case.id))
        rows.setdefault(case.round_id, []).append(row)
    return rows


def _cases(viewer: Viewer, rounds: Sequence[int]) -> list[Case]:
    assigned = visible_cases(viewer, "expert").where(Case.round.in_(rounds)).switch(Case)
    return list(assigned.select(Case.id, Case.round, Carrier.name).join(Carrier).order_by(Case.number))


def _row(case: Case, declared: bool, sheet: ScoreSheet | None) -> Row:
    if not declared:
        return Row(case.id, case.carrier.name, "declare")
    if sheet is None:
        return Row(case.id, case.carrier.name, "draft")
    return Row(case.id, case.carrier.name, sheet.status, sheet.saved_at, sheet.signed_at)


def waiting(viewer: Viewer) -> int:
    """How many pledges and carriers wait for this expert, for the top bar."""
    seats = _seats(viewer)
    pledged = [seat for seat in seats if seat.pledged_at is not None]
    if not pledged:
        return len(seats)
    done = ScoreSheet.select(ScoreSheet.case).where(
        ScoreSheet.member.in_([seat.id for seat in pledged]) & (ScoreSheet.status == "signed")
    )
    cases = visible_cases(viewer, "expert").where(
        Case.round.in_([seat.round_id for seat in pledged]) & Case.id.not_in(done)
    )
    return len(seats) - len(pledged) + int(cases.count())
