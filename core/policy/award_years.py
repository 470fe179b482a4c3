"""An organisation's awards over the years: caps, what was paid before, and the highest award only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.policy.awards import AwardCap, AwardDecision, AwardTerms, HighestAwardOnly, award_for
from core.policy.trace import Step, Trace

Yuan = int | Decimal
"""Whole yuan, or an exact decimal where what was received before ends in 分."""


@dataclass(frozen=True)
class AwardYear:
    """One year of evaluation: the grade of each title, and the facts of that year.

    The keys of `grades` are claims. A claim is its title, unless `titles` says which title it stands for: an
    organisation may hold the same title twice. `own_facts` are the facts of one claim alone; they come before `facts`.
    `received` is what the organisation has got for this year beside these claims; it counts towards a yearly cap.
    """

    year: int
    grades: Mapping[str, str]
    facts: Mapping[str, object] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    own_facts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    received: Yuan = 0


@dataclass(frozen=True)
class Payment:
    """What one year pays for one claim. ``yuan`` None: something may be due, but an amount or a cap is not set yet."""

    year: int
    for_year: int
    title: str
    yuan: Yuan | None
    missing_parameter: str = ""
    claim: str = ""
    trace: Trace = ()


@dataclass(frozen=True)
class PaidAwards:
    """Payments in the order of the years, and what each title has received with them; None while not known.

    `passed_over` are the claims that the highest award of their year left out: 0 yuan, or None while the highest
    cannot be told.
    """

    payments: tuple[Payment, ...]
    cumulative: Mapping[str, Yuan | None]
    trace: Trace
    passed_over: tuple[Payment, ...] = ()

    @property
    def total(self) -> Yuan | None:
        """The sum of the payments, None as soon as one is not known."""
        amounts = [payment.yuan for payment in self.payments]
        return None if None in amounts else sum((yuan for yuan in amounts if yuan is not None), start=0)

    @property
    def eligible(self) -> bool:
        """Whether anything is due at all."""
        return any(payment.yuan is None or payment.yuan > 0 for payment in self.payments)

    def of(self, year: int, claim: str) -> Payment | None:
        """The payment of one claim in one year, be it 0 because another one is the highest."""
        found = (p for p in (*self.payments, *self.passed_over) if (p.year, p.claim) == (year, claim))
        return next(found, None)


@dataclass(frozen=True)
class _Candidate:
    claim: str
    title: str
    decision: AwardDecision
    payable: Yuan | None
    left: Yuan | None  # under the cap; None where no cap binds
    missing: str
    trace: Trace


def pay_years(terms: AwardTerms, years: Sequence[AwardYear], paid_before: Mapping[str, Yuan]) -> PaidAwards:
    """The payments of several years, earliest year first, whatever order they come in.

    `paid_before` is what each title had received before the first of these years; it counts towards the caps.
    """
    cumulative: dict[str, Yuan | None] = {title: paid_before.get(title, 0) for title in terms.titles}
    payments: list[Payment] = []
    passed_over: list[Payment] = []
    steps: list[Step] = []
    for entry in sorted(years, key=lambda year: year.year):
        paid, others, said = _pay_year(terms, entry, cumulative)
        payments += paid
        passed_over += others
        steps += said
    return PaidAwards(tuple(payments), cumulative, tuple(steps), tuple(passed_over))


_Paid = tuple[list[Payment], list[Payment], list[Step]]


def _pay_year(terms: AwardTerms, entry: AwardYear, cumulative: dict[str, Yuan | None]) -> _Paid:
    """One year's payments, who was passed over, and the reasoning; `cumulative` grows by what is paid."""
    if terms.highest_only is not None and len(entry.grades) > 1:
        return _pay_highest(terms, terms.highest_only, entry, cumulative)
    payments, steps = [], list[Step]()
    spent: Yuan | None = entry.received
    for claim in entry.grades:  # one after the other: two claims of one title share its cap
        candidate = _within_year(terms, entry.year, _candidate(terms, entry, claim, cumulative), spent)
        spent = _sum(spent, candidate.payable)
        for_year = _for_year(terms, entry.year, candidate.payable)
        payments.append(_payment(terms, entry, candidate, candidate.payable, *for_year))
        steps += [*candidate.trace, *for_year]
        cumulative[candidate.title] = _sum(cumulative[candidate.title], candidate.payable)
    return payments, [], steps


def _pay_highest(
    terms: AwardTerms, rule: HighestAwardOnly, entry: AwardYear, cumulative: dict[str, Yuan | None]
) -> _Paid:
    candidates = [_candidate(terms, entry, claim, cumulative) for claim in entry.grades]
    highest, compared = _highest(terms, rule, entry.year, candidates)
    steps = [one for candidate in candidates for one in candidate.trace]
    best = _within_year(terms, entry.year, highest, entry.received)
    cumulative[best.title] = _sum(cumulative[best.title], best.payable)
    others = [c for c in candidates if c is not highest]
    nothing = None if best.payable is None else 0
    for_year = _for_year(terms, entry.year, best.payable)
    return (
        [_payment(terms, entry, best, best.payable, *compared, *for_year)],
        [_payment(terms, entry, other, nothing, *compared) for other in others],
        [*steps, *compared, *best.trace[len(highest.trace) :], *for_year],
    )


def _for_year(terms: AwardTerms, year: int, yuan: Yuan | None) -> Trace:
    """Which year the money is for, where it is not the year of the evaluation."""
    if terms.for_year != "previous" or yuan == 0:
        return ()
    return (Step(f"{year} 年评价，金额对应上年度（{year - 1} 年）", *terms.for_year_from),)


