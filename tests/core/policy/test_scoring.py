"""Points: each method, its edges, and two ways of scoring a round that must agree."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.builtins import METHODS
from core.policy.scheme import Indicator, IndicatorGroup, MethodUse, Scheme
from core.policy.scoring.points import best_values, points_for, points_of_carrier, points_of_cohort, read_points
from core.policy.totals import combine, group_points


def _indicator(method: str, weight: object = 10, code: str = "X", **settings_: object) -> Indicator:
    use = MethodUse(method, settings_, "第十二条", "reading")
    return Indicator(code, "某项", "g", Decimal(str(weight)), "quantitative", "附件", "text", use, "x")


def _step(value, **changed):
    settings_ = {"floor": 50, "floor_points": 5, "step": 1, "step_points": Decimal("0.1")} | changed
    return points_for(_indicator("step", **settings_), value).points


@pytest.mark.parametrize(
    ("value", "points"), [(49, 0), (50, 5), (Decimal("50.99"), 5), (51, Fraction(51, 10)), (100, 10), (150, 10)]
)
def test_step(value, points):
    assert _step(value) == points


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_step_never_falls_and_stays_within_the_weight(left, right):
    low, high = sorted((left, right))
    assert 0 <= _step(low) <= _step(high) <= 10


@pytest.mark.parametrize(
    ("value", "best", "points"), [(1, 3, Fraction(10, 3)), (3, 3, 10), (0, 0, 0), (0, 5, 0), (-2, -1, 0)]
)
def test_linear_to_best(value, best, points):
    assert points_for(_indicator("linear_to_best"), value, best).points == points


def test_a_better_value_than_the_frozen_best_earns_no_more_than_the_weight():
    assert points_for(_indicator("linear_to_best"), 12, 10).points == 10


@pytest.mark.parametrize(("value", "points"), [(0, 0), (50, 5), (100, 10), (300, 10)])
def test_linear_to_target(value, points):
    assert points_for(_indicator("linear_to_target", target=100), value).points == points


@pytest.mark.parametrize(("value", "points"), [(49, 0), (50, 4), (79, 4), (80, 10)])
def test_bands(value, points):
    bands = [{"at_least": 50, "points": 4}, {"at_least": 80, "points": 10}]
    assert points_for(_indicator("bands", bands=bands), value).points == points


def test_an_undefined_value_gets_the_points_the_policy_says():
    assert points_for(_indicator("linear_to_best"), None).points == 0
    assert points_for(_indicator("linear_to_best"), None, undefined=2).points == 2


@pytest.mark.parametrize(
    ("indicator", "reference"),
    [
        (_indicator("panel"), None),
        (_indicator("linear_to_best"), None),
        (_indicator("nothing"), 1),
        (_indicator("linear_to_target", target=0), None),
        (_indicator("linear_to_target"), None),
        (_indicator("linear_to_best", target=3), 1),
        (_indicator("bands", bands=[]), None),
        (_indicator("bands", bands=[{"at_least": 1, "points": 1}, {"at_least": 1, "points": 2}]), None),
    ],
)
def test_what_cannot_be_computed_is_refused(indicator, reference):
    with pytest.raises(Refused):
        points_for(indicator, 1, reference)


def test_the_trace_says_value_best_and_clause():
    (step,) = points_for(_indicator("linear_to_best"), 1, 4).trace
    assert (step.inputs["value"], step.inputs["best"], step.clause) == (1, 4, "第十二条")


SCHEME = Scheme(
    "s",
    "体系",
    "f",
    (IndicatorGroup("g", "组", Decimal(30), "附件"),),
    (
        _indicator("linear_to_best", "8", "A"),
        _indicator("step", "6", "B", floor=2, floor_points=1, step=3, step_points="0.3"),
        _indicator("linear_to_target", "5", "C", target="7"),
        _indicator("bands", "6", "D", bands=[{"at_least": 1, "points": 2}, {"at_least": 5, "points": "5.5"}]),
        _indicator("panel", "5", "E"),
    ),
)
_VALUES = st.fixed_dictionaries(
    {code: st.one_of(st.none(), st.fractions(0, 50, max_denominator=40)) for code in "ABCD"}
)


@settings(max_examples=200)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), _VALUES, min_size=1, max_size=6))
def test_one_by_one_and_the_whole_round_agree_to_the_last_digit(cohort):
    best = best_values(SCHEME, cohort)
    table = points_of_cohort(SCHEME, cohort)
    for carrier, values in cohort.items():
        one = {code: scored.points for code, scored in points_of_carrier(SCHEME, values, best).items()}
        assert one == table[carrier]
        assert "E" not in one
        assert group_points(SCHEME, one)["g"] == sum(table[carrier].values())


@given(st.lists(st.fractions(0, 100), min_size=1, max_size=9), st.randoms())
def test_the_mean_does_not_depend_on_the_order_of_the_experts(totals, random):
    shuffled = list(totals)
    random.shuffle(shuffled)
    for how in ("mean", "trimmed_mean"):
        assert combine(totals, how) == combine(shuffled, how)
        assert min(totals) <= combine(totals, how) <= max(totals)


def test_trimmed_mean_leaves_out_one_of_each_end():
    assert combine([60, 60, 90, 99, 99], "trimmed_mean") == Fraction(60 + 90 + 99, 3)
    assert combine([80, 90], "trimmed_mean") == 85


@pytest.mark.parametrize(("totals", "how"), [([], "mean"), ([1], "median")])
def test_combining_refuses_nothing_and_unknown_ways(totals, how):
    with pytest.raises(Refused):
        combine(totals, how)


def test_wrong_points_are_named_before_missing_ones():
    with pytest.raises(Refused) as refusal:
        read_points(SCHEME, {"A": 9, "B": -1, "Z": 1, "C": "x", "D": True})
    assert set(refusal.value.fields) == {"A", "B", "Z", "C", "D"}
    with pytest.raises(Refused) as refusal:
        read_points(SCHEME, {"A": 8, "B": 0})
    assert set(refusal.value.fields) == {"C", "D", "E"}


def test_every_built_in_method_is_used_above():
    assert set(METHODS) == {indicator.method.key for indicator in SCHEME.indicators}


@pytest.mark.parametrize(("complaints", "points"), [(0, 0), (1, -2), (4, -8), (5, -10), (9, -10)])
def test_a_deduction_lies_between_its_weight_and_nothing(complaints, points):
    deduction = _indicator("linear_to_target", -10, target=5)
    scored = points_for(deduction, complaints)
    assert scored.points == points
    assert "至多扣 10 分" in scored.trace[0].text
    scheme = Scheme("s", "", "", (IndicatorGroup("g", "组", None, ""),), (deduction, _indicator("panel", 30, "Y")))
    assert (scheme.total_weight, scheme.lowest) == (30, -10)
    cohort = points_of_cohort(Scheme("s", "", "", scheme.groups, (deduction,)), {"a": {"X": complaints}})
    assert cohort["a"]["X"] == points
    assert read_points(scheme, {"X": -3, "Y": 30})["X"] == -3
    for wrong in (1, -11):
        with pytest.raises(Refused, match="不在 -10 至 0 之间"):
            read_points(scheme, {"X": wrong, "Y": 30})
