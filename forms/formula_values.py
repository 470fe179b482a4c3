"""What a formula calculates with: exact decimals, texts, dates, true/false, and "not there yet"."""

from __future__ import annotations

import decimal
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Value = Decimal | bool | str | date | None


@dataclass(frozen=True, slots=True)
class Absent:
    """Some value is missing; ``names`` says which, in the order the formula meets them."""

    names: tuple[str, ...]


Operand = Value | Absent | list[object]


class Invalid(Exception):
    """The data do not fit the formula, e.g. a text where a number is due; carries the reason."""


class DivisionByZero(Exception):
    """A divisor is zero."""


# Own context: exact beyond any sum of money in 分, bounded so that no data can make a number explode.
_EXACT = decimal.Context(
    prec=40,
    rounding=decimal.ROUND_HALF_UP,
    Emax=60,
    Emin=-60,
    traps=[decimal.InvalidOperation, decimal.Overflow, decimal.DivisionByZero],
)


def scalar(name: str, value: object) -> Operand:
    """One value of the caller as the formula may use it; raises Invalid for what is not exact."""
    if value is None or value == "":
        return Absent((name,))
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, Decimal)):
        return bounded(Decimal(value), name)
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, (list, tuple)):
        return list(value)
    raise Invalid(f"“{name}”的值不是数字、文字、日期或是非")


def bounded(number: Decimal, name: str) -> Decimal:
    """The number itself; raises Invalid for infinities and for anything above 10 to the 30th."""
    if not number.is_finite() or number.adjusted() > 30:
        raise Invalid(f"“{name}”的数字太大")
    return number


def merge(left: Operand, right: Operand) -> Absent:
    """Both sides' missing names, each once."""
    names = [
        *(left.names if isinstance(left, Absent) else ()),
        *(right.names if isinstance(right, Absent) else ()),
    ]
    return Absent(tuple(dict.fromkeys(names)))


def as_number(value: Operand) -> Decimal:
    """The value as a number; raises Invalid for text, dates and true/false."""
    if isinstance(value, Decimal):
        return value
    raise Invalid(f"{describe(value)}不能当作数字计算")


def as_truth(value: Operand) -> bool | Absent:
    """The value as a condition; raises Invalid for anything but true/false."""
    if isinstance(value, (bool, Absent)):
        return value
    raise Invalid(f"{describe(value)}不能当作条件")


def describe(value: Operand) -> str:
    """The value in a reason, shortened."""
    if isinstance(value, bool):
        return "“是”" if value else "“否”"
    if isinstance(value, list):
        return "多选项或表格"
    return f"“{str(value)[:40]}”"


def arithmetic(sign: str, left: Operand, right: Operand) -> Operand:
    """``left sign right`` in exact decimals; a missing side makes the result missing."""
    if isinstance(left, Absent) or isinstance(right, Absent):
        return merge(left, right)
    if sign == "-" and isinstance(left, date) and isinstance(right, date):
        return Decimal((left - right).days)
    return calculate(sign, as_number(left), as_number(right))


def calculate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    """Raises DivisionByZero, and Invalid when the result is beyond any meaningful figure."""
    if sign == "/" and not right:
        raise DivisionByZero
    try:
        if sign == "+":
            return _EXACT.add(left, right)
        if sign == "-":
            return _EXACT.subtract(left, right)
        if sign == "*":
            return _EXACT.multiply(left, right)
        return _EXACT.divide(left, right)
    except ArithmeticError:
        raise Invalid("结果超出可计算的范围") from None


def negated(value: Operand) -> Operand:
    """``-value``."""
    return value if isinstance(value, Absent) else as_number(value).copy_negate()


def rounded(number: Decimal, places: int, rounding: str = decimal.ROUND_HALF_UP) -> Decimal:
    """Half up, as people round; ``places`` 0 to 20. Raises Invalid beyond 40 digits."""
    if not 0 <= places <= 20:
        raise Invalid("小数位数只能是 0 至 20")
    try:
        return number.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_EXACT)
    except ArithmeticError:
        raise Invalid("结果超出可计算的范围") from None


def comparison(sign: str, left: Operand, right: Operand) -> bool | Absent:
    """Numbers with numbers, texts with texts, dates with dates; anything mixed is invalid, not false."""
    if isinstance(left, Absent) or isinstance(right, Absent):
        return merge(left, right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _ordered(sign, left.compare(right, _EXACT) if left != right else Decimal(0))
    if isinstance(left, bool) or isinstance(right, bool):
        return _same(sign, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(sign, Decimal((left > right) - (left < right)))
    if isinstance(left, date) and isinstance(right, date):
        return _ordered(sign, Decimal((left - right).days))
    raise Invalid(f"{describe(left)}与{describe(right)}种类不同，不能比较")


def _same(sign: str, left: Operand, right: Operand) -> bool:
    if not (isinstance(left, bool) and isinstance(right, bool)) or sign not in {"==", "!="}:
        raise Invalid(f"{describe(left)}与{describe(right)}不能这样比较")
    return (left == right) is (sign == "==")


def _ordered(sign: str, difference: Decimal) -> bool:
    if sign in {"==", "!="}:
        return (not difference) is (sign == "==")
    if sign in {"<", "<="}:
        return difference < 0 or (sign == "<=" and not difference)
    return difference > 0 or (sign == ">=" and not difference)
