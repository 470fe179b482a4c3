"""What the finance pages show: the awards of a round with what each waits for, the totals, the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import ModelSelect, fn

from core.cases import definitions
from core.errors import OutOfScope
from core.models import Account, Award, AwardEntry, Carrier, Case, EvaluationRound, Grant, Organisation
from core.people.scope import Viewer
from core.policy.awards import award_terms
from core.policy.parameters import Parameter
from core.policy.trace import plain_data
from core.policy.version import PolicyVersion

PAGE = 50
STATUSES = {
    "payable": "可发放", "waiting": "等待中", "held": "暂缓", "released": "已发放", "reversed": "已收缴",
    "cancelled": "不发放",
}  # fmt: skip
BUDGETED = ("payable", "held", "released")


@dataclass(frozen=True)
class Line:
    """One award: who gets it, how much, and, while it waits, which value is missing and who may enter it."""

    award: Award
    organisation: str
    carrier: str
    why: Sequence[Mapping[str, Any]]
    missing: Parameter | None = None


@dataclass(frozen=True)
class Totals:
    """Sums in 分 and numbers by status; an amount that is not set yet is only in the numbers."""

    fen: Mapping[str, int] = field(default_factory=dict)
    count: Mapping[str, int] = field(default_factory=dict)

    @property
    def budget(self) -> int:
        """What is due or was paid and not called back, as far as amounts are known."""
        return sum(self.fen.get(status, 0) for status in BUDGETED)

    @property
    def unknown(self) -> int:
        """How many awards have no amount yet."""
        return self.count.get("unknown", 0)


def rounds_of(viewer: Viewer) -> list[EvaluationRound]:
    """The rounds of the regions in which this person handles the money, newest first."""
    regions = [reach.region for reach in viewer.within("finance") if reach.region is not None]
    chosen = EvaluationRound.select().where(EvaluationRound.region.in_(regions or [0]))
    return list(chosen.order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc()).limit(PAGE))


def round_for(viewer: Viewer, round_id: int) -> EvaluationRound:
    """A round of a region in which this person handles the money. Raises OutOfScope."""
    round_ = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
    if round_ is None or not viewer.has("finance", round_.region_id):
        raise OutOfScope
    return round_


def totals(round_: EvaluationRound) -> Totals:
    """The sums and numbers of a round, in one statement."""
    rows = (
        Award.select(
            Award.status, fn.COUNT(Award.id).alias("number"), fn.COUNT(Award.amount_fen).alias("known"),
            fn.SUM(Award.amount_fen).alias("fen"),
        )
        .where(Award.round == round_)
        .group_by(Award.status)
    )  # fmt: skip
    fen: dict[str, int] = {}
    count: dict[str, int] = {"unknown": 0}
    for row in rows:
        fen[row.status], count[row.status] = int(row.fen or 0), row.number
        if row.status != "cancelled":
            count["unknown"] += row.number - row.known
    return Totals(fen, count)


def lines(round_: EvaluationRound, status: str, after: int) -> tuple[list[Line], int | None]:
    """A page of awards after one id, of one status or of all, and the id to go on after."""
    chosen = _awards().where((Award.round == round_) & (Award.id > after))
    if status in STATUSES:
        chosen = chosen.where(Award.status == status)
    rows = list(chosen.order_by(Award.id).limit(PAGE + 1))
    policy = definitions.pinned_policy(round_)
    return [_line(row, policy) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None


def line_of(award: Award) -> Line:
    """One award as its own page shows it."""
    return _line(_awards().where(Award.id == award.id).get(), definitions.pinned_policy(award.round))


def _awards() -> ModelSelect[Any]:
    # of the case only what names the payee: finance reads nothing else of it
    return (
        Award.select(Award, Organisation.name, Case.id, Case.number, Carrier.name, Carrier.kind)
        .join(Organisation)
        .switch(Award)
        .join(Case)
        .join(Carrier)
    )


def _line(award: Award, policy: PolicyVersion) -> Line:
    missing = _missing(award, policy) if award.amount_fen is None and award.status != "cancelled" else None
    return Line(award, award.organisation.name, award.case.carrier.name, _why(award, policy), missing)


def _missing(award: Award, policy: PolicyVersion) -> Parameter | None:
    """The value that this award's amount waits for."""
    amounts = award_terms(policy).amounts if policy.has("awards") else ()
    own = (a for a in amounts if a.grade == award.grade and a.title == award.case.carrier.kind and a.parameter)
    found = next(own, None)
    return policy.parameter(found.parameter) if found else None


