"""The scheme designer's changes as data: whatever is done in whatever order, the draft stays readable and the sums true."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from core.admin.scheme_chart import chart_of
from core.cases import authoring_awards, authoring_lines, authoring_scheme
from core.errors import Refused
from core.policy.checks import check_sources
from core.policy.grades import ORDER
from core.policy.source import parse
from tests import world as w

POSITION = st.integers(0, 9)
STEP = st.sampled_from([-1, 1])
TEXT = st.text("甲乙丙 \"'\\\n#=[]0", max_size=6)
WEIGHT = st.one_of(TEXT, st.decimals(0, 100, places=3, allow_nan=False).map(str))
ACTIONS = st.one_of(
    st.tuples(st.just(authoring_scheme.add_group), TEXT),
    st.tuples(st.just(authoring_scheme.add_indicator), POSITION, TEXT),
    st.tuples(st.just(authoring_scheme.remove_group), POSITION),
    st.tuples(st.just(authoring_scheme.remove_indicator), POSITION),
    st.tuples(st.just(authoring_scheme.move_group), POSITION, STEP),
    st.tuples(st.just(authoring_scheme.move_indicator), POSITION, STEP),
    st.tuples(st.just(authoring_scheme.place_indicator), POSITION, POSITION, st.one_of(st.none(), POSITION)),
    st.tuples(st.just(authoring_scheme.put_weights), st.dictionaries(POSITION, WEIGHT, max_size=3)),
    st.tuples(
        st.just(authoring_scheme.put_indicator), POSITION,
        st.fixed_dictionaries({
            "name": TEXT, "code": TEXT, "group": st.sampled_from(["group_1", "group_2", "elsewhere"]),
            "type": st.just("quantitative"), "weight_points": WEIGHT, "value": TEXT,
            "method.key": st.sampled_from(["", "panel", "linear_to_target", "bands"]),
            "set.linear_to_target.target": WEIGHT, "set.bands.bands": st.sampled_from(["", "1 2\n3 4", "x"]),
        }),
    ),
    st.tuples(
        st.just(authoring_scheme.put_group), POSITION,
        st.fixed_dictionaries({"name": TEXT, "key": TEXT, "weight_points": WEIGHT, "count": st.sampled_from(["", "2"])}),
    ),
)  # fmt: skip


def start() -> dict[str, Any]:
    data: dict[str, Any] = {"key": "x"}
    for name in ("甲", "乙"):
        authoring_scheme.add_group(data, name)
    for group, name in ((0, "一"), (0, "二"), (1, "三")):
        authoring_scheme.add_indicator(data, group, name)
    return data


def attempt(data: dict[str, Any], action: tuple[Any, ...]) -> dict[str, Any]:
    """The draft after an action; a refused one leaves nothing behind, as the verb that keeps drafts sees to."""
    verb, *arguments = action
    changed = copy.deepcopy(data)
    try:
        verb(changed, *arguments)
    except Refused:
        return data
    return changed


@given(st.lists(ACTIONS, max_size=25))
def test_any_actions_in_any_order_keep_the_draft_readable_and_its_sums_true(actions):
    data = start()
    for action in actions:
        data = attempt(data, action)
        text = tomli_w.dumps(data)
        assert parse(text, "") == data
        check_sources({("indicators", "x"): ("indicators", text)}, {})  # told, never broken
        branches = authoring_scheme.tree(data)
        shown = [place for branch in branches for place, _ in branch.indicators]
        assert sorted(shown) == list(range(len(data["indicators"])))
        for branch in branches:
            weights = [Decimal(str(one.get("weight_points", 0))) for _, one in branch.indicators]
            assert branch.total == sum(weights, Decimal(0))
        assert authoring_scheme.total(data) == sum((branch.total for branch in branches), Decimal(0))
        for _, one in authoring_scheme.entries(data, "indicators"):
            chart_of(one, None, None)


@given(st.lists(st.tuples(POSITION, STEP), max_size=20))
def test_moving_loses_no_indicator_and_no_weight(moves):
    data = parse((w.PACK / "policy" / "2023" / "indicators.toml").read_text(encoding="utf-8"), "")
    before = copy.deepcopy(data)
    for place, step in moves:
        authoring_scheme.move_indicator(data, place, step)
        assert {one["code"] for one in data["indicators"]} == {one["code"] for one in before["indicators"]}
    assert authoring_scheme.total(data) == 100


@pytest.mark.parametrize("text", ["groups = 5", "indicators = 'x'", "groups = [1, 2]", "[[indicators]]\nweight_points = 'x'"])
def test_a_text_of_any_shape_is_shown_and_never_fails(text):
    data = parse(f'key = "x"\n{text}\n', "")
    authoring_scheme.tree(data)
    assert authoring_scheme.total(data) == 0
    assert chart_of({}, None, None)
    for action in ((authoring_scheme.add_group, "甲"), (authoring_scheme.remove_indicator, 7)):
        attempt(data, action)


LOWS = st.lists(st.decimals(0, 100, places=2, allow_nan=False), min_size=4, max_size=4)


@given(LOWS, st.sampled_from([Decimal(100), Decimal(120)]))
def test_lines_that_are_kept_cover_every_total_exactly_once(lows, full):
    posted = {"drawn": "true"}
    for grade, low in zip(ORDER, lows, strict=True):
        posted |= {f"name-{grade}": grade, f"from-{grade}": str(low), f"clause-{grade}": "一", f"basis-{grade}": "text"}
    data: dict[str, Any] = {"key": "x"}
    sound = lows == sorted(set(lows), reverse=True) and lows[-1] == 0 and lows[0] < full
    if not sound:
        with pytest.raises(Refused):
            authoring_lines.put_lines(data, posted, full)
        return
    authoring_lines.put_lines(data, posted, full)
    assert all(len(one.grades) == 1 for one in authoring_lines.stretches(data, full))
    found = check_sources({("grades", "x"): ("grades", tomli_w.dumps(data))}, {})
    assert [f.key for f in found] == ([] if full == 100 else ["lines.0.at_most"]), "without a scheme, 100 is full"


@given(st.dictionaries(st.sampled_from(ORDER), st.one_of(TEXT, st.integers(0, 10**9).map(str)), max_size=4))
def test_a_new_row_of_the_award_table_is_kept_whole_or_not_at_all(cells):
    data: dict[str, Any] = {"key": "x", "amounts": []}
    posted = {"title-new": "makerspace", "clause-new": "一"} | {f"yuan-new-{grade}": text for grade, text in cells.items()}
    try:
        authoring_awards.put_amounts(data, posted)
    except Refused:
        assert data["amounts"] == []
        return
    assert {one["grade"]: one["yuan"] for one in data["amounts"]} == {g: int(t) for g, t in cells.items() if t.strip()}
    again = copy.deepcopy(data)
    authoring_awards.put_amounts(again, {f"yuan-0-{one['grade']}": str(one["yuan"]) for one in data["amounts"]})
    assert again == data


def test_the_chart_follows_the_method_of_each_kind():
    entry = {"name": "甲", "weight_points": 5, "clause": "一"}
    step = {"key": "step", "floor": 10, "floor_points": 1, "step": 5, "step_points": 2, "clause": "一", "basis": "reading"}
    chart = chart_of({**entry, "method": step}, None, None)
    assert not isinstance(chart, str) and chart.most == 5 and 20 <= chart.top <= 26 and chart.rows[-1][1] == 5
    target = {"key": "linear_to_target", "target": 40, "clause": "一", "basis": "reading"}
    chart = chart_of({**entry, "method": target}, None, None)
    assert not isinstance(chart, str) and 40 <= chart.top <= 50
    assert "没有写" in str(chart_of({**entry, "method": {"key": "linear_to_target"}}, None, None))
