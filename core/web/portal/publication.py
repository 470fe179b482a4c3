"""What the public may know: rounds that were announced, notices that were published, results that are final.

Nothing else of an evaluation leaves the system before publication, so every page of the portal asks here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN

from core import clock
from core.cases.clocks import calendar_of
from core.cases.noticing import NOTICE
from core.errors import CalendarMissing, OutOfScope
from core.models import Carrier, Case, District, EvaluationRound, NoticeEntry, PublicNotice, Region, Result
from core.policy.calendar import WorkingCalendar

ABSENT = "absent"
GRADE_ORDER = ("excellent", "good", "qualified", "unqualified", ABSENT)


@dataclass(frozen=True)
class Line:
    """One carrier on a notice as everybody may read it: no score, no reasons, no person."""

    entry_id: int
    number: int
    carrier: str
    district: str
    grade: str
    status: str


@dataclass(frozen=True)
class GradeGroup:
    """The lines of one grade; `grade` may be `absent` (未参加评价)."""

    grade: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Standing:
    """Where a notice stands today. `days_left` counts today when it is a working day; None without a calendar."""

    is_open: bool
    days_left: int | None
    nth_day: int | None


def announced_rounds(region: Region) -> list[EvaluationRound]:
    """The rounds that are open, newest first."""
    rows = EvaluationRound.select().where((EvaluationRound.region == region) & (EvaluationRound.status == "open"))
    return list(rows.order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc()))


def published_notices(region: Region) -> list[PublicNotice]:
    """The notices that were published by today, newest first."""
    rows = PublicNotice.select(PublicNotice, EvaluationRound).join(EvaluationRound)
    rows = rows.where((EvaluationRound.region == region) & (PublicNotice.opened_on <= clock.today()))
    return list(rows.order_by(PublicNotice.opened_on.desc(), PublicNotice.id.desc()))


def find_notice(region: Region, notice_id: int) -> PublicNotice:
    """A published notice of this region. Raises OutOfScope."""
    for notice in published_notices(region):
        if notice.id == notice_id:
            return notice
    raise OutOfScope


def find_open_notice(region: Region, notice_id: int) -> PublicNotice:
    """A published notice that takes (or took) objections; a publication has none. Raises OutOfScope."""
    notice = find_notice(region, notice_id)
    if notice.kind != NOTICE:
        raise OutOfScope
    return notice


def find_entry(notice: PublicNotice, entry_id: int) -> NoticeEntry:
    """A line of a published notice. Raises OutOfScope."""
    entry = NoticeEntry.get_or_none((NoticeEntry.id == entry_id) & (NoticeEntry.notice == notice))
    if entry is None:
        raise OutOfScope
    return entry


def groups_of(notice: PublicNotice) -> list[GradeGroup]:
    """The notice's lines by grade, best first, numbered through."""
    return grouped(_entries().where(NoticeEntry.notice == notice), _noticed_again(notice))


def grouped(entries: Iterable[NoticeEntry], renewed: Collection[int] = ()) -> list[GradeGroup]:
    """Lines by grade as a notice shows them, stored or about to be published; `renewed` are cases noticed again."""
    found: dict[str, list[NoticeEntry]] = {}
    for entry in entries:
        found.setdefault(_published_grade(entry.result), []).append(entry)
    groups, number = [], 0
    for grade in sorted(found, key=_rank):
        lines = []
        for entry in found[grade]:
            number += 1
            lines.append(_line(entry, number, grade, "renewed" if entry.case_id in renewed else entry.status))
        groups.append(GradeGroup(grade, tuple(lines)))
    return groups


def final_results(region: Region) -> list[tuple[PublicNotice, list[GradeGroup]]]:
    """The archive: of notices that are closed, the lines that are final; newest round first."""
    archive = []
    for notice in published_notices(region):
        if notice.status != "closed":
            continue
        final = [
            GradeGroup(group.grade, tuple(line for line in group.lines if line.status == "final"))
            for group in groups_of(notice)
        ]
        archive.append((notice, [group for group in final if group.lines]))
    return archive


def standing(notice: PublicNotice, calendar: WorkingCalendar, counts_opening_day: bool) -> Standing:
    """Whether objections can be made today, and how many working days are left for them."""
    today = clock.today()
    is_open = notice.status == "open" and today <= notice.last_day
    first = notice.opened_on if counts_opening_day else None
    try:
        left = calendar.working_days_left(today, notice.last_day) + calendar.is_working_day(today)
        passed = max(0, calendar.working_days_left(notice.opened_on, today))
        nth = passed + (first is not None and calendar.is_working_day(first))
    except CalendarMissing:
        return Standing(is_open, None, None)
    return Standing(is_open, left, nth)


def due_days(region: Region, last_day: date) -> int | None:
    """Working days left until a deadline; None when a year's calendar has not been entered."""
    try:
        return calendar_of(region).working_days_left(clock.today(), last_day)
    except CalendarMissing:
        return None


def _entries() -> Any:
    columns = NoticeEntry.select(NoticeEntry, Case, Carrier, District, Result)
    joined = (
        columns.join(Case).join(Carrier).switch(Case).join(District, JOIN.LEFT_OUTER).switch(NoticeEntry).join(Result)
    )
    return joined.order_by(District.id, Carrier.id)


def _published_grade(result: Result) -> str:
    # where a policy grades who hands in nothing, that grade is its result
    return result.grade or (ABSENT if result.facts.get("participated") is False else "")


def _rank(grade: str) -> int:
    return GRADE_ORDER.index(grade) if grade in GRADE_ORDER else len(GRADE_ORDER)


def _noticed_again(notice: PublicNotice) -> set[int]:
    """The cases of this notice whose result stands on a later one."""
    later = NoticeEntry.select(NoticeEntry.case).where(NoticeEntry.notice > notice.id)
    mine = NoticeEntry.select(NoticeEntry.case).where((NoticeEntry.notice == notice) & NoticeEntry.case.in_(later))
    return {entry.case_id for entry in mine}


def _line(entry: NoticeEntry, number: int, grade: str, status: str) -> Line:
    district = entry.case.district
    return Line(entry.id, number, entry.case.carrier.name, district.name if district else "", grade, status)
