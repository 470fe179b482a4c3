"""Days and months, however they are typed; stored as ISO text."""

from __future__ import annotations

import re
from datetime import date

from forms.fields.base import BadInput, FieldType, Spec
from forms.fields.numbers import WIDE

_DAY = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?")
_MONTH = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})月?")
_SOLID = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


class DateType(FieldType):
    """A day; ``2023-05-01``, ``2023/5/1``, ``2023年5月1日`` and ``20230501`` are read."""

    key = "date"
    label = "日期"
    options = frozenset({"min", "max"})
    input_type = "date"

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        plain = re.sub(r"\s+", "", text.translate(WIDE))
        match = _DAY.fullmatch(plain) or _SOLID.fullmatch(plain)
        if not match:
            raise BadInput("请把日期写成 2023-05-01 的样子")
        year, month, day = (int(part) for part in match.groups())
        try:
            found = date(year, month, day)
        except ValueError:
            raise BadInput(f"没有 {year}年{month}月{day}日 这一天，请核对") from None
        return _of_this_age(found).isoformat()

    def problems(self, answer: object, spec: Spec) -> list[str]:
        text = str(answer)
        if spec.min is not None and text < spec.min:
            return [f"不能早于 {self.show(spec.min, spec)}，请核对"]
        if spec.max is not None and text > spec.max:
            return [f"不能晚于 {self.show(spec.max, spec)}，请核对"]
        return []

    def typed(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return str(answer)

    def show(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        try:
            day = date.fromisoformat(str(answer))
        except ValueError:
            return str(answer)
        return f"{day.year}年{day.month}月{day.day}日"

    def operand(self, answer: object) -> date:
        return date.fromisoformat(str(answer))

    def limit_fault(self, name: str, limit: str) -> str:  # noqa: ARG002
        try:
            date.fromisoformat(limit)
        except ValueError:
            return '要写成日期，例如 "2023-05-01"'
        return ""


class MonthType(DateType):
    """A month: ``2023-05``."""

    key = "month"
    label = "月份"
    input_type = "month"

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        match = _MONTH.fullmatch(re.sub(r"\s+", "", text.translate(WIDE)))
        if not match or not 1 <= int(match[2]) <= 12:
            raise BadInput("请把月份写成 2023-05 的样子")
        return _of_this_age(date(int(match[1]) or 1, int(match[2]), 1)).isoformat()[:7]

    def show(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        match = _MONTH.fullmatch(str(answer))
        return f"{int(match[1])}年{int(match[2])}月" if match else str(answer)

    def operand(self, answer: object) -> str:  # type: ignore[override]
        return str(answer)

    def limit_fault(self, name: str, limit: str) -> str:  # noqa: ARG002
        return "" if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", limit) else '要写成月份，例如 "2023-05"'


def _of_this_age(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise BadInput(f"年份 {day.year} 不对，请写四位年份，例如 2023")
    return day
