"""scheme: the indicator scheme and the grade lines. indicators: the value of each indicator."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.errors import Refused
from core.policy.facts import known_keys
from core.policy.grades import grades_of
from core.policy.numbers import exact, plain, round_half_up
from core.policy.question import Answer, Asked, Given, Question
from core.policy.questions.check import faults_of
from core.policy.scheme import Indicator, Scheme, scheme_of
from core.policy.trace import Step, clauses_of
from core.policy.values import IndicatorValue, indicator_values
from core.policy.version import PolicyVersion
from forms.formula import compile_formula


def _scheme(asked: Asked) -> Answer:
    policy = asked.policy
    known_keys(asked.given, ())
    answer: Answer = {"grade_lines": _grade_lines(policy)}
    if not policy.has("indicators"):
        answer |= {"indicator_count": None, "total_weight": None, "groups": None, "trace": [], "clauses": []}
        return answer
    scheme = scheme_of(policy)
    steps = [Step(f"{g.name}：{g.weight_points} 分", g.clause, "text", {}, g.weight_points) for g in scheme.groups]
    names = {group.key: group.name for group in scheme.groups}
    return answer | {
        "indicator_count": len(scheme.indicators),
        "total_weight": scheme.total_weight,
        "groups": [{"name": g.name, **_share(scheme.in_group(g.key))} for g in scheme.groups],
        "quantitative": _share(i for i in scheme.indicators if i.quantitative),
        "qualitative": _share(i for i in scheme.indicators if not i.quantitative),
        "group_of": {name: names[i.group] for i in scheme.indicators for name in (i.name, i.code)},
        "weights": {i.code: i.weight_points for i in scheme.indicators},
        "indicators": [_described(i, names[i.group]) for i in scheme.indicators],
        "combine": scheme.combine,
        "trace": [step.as_data() for step in steps],
        "clauses": clauses_of(steps),
    }


def _grade_lines(policy: PolicyVersion) -> list[Answer] | None:
    """The lines, best first; None where the policy draws none."""
    grades = grades_of(policy)
    if grades is None:
        return None
    return [
        {
            "grade": line.grade,
            "name": line.name,
            "at_least": line.at_least,
            "below": line.below,
            "at_most": line.at_most,
            "clause": line.clause,
        }
        for line in grades.lines
    ]


def _share(indicators: Iterable[Indicator]) -> Answer:
    weights = [indicator.weight_points for indicator in indicators]
    return {"count": len(weights), "weight": sum(weights, Decimal(0))}


def _described(indicator: Indicator, group: str) -> Answer:
    return {
        "code": indicator.code,
        "name": indicator.name,
        "group": group,
        "weight": indicator.weight_points,
        "type": indicator.type,
        "unit": indicator.unit,
        "value": indicator.value,
        "evidence": indicator.evidence,
        "method": indicator.method.key,
        "method_basis": indicator.method.basis,
        "clause": indicator.clause,
    }


def _indicators(asked: Asked) -> Answer:
    scheme = scheme_of(asked.policy)
    answers = _answers(scheme, asked.given)
    _refuse_impossible(asked.policy, scheme, answers)
    values = indicator_values(scheme, answers)
    steps = [value.step for value in values.values() if value.state != "missing"]
    return {
        **{code: _shown(value) for code, value in values.items()},
        "missing": sorted({name for value in values.values() for name in value.missing}),
        "undefined": [code for code, value in values.items() if value.state == "division_by_zero"],
        "rounding": "half_up_2",
        "trace": [step.as_data() for step in steps],
        "clauses": clauses_of(steps),
    }


def _answers(scheme: Scheme, given: Given) -> dict[str, object]:
    """The form's answers as exact numbers; raises Refused naming unknown fields and what is no count."""
    known = sorted({n for i in scheme.indicators if i.value for n in compile_formula(i.value).names})
    known_keys(given, known)
    faults: dict[str, str] = {}
    answers: dict[str, object] = {}
    for key, entry in given.items():
        number = exact(entry)
        if entry is None or entry == "":
            continue
        if number is None or number < 0:
            faults[key] = f"“{key}”不能是“{entry}”，应是不小于 0 的数字"
        else:
            answers[key] = plain(number)
    if faults:
        raise Refused("；".join(faults.values()) + "。", faults)
    return answers


def _refuse_impossible(policy: PolicyVersion, scheme: Scheme, answers: dict[str, object]) -> None:
    """Raises Refused for what the scheme's form would not take: half a person, a part above its whole."""
    if not policy.has("form") or scheme.form not in policy.keys("form"):
        return
    wrong, _ = faults_of(policy, scheme.form, answers)
    if wrong:
        faults = {key: f"“{key}”：{'；'.join(messages)}" for key, messages in wrong.items()}
        raise Refused("。".join(faults.values()) + "。", faults)


def _shown(value: IndicatorValue) -> Decimal | None:
    return None if value.value is None else round_half_up(value.value)


BUILT_IN = (
    Question("scheme", "指标体系", _scheme),
    Question("indicators", "指标数值", _indicators),
)
