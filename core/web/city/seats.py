"""Who sits on a panel and how far the sheets are: never a score, only signed or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.cases import definitions
from core.models import (
    Account,
    Carrier,
    Case,
    EvaluationRound,
    Grant,
    NoConflict,
    PanelMember,
    PanelOpinion,
    Recusal,
    ScoreSheet,
)


def members(round_: EvaluationRound) -> list[PanelMember]:
    """The panel with its accounts."""
    rows = PanelMember.select(PanelMember, Account).join(Account)
    return list(rows.where((PanelMember.round == round_) & PanelMember.removed_at.is_null()).order_by(PanelMember.id))


def experts(round_: EvaluationRound) -> list[Account]:
    """The region's experts who may be named, and those who are."""
    granted = Grant.select(Grant.account).where(
        (Grant.role == "expert") & (Grant.region == round_.region_id) & Grant.revoked_at.is_null()
    )
    return list(Account.select().where(Account.id.in_(granted) & Account.is_active).order_by(Account.id))


def signers(round_: EvaluationRound) -> set[int]:
    """The accounts that have signed a sheet in this round and so stay on the panel."""
    rows: Any = (
        ScoreSheet.select(PanelMember.account)
        .join(PanelMember)
        .where((PanelMember.round == round_) & (ScoreSheet.status == "signed"))
        .distinct()
        .tuples()
    )
    return {account for (account,) in rows}


@dataclass(frozen=True)
class PanelCase:
    """A case before the panel: how many may score, how many have signed, whether the opinion is there."""

    case: Case
    may_score: int
    signed: int
    recused: int
    has_opinion: bool


def panel_cases(round_: EvaluationRound, limit: int = 500) -> list[PanelCase]:
    """The cases before the panel, by number."""
    cases = list(
        Case.select(Case, Carrier)
        .join(Carrier)
        .where((Case.round == round_) & (Case.stage == "expert_panel"))
        .order_by(Case.number)
        .limit(limit)
    )
    ids = [case.id for case in cases] or [0]
    seats = {seat.id for seat in members(round_)}
    out: dict[int, set[int]] = {}
    recused: Any = Recusal.select(Recusal.case, Recusal.member).where(Recusal.case.in_(ids)).tuples()
    for case_id, member in recused:
        out.setdefault(case_id, set()).add(member)
    signed: dict[int, set[int]] = {}
    sheets: Any = ScoreSheet.select(ScoreSheet.case, ScoreSheet.member)
    for case_id, member in sheets.where(ScoreSheet.case.in_(ids) & (ScoreSheet.status == "signed")).tuples():
        signed.setdefault(case_id, set()).add(member)
    opinions: Any = PanelOpinion.select(PanelOpinion.case).where(PanelOpinion.case.in_(ids)).tuples()
    with_opinion = {case for (case,) in opinions}
    found = []
    for case in cases:
        able = seats - out.get(case.id, set())
        found.append(
            PanelCase(
                case, len(able), len(able & signed.get(case.id, set())), len(seats) - len(able), case.id in with_opinion
            )
        )
    return found


@dataclass(frozen=True)
class SeatLine:
    """An expert before one case: recused (why), declared, and the state of the sheet."""

    seat: PanelMember
    recusal: Recusal | None
    declared: bool
    sheet: ScoreSheet | None


def case_seats(case: Case) -> list[SeatLine]:
    """Every expert of the round before this case. The sheets come without points and totals."""
    recusals = {r.member_id: r for r in Recusal.select().where(Recusal.case == case)}
    declarations: Any = NoConflict.select(NoConflict.member).where(NoConflict.case == case).tuples()
    declared = {member for (member,) in declarations}
    columns = ScoreSheet.select(ScoreSheet.id, ScoreSheet.member, ScoreSheet.status, ScoreSheet.signed_at)
    sheets = {sheet.member_id: sheet for sheet in columns.where(ScoreSheet.case == case)}
    return [
        SeatLine(seat, recusals.get(seat.id), seat.id in declared, sheets.get(seat.id))
        for seat in members(definitions.round_of(case))
    ]


