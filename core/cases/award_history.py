"""What an organisation has earned, received and still awaits, read from the tables for core.policy.award_claims."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from peewee import fn

from core import clock
from core.cases import clocks, definitions
from core.models import (
    Award,
    AwardEntry,
    Carrier,
    Case,
    EvaluationRound,
    NoticeEntry,
    Objection,
    OpeningBalance,
    Participant,
    Result,
)
from core.policy.award_claims import Claim, Standing, standing_of
from core.policy.awards import award_terms
from core.policy.version import PolicyVersion

ENDED = ("reversed", "cancelled")


def policy_for(case: Case) -> PolicyVersion:
    """The policy that a case's award follows, with the values entered by today."""
    return clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())


def standing(case: Case, result: Result, organisation: int) -> Standing | None:
    """Where the award of a final result stands; None where the policy grants this title no money."""
    policy = policy_for(case)
    terms = award_terms(policy) if policy.has("awards") else None
    if terms is None or case.carrier.kind not in terms.titles:
        return None
    running = running_of(case)
    claims = [
        replace(claim, facts={**claim.facts, **running}) if claim.key == str(case.id) else claim
        for claim in claims_of(organisation, case, result)
    ]
    return standing_of(terms, claims, opening_of(organisation, case.region_id), str(case.id))


def running_of(case: Case) -> dict[str, bool]:
    """What holds an award as long as it lasts (core.policy.award_holds.RUNNING), of one case."""
    objections = Objection.select().join(NoticeEntry)
    following = Case.select().where((Case.origin == case) & (Case.outcome == ""))
    return {
        "objection_open": objections.where((Objection.status == "open") & (NoticeEntry.case == case)).exists(),
        "corrective_action_open": any(_is_called_for(one) for one in following),
    }


def _is_called_for(case: Case) -> bool:
    """Whether a case was opened by a result, and not by somebody (the report on how an award was used)."""
    procedure = definitions.procedure_in(definitions.policy_of(case), case.procedure)
    return bool(procedure.get("opened_by_consequence"))


def claims_of(organisation: int, case: Case, result: Result) -> list[Claim]:
    """Every title of an organisation in every year, final or not; the one of `case` with `result`."""
    rows = list(
        Case.select(Case, Carrier, EvaluationRound)
        .join(Carrier)
        .switch(Case)
        .join(EvaluationRound)
        .where((Case.region == case.region_id) & ((Carrier.organisation == organisation) | (Case.id == case.id)))
        .order_by(EvaluationRound.year, Case.id)
    )
    results = {**_final_results(rows), case.id: result}
    paid, ended = paid_of(organisation), _ended(organisation)
    found = [_claim(row, results.get(row.id), paid.get(row.id, 0), row.id in ended) for row in rows]
    return [*found, *_expected(organisation, case.region_id)]


def _claim(case: Case, result: Result | None, paid_fen: int, ended: bool) -> Claim:
    carrier = case.carrier
    # a case that went out of the round without a result (withdrawn) earns nothing and holds nobody
    gone = result is None and case.outcome not in ("", "absent")
    return Claim(
        key=str(case.id),
        year=definitions.round_of(case).year,
        title=carrier.kind,
        name=carrier.name,
        grade=(result.grade or "") if result is not None else None,
        facts=facts_of(case, result) if result is not None else {},
        paid_fen=paid_fen,
        ended=ended or gone,
    )


def facts_of(case: Case, result: Result) -> dict[str, Any]:
    """What the rules of an award may ask: the facts of the determination, and the carrier's level and kind."""
    facts = {
        "participated": True,
        "integrity_breach": False,
        "level": case.carrier.level,
        "kind": case.carrier.kind,
        **result.facts,
        "grade": result.grade or None,
    }
    facts["vetoed"] = bool(result.facts.get("vetoes")) or result.consequences.get("vetoed", False)
    return facts


def _final_results(cases: list[Case]) -> dict[int, Result]:
    """The results in force: the newest one of each case that came to its end."""
    closed = [case.id for case in cases if case.outcome == "finished"]
    rows = Result.select().where(Result.case.in_(closed or [0])).order_by(Result.version)
    return {row.case_id: row for row in rows}


def _ended(organisation: int) -> set[int]:
    rows = Award.select(Award.case).where((Award.organisation == organisation) & Award.status.in_(ENDED))
    return {row.case_id for row in rows}


def paid_of(organisation: int) -> dict[int, int]:
    """What an organisation received and still has, in 分, by case: released minus called back."""
    rows: Any = (
        AwardEntry.select(Award.case.alias("case_id"), fn.SUM(AwardEntry.amount_fen).alias("fen"))
        .join(Award)
        .where(Award.organisation == organisation)
        .group_by(Award.case)
        .tuples()
    )
    return {case: int(fen) for case, fen in rows}


def opening_of(organisation: int, region: int) -> dict[str, int]:
    """What an organisation had received before this system, in 分, by title."""
    rows: Any = (
        OpeningBalance.select(OpeningBalance.title, fn.SUM(OpeningBalance.amount_fen))
        .where((OpeningBalance.organisation == organisation) & (OpeningBalance.region == region))
        .group_by(OpeningBalance.title)
        .tuples()
    )
    return {title: int(fen) for title, fen in rows}


def _expected(organisation: int, region: int) -> list[Claim]:
    """Titles on the list of a round that has not opened yet: their results are still to come."""
    rows = (
        Participant.select(Participant, Carrier, EvaluationRound)
        .join(Carrier)
        .switch(Participant)
        .join(EvaluationRound)
        .where(
            (Carrier.organisation == organisation)
            & (EvaluationRound.region == region)
            & (EvaluationRound.status == "planned")
            & Participant.included
        )
    )
    return [Claim(f"planned:{r.id}", r.round.year, r.carrier.kind, r.carrier.name, None) for r in rows]


def reviewed_with(award: Award) -> list[Award]:
    """The other awards of the same organisation and year."""
    return list(
        Award.select(Award, EvaluationRound)
        .join(EvaluationRound)
        .where(
            (Award.organisation == award.organisation_id)
            & (EvaluationRound.region == award.round.region_id)
            & (EvaluationRound.year == award.round.year)
            & (Award.id != award.id)
        )
    )
