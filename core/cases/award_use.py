"""What award money was used for: a case of the procedure `award_use`, whose origin is the awarded case.

It follows the policy of the awarded case, as everything that comes after a result does: the money of a policy that
has ended is still accounted for under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from core import storage
from core.cases import definitions, locking, standing
from core.cases.action import Receipt, once
from core.cases.award_history import policy_for
from core.errors import OutOfScope, Refused
from core.models import Attachment, Award, AwardEntry, Carrier, Case, EvaluationRound, Submission
from core.models import database as handle
from core.models.reading import related
from core.people.scope import Viewer
from core.policy.award_claims import in_yuan
from core.policy.award_use_check import FIELD, used_yuan
from core.policy.awards import AwardPurpose, award_terms

PROCEDURE = "award_use"


def awarding_facts(case: Case) -> dict[str, Any]:
    """What the submission check `award_use` reads beside the form; empty for any other case.

    `award_released_yuan`, `award_used_yuan` (by the other reports on the same award), `award_purposes` (names).
    Inside a transaction the awarded case is held, so that two reports at once cannot pass the money together.
    """
    if case.procedure != PROCEDURE or case.origin_id is None:
        return {}
    if handle.in_transaction():
        locking.lock_cases([case.origin_id])
    award = Award.get_or_none(Award.case == case.origin_id)
    if award is None:
        return {}
    used = sum(use.fen for use in uses_of([award])[award.id] if use.case.id != case.id)
    return {
        "award_released_yuan": in_yuan(_released([award])[award.id]),
        "award_used_yuan": in_yuan(used),
        "award_purposes": [purpose.name for purpose in purposes_of(award)],
    }


def purposes_of(award: Award) -> tuple[AwardPurpose, ...]:
    """What the policy of the awarded case allows the money to be used for; empty where it names nothing."""
    policy = policy_for(award.case)
    return award_terms(policy).purposes if policy.has("awards") else ()


@dataclass(frozen=True)
class Use:
    """One report on the use of an award: its newest submitted version, the files behind it, and where it stands."""

    case: Case
    rows: list[Mapping[str, Any]]
    files: list[Attachment]
    submission: Submission

    @property
    def fen(self) -> int:
        """What it says was used, in 分."""
        return int(used_yuan(self.rows) * 100)


@dataclass(frozen=True)
class UseOf:
    """An award with what was used of it. `open_case` is the report that is still being filled, `possible` whether the
    policy of the awarded case has this procedure."""

    award: Award
    released: int
    uses: list[Use]
    open_case: Case | None
    possible: bool

    @property
    def used(self) -> int:
        """分 that are accounted for."""
        return sum(use.fen for use in self.uses)

    @property
    def left(self) -> int:
        """分 that are not accounted for yet; below 0 when an award was called back after it had been used."""
        return self.released - self.used


def of_awards(awards: Iterable[Award]) -> dict[int, UseOf]:
    """What was used of each award, by the award's id, in a fixed number of statements."""
    rows = list(awards)
    uses, released = uses_of(rows), _released(rows)
    waiting = {case.origin_id: case for case in _cases(rows) if _is_filled(case)}
    return {
        award.id: UseOf(award, released[award.id], uses[award.id], waiting.get(award.case_id), is_possible(award))
        for award in rows
    }


def is_possible(award: Award) -> bool:
    """Whether the awarded case's policy asks how the money is used."""
    policy = definitions.pinned_policy(related(award, "round"))
    return any(procedure["key"] == PROCEDURE for procedure in standing.procedures_of(policy))


def uses_of(awards: Iterable[Award]) -> dict[int, list[Use]]:
    """The submitted reports on each award, oldest first, by the award's id."""
    rows = list(awards)
    cases = _cases(rows)
    newest = _newest(cases)
    ids = [one for submission in newest.values() for files in submission.files.values() for one in files]
    files = {row.id: row for row in Attachment.select().where(Attachment.id.in_(ids or [0]))}
    of_case = {award.case_id: award.id for award in rows}
    found: dict[int, list[Use]] = {award.id: [] for award in rows}
    for case in cases:
        if case.id in newest:
            submission = newest[case.id]
            behind = [files[one] for field in submission.files.values() for one in field if one in files]
            found[of_case[case.origin_id]].append(
                Use(case, list(submission.answers.get(FIELD) or []), behind, submission)
            )
    return found


