"""Figures from periodic reports: what was due and came, and the year's totals over the carriers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.cases import definitions
from core.cases.standing import PERIODS, Procedure, procedures_of
from core.errors import Refused
from core.models import Carrier, Case, PeriodicReport, Submission
from core.policy.numbers import round_half_up
from core.policy.periods import days_of, words_of
from core.policy.reporting import ReportRules, add_up, over_the_year, periods_due, read_report, report_rules
from core.policy.version import PolicyVersion
from core.policy.work_report import Figure
from core.web.supervision.coverage import carriers_of
from core.web.supervision.year import Year


@dataclass
class Received:
    """What came of one procedure in a year: by carrier, period → case; and from whom how many were due."""

    carriers: dict[int, Carrier]
    periods: list[str]
    due: int = 0
    by_carrier: dict[int, dict[str, Case]] = field(default_factory=dict)

    @property
    def came(self) -> int:
        """How many of those due came."""
        over = set(self.periods)
        return sum(period in over for reports in self.by_carrier.values() for period in reports)

    @property
    def silent(self) -> list[Carrier]:
        """The carriers that handed in none, though some were due."""
        return [row for row in self.carriers.values() if self.periods and not self.by_carrier.get(row.id)]


def report_figures(of: Year) -> Iterator[Figure]:
    """The figures of each periodic procedure, and the totals of the one whose form asks for the policy's figures."""
    if of.policy is None or not of.policy.has("reporting"):
        return
    rules = report_rules(of.policy)
    summed = False
    for procedure in procedures_of(of.policy):
        if procedure.get("every") in PERIODS:
            found = _received(of, of.policy, rules, procedure)
            yield from _counts(procedure, found)
            if not summed and _asks(of.policy, procedure, rules):
                summed = True
                yield from _totals(rules, procedure, found)


def _received(of: Year, policy: PolicyVersion, rules: ReportRules, procedure: Procedure) -> Received:
    start = policy.document.in_force_from if policy.document else date(of.year, 1, 1)
    first, last = max(start, date(of.year, 1, 1)), date(of.year, 12, 31)
    named = periods_due(rules, PERIODS[procedure["every"]], first, last)
    # a period is due once it is over; a week belongs to the year that its name says
    own = [name for name in named if name.startswith(str(of.year))]
    over = [name for name in own if days_of(name)[1] <= of.until]
    carriers = {row.id: row for row in carriers_of(of.region, procedure, of.until)}
    found = Received(carriers, over)
    for name in over:
        end = days_of(name)[1]
        found.due += sum(row.recognised_on is None or row.recognised_on <= end for row in carriers.values())
    for row in _reports(of, procedure, own):
        if row.carrier_id in carriers and _handed_in(of, row.case):
            found.by_carrier.setdefault(row.carrier_id, {})[row.period] = row.case
    return found


def _reports(of: Year, procedure: Procedure, names: list[str]) -> list[PeriodicReport]:
    mine = (PeriodicReport.procedure == procedure["key"]) & (Case.region == of.region)
    rows = PeriodicReport.select(PeriodicReport, Case).join(Case).where(mine & PeriodicReport.period.in_(names or [""]))
    return list(rows.order_by(PeriodicReport.period))


def _handed_in(of: Year, case: Case) -> bool:
    """Whether it is out of the carrier's hands; one that was sent back is not until it comes again."""
    policy = definitions.policy_of_ids(of.region.key, case.pinned)
    return definitions.workflow_in(policy, case.procedure).stage(case.stage).kind != "fill"


def _counts(procedure: Procedure, found: Received) -> Iterator[Figure]:
    key, name = procedure["key"], procedure["name"]
    span = f"{words_of(found.periods[0])}至{words_of(found.periods[-1])}" if found.periods else "还没有一期期满"
    source = f"{name}，{span}；已提交、没有退回的，一家一期算一份"
    rows = {
        "periods": ("已满的期数", len(found.periods), "期"),
        "due": ("应报", found.due, "份"),
        "received": ("收到", found.came, "份"),
        "missing": ("未报", found.due - found.came, "份"),
        "silent": ("一份也没有报的载体", len(found.silent), "家"),
    }
    for suffix, (said, value, unit) in rows.items():
        yield Figure(f"{key}_{suffix}", f"{name}{said}", value, unit, source)
    share = round_half_up(Decimal(found.came * 100) / found.due) if found.due else None
    yield Figure(f"{key}_completeness_pct", f"{name}完整率", share, "%", f"{source}；收到÷应报")
    names = "、".join(row.name for row in found.silent) or "无"
    yield Figure(f"{key}_silent_names", f"{name}一份也没有报的载体名称", names, "", source)


def _asks(policy: PolicyVersion, procedure: Procedure, rules: ReportRules) -> bool:
    asked = {entry.key for entry in definitions.form_in(policy, procedure["form"]).definition.fields}
    return bool(set(rules.fields) & asked)


def _totals(rules: ReportRules, procedure: Procedure, found: Received) -> Iterator[Figure]:
    """Each carrier's year made of its reports, then added up over the carriers that reported."""
    years, unreadable = _years(rules, found)
    total = add_up(rules, years, len(years))
    source = f"{len(years)} 家载体的{procedure['name']}"
    left_out = f"；{'、'.join(unreadable)}的报表对不上，没有计入" if unreadable else ""
    yield Figure("total_carriers", "计入合计的载体", len(years), "家", f"{procedure['name']}{left_out}")
    for key, fact in rules.fields.items():
        made = {"sum": "各家各期相加", "last": "各家最近一期相加"}.get(rules.over_time.get(key, ""), "办法没有写全年怎样得出")
        yield Figure(f"total_{key}", fact.name, total.totals.get(key), fact.unit, f"{source}，{made}{left_out}")
    for entry in rules.derived:
        value = total.derived[entry.rule.key]
        shown = None if value is None else round_half_up(value)
        yield Figure(f"ratio_{entry.rule.key}", entry.rule.name, shown, entry.unit, f"由上面的合计算出：{_formula(rules, entry.formula)}")


def _formula(rules: ReportRules, formula: str) -> str:
    """The formula in the names of its figures."""
    for key in sorted(rules.fields, key=len, reverse=True):
        formula = formula.replace(key, rules.fields[key].name)
    return formula.replace("carriers", "计入合计的载体").replace("*", "×").replace("/", "÷")


def _years(rules: ReportRules, found: Received) -> tuple[list[dict[str, Decimal]], list[str]]:
    ids = [case.id for reports in found.by_carrier.values() for case in reports.values()]
    answers: dict[int, Mapping[str, object]] = {}
    for row in Submission.select().where(Submission.case.in_(ids or [0])).order_by(Submission.number):
        answers[row.case_id] = {key: value for key, value in row.answers.items() if key in rules.fields}
    years, unreadable = [], []
    for carrier, reports in found.by_carrier.items():
        name = found.carriers[carrier].name
        try:
            read = [read_report(rules, answers.get(case.id, {}), name) for _, case in sorted(reports.items())]
            years.append(over_the_year(rules, read))
        except Refused:
            unreadable.append(name)
    return years, unreadable