def _why(award: Award, policy: PolicyVersion) -> list[dict[str, Any]]:
    """The award's reasoning under Chinese names."""
    names = {"grade": "评价等次"}
    if policy.has("facts"):
        names |= {fact["key"]: fact["name"] for fact in policy.definition("facts")["facts"]}
    return [
        {
            **step,
            "inputs": {names[key]: value for key, value in step.get("inputs", {}).items() if key in names},
            "result": _result(step.get("result")),
        }
        for step in award.trace
    ]


def _result(result: object) -> Any:
    return f"{result:,} 元" if isinstance(result, int) and not isinstance(result, bool) else plain_data(result)


def officers(round_: EvaluationRound) -> list[str]:
    """Who may enter a missing amount: the policy officers of the region, by name."""
    rows = (
        Account.select(Account.display_name)
        .join(Grant, on=(Grant.account == Account.id))
        .where(
            (Grant.role == "policy_officer")
            & (Grant.region == round_.region_id)
            & Grant.revoked_at.is_null()
            & Account.is_active
        )
        .distinct()
        .order_by(Account.display_name)
    )
    return [row.display_name for row in rows]


@dataclass(frozen=True)
class Posting:
    """One entry of the ledger with the balance after it, in 分."""

    entry: AwardEntry
    balance: int


@dataclass(frozen=True)
class Ledger:
    """A page of the ledger: what was carried here, the entries, and the id to go on after."""

    carried: int
    postings: Sequence[Posting]
    released: int
    reversed: int
    balance: int
    next: int | None


def ledger(round_: EvaluationRound, after: int) -> Ledger:
    """The ledger of a round after one entry; the balance runs over all entries before it too."""
    own = AwardEntry.award.in_(Award.select(Award.id).where(Award.round == round_))
    carried = _sum(own & (AwardEntry.id <= after)) if after else 0
    rows = list(
        AwardEntry.select(AwardEntry, Award, Organisation.name, Account.display_name)
        .join(Award)
        .join(Organisation)
        .switch(AwardEntry)
        .left_outer_join(Account)
        .where(own & (AwardEntry.id > after))
        .order_by(AwardEntry.id)
        .limit(PAGE + 1)
    )
    balance, postings = carried, []
    for row in rows[:PAGE]:
        balance += row.amount_fen
        postings.append(Posting(row, balance))
    paid, back = _sum(own & (AwardEntry.kind == "release")), _sum(own & (AwardEntry.kind == "reversal"))
    return Ledger(carried, postings, paid, back, paid + back, rows[PAGE - 1].id if len(rows) > PAGE else None)


def entries_of(award: Award) -> list[Posting]:
    """The entries of one award with its running balance."""
    balance, postings = 0, []
    for row in AwardEntry.select().where(AwardEntry.award == award).order_by(AwardEntry.id):
        balance += row.amount_fen
        postings.append(Posting(row, balance))
    return postings


def _sum(condition: Any) -> int:
    return int(AwardEntry.select(fn.SUM(AwardEntry.amount_fen)).where(condition).scalar() or 0)


def payable(viewer: Viewer) -> int:
    """How many awards can be released now, for the top bar."""
    regions = [reach.region for reach in viewer.within("finance") if reach.region is not None]
    ready = (
        Award.select()
        .join(EvaluationRound)
        .where((Award.status == "payable") & EvaluationRound.region.in_(regions or [0]))
    )
    return int(ready.limit(100).count())