def _payment(terms: AwardTerms, entry: AwardYear, candidate: _Candidate, yuan: Yuan | None, *more: Step) -> Payment:
    return Payment(
        year=entry.year,
        for_year=entry.year - (terms.for_year == "previous"),
        title=candidate.title,
        yuan=yuan,
        missing_parameter=candidate.missing,
        claim=candidate.claim,
        trace=(*candidate.trace, *more),
    )


def _candidate(terms: AwardTerms, entry: AwardYear, claim: str, cumulative: Mapping[str, Yuan | None]) -> _Candidate:
    title = entry.titles.get(claim, claim)
    facts = {**entry.facts, **entry.own_facts.get(claim, {})}
    decision = award_for(terms, entry.grades[claim], facts, title=title)
    cap = next((cap for cap in terms.caps if cap.title == title), None)
    if cap is None:
        return _Candidate(claim, title, decision, decision.yuan, None, decision.missing_parameter, decision.trace)
    paid = cumulative[title]
    left = None if cap.yuan is None or paid is None else max(0, cap.yuan - paid)
    payable = _under_cap(decision.yuan, left, cap)
    steps = decision.trace
    if decision.yuan:
        inputs = {"title": title, "cap": cap.yuan, "paid": paid, "due": decision.yuan}
        steps = (*steps, Step(f"{entry.year} 年：累计不超过上限", cap.clause, cap.basis, inputs, payable))
        if left is not None and 0 < left < decision.yuan:
            how = "补到上限为止" if cap.remainder else "这一年不补"
            text = f"{entry.year} 年：剩余额度不足，{how}"
            steps = (*steps, Step(text, cap.clause, cap.remainder_basis, {"left": left}, payable))
    missing = decision.missing_parameter or (cap.parameter if payable is None else "")
    return _Candidate(claim, title, decision, payable, left, missing, steps)


def _within_year(terms: AwardTerms, year: int, candidate: _Candidate, spent: Yuan | None) -> _Candidate:
    """The candidate under what its organisation may still receive for the year."""
    cap = terms.yearly_cap
    if cap is None or candidate.payable == 0:
        return candidate
    left = None if cap.yuan is None or spent is None else max(0, cap.yuan - spent)
    payable = _under_cap(candidate.payable, left, cap)
    inputs = {"cap": cap.yuan, "paid": spent, "due": candidate.payable}
    step = Step(f"{year} 年：同一单位这一年合计不超过上限", cap.clause, cap.basis, inputs, payable)
    missing = candidate.missing or (cap.parameter if cap.yuan is None else "")
    return replace(candidate, payable=payable, missing=missing, trace=(*candidate.trace, step))


def _under_cap(due: Yuan | None, left: Yuan | None, cap: AwardCap) -> Yuan | None:
    if due == 0:
        return 0
    if due is None or left is None:
        return None
    if due <= left:
        return due
    return left if cap.remainder else 0


def _highest(
    terms: AwardTerms, rule: HighestAwardOnly, year: int, candidates: Sequence[_Candidate]
) -> tuple[_Candidate, Trace]:
    """The one claim of a year that is paid, and why."""
    unknown = [candidate for candidate in candidates if candidate.payable is None]
    order = {title: position for position, title in enumerate(terms.titles)}

    def first(candidate: _Candidate) -> Yuan:
        return (candidate.decision.yuan if rule.compare == "nominal" else candidate.payable) or 0

    def rank(candidate: _Candidate) -> tuple[Yuan, int, bool, Yuan, int]:
        room = candidate.left or 0 if rule.tie == "most_room_left" else 0
        uncapped = candidate.left is None and rule.tie == "most_room_left"
        # Where nothing is paid at all, the year is shown under the title that earned something.
        nominal = 0 if first(candidate) else candidate.decision.yuan or 0
        return first(candidate), nominal, uncapped, room, -order[candidate.title]

    # Which award is the highest cannot be told while one amount is open.
    best = unknown[0] if unknown else max(candidates, key=rank)
    inputs = {candidate.claim: candidate.payable for candidate in candidates}
    text = f"{year} 年：就高不重复，几类称号只给最高的一项"
    steps = [Step(text, rule.clause, rule.basis, inputs, best.payable)]
    if not unknown and first(best):
        steps += _read_into(rule, year, best, [c for c in candidates if first(c) == first(best)], candidates)
    return best, tuple(steps)


_COMPARED = {"payable": "比的是扣除累计上限以后还能领的金额", "nominal": "比的是条文写的标准，不扣累计上限"}
_TIED = {"most_room_left": "没有上限或剩余额度最多的", "first_listed": "排在前面的"}


def _read_into(
    rule: HighestAwardOnly,
    year: int,
    best: _Candidate,
    tied: Sequence[_Candidate],
    candidates: Sequence[_Candidate],
) -> list[Step]:
    """What decided where the text is silent: amounts compared before or after the caps, and amounts that are equal."""
    steps = []
    if any(c.decision.yuan != c.payable for c in candidates):
        amounts = {c.claim: c.decision.yuan for c in candidates}
        text = f"{year} 年：{_COMPARED[rule.compare]}"
        steps.append(Step(text, rule.clause, rule.compare_basis, amounts, best.payable))
    if len({c.title for c in tied}) > 1:
        room = {c.claim: c.left for c in tied if c.left is not None}
        text = f"{year} 年：金额相同，记在{_TIED[rule.tie]}称号名下"
        steps.append(Step(text, rule.clause, rule.tie_basis, room, best.payable))
    return steps


def _sum(left: Yuan | None, right: Yuan | None) -> Yuan | None:
    """The sum, None as soon as one amount is not set."""
    return None if left is None or right is None else left + right
