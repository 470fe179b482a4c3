"""The one small expression language of the product: indicators, conditions, awards, checks.

Numbers are exact decimals; division by zero and missing data are states of the result, never a guess.

>>> compile_formula("service_staff ÷ tenants * 100").evaluate({"service_staff": 3, "tenants": 8}).value
Decimal('37.500')
>>> compile_formula("a + b").evaluate({"a": 1}).missing
('b',)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from forms.formula_functions import FUNCTION_BUILDERS
from forms.formula_parser import (
    TABLE_FUNCTIONS,
    Call,
    Chain,
    FormulaError,
    Literal,
    Name,
    Node,
    Prefix,
    parse,
)
from forms.formula_values import (
    Absent,
    DivisionByZero,
    Invalid,
    Operand,
    Value,
    arithmetic,
    as_truth,
    comparison,
    merge,
    negated,
    scalar,
)

__all__ = ["Evaluation", "Formula", "FormulaError", "compile_formula"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a formula gave: ``state`` is ``value``, ``missing``, ``division_by_zero`` or ``invalid``.

    ``value`` is None unless the state is ``value``; ``missing`` names what has no value yet.
    """

    state: str
    value: Value = None
    missing: tuple[str, ...] = ()
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why there is no value, for people; empty when there is one."""
        if self.state == "missing":
            return "尚缺：" + "、".join(self.missing)
        if self.state == "division_by_zero":
            return "除数为零，无法计算"
        return self.detail


@dataclass(frozen=True, eq=False)
class Formula:
    """A checked formula; evaluating it never raises, whatever the data.

    ``names`` is everything it needs; ``tables`` and ``columns`` say which of it are tables and their columns.
    """

    source: str
    names: frozenset[str]
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    _run: Callable[[Mapping[str, object]], Operand]

    def evaluate(self, values: Mapping[str, object]) -> Evaluation:
        """Absent, None and empty text count as missing; a float is invalid, because it is not exact."""
        try:
            result = self._run(values)
        except DivisionByZero:
            return Evaluation("division_by_zero")
        except Invalid as fault:
            return Evaluation("invalid", detail=str(fault))
        if isinstance(result, Absent):
            return Evaluation("missing", missing=result.names)
        if isinstance(result, list):
            return Evaluation("invalid", detail="多选项或表格不能直接作为结果")
        return Evaluation("value", result)

    def holds(self, values: Mapping[str, object]) -> bool:
        """True only for a condition that is certainly met; missing data never meets a condition."""
        outcome = self.evaluate(values)
        return outcome.state == "value" and outcome.value is True


@lru_cache(maxsize=4096)
def compile_formula(source: str) -> Formula:
    """Check and compile; raises FormulaError, whose message says what, where and what is allowed."""
    tree = parse(source)
    nodes = list(_walk(tree))
    calls = [node for node in nodes if isinstance(node, Call) and node.function in TABLE_FUNCTIONS]
    names = {node.name for node in nodes if isinstance(node, Name)}
    tables = frozenset(_text(node.arguments[0]) for node in calls)
    columns = frozenset(
        (_text(node.arguments[0]), _text(node.arguments[1])) for node in calls if len(node.arguments) == 2
    )
    return Formula(source, frozenset(names | tables), tables, columns, _build(tree))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Chain):
        yield from _walk(node.first)
        for _, operand in node.rest:
            yield from _walk(operand)
    elif isinstance(node, Prefix):
        yield from _walk(node.operand)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _walk(argument)


def _text(node: Node) -> str:
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else ""


_Run = Callable[[Mapping[str, object]], Operand]


def _build(node: Node) -> _Run:
    if isinstance(node, Literal):
        constant = node.value
        return lambda _values: constant
    if isinstance(node, Name):
        name = node.name
        return lambda values: scalar(name, values.get(name))
    if isinstance(node, Prefix):
        return _prefix(node)
    if isinstance(node, Chain):
        return _CHAINS[node.kind](_build(node.first), [(sign, _build(operand)) for sign, operand in node.rest])
    return _called(node)


def _called(node: Call) -> _Run:
    if node.function in TABLE_FUNCTIONS:
        return FUNCTION_BUILDERS[node.function]([_text(argument) for argument in node.arguments])
    arguments = [_build(argument) for argument in node.arguments]
    return _conditional(*arguments) if node.function == "if" else FUNCTION_BUILDERS[node.function](arguments)


def _prefix(node: Prefix) -> _Run:
    operand = _build(node.operand)
    if node.sign == "-":
        return lambda values: negated(operand(values))

    def opposite(values: Mapping[str, object]) -> Operand:
        truth = as_truth(operand(values))
        return truth if isinstance(truth, Absent) else not truth

    return opposite


def _conditional(value: _Run, condition: _Run, other: _Run) -> _Run:
    def choose(values: Mapping[str, object]) -> Operand:
        truth = as_truth(condition(values))
        if isinstance(truth, Absent):
            return truth
        return value(values) if truth else other(values)

    return choose


def _numbers(first: _Run, rest: list[tuple[str, _Run]]) -> _Run:
    def run(values: Mapping[str, object]) -> Operand:
        result = first(values)
        for sign, operand in rest:
            result = arithmetic(sign, result, operand(values))
        return result

    return run


def _compared(first: _Run, rest: list[tuple[str, _Run]]) -> _Run:
    def run(values: Mapping[str, object]) -> Operand:
        left = first(values)
        outcome: Operand = True
        for sign, operand in rest:
            right = operand(values)
            step = comparison(sign, left, right)
            if step is False:
                return False
            if isinstance(step, Absent):
                outcome = merge(outcome, step)
            left = right
        return outcome

    return run


def _logic(decisive: bool) -> Callable[[_Run, list[tuple[str, _Run]]], _Run]:
    """``or`` is decided by a true operand, ``and`` by a false one, even when others are missing."""

    def build(first: _Run, rest: list[tuple[str, _Run]]) -> _Run:
        operands = [first, *(operand for _, operand in rest)]

        def run(values: Mapping[str, object]) -> Operand:
            outcome: Operand = not decisive
            for operand in operands:
                truth = as_truth(operand(values))
                if truth is decisive:
                    return decisive
                if isinstance(truth, Absent):
                    outcome = merge(outcome, truth)
            return outcome

        return run

    return build


_CHAINS: dict[str, Callable[[_Run, list[tuple[str, _Run]]], _Run]] = {
    "number": _numbers,
    "compare": _compared,
    "and": _logic(False),
    "or": _logic(True),
}
