"""Calendar years and single days, and regions switched on or off: the system administrator's registers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core import clock
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused
from core.models import CalendarDay, CalendarYear, Region
from core.people.scope import Viewer

SATURDAY = 5
SORTS = {"休": False, "班": True}
"""As people write it → whether the day is worked."""
_LINE = re.compile(r"(\S+)\s+(\S+)(?:\s+(.*))?")


@dataclass(frozen=True)
class Day:
    """A day of the State Council's notice that differs from the week: off (休) or worked (班)."""

    day: date
    working: bool
    name: str = ""

    @property
    def line(self) -> str:
        """The day as it would be pasted."""
        return f"{self.day} {'班' if self.working else '休'} {self.name}".strip()

    def checked(self) -> Day:
        """Raises ValueError, in words for people, for a day that need not be said or wants a name."""
        if self.working and self.day.weekday() < SATURDAY:
            raise ValueError(f"{self.day} 本来就是工作日，不用写“班”，请核对日期。")
        if not self.working and not self.name:
            raise ValueError("放假的日子要写节日名称。")
        return self


@dataclass(frozen=True)
class PastedYear:
    """What pasted lines say: the days that can be read, and every fault as (line number, text)."""

    year: int | None
    days: tuple[Day, ...]
    faults: tuple[tuple[int, str], ...]


class YearReader:
    """The days of one year as they are taken one by one, whether pasted or from a spreadsheet."""

    def __init__(self) -> None:
        self._seen: dict[date, str] = {}
        self.days: list[Day] = []

    def take(self, one: Day, place: str) -> None:
        """Raises ValueError, in words for people, for a day that stands here already or of another year."""
        if one.day in self._seen:
            raise ValueError(f"{one.day} 在{self._seen[one.day]}已经写过。")
        if self.days and one.day.year != self.days[0].day.year:
            raise ValueError(f"年份和前面的 {self.days[0].day.year} 年不同，一次只录一年。")
        self._seen[one.day] = place
        self.days.append(one)


def read_year(text: str) -> PastedYear:
    """Read lines `2027-01-01 休 元旦` and `2027-02-06 班`; every fault is named at its line."""
    reader = YearReader()
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            reader.take(_read_line(line.strip()), f"第 {number} 行")
        except ValueError as fault:
            faults.append((number, str(fault)))
    if not reader.days and not faults:
        faults.append((1, "请粘贴这一年的放假和调休安排。"))
    ordered = tuple(sorted(reader.days, key=lambda one: one.day))
    return PastedYear(ordered[0].day.year if ordered else None, ordered, tuple(faults))


def _read_line(line: str) -> Day:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("每行写日期、休或班、名称，例如 2027-01-01 休 元旦。")
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        raise ValueError(f"“{match[1]}”不是日期，写成 2027-01-01 的样子。") from None
    if match[2] not in SORTS:
        raise ValueError(f"“{match[2]}”应写“休”或“班”。")
    return Day(day, SORTS[match[2]], (match[3] or "").strip()).checked()


def import_year(viewer: Viewer, text: str, source: str, token: str) -> Receipt:
    """Enter a year's official calendar and mark the year complete; entering it again replaces what was there.

    Raises Refused naming every line that cannot be read, OutOfScope for everybody but the system administrator.
    """

    def work() -> Receipt:
        _require_officer(viewer)
        pasted = read_year(text)
        faults = {}
        if pasted.faults or pasted.year is None:
            faults["lines"] = "；".join(f"第 {number} 行：{fault}" for number, fault in pasted.faults)
        if not source.strip():
            faults["source"] = "请写明通知的名称和文号。"
        if faults:
            raise Refused("".join(faults.values()), faults)
        year = pasted.year or 0
        first, last = date(year, 1, 1), date(year, 12, 31)
        CalendarDay.delete().where(CalendarDay.region.is_null() & CalendarDay.day.between(first, last)).execute()
        for one in pasted.days:
            CalendarDay.create(day=one.day, is_working_day=one.working, name=one.name, source=source.strip())
        values = {"source": source.strip(), "entered_at": clock.now()}
        CalendarYear.insert(year=year, **values).on_conflict(
            conflict_target=[CalendarYear.year], update=values
        ).execute()
        days = [f"{one.day} {'班' if one.working else '休'}" for one in pasted.days]
        record(viewer, "calendar_year_entered", {"year": year, "source": source.strip(), "days": days})
        return {"year": year, "message": f"{year} 年日历已录入，共 {len(days)} 天与平常不同。"}

    return once(token, work)


