"""What the page of one period's reports reads: a line a carrier, how complete they are, and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from peewee import fn

from core import clock
from core.cases import clocks, definitions, standing
from core.cases.periods import must_report, period_kind
from core.cases.standing import PERIODS, Procedure
from core.cases.timing import Timing, deadline
from core.errors import OutOfScope, Refused
from core.models import Carrier, Case, CaseEvent, PeriodicReport, Region, Submission
from core.policy.numbers import round_half_up
from core.policy.periods import days_of, kind_of, period_of, periods_between, words_of
from core.policy.reporting import (
    Completeness,
    ReportRules,
    Totals,
    add_up,
    completeness_of_counts,
    read_report,
    report_rules,
)
from core.policy.version import PolicyVersion
from core.web.words import plain_number

MOST_PERIODS = 8
"""So many periods up to the one shown stand in the chart."""


@dataclass(frozen=True)
class Line:
    """A carrier's report: its case if it was opened, when it first came, whether that was late, when it was urged."""

    carrier: Carrier
    case: Case | None
    state: str  # missing | fill | returned | sent | closed
    sent_on: date | None
    late: bool
    urged_on: date | None

    @property
    def came(self) -> bool:
        """Whether the report counts as submitted; one that was sent back does not until it comes again."""
        return self.state in ("sent", "closed")


@dataclass(frozen=True)
class Figure:
    """A sum over the carriers, or a ratio of sums (None where it has no meaning)."""

    name: str
    unit: str
    value: Decimal | None
    clause: str
    basis: str


@dataclass(frozen=True)
class Sums:
    """The figures of the submitted reports added up; `problem` says which report cannot be read."""

    totals: list[Figure]
    derived: list[Figure]
    carriers: int
    trace: list[Mapping[str, object]]
    problem: str = ""


@dataclass(frozen=True)
class Board:
    """One period of one procedure."""

    region: Region
    procedure: Procedure
    period: str
    lines: list[Line]
    timing: Timing | None
    completeness: Completeness
    sums: Sums | None
    course: list[tuple[str, int]]  # (period, how many came), up to this one
    before: str
    after: str
    fields: list[tuple[str, tuple[str, str]]]  # the form's figures: key, (name, unit)

    @property
    def words(self) -> str:
        """The period as people write it."""
        return words_of(self.period)

    @property
    def share(self) -> str:
        """How complete the period is, in percent with two places; empty when nothing was due."""
        return percent(self.completeness.share)

    @property
    def completeness_trace(self) -> list[dict[str, object]]:
        """How complete, step by step, the inputs named in words."""
        steps = [step.as_data() for step in self.completeness.trace]
        return [{**step, "inputs": {_INPUTS[key]: value for key, value in step["inputs"].items()}} for step in steps]


_INPUTS = {"carriers": "单位", "periods_due": "应报期数", "received": "收到份数"}


def percent(share: Fraction | None) -> str:
    """An exact share for people: `85.71%`, `50%`, rounded as the question `reporting` does."""
    return "" if share is None else f"{plain_number(round_half_up(share * 100))}%"


def offered_to(regions: Iterable[int]) -> list[tuple[Region, list[Procedure]]]:
    """The periodic procedures of these regions under the policy in force, regions without any left out."""
    rows = Region.select().where(Region.id.in_(list(regions) or [0])).order_by(Region.id)
    found = [(row, [p for p in standing.offered(row) if p["every"] in PERIODS]) for row in rows]
    return [(row, procedures) for row, procedures in found if procedures]


def policy_of(region: Region) -> PolicyVersion:
    """The policy in force with the values entered. Raises Refused when none is."""
    policy = definitions.current_policy(region, clock.today())
    if policy is None:
        raise Refused(f"{region.name}的办法今天不在有效期内，没有要报送的。")
    return clocks.with_entered_values(policy, region, clock.today())


def build(region: Region, key: str, asked: str = "", districts: frozenset[int] | None = None) -> Board:
    """The page of a period, today's where none is asked for, of all carriers or of some districts' (ids).

    Raises OutOfScope for one that cannot be, Refused.
    """
    policy = policy_of(region)
    procedure = next((p for p in standing.procedures_of(policy) if p["key"] == key), None)
    if procedure is None:
        raise OutOfScope
    kind = period_kind(procedure)
    period = asked or period_of(clock.today(), kind)
    if kind_of(period) != kind or days_of(period)[0] > clock.today():
        raise OutOfScope
    timing = deadline(policy, region, procedure, days_of(period)[0])
    lines = [line for line in _lines(region, procedure, period, timing) if _within(line, districts)]
    rules = report_rules(policy)
    came = [line for line in lines if line.came]
    complete = completeness_of_counts(rules, kind, len(lines), 1, len(came))
    fields = _figures(policy, procedure, rules)
    sums = _sums(rules, came) if fields else None
    course = _course(policy, procedure, period, [line.carrier.id for line in lines])
    before, after = _beside(policy, period, kind)
    return Board(region, procedure, period, lines, timing, complete, sums, course, before, after, fields)


