"""What a scoring method is; the built-in ones and those of plugins are all of this type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.errors import Refused
from core.policy.numbers import exact

Points = Callable[["Fraction", "Fraction", Mapping[str, Any], "Fraction | None"], Fraction]


@dataclass(frozen=True)
class Setting:
    """One setting of a method: ``number`` (may be required to be above 0) or ``bands``."""

    name: str
    type: str = "number"
    above_zero: bool = False


@dataclass(frozen=True)
class ScoringMethod:
    """How a value becomes points.

    ``points(value, max_points, settings, reference)`` is exact arithmetic over fractions; the caller keeps the
    result within 0 and `max_points`. ``reference`` is the best value of the round, given only to methods that
    need it. ``by_panel`` marks methods where people give the points and nothing is computed.
    """

    key: str
    name: str
    points: Points | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)
    needs_reference: bool = False
    by_panel: bool = False

    def read_settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as exact numbers. Raises Refused naming every unknown, missing or unusable one."""
        faults = {key: "没有这项设置" for key in given if key not in self.settings}
        read: dict[str, Any] = {}
        for key, setting in self.settings.items():
            value = _setting(setting, given.get(key))
            if value is None:
                faults[key] = f"{setting.name}没有写，或者不是可用的数字"
            else:
                read[key] = value
        if faults:
            allowed = "、".join(self.settings) or "不需要设置"
            listed = "；".join(f"{key}：{fault}" for key, fault in faults.items())
            raise Refused(f"评分方法“{self.name}”的设置不对：{listed}。允许：{allowed}", faults)
        return read


def _setting(setting: Setting, value: object) -> Any:
    if setting.type == "bands":
        return _bands(value)
    number = exact(value)
    if number is None or (setting.above_zero and number <= 0):
        return None
    return number


def _bands(value: object) -> list[tuple[Fraction, Fraction]] | None:
    """Bands as (at_least, points), highest first; None when they cannot be used."""
    if not isinstance(value, list) or not value:
        return None
    bands = []
    for band in value:
        if not isinstance(band, Mapping) or set(band) != {"at_least", "points"}:
            return None
        at_least, points = exact(band["at_least"]), exact(band["points"])
        if at_least is None or points is None:
            return None
        bands.append((at_least, points))
    if len({at_least for at_least, _ in bands}) != len(bands):
        return None
    return sorted(bands, reverse=True)