def add_day(viewer: Viewer, region_id: int | None, one: Day, source: str, token: str) -> Receipt:
    """Enter one day that differs, for a region or (None) the whole country. Raises Refused, OutOfScope."""

    def work() -> Receipt:
        _require_officer(viewer)
        if region_id is not None and Region.get_or_none(Region.id == region_id) is None:
            raise OutOfScope
        same = CalendarDay.region.is_null() if region_id is None else CalendarDay.region == region_id
        faults = {} if source.strip() else {"source": "请写明出自哪份文件。"}
        if CalendarDay.select().where(same & (CalendarDay.day == one.day)).exists():
            faults["day"] = "这一天已经录过，要改请先删去。"
        if faults:
            raise Refused("".join(faults.values()), faults)
        row = CalendarDay.create(
            region=region_id, day=one.day, is_working_day=one.working, name=one.name, source=source.strip()
        )
        record(viewer, "calendar_day_entered", {"day": one.day, "working": one.working, "region": region_id})
        return {"id": row.id, "message": f"{one.day} 已记为{'上班' if one.working else '放假'}。"}

    return once(token, work)


def remove_day(viewer: Viewer, day_id: int, token: str) -> Receipt:
    """Take a day out again: it follows the week or the national calendar. Raises OutOfScope."""

    def work() -> Receipt:
        _require_officer(viewer)
        row = CalendarDay.get_or_none(CalendarDay.id == day_id)
        if row is None:
            raise OutOfScope
        data = {"day": row.day, "working": row.is_working_day, "region": row.region_id, "source": row.source}
        CalendarDay.delete().where(CalendarDay.id == row.id).execute()
        record(viewer, "calendar_day_removed", data)
        return {"message": f"{row.day} 已删去。"}

    return once(token, work)


def switch_region(viewer: Viewer, region_id: int, enabled: bool, reason: str, token: str) -> Receipt:
    """Switch a region on or off. Raises Refused for one whose plugin has a problem, OutOfScope."""

    def work() -> Receipt:
        _require_officer(viewer)
        region = Region.get_or_none(Region.id == region_id)
        if region is None:
            raise OutOfScope
        if enabled and region.problem:
            raise Refused(f"{region.name}的插件有问题，要先改好：{region.problem}")
        if not reason.strip():
            raise Refused("请写明原因。", {"reason": "请写明原因。"})
        Region.update(enabled=enabled).where(Region.id == region.id).execute()
        record(
            viewer, "region_enabled" if enabled else "region_disabled", {"region": region.id, "reason": reason.strip()}
        )
        return {"region": region.id, "message": f"{region.name}已{'启用' if enabled else '停用'}。"}

    return once(token, work)


def _require_officer(viewer: Viewer) -> None:
    if "system_admin" not in viewer.roles:
        raise OutOfScope


def set_four_eyes(viewer: Viewer, region_id: int, asked: bool, reason: str, token: str) -> Receipt:
    """Say whether drafts of a region are published by somebody who did not change them (双人发布).

    Only the system administrator: who publishes cannot take it away. Raises Refused, OutOfScope.
    """

    def work() -> Receipt:
        region = Region.get_or_none(Region.id == region_id)
        if region is None or "system_admin" not in viewer.roles:
            raise OutOfScope
        if not reason.strip():
            raise Refused("请写明原因。", {"reason": "请写明原因。"})
        Region.update(four_eyes=asked).where(Region.id == region.id).execute()
        record(viewer, "four_eyes_set", {"region": region.id, "value": asked, "reason": reason.strip()})
        words = "改过草稿的人不能自己发布" if asked else "不再要求另一人发布"
        return {"region": region.id, "message": f"{region.name}：{words}。"}

    return once(token, work)
