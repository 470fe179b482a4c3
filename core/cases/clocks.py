"""When a stage is due: from the round's plan, or counted in working days, days or months.

The calendar is the national package, the region's overlay, and what administrators entered. A year that nobody
has entered gives no date; where only a reminder hangs on it, the case goes on without one.
"""

from __future__ import annotations

from datetime import date

from core.errors import CalendarMissing
from core.models import CalendarDay, CalendarYear, EvaluationRound, ParameterEntry, Region
from core.policy.calendar import WorkingCalendar
from core.policy.pack import PolicyVersion
from core.workflow.definition import Clock


def calendar_of(region: Region | int | None) -> WorkingCalendar:
    """The working calendar of a region: national days, overlaid by its own and by entered ones."""
    rows = CalendarDay.select().where(CalendarDay.region.is_null() | (CalendarDay.region == region))
    days = sorted(rows, key=lambda row: row.region_id is not None)  # the region's word comes last and counts
    return WorkingCalendar(
        entries={row.day: row.is_working_day for row in days},
        entered_years=frozenset(row.year for row in CalendarYear.select(CalendarYear.year)),
    )


def parameter(policy: PolicyVersion, region: Region | int, key: str, on: date) -> str | None:
    """The value of a named parameter as exact text: the policy's own, or the newest one entered; else None."""
    stated = policy.parameters.get(key)
    if stated is not None and stated.value is not None:
        return str(stated.value)
    entry = (
        ParameterEntry.select()
        .where((ParameterEntry.region == region) & (ParameterEntry.key == key) & (ParameterEntry.valid_from <= on))
        .order_by(ParameterEntry.valid_from.desc(), ParameterEntry.id.desc())
        .first()
    )
    return None if entry is None else entry.value


def due_on(policy: PolicyVersion, region: int, round_: EvaluationRound | None, clock: Clock | None, entered: date) -> date | None:
    """The last day of a stage that was entered on `entered`, or None when it has none or it cannot be told."""
    if clock is None:
        return None
    if clock.kind == "plan":
        stated = (round_.plan if round_ else {}).get(clock.field)
        return date.fromisoformat(stated) if stated else None
    value = parameter(policy, region, clock.parameter, entered) if clock.parameter else None
    number = int(value) if value is not None else clock.days
    if number is None:
        return None
    try:
        return calendar_of(region).deadline(entered, number, unit=clock.kind)
    except CalendarMissing:
        return None
