"""When a stage is due: from the round's plan, or counted in working days, days or months.

The calendar is the national package, what administrators entered for later years, and the region's own days over
both. A year that nobody has entered gives no date; where only a reminder hangs on it, the case goes on without.
"""

from __future__ import annotations

from datetime import date

from core.errors import CalendarMissing
from core.models import CalendarDay, CalendarYear, EvaluationRound, ParameterEntry, Region
from core.models.reading import every
from core.policy.calendar import EnteredDays, WorkingCalendar
from core.policy.clocks import Clock as PolicyClock
from core.policy.version import PolicyVersion
from core.workflow.definition import Clock


def calendar_of(region: Region | int | None) -> WorkingCalendar:
    """The working calendar of a region as it stands in the tables."""
    own_region = region.id if isinstance(region, Region) else region
    rows = list(every(CalendarDay, "WHERE region_id IS NULL OR region_id = ?", own_region))
    national = {row.day: row.is_working_day for row in rows if row.region_id is None}
    own = {row.day: row.is_working_day for row in rows if row.region_id is not None}
    years = frozenset(row.year for row in every(CalendarYear, ""))
    return WorkingCalendar(overlay=own, entries=EnteredDays(national, years))


def with_entered_values(policy: PolicyVersion, region: Region | int, on: date) -> PolicyVersion:
    """The policy with the values entered by then for parameters that its texts leave open (bound late)."""
    missing = {parameter.key for parameter in policy.missing_parameters()}
    if not missing:
        return policy
    entries = (
        ParameterEntry.select()
        .where(
            (ParameterEntry.region == region) & ParameterEntry.key.in_(missing) & (ParameterEntry.valid_from <= on)
        )
        .order_by(ParameterEntry.valid_from, ParameterEntry.id)
    )
    values = {entry.key: entry.value for entry in entries}
    return policy.with_parameters(values, "管理员录入") if values else policy


def due_on(
    policy: PolicyVersion, region: int, round_: EvaluationRound | None, clock: Clock | None, entered: date
) -> date | None:
    """The last day of a stage that was entered on `entered`, or None when it has none or it cannot be told."""
    if clock is None:
        return None
    if clock.kind == "plan":
        stated = (round_.plan if round_ else {}).get(clock.field)
        return date.fromisoformat(stated) if stated else None
    stated_length = policy.parameters.get(clock.parameter)
    length = stated_length.value if stated_length and stated_length.value is not None else clock.days
    if length is None:
        return None
    kind = "months" if clock.kind == "calendar_months" else clock.kind
    counted = PolicyClock(clock.parameter, "", kind, int(str(length)), False, clock.clause, clock.basis)
    try:
        return counted.last_day(entered, calendar_of(region))
    except CalendarMissing:
        return None


def days_left(region: Region | int, last_day: date, today: date) -> int | None:
    """Working days left until `last_day` (0 on the day, negative once over); None where no calendar tells."""
    try:
        return calendar_of(region).working_days_left(today, last_day)
    except CalendarMissing:
        return None
