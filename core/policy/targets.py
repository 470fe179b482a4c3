"""Whether a performance target is met, missed, or has to be judged by a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.errors import Refused
from core.policy.facts import as_date
from core.policy.numbers import exact
from core.policy.target_text import (
    AT_LEAST,
    AT_MOST,
    BY_DATE,
    EQUAL,
    LESS,
    MISSING,
    MORE,
    TEXT,
    Target,
    TargetSettings,
    read_amount,
    read_day,
)
from core.policy.trace import Step, Trace

_TESTS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    AT_LEAST: lambda actual, value: actual >= value,
    AT_MOST: lambda actual, value: actual <= value,
    EQUAL: lambda actual, value: actual == value,
    MORE: lambda actual, value: actual > value,
    LESS: lambda actual, value: actual < value,
}


@dataclass(frozen=True)
class TargetOutcome:
    """``met`` None: it cannot be told. ``over_fulfilled``: an exact figure was exceeded; never said of a cost.

    ``difference`` is actual minus target; ``needs_explanation`` where an exact figure was not hit.
    """

    met: bool | None
    over_fulfilled: bool
    difference: Fraction | None
    needs_explanation: bool
    flag: str
    trace: Trace


def judge(settings: TargetSettings, target: Target, actual: object, is_cost: bool | None = None) -> TargetOutcome:
    """Compare what was reached with the target, exactly.

    `actual` is a number, a text (是, 96%, 30家) or a date, as the target asks. `is_cost` None: told by the unit.
    Raises Refused when the actual does not fit the target's kind or unit.
    """
    if target.comparator == MISSING or actual is None:
        return _outcome(settings, target, actual, None)
    if target.comparator == BY_DATE:
        return _by_date(settings, target, actual)
    if target.comparator == TEXT:
        return _text(settings, target, actual)
    cost = is_cost if is_cost is not None else is_cost_unit(settings, target.unit)
    reached = _number(target, actual)
    value = Fraction(target.value) if isinstance(target.value, Decimal) else Fraction(0)
    if reached < 0 <= value and target.unit != "%":
        # Only a rate may fall below nothing; -1 hour would be in time for any limit.
        raise Refused(f"实际完成“{actual}”小于 0，请核对。", {"actual": "不能小于 0"})
    comparator = target.comparator or (settings.unsigned_cost if cost else settings.unsigned)
    met = _TESTS[comparator](reached, value)
    missed_exactly = comparator == EQUAL and not met
    return replace(
        _outcome(settings, target, reached, met),
        over_fulfilled=missed_exactly and reached > value and not cost,
        difference=reached - value,
        needs_explanation=missed_exactly,
    )


def is_cost_unit(settings: TargetSettings, unit: str) -> bool:
    """Whether the unit is one of money: 元, 万元, 元/㎡."""
    return unit.split("/", maxsplit=1)[0] in settings.cost_units


def _number(target: Target, actual: object) -> Fraction:
    number = exact(actual)
    if number is not None:
        return number
    amount = read_amount(actual) if isinstance(actual, str) else None
    if amount is None:
        raise Refused(f"实际完成“{actual}”要写成数字。", {"actual": "要写成数字"})
    if amount[1] != target.unit:
        raise Refused(
            f"实际完成“{actual}”的单位与目标“{target.printed}”不一致。", {"actual": f"单位应是“{target.unit}”"}
        )
    return Fraction(amount[0])


def _by_date(settings: TargetSettings, target: Target, actual: object) -> TargetOutcome:
    day = as_date(actual) or (read_day(actual) if isinstance(actual, str) else None)
    if day is None or not isinstance(target.value, date):
        raise Refused(f"实际完成“{actual}”要写成日期，例如 2024-12-20。", {"actual": "要写成日期"})
    return _outcome(settings, target, day, day <= target.value)


def _text(settings: TargetSettings, target: Target, actual: object) -> TargetOutcome:
    if isinstance(actual, bool):
        actual = "是" if actual else "否"
    if not isinstance(actual, str):
        raise Refused(f"实际完成“{actual}”要写成文字，与“{target.value}”对照。", {"actual": "要写成文字"})
    said, wanted = actual.strip(), str(target.value)
    if said == wanted:
        return _outcome(settings, target, said, True)
    for scale in settings.scales:
        if said in scale and wanted in scale:
            return _outcome(settings, target, said, scale.index(said) >= scale.index(wanted))
    return _outcome(settings, target, said, None, flag="两种说法没有写明高低，要由人判断")


def _outcome(
    settings: TargetSettings, target: Target, actual: object, met: bool | None, flag: str = ""
) -> TargetOutcome:
    flag = target.flag or flag
    inputs = {"target": target.printed, "comparator": target.comparator, "value": target.value, "actual": actual}
    text = "目标与实际对照" + (f"：{flag}" if flag else "")
    step = Step(text, settings.clause, "reading" if target.flag else settings.basis, inputs, met)
    return TargetOutcome(met, False, None, False, flag, (step,))
