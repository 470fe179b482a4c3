"""Loading checks of panels: what a panel gives must be something that the policy can grade by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forms.findings import Finding

Files = dict[str, list[tuple[str, dict[str, Any]]]]


def panel_findings(files: Files) -> Iterator[Finding]:
    """A panel that gives grades needs named grades without lines; one that gives points needs indicators."""
    grades = [data for _, data in files.get("grades", [])]
    for file, data in files.get("panel", []):
        if data.get("gives") != "grade":
            if data.get("gives") == "points" and not files.get("indicators"):
                yield Finding(file, "gives", "专家组按指标评分，但没有指标体系", 'indicators.toml，或 gives = "grade"')
            if data.get("aspects"):
                yield Finding(file, "aspects", "评价方面只用于直接评定档次的专家组", 'gives = "grade"')
            continue
        if any(entry.get("lines") for entry in grades):
            yield Finding(file, "gives", "有分数线，档次由总分定，专家组不能另给档次", "points")
        if not any(entry.get("named") for entry in grades):
            yield Finding(file, "gives", "专家组评定档次，要先写明有哪些档次", "grades.toml 的 named")
