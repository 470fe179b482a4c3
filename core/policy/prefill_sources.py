"""Where a form field's `prefill` may take its value from: pure functions from what is known to an answer.

A `prefill` names a source by its key and, after a colon, what it is to look at: `last:monthly_report.jobs`,
`origin_visit:advice`, or nothing. What there is to know is gathered by core.cases.prefill_sources.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.policy.numbers import exact, plain
from core.policy.periods import days_of

PERIODIC = ("week", "month", "quarter", "annual")
LOOKS_AT = ("", "fact", "visit", "answer")
"""What follows the colon: nothing, a fact of the register, a field of a record on site, `<procedure>.<field>`."""


@dataclass(frozen=True)
class Earlier:
    """What the carrier last submitted in one case. `period` is empty for a case that is no periodic report."""

    period: str
    submitted_on: date
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class PrefillAsked:
    """What is known when a blank form is filled ahead, as plain data.

    `carrier`: the register's entries and facts by key (`carrier.name`, `enrolled_on`, …; days as dates). `year`, `first`
    and `last`: what the case is about. `submitted`: by the carrier's other cases of the procedure that the `prefill`
    names, oldest first. `visit`: the record of the last visit on site in the case that this one follows from.
    """

    field: str
    today: date
    carrier: Mapping[str, Any]
    year: int
    first: date
    last: date
    submitted: Sequence[Earlier] = ()
    visit: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class PrefillSource:
    """A source. `value` gives an answer as forms keep it, or None where nothing is known.

    `looks_at` says what follows the colon (LOOKS_AT). `every`: how often a procedure must come to be named, empty for
    any; `numeric`: its field must be a number; `of_a_year`: what last year said cannot stand for a missing value.
    """

    key: str
    name: str
    value: Callable[[PrefillAsked], Any]
    looks_at: str = ""
    every: tuple[str, ...] = ()
    numeric: bool = False
    of_a_year: bool = False


def _register(asked: PrefillAsked) -> Any:
    return asked.carrier.get(asked.field)


def _last(asked: PrefillAsked) -> Any:
    # of periodic reports the last is that of the latest period, also when an earlier one was handed in after it
    reports = [one for one in asked.submitted if one.period]
    found = max(reports, key=lambda one: one.period) if reports else next(reversed(asked.submitted), None)
    return found.answers.get(asked.field) if found else None


def _sum(asked: PrefillAsked) -> Decimal | None:
    within = [one for one in asked.submitted if one.period and asked.first <= days_of(one.period)[0] <= asked.last]
    told = [exact(one.answers.get(asked.field)) for one in within]
    figures = [figure for figure in told if figure is not None]
    return plain(sum(figures[1:], figures[0])) if figures else None


def _of_year(years: int) -> Callable[[PrefillAsked], Any]:
    def value(asked: PrefillAsked) -> Any:
        wanted = str(asked.year + years)
        found = next((one for one in reversed(asked.submitted) if one.period == wanted), None)
        return found.answers.get(asked.field) if found else None

    return value


def _visit(asked: PrefillAsked) -> Any:
    return asked.visit.get(asked.field)


BUILT_IN = (
    PrefillSource("register", "登记的事实", _register, "fact"),
    PrefillSource("last", "上次报的", _last, "answer"),
    PrefillSource("sum", "各期合计", _sum, "answer", PERIODIC, numeric=True),
    PrefillSource("year", "同一年报的", _of_year(0), "answer", ("annual",), of_a_year=True),
    PrefillSource("year_before", "上一年报的", _of_year(-1), "answer", ("annual",), of_a_year=True),
    PrefillSource("origin_visit", "实地考察写的", _visit, "visit"),
)

PREFILL_SOURCES: dict[str, PrefillSource] = {source.key: source for source in BUILT_IN}
"""Every source known to this process; the plugin manager adds those of plugins."""
