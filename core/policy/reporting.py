"""Periodic reports: what was due, what came, how complete that is; and the figures of many reports added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.errors import Refused
from core.policy.facts import Fact, fact_values, read_facts
from core.policy.periods import period_of, periods_between
from core.policy.rules import Rule, read_rule
from core.policy.trace import Step, Trace
from core.policy.values import exact_value
from core.policy.version import PolicyVersion
from forms.formula import compile_formula


@dataclass(frozen=True)
class ReportKind:
    """One periodic report that the policy asks for. ``period`` is weekly, monthly, quarterly or yearly."""

    rule: Rule
    period: str


@dataclass(frozen=True)
class Derived:
    """A ratio over the totals; ``formula`` may use ``carriers`` beside the fields."""

    rule: Rule
    formula: str
    unit: str


@dataclass(frozen=True)
class ReportRules:
    """The reports, their figures, what is derived from the totals, and which figure is part of which.

    ``partial_counts``: a period of which only some days lie in the range is due as well. ``over_time`` says of a
    figure whether a year is the sum of its reports or the last of them.
    """

    kinds: tuple[ReportKind, ...]
    fields: Mapping[str, Fact]
    derived: tuple[Derived, ...]
    parts: tuple[tuple[str, str], ...]
    partial_counts: bool
    over_time: Mapping[str, str] = field(default_factory=dict)

    def kind(self, period: object) -> ReportKind:
        """The report of that period; raises Refused naming the ones there are."""
        for kind in self.kinds:
            if kind.period == period:
                return kind
        allowed = "、".join(kind.period for kind in self.kinds)
        raise Refused(f"没有“{period}”这种报送；允许：{allowed}。", {"period": "没有这种报送"})


@dataclass(frozen=True)
class Completeness:
    """``share`` is submitted of due, exactly; None when nothing was due."""

    due: int
    submitted: int
    missing: tuple[str, ...]
    outside: tuple[date, ...]
    trace: Trace

    @property
    def share(self) -> Fraction | None:
        """Submitted of due."""
        return Fraction(self.submitted, self.due) if self.due else None


@dataclass(frozen=True)
class Totals:
    """Sums of the fields that were reported at all, and what is derived from them (None where it has no meaning).

    ``missing`` are the figures that some reports carry and others do not: their sums are not those of all carriers,
    and what would be derived from sums over different carriers is None.
    """

    carriers: int
    totals: Mapping[str, Decimal]
    derived: Mapping[str, Fraction | None]
    trace: Trace
    missing: tuple[str, ...] = ()


def report_rules(policy: PolicyVersion) -> ReportRules:
    """The policy's periodic reports. Raises NotCovered when it asks for none."""
    data = policy.definition("reporting")
    return ReportRules(
        kinds=tuple(ReportKind(read_rule(entry), entry["period"]) for entry in data["reports"]),
        fields=read_facts(data.get("fields", [])),
        derived=tuple(Derived(read_rule(e), e["value"], e.get("unit", "")) for e in data.get("derived", [])),
        parts=tuple((part, entry["whole"]) for entry in data.get("parts", []) for part in entry["parts"]),
        partial_counts=bool(policy.resolve(data.get("partial_counts", True))),
        over_time={entry["key"]: entry["over_time"] for entry in data.get("fields", []) if "over_time" in entry},
    )


def periods_due(rules: ReportRules, period: str, first: date, last: date) -> list[str]:
    """The names of the periods due from `first` to `last`, both included."""
    return [
        period_of(start, period)
        for start, end in periods_between(first, last, period)
        if rules.partial_counts or (first <= start and end <= last)
    ]


