"""period: in which week, month, quarter a day lies. reporting: how complete reports are. aggregate: their sums."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.errors import Refused
from core.policy.facts import as_date, known_keys, require_date
from core.policy.numbers import round_half_up, whole
from core.policy.periods import PERIODS, period_of
from core.policy.question import Answer, Asked, Given, Question
from core.policy.questions.reading import reasons, tables
from core.policy.reporting import (
    Completeness,
    ReportRules,
    add_up,
    completeness_of_counts,
    completeness_of_days,
    over_the_year,
    periods_due,
    read_report,
    report_rules,
)
from core.policy.trace import Step

MOST = 10**9


def _period(asked: Asked) -> Answer:
    known_keys(asked.given, ("date",))
    day = require_date(asked.given, "date")
    named = {period: period_of(day, period) for period in PERIODS}
    step = Step("周按国际标准周（星期一至星期日），跨年的周归多数日子所在的年", "", "reading", {"date": day}, named)
    return {**named, **reasons([step])}


_COUNTED = ("carriers", "periods_due", "received")
_DATED = ("from", "to", "submitted")


def _reporting(asked: Asked) -> Answer:
    given = asked.given
    rules = report_rules(asked.policy)
    known_keys(given, ("period", *_DATED, *_COUNTED))
    if given.get("period") is None:
        raise Refused("没有写是哪一种报送（period）。", {"period": "缺少报送种类"})
    kind = rules.kind(given["period"])
    if "received" not in given:
        first, last = require_date(given, "from"), require_date(given, "to")
        surplus = {key: "只与收到份数（received）一起写" for key in ("carriers", "periods_due") if key in given}
        if surplus:
            raise Refused("按报送日期算时，不写载体数和应报期数。", surplus)
        return _described(completeness_of_days(rules, kind.period, first, last, _days(given.get("submitted"))))
    if "submitted" in given:
        raise Refused("报送日期（submitted）和收到份数（received）二者取一。", {"submitted": "二者取一"})
    if "periods_due" in given:
        periods = _whole(given, "periods_due")
    else:
        first, last = require_date(given, "from"), require_date(given, "to")
        periods = len(periods_due(rules, kind.period, first, last))
    carriers = _whole(given, "carriers") if "carriers" in given else 1
    return _described(completeness_of_counts(rules, kind.period, carriers, periods, _whole(given, "received")))


def _described(found: Completeness) -> Answer:
    share = found.share
    return {
        "due": found.due,
        "submitted": found.submitted,
        "missing": list(found.missing),
        "outside": list(found.outside),
        "completeness_pct": None if share is None else round_half_up(share * 100),
        "rounding": "half_up_2",
        **reasons(found.trace),
    }


def _days(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("报送日期（submitted）要写成一列日期。", {"submitted": "要写成一列日期"})
    days = [as_date(entry) for entry in value]
    if None in days:
        wrong = value[days.index(None)]
        raise Refused(f"报送日期“{wrong}”不是日期，例如 2019-05-06。", {"submitted": "日期不对"})
    return days


def _whole(given: Given, key: str) -> int:
    value = whole(given.get(key))
    if value is None or not 0 <= value <= MOST:
        raise Refused(f"“{key}”要写成不小于 0 的整数。", {key: "要写成不小于 0 的整数"})
    return value


def _aggregate(asked: Asked) -> Answer:
    given = asked.given
    rules = report_rules(asked.policy)
    known_keys(given, ("reports", "years", "carriers"))
    if "reports" in given and "years" in given:
        raise Refused("同一期的报表（reports）和各家全年的报表（years）二者取一。", {"years": "二者取一"})
    reports = _years(rules, given["years"]) if "years" in given else _read(rules, given.get("reports"), "")
    # One report is one carrier's, unless the figures were added up before.
    carriers = _whole(given, "carriers") if "carriers" in given else len(reports)
    if carriers < len(reports):
        message = f"报表有 {len(reports)} 家的，多于载体数 {carriers}；一家一份，几期的写进 years。"
        raise Refused(message, {"carriers": "少于报表数"})
    found = add_up(rules, reports, carriers)
    return {
        "carriers": found.carriers,
        "totals": found.totals,
        **{key: None if value is None else round_half_up(value) for key, value in found.derived.items()},
        "missing": list(found.missing),
        "rounding": "half_up_2",
        **reasons(found.trace),
    }


def _read(rules: ReportRules, value: object, whose: str) -> list[dict[str, Decimal]]:
    found = enumerate(tables(value, "reports"), start=1)
    return [read_report(rules, report, f"{whose}第 {position} 份") for position, report in found]


def _years(rules: ReportRules, value: object) -> list[dict[str, Decimal]]:
    """Each carrier's year made of its reports in the order of time."""
    if not isinstance(value, list):
        raise Refused("各家全年的报表（years）要写成一列，每一项是一家的各期报表。", {"years": "要写成一列"})
    carriers = enumerate(value, start=1)
    return [over_the_year(rules, _read(rules, reports, f"第 {position} 家")) for position, reports in carriers]


BUILT_IN = (
    Question("period", "所在的周、月、季", _period, any_date=True),
    Question("reporting", "报送情况", _reporting),
    Question("aggregate", "报表汇总", _aggregate),
)
