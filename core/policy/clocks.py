"""Deadlines: the clocks that a policy names, and the public notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.errors import Refused
from core.policy.calendar import EnteredDays, WorkingCalendar
from core.policy.periods import fixed_day
from core.policy.shape import is_parameter
from core.policy.trace import Step
from core.policy.version import PolicyVersion

NOTICE = "public_notice"
_UNITS = {"working_days": "个工作日", "calendar_days": "天", "months": "个月"}
_LENGTHS = {"months": "months", "fixed_day": "day"}
_FIXED = {"weekly": "每周第", "monthly": "每月", "quarterly": "每季度最后一个月", "yearly": "每年{month}月"}


@dataclass(frozen=True)
class Clock:
    """A period: ``length`` working days, calendar days or months; None while nobody has set it.

    Of kind fixed_day, ``length`` is the number of the day in each ``period`` (see `periods.fixed_day`); ``month`` is
    the month of a day of the year.
    ``parameter`` names what is to be set while the length is None.
    """

    key: str
    name: str
    kind: str
    length: int | None
    counts_opening_day: bool
    clause: str
    basis: str
    period: str = ""
    parameter: str = ""
    month: int = 12

    def last_day(self, opened: date, calendar: WorkingCalendar) -> date | None:
        """The last day of the period that opened on a day; None while the length is not set.

        A fixed day is that of the week, month, quarter or year in which `opened` lies, and does not move.
        Raises CalendarMissing when the period reaches a year without a calendar.
        """
        if self.length is None:
            return None
        if self.kind == "fixed_day":
            return fixed_day(opened, self.period, self.length, self.month)
        if self.kind == "working_days":
            return calendar.deadline(opened, self.length, self.counts_opening_day)
        if self.kind == "calendar_days":
            return calendar.after_days(opened, self.length, self.counts_opening_day)
        return calendar.after_months(opened, self.length)

    def step(self, opened: date | None, last_day: date | None) -> Step:
        """The reasoning of a deadline."""
        if self.kind == "fixed_day":
            named = _FIXED[self.period].format(month=self.month)
            day = "哪一天没有设定" if self.length is None else f"{named}{self.length}日，当天算按时"
            return Step(f"{self.name}：{day}", self.clause, self.basis, {"from": opened}, last_day)
        first = "当天算起" if self.counts_opening_day else "次日算起"
        length = "长度没有设定" if self.length is None else f"{self.length} {_UNITS[self.kind]}"
        return Step(f"{self.name}：{length}，{first}", self.clause, self.basis, {"from": opened}, last_day)


@dataclass(frozen=True)
class NoticeRules:
    """How a result is noticed in public: the clock, who may object how, and whether a change is noticed again."""

    enabled: bool
    clock: Clock
    person_needs: tuple[str, ...]
    organisation_needs: tuple[str, ...]
    clause: str
    basis: str
    handling_working_days: int | None = None
    notice_again: bool = True


def notice_rules(policy: PolicyVersion) -> NoticeRules:
    """The policy's rules of notice. Raises NotCovered when it has none."""
    data = policy.definition("notice")
    objection = data.get("objection", {})
    clock = Clock(
        NOTICE,
        "公示期",
        data["unit"],
        _whole(policy.resolve(data["length"])),
        bool(policy.resolve(data["counts_opening_day"])),
        data.get("clause", ""),
        data.get("basis", ""),
        parameter=data["length"][1:] if is_parameter(data["length"]) else "",
    )
    return NoticeRules(
        enabled=bool(policy.resolve(data["enabled"])),
        clock=clock,
        person_needs=tuple(objection.get("person_needs", ())),
        organisation_needs=tuple(objection.get("organisation_needs", ())),
        clause=objection.get("clause", data.get("clause", "")),
        basis=objection.get("basis", data.get("basis", "")),
        handling_working_days=_whole(policy.resolve(objection.get("handling_working_days"))),
        notice_again=bool(policy.resolve(data.get("changed_result", {}).get("notice_again", True))),
    )


def clocks_of(policy: PolicyVersion) -> dict[str, Clock]:
    """Every clock by key, the public notice included where the policy has one."""
    clocks = {}
    if policy.has("notice"):
        clocks[NOTICE] = notice_rules(policy).clock
    for key in policy.keys("clocks"):
        for entry in policy.definition("clocks", key)["clocks"]:
            length = entry.get(_LENGTHS.get(entry["kind"], "days"))
            clocks[entry["key"]] = Clock(
                entry["key"],
                entry["name"],
                entry["kind"],
                _whole(policy.resolve(length)),
                bool(policy.resolve(entry.get("counts_opening_day", False))),
                entry["clause"],
                entry.get("basis", ""),
                entry.get("period", ""),
                length[1:] if is_parameter(length) else "",
                _whole(policy.resolve(entry.get("month"))) or 12,
            )
    return clocks


def clock_of(policy: PolicyVersion, key: object) -> Clock:
    """The clock with that key; raises Refused naming the ones there are."""
    clocks = clocks_of(policy)
    if key is None:
        raise Refused(f"没有写是哪一个期限（clock）；允许：{'、'.join(clocks)}。", {"clock": "缺少期限"})
    if not isinstance(key, str) or key not in clocks:
        raise Refused(f"没有“{key}”这个期限；允许：{'、'.join(clocks)}。", {"clock": "没有这个期限"})
    return clocks[key]


def calendar_of(policy: PolicyVersion, entries: EnteredDays | None = None) -> WorkingCalendar:
    """The region's working calendar: national, its own days over it, and what administrators entered."""
    return WorkingCalendar(overlay=policy.region_info.overlay(), entries=entries)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
