"""Which questions apply, and what is calculated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from forms.compile import CompiledForm
from forms.situation import column_totals, filled_rows, is_blank

Make = Callable[..., CompiledForm]


def number(key: str, **more: object) -> dict[str, object]:
    return {"key": key, "label": key, "type": "integer", **more}


def figure(key: str, formula: str, **more: object) -> dict[str, object]:
    return {"key": key, "label": key, "type": "calculated", "formula": formula, **more}


def test_values_are_exact_and_typed(form: CompiledForm) -> None:
    values = form.formula_values(
        {"area_m2": "1860.5", "staff": 6, "has_fund": True, "fund": "12.5", "services": ["a"],
         "orgs": [{"name": "甲", "times": 3}, {}]}
    )  # fmt: skip
    assert values["area_m2"] == Decimal("1860.5")
    assert values["staff"] == Decimal(6)
    assert values["has_fund"] is True
    assert values["services"] == ["a"]
    assert values["orgs"] == [{"name": "甲", "kind": None, "times": Decimal(3)}]
    assert values["trained"] is None


def test_dates_are_dates(one_field: Make) -> None:
    form = one_field({"key": "d", "label": "日", "type": "date"}, {"key": "m", "label": "月", "type": "month"})
    assert form.formula_values({"d": "2023-05-01", "m": "2023-05"}) == {"d": date(2023, 5, 1), "m": "2023-05"}
    assert form.formula_values({"d": "soon"})["d"] is None


def test_calculated_in_any_order_of_writing(one_field: Make) -> None:
    form = one_field(figure("c", "b * 2"), figure("b", "a + 1"), number("a"))
    assert form.with_calculated({"a": 4}) == {"a": 4, "b": "5", "c": "10"}


def test_missing_and_zero_are_none_with_a_reason(form: CompiledForm) -> None:
    assert form.with_calculated({"trained": 3})["share"] is None
    assert form.calculated({"trained": 3})["share"].missing == ("staff",)
    zero = form.calculated({"trained": 3, "staff": 0})["share"]
    assert (zero.state, zero.reason) == ("division_by_zero", "除数为零，无法计算")


def test_calculated_over_a_table(one_field: Make) -> None:
    table = {"key": "t", "label": "表", "type": "table", "columns": [number("n")]}
    form = one_field(table, figure("s", 'column_sum("t", "n")'), figure("r", 'row_count("t")'))
    assert form.with_calculated({"t": [{"n": 2}, {}, {"n": 3}]})["s"] == "5"
    assert form.with_calculated({"t": [{"n": 2}, {}, {"n": 3}]})["r"] == "2"
    assert form.with_calculated({})["s"] is None


def test_a_typed_calculated_figure_is_not_believed(form: CompiledForm) -> None:
    assert form.with_calculated({"trained": 3, "staff": 6, "share": "99"})["share"] == "50"


def test_hidden_answers_do_not_count(one_field: Make) -> None:
    form = one_field(
        {"key": "q", "label": "问", "type": "yes_no"},
        number("n", show_when="q"),
        number("m", show_when="n > 1"),
        figure("twice", "n * 2", show_when="q"),
    )
    answers = {"q": False, "n": 5, "m": 7}
    assert form.situation(answers).visible == {"q"}
    assert form.submitted(answers) == {"q": False}
    assert form.with_calculated(answers) == answers
    shown = {**answers, "q": True}
    assert form.situation(shown).visible == {"q", "n", "m", "twice"}
    assert form.submitted(shown) == shown


def test_unanswered_conditions_hide(form: CompiledForm) -> None:
    assert "fund" not in form.situation({}).visible


def test_a_hidden_section_hides_its_questions(data: dict[str, object]) -> None:
    from forms.compile import compiled
    from forms.definition import load_form

    data["sections"][1]["show_when"] = "has_fund"  # type: ignore[index]
    form = compiled(load_form(data, "f.toml"))
    assert [s.key for s in form.visible_sections({"has_fund": False})] == ["basics"]
    assert [s.key for s in form.visible_sections({"has_fund": True})] == ["basics", "partners"]
    assert form.submitted({"has_fund": False, "services": ["a"]}) == {"has_fund": False}
    assert form.section_state("partners", {"has_fund": False, "services": ["z"]}, {}) == "complete"


def test_evidence_goes_with_what_it_proves(one_field: Make) -> None:
    form = one_field(
        {"key": "q", "label": "问", "type": "yes_no"},
        number("n", show_when="q"),
        {"key": "proof", "label": "证明", "type": "files", "proves": ["n"], "required": True},
    )
    assert form.check({"q": False}, {}) == {}
    assert form.check({"q": True, "n": 1}, {}) == {"proof": ["还没有附证明，请上传"]}


def test_blank() -> None:
    assert all(is_blank(value) for value in (None, "", []))
    assert not any(is_blank(value) for value in (0, False, "0", ["a"]))
    assert filled_rows([{}, {"a": ""}, {"a": 0}, "x"]) == [{"a": 0}]
    assert filled_rows("x") == []


def test_totals(form: CompiledForm) -> None:
    assert column_totals(form.field("orgs"), [{"times": 3}, {"times": "x"}, {}]) == {"times": Decimal(3)}
