"""What the sources of a form field's `prefill` are told (core.policy.prefill_sources says what each makes of it).

`carrier.name` and the like come from the register as they are. `register.<fact>`: a fact of the carrier
(core.cases.carrier_facts). A report belongs to the year, or to the span of the round's plan, in which its period
begins. The year of a case is that of its period, of the day that its time counts from, or in which it was opened.
"""

from __future__ import annotations

import logging
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from core import clock
from core.cases import carrier_facts, definitions
from core.errors import KaopingError
from core.models import Carrier, Case, Draft, PeriodicReport, SiteVisit, Submission
from core.policy.facts import as_date
from core.policy.numbers import exact, plain
from core.policy.periods import days_of
from core.policy.prefill import Prefill, read_prefill
from core.policy.prefill_sources import Earlier, PrefillAsked
from forms.definition import Field

PLAN_FROM, PLAN_TO = "period_from", "period_to"
"""The dates of a round's plan between which what is evaluated happened."""

log = logging.getLogger("kaoping.prefill")


class Sources:
    """What can be filled ahead in one case; what is known is looked up once, and only where a field asks for it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._entries = register(case.carrier)
        self._earlier: dict[str, list[Earlier]] = {}

    def value_for(self, asked: Field) -> Any:
        """What the field's `prefill` leads to, as answers are stored; None where nothing is named, or known."""
        if asked.prefill in self._entries:
            return self._entries[asked.prefill]
        prefill = read_prefill(asked.prefill)
        if prefill is None:
            return None
        try:
            return _stored(asked, prefill.source.value(self._told(prefill)))
        except KaopingError as fault:  # a plugin's source; the field stays blank and can be filled by hand
            log.warning("“%s”没有带入：%s", asked.label, fault)
            return None

    def _told(self, prefill: Prefill) -> PrefillAsked:
        looks_at = prefill.source.looks_at
        first, last = self._span
        return PrefillAsked(
            field=prefill.field,
            today=clock.today(),
            carrier=self._carrier if looks_at in ("", "fact") else self._entries,
            year=self._year,
            first=first,
            last=last,
            submitted=self._submitted(prefill.procedure) if looks_at == "answer" else (),
            visit=_visited(self.case) if looks_at == "visit" else {},
        )

    @cached_property
    def _carrier(self) -> dict[str, Any]:
        policy = definitions.policy_of(self.case)
        return {**self._entries, **carrier_facts.facts_of(self.case.carrier, clock.today(), policy)}

    @cached_property
    def _span(self) -> tuple[date, date]:
        return span_of(self.case)

    @cached_property
    def _year(self) -> int:
        return _year_of(self.case)

    def _submitted(self, procedure: str) -> list[Earlier]:
        if procedure not in self._earlier:
            self._earlier[procedure] = _submitted(self.case, procedure)
        return self._earlier[procedure]


def register(carrier: Carrier) -> dict[str, Any]:
    """The register's entries that a field may name."""
    return {
        "carrier.name": carrier.name,
        "carrier.level": carrier.level,
        "carrier.recognised_on": carrier.recognised_on.isoformat() if carrier.recognised_on else None,
        "organisation.name": carrier.organisation.name,
        "organisation.credit_code": carrier.organisation.credit_code or None,
    }


def _submitted(case: Case, procedure: str) -> list[Earlier]:
    """The newest submission of each other case of the carrier, oldest first."""
    theirs = (Case.carrier == case.carrier_id) & (Case.procedure == procedure) & (Case.id != case.id)
    cases = Case.select(Case.id).where(theirs)
    periods = {row.case_id: row.period for row in PeriodicReport.select().where(PeriodicReport.case.in_(cases))}
    rows = Submission.select().where(Submission.case.in_(cases)).order_by(Submission.submitted_on, Submission.id)
    newest: dict[int, Submission] = {}
    for row in rows:
        newest.pop(row.case_id, None)
        newest[row.case_id] = row
    return [Earlier(periods.get(n, ""), row.submitted_on, row.answers) for n, row in newest.items()]


def _year_of(case: Case) -> int:
    report = PeriodicReport.get_or_none(PeriodicReport.case == case)
    if report is not None:
        return int(days_of(report.period)[1].year)
    since = definitions.procedure_in(definitions.policy_of(case), case.procedure).get("since", "")
    draft = Draft.get_or_none(Draft.case == case)
    stated = as_date(draft.answers.get(since)) if draft else None
    return stated.year if stated else int(case.entered_stage_on.year)


def _visited(case: Case) -> dict[str, Any]:
    rows = SiteVisit.select().where(SiteVisit.case == case.origin_id).order_by(SiteVisit.id.desc())
    found = rows.first() if case.origin_id is not None else None
    return dict(found.answers) if found else {}


def span_of(case: Case) -> tuple[date, date]:
    """From when to when what a case reports happened: its round's plan, its own period, or the calendar year."""
    if case.round is not None:
        stated = [as_date(case.round.plan.get(name)) for name in (PLAN_FROM, PLAN_TO)]
        year = case.round.year
        return stated[0] or date(year, 1, 1), stated[1] or date(year, 12, 31)
    report = PeriodicReport.get_or_none(PeriodicReport.case == case)
    if report is not None:
        return days_of(report.period)
    year = case.entered_stage_on.year
    return date(year, 1, 1), date(year, 12, 31)


def _stored(asked: Field, value: Any) -> Any:
    """A value in the form in which answers are kept: dates and exact numbers as text, whole numbers as such."""
    if isinstance(value, date):
        return value.isoformat()
    number = exact(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
    if number is None:
        return value
    whole = number.denominator == 1
    return int(number) if asked.type == "integer" and whole else str(plain(number))
