"""scoring: a scoring method over values. grading: grade lines over totals. Both without any policy."""

from __future__ import annotations

from fractions import Fraction

from core.errors import Refused
from core.policy.facts import known_keys
from core.policy.grades import GradeLine, line_for
from core.policy.numbers import exact, plain, round_half_up
from core.policy.question import Answer, Asked, Given, Question
from core.policy.scheme import Indicator, MethodUse
from core.policy.scoring.method import ScoringMethod
from core.policy.scoring.points import points_for
from core.policy.totals import COMBINATIONS, combine
from core.policy.trace import Step

_OWN = ("method", "max_points", "values", "best")


def _scoring(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    values = _numbers(given.get("values"), "values")
    method = given.get("method")
    if isinstance(method, str) and method in COMBINATIONS:
        known_keys(given, ("method", "values"))
        step = Step(COMBINATIONS[method], "", "reading", {"values": values}, combine(values, method))
        return {"total": round_half_up(combine(values, method)), "rounding": "half_up_2", **_reasons(step)}
    found = policy.methods.get(str(method))
    if found is None or found.points is None:
        computed = [m.key for m in policy.methods.values() if m.points is not None]
        raise Refused(
            f"没有“{method}”这种可计算的评分方法；允许：{'、'.join([*computed, *COMBINATIONS])}。",
            {"method": "没有这种评分方法"},
        )
    scored = [points_for(*args, methods=policy.methods) for args in _arguments(found, given, values)]
    return {
        "points": [one.shown for one in scored],
        "rounding": "half_up_2",
        **_reasons(*(step for one in scored for step in one.trace)),
    }


def _arguments(
    method: ScoringMethod, given: Given, values: list[Fraction]
) -> list[tuple[Indicator, Fraction, Fraction | None]]:
    """What `points_for` takes for each value: an indicator of its own, the value, the best value."""
    limit = exact(given.get("max_points"))
    if limit is None or limit < 0:
        raise Refused("满分（max_points）要写成不小于 0 的数字。", {"max_points": "缺少满分，或者不是数字"})
    settings = {key: value for key, value in given.items() if key not in _OWN}
    method.read_settings(settings)
    indicator = Indicator(
        "value", "数值", "", plain(limit), "quantitative", "", "reading", MethodUse(method.key, settings)
    )
    best = exact(given["best"]) if "best" in given else max(values)
    return [(indicator, value, best if method.needs_reference else None) for value in values]


def _grading(asked: Asked) -> Answer:
    given = asked.given
    known_keys(given, ("lines", "totals"))
    lines = _lines(given.get("lines"))
    totals = _numbers(given.get("totals"), "totals")
    steps = []
    for total in totals:
        line = line_for(lines, round_half_up(total))
        text = f"四舍五入后满 {line.at_least} 为{line.name}" if line else "没有达到任何一条分数线"
        steps.append(Step(text, "", "reading", {"total": total}, line.grade if line else None))
    return {"grades": [step.result for step in steps], "rounding": "total_once_half_up_2", **_reasons(*steps)}


def _lines(given: object) -> list[GradeLine]:
    if not isinstance(given, list) or not given:
        raise Refused("分数线（lines）要写成一列。", {"lines": "要写成一列"})
    lines = []
    for entry in given:
        at_least = exact(entry.get("at_least")) if isinstance(entry, dict) else None
        grade = entry.get("grade") if isinstance(entry, dict) else None
        if at_least is None or not isinstance(grade, str) or set(entry) - {"grade", "at_least"}:
            raise Refused("每条分数线写 grade 和 at_least。", {"lines": "每条写 grade 和 at_least"})
        lines.append(GradeLine(grade, grade, plain(at_least)))
    if len({line.at_least for line in lines}) != len(lines):
        raise Refused("两条分数线写了同一个分数。", {"lines": "分数重复"})
    return lines


def _numbers(given: object, name: str) -> list[Fraction]:
    if not isinstance(given, list) or not given:
        raise Refused(f"“{name}”要写成一列数字。", {name: "要写成一列数字"})
    numbers = []
    for entry in given:
        number = exact(entry)
        if number is None:
            raise Refused(f"“{name}”里的“{entry}”不是数字。", {name: "有的不是数字"})
        numbers.append(number)
    return numbers


def _reasons(*steps: Step) -> Answer:
    return {"trace": [step.as_data() for step in steps], "clauses": []}


BUILT_IN = (
    Question("scoring", "评分方法", _scoring, any_date=True),
    Question("grading", "划分档次", _grading, any_date=True),
)
