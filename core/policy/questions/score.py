"""score: points or experts' totals → total and grade. determination: total or grade and facts → result."""

from __future__ import annotations

from fractions import Fraction

from core.errors import Refused
from core.policy.determination import Determination, determine
from core.policy.panel import panel_rules
from core.policy.question import Answer, Asked, Given, Question
from core.policy.scheme import Scheme, scheme_of
from core.policy.scoring.points import read_points
from core.policy.totals import COMBINATIONS, combine, group_points, read_totals
from core.policy.trace import Step, clauses_of
from core.policy.version import PolicyVersion

_OWN = frozenset({"points", "expert_totals", "combine"})


def _score(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    scheme = scheme_of(policy)
    if ("points" in given) == ("expert_totals" in given):
        raise Refused(
            "请给出各项得分（points）或者各位专家的总分（expert_totals），二者取一。",
            {"points": "二者取一", "expert_totals": "二者取一"},
        )
    total, step, answer = _by_points(scheme, given) if "points" in given else _by_experts(policy, scheme, given)
    facts = {key: value for key, value in given.items() if key not in _OWN}
    result = determine(policy, {**facts, "total": total})
    described = describe(result)
    described["trace"] = [step.as_data(), *described["trace"]]
    described["clauses"] = clauses_of([step, *result.trace])
    return described | answer


def _by_points(scheme: Scheme, given: Given) -> tuple[Fraction, Step, Answer]:
    points = read_points(scheme, _table(given["points"]))
    total = sum(points.values(), Fraction(0))
    groups = group_points(scheme, points)
    names = {group.key: group.name for group in scheme.groups}
    clause = next(i.clause for i in scheme.indicators)
    step = Step("各项得分相加", clause, "text", points, total)
    return total, step, {"group_points": {names[key]: sum_ for key, sum_ in groups.items()}}


def _by_experts(policy: PolicyVersion, scheme: Scheme, given: Given) -> tuple[Fraction, Step, Answer]:
    totals = read_totals(given["expert_totals"], scheme.total_weight, scheme.lowest)
    how = given.get("combine", scheme.combine)
    total = combine(totals, how)
    clause, basis, enough = "", "reading", None
    for parameter in policy.parameters.values():
        if parameter.key == "expert_combination":
            clause, basis = parameter.clause, parameter.basis
    if policy.has("panel"):
        enough = len(totals) >= panel_rules(policy).minimum
    step = Step(f"专家总分合并：{COMBINATIONS[how]}", clause, basis, {"expert_totals": totals}, total)
    return total, step, {"combine": how, "enough_experts": enough}


def _determination(asked: Asked) -> Answer:
    return describe(determine(asked.policy, asked.given))


def describe(result: Determination) -> Answer:
    """A determination as plain data: each consequence under its own name beside grade, total and money."""
    return {
        "grade": result.grade,
        "total": result.total,
        "vetoed": result.vetoed,
        "vetoes": list(result.vetoes),
        "award_eligible": result.award_eligible,
        "award_yuan": result.award_yuan,
        **result.consequences,
        "missing": list(result.missing),
        "rounding": "total_once_half_up",
        "trace": [step.as_data() for step in result.trace],
        "clauses": result.clauses,
    }


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Refused("各项得分要写成一组键和值。", {"points": "要写成一组键和值"})
    return value


BUILT_IN = (
    Question("score", "评分", _score),
    Question("determination", "结果认定", _determination),
)
