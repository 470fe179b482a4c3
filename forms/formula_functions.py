"""The functions of the formula language; each builds a step that runs on the caller's values."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from forms.formula_values import (
    Absent,
    Invalid,
    Operand,
    as_number,
    bounded,
    calculate,
    comparison,
    describe,
    merge,
    rounded,
)

Run = Callable[[Mapping[str, object]], Operand]


def _plain(function: Callable[..., Operand]) -> Callable[[list[Run]], Run]:
    """A function of ordinary values: any missing argument makes the result missing."""

    def build(arguments: list[Run]) -> Run:
        def run(values: Mapping[str, object]) -> Operand:
            operands = [argument(values) for argument in arguments]
            missing: Operand = None
            for operand in operands:
                if isinstance(operand, Absent):
                    missing = merge(missing, operand)
            return missing if isinstance(missing, Absent) else function(*operands)

        return run

    return build


def _extreme(sign: str) -> Callable[..., Operand]:
    def pick(*operands: Operand) -> Operand:
        best = operands[0]
        if not isinstance(best, date):
            best = as_number(best)
        for operand in operands[1:]:
            if comparison(sign, operand, best) is True:
                best = operand
        return best

    return pick


def _total(*operands: Operand) -> Operand:
    result = Decimal(0)
    for operand in operands:
        result = calculate("+", result, as_number(operand))
    return result


def _round(number: Operand, places: Operand = Decimal(0)) -> Operand:
    digits = as_number(places)
    if digits != digits.to_integral_value():
        raise Invalid("小数位数要是整数")
    return rounded(as_number(number), int(digits))


def _date(text: Operand) -> date:
    if isinstance(text, date):
        return text
    if isinstance(text, str):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Invalid(f"{describe(text)}不是日期；日期写成 2023-05-01")


def _day(value: Operand) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == len("2023-05"):
        value = f"{value}-01"
    return _date(value)


def _days(start: Operand, end: Operand) -> Operand:
    return Decimal((_day(end) - _day(start)).days)


def _months(start: Operand, end: Operand) -> Operand:
    """Whole months from start to end; the last month counts once its day is reached."""
    first, last = _day(start), _day(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    return Decimal(months - 1 if last.day < first.day else months)


def _if_missing(arguments: list[Run]) -> Run:
    value, default = arguments

    def run(values: Mapping[str, object]) -> Operand:
        result = value(values)
        return default(values) if isinstance(result, Absent) else result

    return run


def _is_missing(arguments: list[Run]) -> Run:
    (value,) = arguments

    def run(values: Mapping[str, object]) -> Operand:
        result = value(values)
        return isinstance(result, Absent) or result == []

    return run


def _has(chosen: Operand, wanted: Operand) -> Operand:
    if not isinstance(chosen, list):
        raise Invalid("has 的第一项要是多选字段")
    return wanted in chosen


def _rows(table: str, values: Mapping[str, object]) -> list[Mapping[str, object]] | Absent:
    rows = values.get(table)
    if rows is None:
        return Absent((table,))
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, Mapping) for row in rows):
        raise Invalid(f"“{table}”不是表格")
    return list(rows)


def _row_count(arguments: list[str]) -> Run:
    (table,) = arguments

    def run(values: Mapping[str, object]) -> Operand:
        rows = _rows(table, values)
        return rows if isinstance(rows, Absent) else Decimal(len(rows))

    return run


def _column_sum(arguments: list[str]) -> Run:
    table, column = arguments

    def run(values: Mapping[str, object]) -> Operand:
        rows = _rows(table, values)
        if isinstance(rows, Absent):
            return rows
        return _total(*(_cell(row.get(column), column) for row in rows))

    return run


def _cell(value: object, column: str) -> Decimal:
    """A cell as a number; an empty cell adds nothing."""
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, Decimal):
        return bounded(value, column)
    if isinstance(value, int) and not isinstance(value, bool):
        return bounded(Decimal(value), column)
    raise Invalid(f"列“{column}”里有不是数字的内容")


FUNCTION_BUILDERS: dict[str, Callable[[list[Any]], Run]] = {
    "min": _plain(_extreme("<")),
    "max": _plain(_extreme(">")),
    "sum": _plain(_total),
    "abs": _plain(lambda number: as_number(number).copy_abs()),
    "round": _plain(_round),
    "floor": _plain(lambda number: rounded(as_number(number), 0, decimal.ROUND_FLOOR)),
    "ceil": _plain(lambda number: rounded(as_number(number), 0, decimal.ROUND_CEILING)),
    "if_missing": _if_missing,
    "is_missing": _is_missing,
    "has": _plain(_has),
    "column_sum": _column_sum,
    "row_count": _row_count,
    "date": _plain(_date),
    "days": _plain(_days),
    "months": _plain(_months),
}