def completeness_of_days(
    rules: ReportRules, period: object, first: date, last: date, submitted: Iterable[date]
) -> Completeness:
    """One carrier's reports by the days on which they came: several in one period count once."""
    kind = rules.kind(period)
    due = periods_due(rules, kind.period, first, last)
    days = sorted(set(submitted))
    came = {period_of(day, kind.period) for day in days if first <= day <= last}
    missing = [name for name in due if name not in came]
    rule = kind.rule
    inputs = {"from": first, "to": last, "due": len(due)}
    step = Step(f"{rule.name}：一期内的几次报送算一次", rule.clause, rule.basis, inputs, len(due) - len(missing))
    outside = tuple(day for day in days if not first <= day <= last)
    return Completeness(len(due), len(due) - len(missing), tuple(missing), outside, (step,))


def completeness_of_counts(
    rules: ReportRules, period: object, carriers: int, periods: int, received: int
) -> Completeness:
    """Many carriers' reports by their number. Raises Refused when more came than were due."""
    kind = rules.kind(period)
    due = carriers * periods
    if received > due:
        message = f"收到 {received} 份，多于应报的 {due} 份；同一期的重复报送只算一次。"
        raise Refused(message, {"received": "多于应报数"})
    rule = kind.rule
    inputs = {"carriers": carriers, "periods_due": periods, "received": received}
    step = Step(f"{rule.name}：应报 {carriers}×{periods}={due} 份", rule.clause, rule.basis, inputs, received)
    return Completeness(due, received, (), (), (step,))


def read_report(rules: ReportRules, given: Mapping[str, object], place: str) -> dict[str, Decimal]:
    """One report's figures. Raises Refused naming unknown fields, what is no count, and a part above its whole."""
    try:
        values = fact_values(rules.fields, given)
    except Refused as refusal:
        raise Refused(f"{place}：{refusal}", refusal.fields) from None
    figures = {key: value for key, value in values.items() if isinstance(value, Decimal)}
    faults: dict[str, str] = {}
    for part, whole in rules.parts:
        for around in _around(rules, whole):
            if part in figures and around in figures and figures[part] > figures[around]:
                names = rules.fields[part].name, rules.fields[around].name
                faults.setdefault(part, f"“{names[0]}”{figures[part]} 多于“{names[1]}”{figures[around]}")
    if faults:
        raise Refused(f"{place}：{'；'.join(faults.values())}。", faults)
    return figures


def _around(rules: ReportRules, whole: str) -> list[str]:
    """The figure itself and all it is part of in turn, so that a blank one in between hides nothing."""
    found = [whole]
    for part, larger in rules.parts * len(rules.parts):
        if part == found[-1] and larger not in found:
            found.append(larger)
    return found


def add_up(rules: ReportRules, reports: Sequence[Mapping[str, Decimal]], carriers: int) -> Totals:
    """The sums of several carriers' reports of one period, and the ratios derived from the sums."""
    totals = {
        key: sum((report[key] for report in reports if key in report), Decimal(0))
        for key in rules.fields
        if any(key in report for report in reports)
    }
    carried = {key: frozenset(at for at, report in enumerate(reports) if key in report) for key in totals}
    everyone = frozenset(range(len(reports)))
    known = {**totals, "carriers": carriers}
    derived = {}
    for entry in rules.derived:
        by = {carried.get(name, everyone) for name in compile_formula(entry.formula).names}
        derived[entry.rule.key] = exact_value(entry.formula, known) if len(by) == 1 else None
    steps = [
        Step(f"{entry.rule.name} = {entry.formula}", entry.rule.clause, entry.rule.basis, {}, derived[entry.rule.key])
        for entry in rules.derived
    ]
    missing = tuple(key for key, by in carried.items() if by != everyone)
    return Totals(carriers, totals, derived, tuple(steps), missing)


def over_the_year(rules: ReportRules, reports: Sequence[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """One carrier's figures of a year from its reports in the order of time.

    A figure of which the policy does not say what a year is made of is left out: a sum of states would be no figure.
    """
    found: dict[str, Decimal] = {}
    for key, way in rules.over_time.items():
        values = [report[key] for report in reports if key in report]
        if values:
            found[key] = sum(values, Decimal(0)) if way == "sum" else values[-1]
    return found