def _within(line: Line, districts: frozenset[int] | None) -> bool:
    return districts is None or line.carrier.district_id in districts


def _lines(region: Region, procedure: Procedure, period: str, timing: Timing | None) -> list[Line]:
    own = (PeriodicReport.procedure == procedure["key"]) & (PeriodicReport.period == period) & (Case.region == region)
    rows = PeriodicReport.select(PeriodicReport, Case).join(Case).where(own)
    cases = {row.carrier_id: row.case for row in rows}
    ids = [case.id for case in cases.values()]
    sent, urged = _first_sent(ids), _last_urged(ids)
    last = timing.last_day if timing else None
    found = []
    for carrier in must_report(region, procedure, period):
        case = cases.get(carrier.id)
        on = sent.get(case.id) if case else None
        late = last is not None and (on or clock.today()) > last
        found.append(Line(carrier, case, _state(region, case, on), on, late, urged.get(case.id) if case else None))
    return found


def _state(region: Region, case: Case | None, sent_on: date | None) -> str:
    if case is None:
        return "missing"
    policy = definitions.policy_of_ids(region.key, case.pinned)
    kind = definitions.workflow_in(policy, case.procedure).stage(case.stage).kind
    if kind == "fill":
        return "returned" if sent_on else "fill"
    return "closed" if kind == "closed" else "sent"


def _first_sent(ids: list[int]) -> dict[int, date]:
    rows = Submission.select(Submission.case, fn.MIN(Submission.submitted_on).alias("on"))
    return {row.case_id: _day(row.on) for row in rows.where(Submission.case.in_(ids or [0])).group_by(Submission.case)}


def _last_urged(ids: list[int]) -> dict[int, date]:
    rows = CaseEvent.select(CaseEvent.case, fn.MAX(CaseEvent.policy_date).alias("on"))
    mine = CaseEvent.case.in_(ids or [0]) & (CaseEvent.kind == "urged")
    return {row.case_id: _day(row.on) for row in rows.where(mine).group_by(CaseEvent.case)}


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _figures(policy: PolicyVersion, procedure: Procedure, rules: ReportRules) -> list[tuple[str, tuple[str, str]]]:
    """The figures of the policy's reports that this report's form asks for."""
    asked = {field.key for field in definitions.form_in(policy, procedure["form"]).definition.fields}
    return [(key, (fact.name, fact.unit)) for key, fact in rules.fields.items() if key in asked]


def _sums(rules: ReportRules, came: list[Line]) -> Sums:
    """The newest answers of each report that came, read and added up by the rules of the question `aggregate`."""
    answers: dict[int, Mapping[str, object]] = {}
    ids = [line.case.id for line in came if line.case]
    for row in Submission.select().where(Submission.case.in_(ids or [0])).order_by(Submission.number):
        answers[row.case_id] = {key: value for key, value in row.answers.items() if key in rules.fields}
    try:
        read = [read_report(rules, answers[line.case.id], line.carrier.name) for line in came if line.case]
    except Refused as refusal:
        return Sums([], [], len(came), [], str(refusal))
    return _told(rules, add_up(rules, read, len(read)))


def _told(rules: ReportRules, found: Totals) -> Sums:
    totals = [Figure(f.name, f.unit, found.totals[key], f.clause, "text") for key, f in rules.fields.items() if key in found.totals]
    derived = []
    for entry in rules.derived:
        value = found.derived[entry.rule.key]
        shown = None if value is None else round_half_up(value)
        derived.append(Figure(entry.rule.name, entry.unit, shown, entry.rule.clause, entry.rule.basis))
    return Sums(totals, derived, found.carriers, [step.as_data() for step in found.trace])


def _beside(policy: PolicyVersion, period: str, kind: str) -> tuple[str, str]:
    """The periods before and after that can be looked at: from the policy's first day to today."""
    first, last = days_of(period)
    start = policy.document.in_force_from if policy.document else first
    before = period_of(date.fromordinal(first.toordinal() - 1), kind) if first > start else ""
    following = date.fromordinal(last.toordinal() + 1)
    return before, period_of(following, kind) if following <= clock.today() else ""


def _course(policy: PolicyVersion, procedure: Procedure, period: str, carriers: list[int]) -> list[tuple[str, int]]:
    """How many reports of the carriers shown came in each of the last periods, this one included."""
    kind, last = kind_of(period), days_of(period)[1]
    start = policy.document.in_force_from if policy.document else days_of(period)[0]
    names = [period_of(first, kind) for first, _ in periods_between(start, max(start, last), kind)][-MOST_PERIODS:]
    open_stage = definitions.workflow_in(policy, procedure["key"]).start
    rows = (
        PeriodicReport.select(PeriodicReport.period, fn.COUNT(PeriodicReport.id).alias("n"))
        .join(Case)
        .where((PeriodicReport.procedure == procedure["key"]) & PeriodicReport.period.in_(names))
        .where(PeriodicReport.carrier.in_(carriers or [0]) & (Case.stage != open_stage))
        .group_by(PeriodicReport.period)
    )
    counted = {row.period: row.n for row in rows}
    return [(name, counted.get(name, 0)) for name in names]
