"""试算: what a carrier of a past round would get under other rules, and which indicator moved it.

What the experts gave is frozen, too: where an indicator weighs more or less now, their points keep the share of
the weight that they had given (得分率不变). An indicator that no expert has scored cannot be replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import Refused
from core.policy.determination import Determination, determine
from core.policy.numbers import exact
from core.policy.scheme import Scheme, scheme_of
from core.policy.scoring.points import method_of, points_of_cohort
from core.policy.totals import combine
from core.policy.version import PolicyVersion

Values = Mapping[str, Fraction | None]


@dataclass(frozen=True)
class Frozen:
    """A carrier as it was determined: its facts, each expert's own points by code, or the panel's grade.

    `given` holds only what experts gave themselves (panel indicators, and figures changed with a reason). Without
    sheets and grade the carrier took no part.
    """

    facts: Mapping[str, Any]
    given: Sequence[Mapping[str, Fraction]] = ()
    grade: str = ""


@dataclass(frozen=True)
class Outcome:
    """A determination with its mean points by code; `yuan` None: something is due, its amount is not set."""

    grade: str
    total: Decimal | None
    yuan: int | None
    points: Mapping[str, Fraction] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schemes:
    """The scheme under which the experts scored, and the one to be tried."""

    old: Scheme
    new: Scheme


@dataclass(frozen=True)
class Moved:
    """An indicator whose points changed."""

    code: str
    name: str
    before: Fraction
    after: Fraction

    @property
    def by(self) -> Fraction:
        """How many points more, negative for fewer."""
        return self.after - self.before


def recorded(policy: PolicyVersion, frozen: Frozen, total: Decimal | None, points: Mapping[str, Fraction]) -> Outcome:
    """What was determined then: its total and points as they were kept, and the money that goes with it."""
    given = {"total": total} if total is not None else {"grade": frozen.grade} if frozen.grade else {}
    return _told(determine(policy, {**frozen.facts, **given}), points)


def computed_points(
    policy: PolicyVersion, cohort: Mapping[str, Values], best: Mapping[str, Fraction]
) -> dict[str, dict[str, Fraction]]:
    """The points that figures decide (carrier → code → points); `best` are the round's best values."""
    undefined = _undefined(policy)
    return points_of_cohort(scheme_of(policy), cohort, methods=policy.methods, undefined=undefined, reference=best)


def outcome(policy: PolicyVersion, frozen: Frozen, computed: Mapping[str, Fraction], schemes: Schemes) -> Outcome:
    """What the carrier gets under a policy; `computed` are the points that figures decide there.

    Raises Refused naming an indicator that no expert has scored.
    """
    if not frozen.given:
        return _told(determine(policy, {**frozen.facts, **({"grade": frozen.grade} if frozen.grade else {})}), {})
    scheme = schemes.new
    sheets = [_sheet(policy, schemes, computed, own) for own in frozen.given]
    total = combine([sum(sheet.values(), Fraction(0)) for sheet in sheets], scheme.combine)
    means = {code: sum((sheet[code] for sheet in sheets), Fraction(0)) / len(sheets) for code in scheme.codes}
    return _told(determine(policy, {**frozen.facts, "total": total}), means)


def _undefined(policy: PolicyVersion) -> Fraction:
    stated = policy.parameters.get("undefined_ratio_points")
    return (exact(stated.value) if stated is not None and stated.value is not None else None) or Fraction(0)


def _sheet(
    policy: PolicyVersion, schemes: Schemes, computed: Mapping[str, Fraction], own: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    weights = {indicator.code: Fraction(indicator.weight_points) for indicator in schemes.old.indicators}
    judged = {indicator.code for indicator in schemes.old.indicators if method_of(indicator, policy.methods).by_panel}
    points = dict(computed)
    for indicator in schemes.new.indicators:
        if indicator.code in computed and indicator.code in judged:
            continue  # what experts judged is worked out from figures now
        if indicator.code in own and weights.get(indicator.code):
            points[indicator.code] = own[indicator.code] / weights[indicator.code] * Fraction(indicator.weight_points)
        elif method_of(indicator, policy.methods).by_panel:
            raise Refused(f"“{indicator.name}”（{indicator.code}）要由专家评分，当时没有评过，不能试算。", {indicator.code: "没有专家评分"})
    return points


def _told(decided: Determination, points: Mapping[str, Fraction]) -> Outcome:
    reasons = tuple(step.text for step in decided.trace)
    return Outcome(decided.grade or "", decided.total, decided.award_yuan, points, reasons)


def moved(before: Outcome, after: Outcome, names: Mapping[str, str]) -> list[Moved]:
    """The indicators whose points changed, the largest change first; one that is new or gone counts from or to 0."""
    codes = [*before.points, *(code for code in after.points if code not in before.points)]
    found = [
        Moved(code, names.get(code, code), before.points.get(code, Fraction(0)), after.points.get(code, Fraction(0)))
        for code in codes
    ]
    return sorted((one for one in found if one.by), key=lambda one: (-abs(one.by), one.code))
