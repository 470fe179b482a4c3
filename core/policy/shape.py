"""Checks data against a declared shape and reports every fault at once, unknown keys included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forms.findings import Finding
from forms.formula import FormulaError, compile_formula

Shape = Mapping[str, "Key"]
BASES = ("text", "reading", "practice")


@dataclass(frozen=True)
class Key:
    """One key of a table: its type, whether it must be there, what it may be.

    Types: text, whole, number, numbers, yes_no, date, texts, formula, value (any scalar), table, tables.
    A "$name" stands for a parameter and fits every type but table and tables.
    """

    type: str = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    shape: Shape | None = None


_NAMES = {
    "text": "加引号的文字",
    "whole": "不小于 0 的整数",
    "number": "数字",
    "numbers": "数字列表",
    "yes_no": "true 或 false",
    "date": "日期，例如 2023-01-17",
    "texts": "文字列表",
    "formula": "加引号的公式",
    "value": "文字、数字、日期或 true、false",
    "table": "一组键和值",
    "tables": "若干组键和值",
}


def is_parameter(value: object) -> bool:
    """Whether the value is a reference to a parameter, like "$notice_working_days"."""
    return isinstance(value, str) and value.startswith("$") and len(value) > 1


def findings_of(data: Mapping[str, Any], shape: Shape, file: str, path: str = "") -> Iterator[Finding]:
    """Every unknown key, missing key, wrong type and value outside the allowed ones."""
    for name in data:
        if name not in shape:
            yield Finding(file, f"{path}{name}", f"没有“{name}”这个键", "、".join(shape))
    for name, key in shape.items():
        if name in data:
            yield from _value(data[name], key, file, f"{path}{name}")
        elif key.required:
            yield Finding(file, f"{path}{name}", f"缺少“{name}”", _NAMES.get(key.type, ""))


def _value(value: object, key: Key, file: str, place: str) -> Iterator[Finding]:
    if key.type == "table" and isinstance(value, dict):
        yield from findings_of(value, key.shape, file, f"{place}.") if key.shape is not None else ()
    elif key.type == "tables" and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            if key.shape is not None:
                yield from findings_of(item, key.shape, file, f"{place}.{index}.")
    elif key.type == "formula" and isinstance(value, str):
        yield from _formula(value, file, place)
    elif not _fits(value, key.type):
        yield Finding(file, place, f"“{value}”的类型不对", _NAMES.get(key.type, key.type))
    elif key.allowed and not is_parameter(value):
        given = value if isinstance(value, list) else [value]
        for item in given:
            if item not in key.allowed:
                yield Finding(file, place, f"不能是“{item}”", "、".join(key.allowed))


def _formula(source: str, file: str, place: str) -> Iterator[Finding]:
    try:
        compile_formula(source)
    except FormulaError as fault:
        yield Finding(file, place, str(fault))


def _fits(value: object, kind: str) -> bool:
    if is_parameter(value):
        return kind not in {"table", "tables"}
    return kind in _TESTS and _TESTS[kind](value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()


_TESTS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "yes_no": lambda value: isinstance(value, bool),
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "whole": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "number": _is_number,
    "numbers": lambda value: isinstance(value, list) and all(_is_number(item) for item in value),
    "value": lambda value: isinstance(value, (str, bool, date)) or _is_number(value),
    "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
}


def figures_without_clause(data: Mapping[str, Any], file: str) -> Iterator[Finding]:
    """Figures (numbers and dates) that no clause vouches for.

    A figure is vouched for by the clause of its own table or of a table around it; the clause at the top of
    the file vouches only for the figures written at the top.
    """
    yield from _figures(data, file, "", "clause" in data)
    for name, value in data.items():
        yield from _inner(value, file, name, False)


def _inner(value: object, file: str, place: str, vouched: bool) -> Iterator[Finding]:
    if isinstance(value, dict):
        vouched = vouched or bool(value.get("clause"))
        yield from _figures(value, file, f"{place}.", vouched)
        for name, inner in value.items():
            yield from _inner(inner, file, f"{place}.{name}", vouched)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inner(item, file, f"{place}.{index}", vouched)


def _figures(table: Mapping[str, Any], file: str, path: str, vouched: bool) -> Iterator[Finding]:
    for name, value in table.items():
        numbers = value if isinstance(value, list) else [value]
        figure = any(isinstance(n, (int, Decimal, date)) and not isinstance(n, bool) for n in numbers)
        if figure and not vouched:
            yield Finding(file, f"{path}{name}", "这个数字没有写依据", '在同一处加 clause，例如 clause = "第十七条"')
