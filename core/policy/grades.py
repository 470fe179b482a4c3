"""Grade lines: a total, rounded once as declared, decides the grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.policy.numbers import Exact, round_half_up
from core.policy.trace import Step
from core.policy.version import PolicyVersion

# From best to worst; the order in which a ceiling presses a grade down.
ORDER = ("excellent", "good", "qualified", "unqualified")
NAMES = {"excellent": "优秀", "good": "良好", "qualified": "合格", "unqualified": "不合格"}


@dataclass(frozen=True)
class GradeLine:
    """A grade and the lowest total that earns it; ``below`` excludes its figure, ``at_most`` includes it."""

    grade: str
    name: str
    at_least: Decimal
    below: Decimal | None = None
    at_most: Decimal | None = None
    clause: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Grades:
    """The lines of a policy, highest first. ``places`` is the number of decimals a total is rounded to."""

    lines: tuple[GradeLine, ...]
    places: int = 2
    rounding_clause: str = ""
    rounding_basis: str = ""

    def round_total(self, total: Exact) -> Decimal:
        """The total as it is shown and graded: rounded half up, once."""
        return round_half_up(total, self.places)

    def line_for(self, rounded: Decimal) -> GradeLine:
        """The line that a rounded total earns; a policy's lines begin at 0, so there always is one."""
        return line_for(self.lines, rounded) or self.lines[-1]

    def step(self, total: Exact, rounded: Decimal, line: GradeLine) -> Step:
        """The reasoning from the exact total to the grade."""
        reach = f"满 {line.at_least} 分" + (f"、不到 {line.below} 分" if line.below is not None else "")
        return Step(
            text=f"总分四舍五入到 {self.places} 位小数为 {rounded}；{reach}为{line.name}",
            clause=line.clause,
            basis=line.basis,
            inputs={"total": total},
            result=line.grade,
        )


def line_for(lines: Sequence[GradeLine], total: Exact) -> GradeLine | None:
    """The highest line that the total reaches, None when it reaches none."""
    ordered = sorted(lines, key=lambda line: line.at_least, reverse=True)
    return next((line for line in ordered if total >= line.at_least), None)


def grades_of(policy: PolicyVersion, key: str | None = None) -> Grades | None:
    """The policy's grade lines; None where the policy draws none (never another region's)."""
    if not policy.has("grades"):
        return None
    data = policy.definition("grades", key)
    if not data.get("lines"):
        return None
    rounding = data.get("rounding", {})
    return Grades(
        lines=tuple(sorted((_line(entry) for entry in data["lines"]), key=lambda x: x.at_least, reverse=True)),
        places=int(policy.resolve(rounding.get("places", 2))),
        rounding_clause=rounding.get("clause", ""),
        rounding_basis=rounding.get("basis", ""),
    )


def named_grades(policy: PolicyVersion) -> tuple[str, ...]:
    """The grades the policy knows, best first: those of its lines, or those it only names; else all of them."""
    if not policy.has("grades"):
        return ORDER
    data = policy.definition("grades")
    known = {entry["grade"] for entry in [*data.get("lines", []), *data.get("named", [])]}
    return tuple(grade for grade in ORDER if grade in known)


def grade_names(policy: PolicyVersion) -> dict[str, str]:
    """The grades the policy knows, best first, each in the policy's own word."""
    data = policy.definition("grades") if policy.has("grades") else {}
    written = {entry["grade"]: entry["name"] for entry in [*data.get("lines", []), *data.get("named", [])]}
    return {grade: written.get(grade, NAMES[grade]) for grade in named_grades(policy)}


def capped(grade: str, at_most: str) -> str:
    """The worse of the two: a ceiling presses down and never lifts."""
    return max(grade, at_most, key=ORDER.index)


def _line(entry: Mapping[str, Any]) -> GradeLine:
    figures = {
        name: None if entry.get(name) is None else Decimal(str(entry[name]))
        for name in ("at_least", "below", "at_most")
    }
    return GradeLine(
        grade=entry["grade"],
        name=entry["name"],
        at_least=figures["at_least"] or Decimal(0),
        below=figures["below"],
        at_most=figures["at_most"],
        clause=entry.get("clause", ""),
        basis=entry.get("basis", ""),
    )