def _cases(awards: Iterable[Award]) -> list[Case]:
    origins = [award.case_id for award in awards]
    mine = (Case.procedure == PROCEDURE) & Case.origin.in_(origins or [0]) & (Case.outcome != "withdrawn")
    return list(Case.select().where(mine).order_by(Case.id))


def _newest(cases: Iterable[Case]) -> dict[int, Submission]:
    ids = [case.id for case in cases]
    rows = Submission.select().where(Submission.case.in_(ids or [0])).order_by(Submission.number)
    return {row.case_id: row for row in rows}


def _is_filled(case: Case) -> bool:
    return definitions.workflow_of(case).stage(case.stage).kind == "fill"


def _released(awards: Iterable[Award]) -> dict[int, int]:
    """分 that were released and not called back, by the award's id."""
    fen = {award.id: 0 for award in awards}
    for entry in AwardEntry.select().where(AwardEntry.award.in_(list(fen) or [0])):
        fen[entry.award_id] += entry.amount_fen
    return fen


def of_viewer(viewer: Viewer) -> list[UseOf]:
    """The released awards of the carriers whose clerk this person is, newest first."""
    carriers = [reach.carrier for reach in viewer.within(standing.ROLE) if reach.carrier is not None]
    rows = list(
        Award.select(Award, Case, Carrier, EvaluationRound)
        .join(Case)
        .join(Carrier)
        .switch(Award)
        .join(EvaluationRound)
        .where(Case.carrier.in_(carriers or [0]) & (Award.status == "released"))
        .order_by(Award.id.desc())
    )
    found = of_awards(rows)
    return [found[row.id] for row in rows if found[row.id].possible or found[row.id].uses]


def open_use(viewer: Viewer, award_id: int, token: str) -> Receipt:
    """Begin a report on the use of a released award, for the carrier's clerk.

    One at a time: another may follow once this one is submitted. Raises OutOfScope, Refused.
    """

    def work() -> Receipt:
        award = Award.get_or_none(Award.id == award_id)
        if award is None or all(reach.carrier != award.case.carrier_id for reach in viewer.within(standing.ROLE)):
            raise OutOfScope
        locking.lock_cases([award.case_id])
        found = of_awards([Award.get_by_id(award_id)])[award_id]
        if found.released <= 0:
            raise Refused("这笔奖励还没有发放，或者已经收缴，不用填报使用情况。")
        if found.open_case is not None:
            raise Refused(f"已有一件没有提交（{found.open_case.number}），请接着填那一件。")
        if found.left <= 0:
            raise Refused("已发放的金额都报过使用情况了。")
        case = standing.open_under(viewer, _ground(award), award.case.carrier, None, None, award.case)
        return {"case": case.id, "number": case.number, "message": f"已开始填报，办件号 {case.number}。"}

    return once(token, work)


def _ground(award: Award) -> standing.Ground:
    round_ = award.round
    policy = definitions.pinned_policy(round_)
    return standing.Ground(dict(round_.pinned), policy, definitions.procedure_in(policy, PROCEDURE))


def evidence_for_finance(viewer: Viewer, award: Award, attachment_id: int) -> tuple[Attachment, BinaryIO]:
    """A file behind a submitted use of this award, for whoever handles the money; its bytes. Raises OutOfScope."""
    if not viewer.has("finance", award.round.region_id):
        raise OutOfScope
    row = next((f for use in uses_of([award])[award.id] for f in use.files if f.id == attachment_id), None)
    if row is None:
        raise OutOfScope
    try:
        return row, storage.open_file(row.digest)
    except FileNotFoundError:
        raise Refused("这份文件在存放处找不到了，请告诉系统管理员。") from None
