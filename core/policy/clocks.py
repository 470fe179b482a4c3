"""Deadlines: the clocks that a policy names, and the public notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from core.errors import Refused
from core.policy.calendar import EnteredDays, WorkingCalendar, add_months
from core.policy.periods import fixed_day
from core.policy.shape import BASES, is_parameter
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
    ``parameter`` names what is to be set while the length is None. ``at_least`` is the shortest that the policy
    allows; a length that is ``stated`` in the policy is the only one.
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
    at_least: int | None = None
    stated: bool = False

    def lasting(self, working_days: int) -> Clock:
        """The same clock over another number of working days. Raises Refused for what the policy does not allow."""
        if self.stated:
            message = f"{self.clause}写明“{self.name}”是 {self.length} {_UNITS[self.kind]}，不能改成别的天数。"
            raise Refused(message, {"working_days": "天数是写明的"})
        if self.at_least is not None and working_days < self.at_least:
            message = f"{self.clause}写明“{self.name}”不少于 {self.at_least} {_UNITS[self.kind]}，{working_days} 不够。"
            raise Refused(message, {"working_days": f"不少于 {self.at_least}"})
        return replace(self, length=working_days, kind="working_days")

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
        moved = "" if opened is None or last_day is None else self._moved(opened, last_day)
        basis = _weakest(self.basis, "reading" if moved else "")
        return Step(f"{self.name}：{length}，{first}{moved}", self.clause, basis, {"from": opened}, last_day)

    def _moved(self, opened: date, last_day: date) -> str:
        """What no region's text says of months and days: a month without such a day, a last day off."""
        length, said = self.length or 0, ""
        if self.kind == "months":
            counted = add_months(opened, length)
            said = "" if counted.day == opened.day else "；那个月没有对应日，取月末"
        elif self.kind == "calendar_days":
            counted = opened + timedelta(days=length - self.counts_opening_day)
        else:
            return ""
        return said if counted == last_day else f"{said}；{counted} 是休息日，顺延到下一个工作日"


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
        _basis(policy, data, data["length"], data["counts_opening_day"]),
        parameter=data["length"][1:] if is_parameter(data["length"]) else "",
        at_least=_least(policy, data),
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
            opening = entry.get("counts_opening_day", False)
            clocks[entry["key"]] = Clock(
                entry["key"],
                entry["name"],
                entry["kind"],
                _whole(policy.resolve(length)),
                bool(policy.resolve(opening)),
                entry["clause"],
                _basis(policy, entry, length, opening),
                entry.get("period", ""),
                length[1:] if is_parameter(length) else "",
                _whole(policy.resolve(entry.get("month"))) or 12,
                stated=length is not None and not is_parameter(length),
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


def _least(policy: PolicyVersion, notice: Mapping[str, Any]) -> int | None:
    """The shortest notice that the policy's text allows: the bound of the parameter, or the length it writes."""
    length = notice["length"]
    if is_parameter(length):
        return policy.parameter(length[1:]).at_least
    return int(length) if notice.get("basis") == "text" else None


def _basis(policy: PolicyVersion, entry: Mapping[str, Any], *figures: object) -> str:
    """The basis of a period: as weak as the weakest of what it is made of."""
    own = entry.get("basis", "")
    return _weakest(*(policy.rests_on(figure, "", own)[1] for figure in figures))


def _weakest(*bases: str) -> str:
    return max(bases, key=lambda basis: BASES.index(basis) if basis in BASES else -1)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
