"""The value of each indicator from a form's answers, as exact fractions.

A ratio is kept as the fraction it is (1/3 stays 1/3): two carriers with the same share then get the same points
to the last digit, whichever way their score is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from core.policy.numbers import exact
from core.policy.scheme import Indicator, Scheme
from core.policy.trace import Step
from forms.formula import compile_formula
from forms.formula_parser import Chain, Literal, Name, Node, Prefix, parse


@dataclass(frozen=True)
class IndicatorValue:
    """An indicator's value. ``state`` is value, missing, division_by_zero or invalid, as in a form's formula."""

    code: str
    value: Fraction | None
    state: str
    missing: tuple[str, ...] = ()
    step: Step = field(default_factory=lambda: Step(""))


def value_of(indicator: Indicator, answers: Mapping[str, object]) -> IndicatorValue:
    """The value of a quantitative indicator from the form's answers; never raises."""
    formula = compile_formula(indicator.value)
    evaluation = formula.evaluate(answers)
    value: Fraction | None = None
    if evaluation.state == "value":
        # A function such as min() is left to the formula itself; plain arithmetic is repeated in fractions.
        value = _fraction(_tree(indicator.value), answers)
        value = exact(evaluation.value) if value is None else value
    state = "invalid" if value is None and evaluation.state == "value" else evaluation.state
    step = Step(
        text=f"{indicator.name} = {indicator.value}" + (f"：{evaluation.reason}" if evaluation.reason else ""),
        clause=indicator.clause,
        basis=indicator.basis,
        inputs={name: answers.get(name) for name in sorted(formula.names)},
        result=value,
    )
    return IndicatorValue(indicator.code, value, state, evaluation.missing, step)


def indicator_values(scheme: Scheme, answers: Mapping[str, object]) -> dict[str, IndicatorValue]:
    """The values of all quantitative indicators, by code."""
    return {i.code: value_of(i, answers) for i in scheme.indicators if i.value}


def exact_value(source: str, values: Mapping[str, object]) -> Fraction | None:
    """Plain arithmetic over numbers, exactly; None where a number is missing, a divisor is zero, or it is no such."""
    return _fraction(_tree(source), values)


@lru_cache(maxsize=1024)
def _tree(source: str) -> Node:
    return parse(source)


def _fraction(node: Node, answers: Mapping[str, object]) -> Fraction | None:
    """The node in exact arithmetic, None where it is more than + - × ÷ over numbers."""
    if isinstance(node, Literal):
        return exact(node.value) if not isinstance(node.value, str) else None
    if isinstance(node, Name):
        value = answers.get(node.name)
        return exact(value) if not isinstance(value, str) else None
    if isinstance(node, Prefix) and node.sign == "-":
        operand = _fraction(node.operand, answers)
        return None if operand is None else -operand
    if isinstance(node, Chain) and node.kind == "number":
        return _chain(node, answers)
    return None


def _chain(node: Chain, answers: Mapping[str, object]) -> Fraction | None:
    result = _fraction(node.first, answers)
    for sign, operand in node.rest:
        right = _fraction(operand, answers)
        if result is None or right is None or (sign == "/" and not right):
            return None
        if sign == "+":
            result += right
        elif sign == "-":
            result -= right
        else:
            result = result * right if sign == "*" else result / right
    return result
