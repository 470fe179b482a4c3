"""Named parameters: what a policy leaves to be read, practised or filled in by the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import Refused
from core.policy.numbers import exact, plain

ParameterValue = str | int | Decimal | bool | date | None


@dataclass(frozen=True)
class Parameter:
    """One parameter. ``value`` None means that the text gives none: it must be asked for, with its source.

    ``basis`` says why the value is what it is: text, reading (our reading of a silent text) or practice.
    ``source`` names the document of a value that was entered later. ``at_least`` and ``at_most`` bound a number:
    what the text allows (公示不少于 5 个工作日), or what makes sense at all (a day of a month).
    """

    key: str
    name: str
    type: str
    clause: str
    basis: str
    value: ParameterValue = None
    unit: str = ""
    allowed: tuple[str, ...] = ()
    ask: str = ""
    note: str = ""
    source: str = ""
    at_least: int | None = None
    at_most: int | None = None

    @property
    def must_be_asked(self) -> bool:
        """Whether somebody has to enter the value before anything that needs it can be decided."""
        return self.value is None

    @property
    def bounds(self) -> str:
        """What the number may be, in words; with the clause where it is the text that says so. Empty without bounds."""
        unit = f" {self.unit}" if self.unit else ""
        low = "" if self.at_least is None else f"不少于 {self.at_least}{unit}"
        high = "" if self.at_most is None else f"不多于 {self.at_most}{unit}"
        stated = (low or high) and self.basis == "text" and self.value is not None
        return "，".join(filter(None, (low, high))) + (f"（{self.clause}）" if stated else "")

    def with_value(self, value: object, source: str = "") -> Parameter:
        """The parameter with a checked value; raises Refused when the value does not fit its type."""
        return replace(self, value=fitting_value(self, value), source=source)


def read_parameters(data: Mapping[str, Any]) -> dict[str, Parameter]:
    """The parameters of a `parameters` definition, by key."""
    parameters = {}
    for entry in data.get("parameters", []):
        fields = {name: entry[name] for name in Parameter.__dataclass_fields__ if name in entry}
        fields["allowed"] = tuple(entry.get("allowed", ()))
        parameters[entry["key"]] = Parameter(**fields)
    return parameters


def fitting_value(parameter: Parameter, value: object) -> ParameterValue:
    """`value` in the parameter's own type; numbers may come as text. Raises Refused naming the parameter."""
    fitted: ParameterValue = None
    if parameter.type == "yes_no":
        fitted = {"true": True, "false": False}.get(str(value).lower())
    elif parameter.type == "choice":
        fitted = value if isinstance(value, str) and value in parameter.allowed else None
    elif parameter.type == "date":
        fitted = _date(value)
    else:
        fitted = _within(parameter, _number(parameter.type, value))
    if fitted is None:
        kind = _KINDS[parameter.type].removeprefix("" if parameter.at_least is None else "不小于 0 的")
        allowed = "、".join(parameter.allowed) or "，".join(filter(None, (kind, parameter.bounds)))
        raise Refused(f"参数“{parameter.name}”不能是“{value}”；允许：{allowed}", {parameter.key: "值不对"})
    return fitted


_KINDS = {
    "whole": "不小于 0 的整数",
    "money_yuan": "不小于 0 的整元数",
    "decimal": "不小于 0 的数字",
    "yes_no": "true 或 false",
    "date": "日期，例如 2023-01-17",
    "choice": "",
}


def _number(kind: str, value: object) -> int | Decimal | None:
    number = exact(value)
    if number is None or number < 0:
        return None
    if kind == "decimal":
        return plain(number)
    return int(number) if number.denominator == 1 else None


def _within(parameter: Parameter, number: int | Decimal | None) -> int | Decimal | None:
    low = parameter.at_least is not None and number is not None and number < parameter.at_least
    high = parameter.at_most is not None and number is not None and number > parameter.at_most
    return None if low or high else number


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
