"""What the finance pages show: the awards of a round with what each waits for, the totals, the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import ModelSelect, fn

from core import clock
from core.cases import award_use, clocks, definitions
from core.cases.award_use import UseOf
from core.errors import OutOfScope
from core.models import Account, Award, AwardEntry, Carrier, Case, EvaluationRound, Grant, Organisation
from core.people.scope import Viewer
from core.policy.awards import AwardTerms, award_terms
from core.policy.parameters import Parameter
from core.policy.version import PolicyVersion
from core.web import finance_words

PAGE = 50
STATUSES = {
    "payable": "可发放", "waiting": "等待中", "held": "暂缓", "released": "已发放", "reversed": "已收缴",
    "not_due": "不另发", "cancelled": "不发放",
}  # fmt: skip
BUDGETED = ("payable", "held", "released")


@dataclass(frozen=True)
class Line:
    """One award: who gets it, how much and for which year; while it waits, which value is missing.

    `used` is what was used of it, once it was released.
    """

    award: Award
    organisation: str
    carrier: str
    why: Sequence[Mapping[str, Any]]
    for_year: int
    missing: Parameter | None = None
    used: UseOf | None = None


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
    return _lines(rows[:PAGE], round_), rows[PAGE - 1].id if len(rows) > PAGE else None


def line_of(award: Award) -> Line:
    """One award as its own page shows it."""
    return _lines([_awards().where(Award.id == award.id).get()], award.round)[0]


def _lines(awards: Sequence[Award], round_: EvaluationRound) -> list[Line]:
    """Lines of one round's awards, in a fixed number of statements."""
    policy = clocks.with_entered_values(definitions.pinned_policy(round_), round_.region_id, clock.today())
    terms, claims = award_terms(policy), finance_words.claim_names(awards)
    released = [award for award in awards if award.status == "released"]
    for award in awards:
        award.round = round_  # all of the same round: nothing is to be asked for again
    used = award_use.of_awards(released)
    return [
        Line(
            award, award.organisation.name, award.case.carrier.name, finance_words.why(award, policy, claims),
            round_.year - (terms.for_year == "previous"), _missing(award, policy, terms), used.get(award.id),
        )
        for award in awards
    ]  # fmt: skip


def _awards() -> ModelSelect[Any]:
    # of the case only what names the payee: finance reads nothing else of it
    return (
        Award.select(Award, Organisation.name, Case.id, Case.number, Carrier.name, Carrier.kind)
        .join(Organisation)
        .switch(Award)
        .join(Case)
        .join(Carrier)
    )


def _missing(award: Award, policy: PolicyVersion, terms: AwardTerms) -> Parameter | None:
    """The value that this award waits for: its amount's, or its cap's."""
    if award.amount_fen is not None or award.status not in ("waiting", "held"):
        return None
    title = award.case.carrier.kind
    amounts = [a.parameter for a in terms.amounts if (a.grade, a.title, a.yuan) == (award.grade, title, None)]
    caps = [cap.parameter for cap in terms.caps if (cap.title, cap.yuan) == (title, None)]
    found = next((key for key in (*amounts, *caps) if key), "")
    return policy.parameter(found) if found else None


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
