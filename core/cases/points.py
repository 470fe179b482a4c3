"""The points of a case from all sheets that count: every indicator's mean and how it came about, and the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.cases import panels, scoring
from core.errors import Refused
from core.models import Case, ScoreSheet
from core.policy.totals import combine, group_points, sheet_total


def points_of(case: Case, reference: scoring.Reference | None = None) -> dict[str, Any]:
    """Every indicator's points and the combined total of the counting sheets, exact.

    Raises Refused with fewer sheets than the policy asks for.
    """
    ground = scoring.ground_of(case, reference)
    state = scoring.panel_state(case, panels.rules_of(case).minimum)
    if not state.complete:
        raise Refused("专家评分还没有到齐，不能认定。")
    sheets = [(sheet, scoring.sheet_points(ground, sheet)) for sheet in state.signed]
    totals = [sheet_total(ground.scheme, points) for _, points in sheets]
    means = {
        code: sum((points[code] for _, points in sheets), Fraction(0)) / len(sheets) for code in ground.scheme.codes
    }
    return {
        "total": combine(totals, ground.scheme.combine),
        "totals": totals,
        "indicators": _explained(ground, sheets, means),
        "groups": group_points(ground.scheme, means),
    }


def _explained(
    ground: scoring.Ground, sheets: Sequence[tuple[ScoreSheet, Mapping[str, Fraction]]], means: Mapping[str, Fraction]
) -> dict[str, Any]:
    explained = {}
    for indicator in ground.scheme.indicators:
        code = indicator.code
        value, computed = ground.values.get(code), ground.computed.get(code)
        steps = ([value.step.as_data()] if value else []) + [s.as_data() for s in (computed.trace if computed else ())]
        changed = [s.changes[code]["reason"] for s, _ in sheets if code in s.changes]
        steps.append(
            {
                "text": f"{len(sheets)} 位专家评分的平均" + (f"；有专家改动，理由：{'；'.join(changed)}" if changed else ""),
                "clause": indicator.clause,
                "basis": indicator.basis,
                "inputs": {"points": [str(points[code]) for _, points in sheets]},
                "result": str(means[code]),
            }
        )
        explained[code] = {
            "points": str(means[code]),
            "weight": str(indicator.weight_points),
            "value": None if value is None or value.value is None else str(value.value),
            "trace": steps,
        }
    return explained
