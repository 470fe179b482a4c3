"""The formula language: exact, explicit about what is missing, closed to everything else."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.formula import FormulaError, compile_formula


def value(source: str, **values: object) -> object:
    outcome = compile_formula(source).evaluate(values)
    assert outcome.state == "value", outcome
    return outcome.value


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("0.1 + 0.2 == 0.3", {}, True),
        ("1 + 2 * 3 - 4 / 8", {}, Decimal("6.5")),
        ("-(2 - 5)", {}, 3),
        ("10 - 2 - 3", {}, 5),
        ("16 / 4 / 2", {}, 2),
        ("（服务人员＋２）×３÷２", {"服务人员": 4}, 9),
        ("a ≥ 3 且 b ≤ 2 或 非 c", {"a": 3, "b": 2, "c": True}, True),
        ("a ≠ 3", {"a": 4}, True),
        ("1 < x <= 3", {"x": 3}, True),
        ("1 < x <= 3", {"x": 1}, False),
        ("10 if grade == “优秀” else 5", {"grade": "优秀"}, 10),
        ("1 if false else 2 if false else 3", {}, 3),
        ("not a and b", {"a": False, "b": True}, True),
        ("min(3，2, 9) + max(1, 2)", {}, 4),
        ("sum(a, b, 1)", {"a": 1, "b": Decimal("0.5")}, Decimal("2.5")),
        ("abs(-3)", {}, 3),
        ("round(2.345, 2)", {}, Decimal("2.35")),
        ("round(2.5)", {}, 3),
        ("round(-2.5)", {}, -3),
        ("floor(-1.2)", {}, -2),
        ("ceil(1.2)", {}, 2),
        ("if_missing(x, 7)", {}, 7),
        ("if_missing(x, 7)", {"x": 1}, 1),
        ("is_missing(x)", {"x": ""}, True),
        ("is_missing(x)", {"x": []}, True),
        ("is_missing(x)", {"x": 0}, False),
        ('has(x, "a")', {"x": ["a", "b"]}, True),
        ('column_sum("t", "c")', {"t": [{"c": Decimal("1.1")}, {"c": None}, {"c": 2}]}, Decimal("3.1")),
        ('row_count("t")', {"t": [{}, {}]}, 2),
        ("d2 - d1", {"d1": date(2023, 5, 1), "d2": date(2023, 5, 31)}, 30),
        ("days(d1, d2)", {"d1": "2023-05-01", "d2": date(2023, 6, 1)}, 31),
        ('months("2020-01-31", "2021-01-30")', {}, 11),
        ('months("2020-01-31", "2021-01-31")', {}, 12),
        ('months("2022-05", "2023-05")', {}, 12),
        ('d < date("2023-06-01")', {"d": date(2023, 5, 31)}, True),
        ('"2023-05" < "2023-06"', {}, True),
        ("a == b", {"a": True, "b": True}, True),
    ],
)
def test_value(source: str, values: dict[str, object], expected: object) -> None:
    assert value(source, **values) == expected


@pytest.mark.parametrize(
    ("source", "values", "state"),
    [
        ("a + 1", {}, "missing"),
        ("a / b", {"a": 1, "b": 0}, "division_by_zero"),
        ("0 / 0", {}, "division_by_zero"),
        ("a + 1", {"a": 0.5}, "invalid"),
        ("a + 1", {"a": "12"}, "invalid"),
        ("a + 1", {"a": True}, "invalid"),
        ("a == 1", {"a": "1"}, "invalid"),
        ("a == 1", {"a": True}, "invalid"),
        ("a and true", {"a": 1}, "invalid"),
        ("a", {"a": Decimal("NaN")}, "invalid"),
        ("a", {"a": Decimal("Infinity")}, "invalid"),
        ("a", {"a": 10**31}, "invalid"),
        ("a * a * a", {"a": 10**30}, "invalid"),
        ("a", {"a": ["x"]}, "invalid"),
        ("a", {"a": {"x": 1}}, "invalid"),
        ('column_sum("t", "c")', {"t": [{"c": "1"}]}, "invalid"),
        ('column_sum("t", "c")', {"t": 5}, "invalid"),
        ('column_sum("t", "c")', {}, "missing"),
        ('row_count("t")', {}, "missing"),
        ("round(1, 0.5)", {}, "invalid"),
        ("round(1, 21)", {}, "invalid"),
        ('date("never")', {}, "invalid"),
        ('has(a, "x")', {"a": "x"}, "invalid"),
    ],
)
def test_state(source: str, values: dict[str, object], state: str) -> None:
    outcome = compile_formula(source).evaluate(values)
    assert outcome.state == state
    assert outcome.value is None
    assert outcome.reason


def test_all_missing_names_are_given_once_in_order() -> None:
    assert compile_formula("b + a + b + c").evaluate({"c": 1}).missing == ("b", "a")


@pytest.mark.parametrize(
    ("source", "expected"),
    [("x or true", True), ("true or x", True), ("x and false", False), ("false and x", False)],
)
def test_missing_does_not_hide_what_is_decided(source: str, expected: bool) -> None:
    assert value(source) is expected


@pytest.mark.parametrize("source", ["x and true", "x or false", "not x", "1 < x < 3", "1 if x else 2"])
def test_missing_stays_missing_where_it_matters(source: str) -> None:
    assert compile_formula(source).evaluate({}).missing == ("x",)


def test_only_a_certain_truth_holds() -> None:
    formula = compile_formula("a > 1")
    assert formula.holds({"a": 2})
    assert not formula.holds({"a": 1})
    assert not formula.holds({})
    assert not formula.holds({"a": "x"})
    assert not compile_formula("2").holds({})


def test_names_tables_and_columns() -> None:
    formula = compile_formula('a + column_sum("t", "c") + if_missing(甲, 0) + row_count("u")')
    assert formula.names == {"a", "t", "u", "甲"}
    assert formula.tables == {"t", "u"}
    assert formula.columns == {("t", "c")}
    assert formula.source.startswith("a + ")


def test_compiled_once() -> None:
    assert compile_formula("cached + 1") is compile_formula("cached + 1")


def test_threads_agree() -> None:
    results: list[object] = []

    def work() -> None:
        results.extend(value("a / 3 * 3 + b", a=1, b=2) for _ in range(200))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 800
    assert len(set(results)) == 1


EXACT = Context(prec=40)
numbers = st.decimals(min_value=-(10**6), max_value=10**6, places=3, allow_nan=False)


@st.composite
def arithmetic(draw: st.DrawFn, depth: int = 4) -> str:
    if depth == 0 or draw(st.booleans()):
        literal = draw(st.sampled_from(["a", "b", "c", "2", "0.125", "3"]))
        return f"-{literal}" if draw(st.booleans()) else literal
    sign = draw(st.sampled_from("+-*"))
    left, right = draw(arithmetic(depth=depth - 1)), draw(arithmetic(depth=depth - 1))
    text = f"{left} {sign} {right}"
    return f"({text})" if draw(st.booleans()) else text


@given(arithmetic(), numbers, numbers, numbers)
def test_equals_python_decimal(source: str, a: Decimal, b: Decimal, c: Decimal) -> None:
    """The same text read by Python with Decimal literals gives the same number, to the last digit."""
    from decimal import localcontext

    python = source.replace("0.125", "Decimal('0.125')")
    python = " ".join(f"Decimal({w})" if w in {"2", "3"} else w for w in python.split())
    names = {"Decimal": Decimal, "a": a, "b": b, "c": c}
    with localcontext(EXACT):
        expected = eval(python, {}, names)
    found = compile_formula(source).evaluate({"a": a, "b": b, "c": c})
    if found.state == "value":
        assert found.value == expected
    else:
        assert found.state == "invalid"
        assert abs(expected) >= Decimal(10) ** 30


@given(numbers, numbers)
def test_division_equals_python_decimal(a: Decimal, b: Decimal) -> None:
    found = compile_formula("a / b").evaluate({"a": a, "b": b})
    if b == 0:
        assert found.state == "division_by_zero"
    else:
        assert found.value == EXACT.divide(a, b)


@given(numbers, numbers, numbers)
def test_comparisons_equal_python(a: Decimal, b: Decimal, c: Decimal) -> None:
    assert value("a < b <= c or a == c", a=a, b=b, c=c) is ((a < b <= c) or a == c)


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(max_size=5), st.dates(),
    st.lists(st.text(max_size=2), max_size=2),
)  # fmt: skip
SOURCES = [
    "a + b * c", "a / b", "a < b < c", "a and b or not c", "a if b else c", "min(a, b, c)", "round(a, b)",
    "floor(a)", "days(a, b)", "months(a, b)", "date(a)", "has(a, b)", 'column_sum("a", "b")', "-a", "sum(a, b)",
    "if_missing(a, b)", "is_missing(a)", 'row_count("c")', "a == b", "a != b",
]  # fmt: skip


@given(st.sampled_from(SOURCES), scalars, scalars, scalars)
def test_never_raises_on_data_and_never_gives_a_float(source: str, a: object, b: object, c: object) -> None:
    outcome = compile_formula(source).evaluate({"a": a, "b": b, "c": c})
    assert outcome.state in {"value", "missing", "division_by_zero", "invalid"}
    assert not isinstance(outcome.value, float)
    assert isinstance(outcome.value, (Decimal, bool, str, date, type(None)))


@given(st.one_of(st.text(max_size=60), st.text("ab1.()+-*/<>=!\"', notifelsemin且或（）×", max_size=60)))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        formula = compile_formula(text)
    except FormulaError as fault:
        assert str(fault).startswith(("公式", "函数"))
    else:
        formula.evaluate({})
