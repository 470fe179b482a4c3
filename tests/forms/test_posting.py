"""Posted pages: what is readable becomes answers, what is not stays as typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.compile import CompiledForm, compiled
from forms.definition import load_form
from tests.forms.conftest import FORM

Make = Callable[..., CompiledForm]


def post(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(pairs)


def test_answers_are_canonical(form: CompiledForm) -> None:
    parsed = form.parse(
        post(("area_m2", "１,８６０.50"), ("staff", " 6 "), ("has_fund", "yes"), ("fund", "12.5万元"), ("reason", "")),
        "basics",
        {},
    )
    assert parsed.answers == {"area_m2": "1860.5", "staff": 6, "has_fund": True, "fund": "12.5"}
    assert parsed.errors == parsed.raw == {}


def test_a_draft_keeps_what_cannot_be_read(form: CompiledForm) -> None:
    parsed = form.parse(post(("area_m2", "很大"), ("staff", "六")), "basics", {"area_m2": "100", "trained": 2})
    assert parsed.answers == {"trained": 2}
    assert parsed.raw == {"area_m2": "很大", "staff": "六"}
    assert set(parsed.errors) == {"area_m2", "staff"}


def test_mending_clears_what_was_kept(form: CompiledForm) -> None:
    parsed = form.parse(post(("staff", "6")), "basics", {}, {"staff": "六", "orgs.0.times": "多"})
    assert parsed.answers == {"staff": 6}
    assert parsed.raw == {"orgs.0.times": "多"}


def test_out_of_range_is_kept_and_said(form: CompiledForm) -> None:
    parsed = form.parse(post(("area_m2", "100001")), "basics", {})
    assert parsed.answers == {"area_m2": "100001"}
    assert parsed.raw == {}
    assert parsed.errors == {"area_m2": ["不能大于 100,000 平方米，请核对"]}


def test_what_was_not_posted_stays_and_what_was_emptied_goes(form: CompiledForm) -> None:
    stored = {"area_m2": "5", "staff": 6, "services": ["a"], "orgs": [{"name": "甲"}]}
    parsed = form.parse(post(("area_m2", "")), "basics", stored)
    assert parsed.answers == {"staff": 6, "services": ["a"], "orgs": [{"name": "甲"}]}
    emptied = form.parse(post(("services", ""), ("orgs", "")), "partners", stored)
    assert emptied.answers == {"area_m2": "5", "staff": 6}


def test_other_sections_are_not_touched_by_forged_names(form: CompiledForm) -> None:
    parsed = form.parse(post(("services", "a"), ("share", "99"), ("unknown", "x"), ("lease", "x")), "basics", {})
    assert parsed.answers == {}


def test_whole_form(form: CompiledForm) -> None:
    parsed = form.parse(post(("staff", "6"), ("services", ""), ("services", "b"), ("services", "a")), None, {})
    assert parsed.answers == {"staff": 6, "services": ["a", "b"]}


def test_rows(form: CompiledForm) -> None:
    parsed = form.parse(
        post(
            ("orgs", ""),
            ("orgs__0__name", "甲"), ("orgs__0__kind", "law"), ("orgs__0__times", "1,200"),
            ("orgs__1__name", " "), ("orgs__1__kind", ""), ("orgs__1__times", ""),
            ("orgs__4__name", "乙"), ("orgs__4__kind", "法律"), ("orgs__4__times", "多"),
        ),
        "partners",
        {},
    )  # fmt: skip
    assert parsed.answers == {"orgs": [{"name": "甲", "kind": "law", "times": 1200}, {"name": "乙", "kind": "law"}]}
    assert parsed.raw == {"orgs.1.times": "多"}
    assert list(parsed.errors) == ["orgs.1.times"]


ROWS = (("orgs", ""), ("orgs__0__name", "甲"), ("orgs__1__name", "乙"))


def test_add_and_remove_a_row(form: CompiledForm) -> None:
    added = form.parse(post(*ROWS, ("add_row", "orgs")), "partners", {})
    assert added.answers["orgs"] == [{"name": "甲"}, {"name": "乙"}, {}]
    removed = form.parse(post(*ROWS, ("remove_row", "orgs.0")), "partners", {})
    assert removed.answers["orgs"] == [{"name": "乙"}]


def test_a_blank_row_on_the_page_stays_when_another_is_asked_for(form: CompiledForm) -> None:
    blank = post(("orgs", ""), ("orgs__0__name", ""), ("add_row", "orgs"))
    assert form.parse(blank, "partners", {}).answers["orgs"] == [{}, {}]
    assert "orgs" not in form.parse(post(("orgs", ""), ("orgs__0__name", "")), "partners", {}).answers


def test_ten_rows_at_once_and_never_without_bound(form: CompiledForm) -> None:
    ten = form.parse(post(*ROWS, ("add_row", "orgs.10")), "partners", {})
    assert len(ten.answers["orgs"]) == 12
    flood = form.parse(post(*ROWS, ("add_row", "orgs.999999")), "partners", {})
    assert len(flood.answers["orgs"]) == 52


def test_removing_a_row_moves_what_was_typed_below_it(form: CompiledForm) -> None:
    pairs = post(*ROWS, ("orgs__1__times", "多"), ("remove_row", "orgs.0"))
    assert form.parse(pairs, "partners", {}, {"orgs.1.times": "多"}).raw == {"orgs.0.times": "多"}


@pytest.mark.parametrize("name", ["orgs__²__name", "orgs__-1__name", "orgs__999999__name", "orgs____name", "orgs__x"])
def test_forged_row_names_are_nothing(form: CompiledForm, name: str) -> None:
    assert form.parse(post((name, "x")), "partners", {}).answers == {}


def test_two_tables_with_like_names(one_field: Make) -> None:
    columns = [{"key": "data", "label": "数", "type": "integer"}, {"key": "errors", "label": "误", "type": "text"}]
    form = one_field(
        {"key": "t", "label": "表", "type": "table", "columns": columns},
        {"key": "t_2", "label": "表二", "type": "table", "columns": columns},
        {"key": "data", "label": "数", "type": "integer"},
        {"key": "validate", "label": "验", "type": "text"},
    )
    parsed = form.parse(post(("t_2__0__data", "2"), ("t__0__errors", "x"), ("data", "1"), ("validate", "v")), "s", {})
    assert parsed.answers == {
        "t": [{"errors": "x"}],
        "t_2": [{"data": 2}],
        "data": 1,
        "validate": "v",
    }


NAMES = [
    "area_m2", "staff", "has_fund", "fund", "reason", "orgs", "orgs__0__name", "orgs__0__times", "orgs__1__kind",
    "services", "add_row", "remove_row", "share", "lease",
]  # fmt: skip
VALUES = st.one_of(st.sampled_from(["6", "1,200", "yes", "law", "a", "orgs", "orgs.0", ""]), st.text(max_size=12))


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=14))
def test_no_post_is_refused_and_saving_again_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    form = compiled(load_form(FORM, "f.toml"))
    parsed = form.parse(MultiDict(pairs), None, {})
    form.check(parsed.answers, {}, parsed.raw)
    again = form.from_json(form.to_json(parsed.answers))
    assert again.answers == parsed.answers
    assert set(again.errors) <= set(parsed.errors)
