"""An organisation's awards over the years: caps, what was paid before, and the highest award only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.policy.awards import AwardCap, AwardDecision, AwardTerms, award_for
from core.policy.trace import Step, Trace


@dataclass(frozen=True)
class AwardYear:
    """One year of evaluation: the grade of each title, and the facts of that year."""

    year: int
    grades: Mapping[str, str]
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Payment:
    """What one year pays. ``yuan`` None: something may be due, but an amount or a cap is not set yet."""

    year: int
    for_year: int
    title: str
    yuan: int | None
    missing_parameter: str = ""


@dataclass(frozen=True)
class PaidAwards:
    """Payments in the order of the years, and what each title has received with them; None while not known."""

    payments: tuple[Payment, ...]
    cumulative: Mapping[str, int | None]
    trace: Trace

    @property
    def total(self) -> int | None:
        """The sum of the payments, None as soon as one is not known."""
        amounts = [payment.yuan for payment in self.payments]
        return None if None in amounts else sum(yuan for yuan in amounts if yuan is not None)

    @property
    def eligible(self) -> bool:
        """Whether anything is due at all."""
        return any(payment.yuan is None or payment.yuan > 0 for payment in self.payments)


@dataclass(frozen=True)
class _Candidate:
    title: str
    decision: AwardDecision
    payable: int | None
    left: int | None  # under the cap; None where no cap binds


def pay_years(terms: AwardTerms, years: Sequence[AwardYear], paid_before: Mapping[str, int]) -> PaidAwards:
    """The payments of several years, earliest year first, whatever order they come in.

    `paid_before` is what each title had received before the first of these years; it counts towards the caps.
    """
    cumulative: dict[str, int | None] = {title: paid_before.get(title, 0) for title in terms.titles}
    payments: list[Payment] = []
    steps: list[Step] = []
    for entry in sorted(years, key=lambda year: year.year):
        candidates = [_candidate(terms, entry, title, cumulative[title], steps) for title in entry.grades]
        for chosen in _chosen(terms, entry.year, candidates, steps):
            payments.append(
                Payment(
                    entry.year,
                    entry.year - (terms.for_year == "previous"),
                    chosen.title,
                    chosen.payable,
                    chosen.decision.missing_parameter,
                )
            )
            cumulative[chosen.title] = _sum(cumulative[chosen.title], chosen.payable)
    return PaidAwards(tuple(payments), cumulative, tuple(steps))


def _candidate(terms: AwardTerms, entry: AwardYear, title: str, paid: int | None, steps: list[Step]) -> _Candidate:
    decision = award_for(terms, entry.grades[title], entry.facts, title=title)
    steps.extend(decision.trace)
    cap = next((cap for cap in terms.caps if cap.title == title), None)
    if cap is None:
        return _Candidate(title, decision, decision.yuan, None)
    left = None if cap.yuan is None or paid is None else max(0, cap.yuan - paid)
    payable = _under_cap(decision.yuan, left, cap)
    if decision.yuan:
        inputs = {"title": title, "cap": cap.yuan, "paid": paid, "due": decision.yuan}
        steps.append(Step(f"{entry.year} 年：累计不超过上限", cap.clause, cap.basis, inputs, payable))
    return _Candidate(title, decision, payable, left)


def _under_cap(due: int | None, left: int | None, cap: AwardCap) -> int | None:
    if due == 0:
        return 0
    if due is None or left is None:
        return None
    if due <= left:
        return due
    return left if cap.remainder else 0


def _chosen(terms: AwardTerms, year: int, candidates: list[_Candidate], steps: list[Step]) -> list[_Candidate]:
    """The titles that are paid: all of them, or only the highest."""
    rule = terms.highest_only
    if rule is None or len(candidates) < 2:
        return candidates
    unknown = [candidate for candidate in candidates if candidate.payable is None]
    order = {title: position for position, title in enumerate(terms.titles)}

    def rank(candidate: _Candidate) -> tuple[int, int, bool, int, int]:
        payable, nominal = candidate.payable or 0, candidate.decision.yuan or 0
        first = nominal if rule.compare == "nominal" else payable
        room = candidate.left or 0 if rule.tie == "most_room_left" else 0
        uncapped = candidate.left is None and rule.tie == "most_room_left"
        # Where nothing is paid at all, the year is shown under the title that earned something.
        return first, 0 if first else nominal, uncapped, room, -order[candidate.title]

    # Which award is the highest cannot be told while one amount is open.
    best = unknown[0] if unknown else max(candidates, key=rank)
    inputs = {candidate.title: candidate.payable for candidate in candidates}
    steps.append(Step(f"{year} 年：就高不重复，几类称号只给最高的一项", rule.clause, rule.basis, inputs, best.payable))
    return [best]


def _sum(left: int | None, right: int | None) -> int | None:
    """The sum, None as soon as one amount is not set."""
    return None if left is None or right is None else left + right
