"""Where one award stands among everything that its organisation has earned, received and still awaits.

The amounts come from `pay_years`, as they do for the question `awards`. What is added here is what only a running
system knows: results that are not final yet, and money that has left already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.policy.award_holds import holds_on
from core.policy.award_years import AwardYear, PaidAwards, Payment, Yuan, pay_years
from core.policy.awards import AwardTerms, award_for
from core.policy.numbers import exact
from core.policy.trace import Trace

FEN = 100

LOWER_PAID = "只给最高的一项，办法没有写补发差额"
"""In the reason of an award that is held because a lower one of the same year was paid."""


@dataclass(frozen=True)
class Claim:
    """One title's evaluation in one year. `key` tells it from others; `name` is what people call its carrier.

    `grade` is None while the result is not final. `paid_fen` is what was released for it and not called back.
    `ended`: its award was called back or cancelled, and nothing is paid for it again.
    """

    key: str
    year: int
    title: str
    name: str
    grade: str | None
    facts: Mapping[str, object] = field(default_factory=dict)
    paid_fen: int = 0
    ended: bool = False


@dataclass(frozen=True)
class Standing:
    """What one award comes to. `status` is payable, waiting, held or not_due; `yuan` is None while it is not known.

    `eligible` is False where the result earns nothing by itself, caps and other titles aside. `holds` are the reasons
    for which it is not paid for the time being, whatever the status.
    """

    eligible: bool
    status: str
    yuan: Yuan | None
    for_year: int
    reasons: tuple[str, ...] = ()
    trace: Trace = ()
    missing_parameter: str = ""
    holds: tuple[str, ...] = ()

    @property
    def fen(self) -> int | None:
        """The amount in 分."""
        return None if self.yuan is None else int(self.yuan * FEN)


def in_yuan(fen: int) -> Yuan:
    """分 as yuan, exact: a whole number where it is one."""
    whole, rest = divmod(fen, FEN)
    return Decimal(fen) / FEN if rest else whole


def yuan_of(given: object) -> Yuan | None:
    """Yuan that were given, exact to the 分; None for what is no amount of money from 0 upwards."""
    number = exact(given)
    fen = None if number is None else number * FEN
    if fen is None or fen < 0 or fen.denominator != 1:
        return None
    return in_yuan(int(fen))


def standing_of(terms: AwardTerms, claims: Sequence[Claim], opening_fen: Mapping[str, int], key: str) -> Standing:
    """Where the award of claim `key` stands; `claims` are all of its organisation, `opening_fen` by title.

    Years that were paid in this system count with what was paid, and are not worked out again: a payment was right
    under what held on its day (parameters and readings may have changed since), and a cap binds the money that the
    organisation has in fact received. Years not paid yet are worked out together, the earliest first.

    Raises Refused for a title that the policy does not know.
    """
    known = [claim for claim in claims if claim.title in terms.titles or claim.key == key]
    own = next(claim for claim in known if claim.key == key)
    worked_out = _to_work_out(terms, known, own)
    paid = pay_years(terms, _years(worked_out, known), _received(known, worked_out, opening_fen))
    payment = paid.of(own.year, key)
    decision = award_for(terms, own.grade, own.facts, title=own.title)
    for_year = own.year - (terms.for_year == "previous")
    if payment is None or not decision.eligible:
        return Standing(False, "not_due", 0, for_year, trace=decision.trace)
    return _settle(terms, known, own, paid, payment)


def _to_work_out(terms: AwardTerms, claims: Sequence[Claim], own: Claim) -> list[Claim]:
    """The claims whose payments are still open, up to the year of `own`.

    Of that year also what was paid, where only the highest counts: it has to be compared.
    """
    highest = terms.highest_only is not None
    settled = {claim.year for claim in claims if claim.paid_fen > 0 and claim.year != own.year} if highest else set()
    return [
        claim
        for claim in claims
        if claim.grade is not None
        and not claim.ended
        and claim.year <= own.year
        and claim.year not in settled
        and (claim.paid_fen <= 0 or (highest and claim.year == own.year))
    ]


def _years(claims: Sequence[Claim], known: Sequence[Claim]) -> list[AwardYear]:
    aside = [claim for claim in known if claim.key not in {one.key for one in claims}]
    return [
        AwardYear(
            year,
            grades={c.key: c.grade for c in claims if c.year == year and c.grade is not None},
            titles={c.key: c.title for c in claims if c.year == year},
            own_facts={c.key: c.facts for c in claims if c.year == year},
            received=in_yuan(sum(c.paid_fen for c in aside if c.year == year)),
        )
        for year in sorted({claim.year for claim in claims})
    ]


def _received(claims: Sequence[Claim], worked_out: Sequence[Claim], opening_fen: Mapping[str, int]) -> dict[str, Yuan]:
    """What each title has received beside the claims that are worked out."""
    fen = dict(opening_fen)
    aside = {claim.key for claim in worked_out}
    for claim in claims:
        if claim.key not in aside:
            fen[claim.title] = fen.get(claim.title, 0) + claim.paid_fen
    return {title: in_yuan(amount) for title, amount in fen.items()}


def _settle(terms: AwardTerms, claims: Sequence[Claim], own: Claim, paid: PaidAwards, payment: Payment) -> Standing:
    """Beside the amount: what is not final yet and what has been paid in the same year hold an award."""
    others = [c for c in claims if c.year == own.year and c.key != own.key] if terms.highest_only else []
    pending = [claim.name for claim in others if claim.grade is None and not claim.ended]
    status, yuan, reason = _by_amount(terms, claims, paid, payment)
    if pending:
        status, yuan = "held", None
        reason = f"同一单位还有其他称号的结果没有定（{'、'.join(pending)}）；就高不重复，都定了才知道发哪一项。"
    elif status == "payable" and any(claim.paid_fen > 0 for claim in others):
        status, yuan, reason = "held", None, _paid_lower(others, payment)
    held = holds_on(terms, own.facts, own.title)
    return Standing(
        True, status, yuan, payment.for_year, (reason,) if reason else (), (*payment.trace, *held),
        _missing(paid, payment) if status == "waiting" else "", tuple(step.text for step in held),
    )  # fmt: skip


def _by_amount(
    terms: AwardTerms, claims: Sequence[Claim], paid: PaidAwards, payment: Payment
) -> tuple[str, Yuan | None, str]:
    if payment.yuan is None:
        known = bool(_missing(paid, payment))
        return "waiting", None, "" if known else "以前年度的奖励金额还没有定，累计上限还算不出来。"
    if payment.yuan > 0:
        return "payable", payment.yuan, ""
    if payment not in paid.passed_over:
        which = "累计或这一年合计" if terms.yearly_cap is not None else "累计"
        return "not_due", 0, f"{which}已到上限，这一年不再发。"
    best = next(p for p in paid.payments if p.year == payment.year)
    name = next(claim.name for claim in claims if claim.key == best.claim)
    return "not_due", 0, f"就高不重复：这一年度只给最高的一项，按“{name}”的 {best.yuan:,} 元。"


def _missing(paid: PaidAwards, payment: Payment) -> str:
    """The value that this payment waits for; where another title decides, the one that title waits for."""
    same_year = (p.missing_parameter for p in (*paid.payments, *paid.passed_over) if p.year == payment.year)
    return payment.missing_parameter or next((name for name in same_year if name), "")


def _paid_lower(others: Sequence[Claim], payment: Payment) -> str:
    told = "、".join(f"“{c.name}” {in_yuan(c.paid_fen):,} 元" for c in others if c.paid_fen > 0)
    return (
        f"这一项是 {payment.yuan:,} 元，高于同一年度已发的{told}。{LOWER_PAID}："
        "由财务决定，先收缴已发的一项，这一项才能发。"
    )
