"""An indicator scheme (指标体系): groups, indicators, weights, and how each indicator is scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.errors import Refused
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class MethodUse:
    """The scoring method of an indicator with its settings, and why it is used."""

    key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    clause: str = ""
    basis: str = ""


@dataclass(frozen=True)
class IndicatorGroup:
    """A group of indicators (一级指标)."""

    key: str
    name: str
    weight_points: Decimal | None
    clause: str


@dataclass(frozen=True)
class Indicator:
    """An indicator (二级指标). ``value`` is a formula over the form's fields, empty for qualitative ones.

    A weight below 0 is a deduction (扣分项): its points lie between the weight and 0.
    """

    code: str
    name: str
    group: str
    weight_points: Decimal
    type: str
    clause: str
    basis: str
    method: MethodUse
    value: str = ""
    unit: str = ""
    description: str = ""
    evidence: str = ""

    @property
    def lowest(self) -> Decimal:
        """The fewest points it can give."""
        return min(self.weight_points, Decimal(0))

    @property
    def highest(self) -> Decimal:
        """The most points it can give."""
        return max(self.weight_points, Decimal(0))

    @property
    def quantitative(self) -> bool:
        """Whether the indicator is a figure rather than a judgement."""
        return self.type == "quantitative"


@dataclass(frozen=True)
class Scheme:
    """A scheme of one version. ``combine`` says how several experts' totals become one."""

    key: str
    name: str
    form: str
    groups: tuple[IndicatorGroup, ...]
    indicators: tuple[Indicator, ...]
    combine: str = "mean"

    @property
    def total_weight(self) -> Decimal:
        """The full points: the sum of all weights, deductions apart."""
        return full_points(i.weight_points for i in self.indicators)

    @property
    def lowest(self) -> Decimal:
        """The lowest total: nothing earned and every deduction made."""
        return sum((i.lowest for i in self.indicators), Decimal(0))

    @property
    def codes(self) -> list[str]:
        """The indicators' codes in order."""
        return [indicator.code for indicator in self.indicators]

    def indicator(self, code: str) -> Indicator:
        """The indicator; raises Refused for a code the scheme does not have."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise Refused(f"没有“{code}”这项指标；允许：{'、'.join(self.codes)}", {code: "没有这项指标"})

    def in_group(self, group: str) -> list[Indicator]:
        """The indicators of a group, in order."""
        return [indicator for indicator in self.indicators if indicator.group == group]


def full_points(weights: Iterable[Decimal]) -> Decimal:
    """What all weights make that can be earned."""
    return sum((weight for weight in weights if weight > 0), Decimal(0))


@lru_cache(maxsize=64)
def scheme_of(policy: PolicyVersion, key: str | None = None) -> Scheme:
    """The policy's scheme, read once. Raises NotCovered when the policy has none."""
    data = policy.definition("indicators", key)
    return Scheme(
        key=data["key"],
        name=data.get("name", ""),
        form=data.get("form", ""),
        groups=tuple(
            IndicatorGroup(g["key"], g["name"], _decimal(g.get("weight_points")), g["clause"]) for g in data["groups"]
        ),
        indicators=tuple(_indicator(entry) for entry in data["indicators"]),
        combine=policy.resolve(data.get("combine", "mean")),
    )


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    known = Indicator.__dataclass_fields__
    fields = {name: value for name, value in entry.items() if name in known}
    fields["weight_points"] = _decimal(entry.get("weight_points")) or Decimal(0)
    fields["method"] = read_method(entry.get("method", {"key": "panel"}))
    fields.setdefault("basis", "")
    return Indicator(**fields)


def read_method(data: Mapping[str, Any]) -> MethodUse:
    """A method table; what is not its key, clause or basis is a setting of the method."""
    settings = {k: v for k, v in data.items() if k not in {"key", "clause", "basis"}}
    return MethodUse(data["key"], settings, data.get("clause", ""), data.get("basis", ""))


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
