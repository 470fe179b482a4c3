"""What the form designer does to a form: any sequence of it can be read and undone; keys, copies, uses, trials."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cases import authoring, authoring_form_names, authoring_form_things
from core.cases.action import new_token
from core.cases.authoring_form_copies import copy_sections
from core.cases.authoring_form_things import SORTS, thing_at
from core.cases.authoring_form_trial import picks, trial
from core.cases.authoring_forms import add, duplicate, move, place, remove, set_properties
from core.cases.importing import import_region
from core.errors import Refused
from core.models import DefinitionVersion, DraftStep
from core.people.scope import viewer_of
from core.policy.pack import load_region
from core.policy.source import parse
from forms.definition import load_form
from forms.fields import FIELD_TYPES
from tests import factories, world

EVALUATION = world.PACK / "forms" / "makerspace_evaluation.toml"


def form() -> dict[str, Any]:
    return parse(EVALUATION.read_text(encoding="utf-8"), "f")


def small() -> dict[str, Any]:
    return tomllib.loads(
        """
key = "f"
title = "表"
version = "1"
[[sections]]
key = "s"
title = "甲部分"
[[sections.fields]]
key = "tenants"
label = "入驻总数"
type = "integer"
unit = "家"
[[sections.fields]]
key = "list"
label = "名单"
type = "table"
columns = [{ key = "people", label = "人数", type = "integer" }, { key = "name", label = "名称", type = "text" }]
[[sections.fields]]
key = "share"
label = "人均"
type = "calculated"
formula = 'column_sum("list", "people") / tenants'
show_when = "tenants > 0"
[[sections.fields]]
key = "proof"
label = "证明"
type = "files"
proves = ["tenants"]
[[sections]]
key = "t"
title = "乙部分"
fields = [{ key = "staff", label = "人员", type = "integer" }]
[[checks]]
key = "agrees"
formula = 'row_count("list") == tenants'
message = "行数不一致"
fields = ["list", "tenants"]
[[parts]]
whole = "tenants"
parts = ["staff"]
"""
    )


def sound(data: dict[str, Any]) -> bool:
    return bool(load_form(data, "f.toml"))


def paths(data: dict[str, Any]) -> list[str]:
    found = []
    for name in ("sections", "checks", "parts"):
        found += [f"{name}.{i}" for i in range(len(data.get(name, [])))]
    for i, section in enumerate(data.get("sections", [])):
        for j, asked in enumerate(section.get("fields", [])):
            found.append(f"sections.{i}.fields.{j}")
            found += [f"sections.{i}.fields.{j}.columns.{k}" for k in range(len(asked.get("columns", [])))]
    return found


def test_the_example_is_sound() -> None:
    assert sound(small())


def test_every_type_is_added_ready_to_use() -> None:
    for kind in FIELD_TYPES:
        data = small()
        path = add(data, f"field:{kind}", "sections.0.fields.0")
        assert path == "sections.0.fields.1"
        assert sound(data), kind
        if FIELD_TYPES[kind].in_tables:
            assert add(data, f"column:{kind}", "sections.0.fields.2.columns.0") == "sections.0.fields.2.columns.1"
            assert sound(data), kind
        else:
            with pytest.raises(Refused):
                add(data, f"column:{kind}", "sections.0.fields.2")


def test_what_is_added_goes_behind_what_is_selected() -> None:
    data = small()
    assert add(data, "section", "sections.0.fields.1") == "sections.1"
    assert add(data, "field:text", "sections.1") == "sections.1.fields.0"
    assert add(data, "field:text", "") == "sections.2.fields.1"
    assert add(data, "field:text", "sections.0.fields.1.columns.1") == "sections.0.fields.2"
    assert add(data, "check", "sections.0") == "checks.1"
    assert add(data, "part", "parts.0") == "parts.1"
    for wrong in ("column:text", "field:nothing", "nothing", "field:"):
        with pytest.raises(Refused):
            add(data, wrong, "sections.1")
    with pytest.raises(Refused, match="先加一个部分"):
        add({"sections": []}, "field:text", "")


def test_fields_move_over_the_edge_of_their_part() -> None:
    data = small()
    assert move(data, "sections.0.fields.3", 1) == "sections.1.fields.0"
    assert [a["key"] for a in data["sections"][1]["fields"]] == ["proof", "staff"]
    assert move(data, "sections.1.fields.0", -1) == "sections.0.fields.3"
    assert move(data, "sections.0.fields.0", -1) == "sections.0.fields.0"
    assert move(data, "sections.1", 1) == "sections.1"
    assert data == small()


def test_a_thing_is_dropped_behind_its_like_or_into_a_part() -> None:
    data = small()
    assert place(data, "sections.0.fields.0", "sections.0.fields.3") == "sections.0.fields.3"
    assert place(data, "sections.0.fields.3", "sections.1") == "sections.1.fields.0"
    assert place(data, "sections.0", "sections.1") == "sections.1"
    assert [s["key"] for s in data["sections"]] == ["t", "s"]
    assert place(data, "sections.1.fields.0.columns.1", "sections.1.fields.0") == "sections.1.fields.0.columns.0"
    assert sound(data)
    for path, target in (("sections.0", "checks.0"), ("sections.0.fields.0", "sections.1.fields.0.columns.0")):
        with pytest.raises(Refused):
            place(data, path, target)


def test_a_new_key_is_written_into_every_formula() -> None:
    data = small()
    set_properties(data, "sections.0.fields.0", {"key": "households"})
    set_properties(data, "sections.0.fields.1.columns.0", {"key": "heads"})
    set_properties(data, "sections.0.fields.1", {"key": "entries"})
    assert sound(data)
    share = data["sections"][0]["fields"][2]
    assert share["formula"] == 'column_sum("entries", "heads") / households'
    assert share["show_when"] == "households > 0"
    assert data["checks"][0]["formula"] == 'row_count("entries") == households'
    assert data["checks"][0]["fields"] == ["entries", "households"] and data["parts"][0]["whole"] == "households"
    assert data["sections"][0]["fields"][3]["proves"] == ["households"]


def test_a_key_that_is_taken_is_refused() -> None:
    with pytest.raises(Refused, match="已经有了") as told:
        set_properties(small(), "sections.1.fields.0", {"key": "tenants"})
    assert "key" in told.value.fields


def test_another_type_leaves_behind_what_only_the_old_one_understood() -> None:
    data = small()
    set_properties(data, "sections.0.fields.1", {"type": "choice"})
    asked = data["sections"][0]["fields"][1]
    assert "columns" not in asked and len(asked["choices"]) == 2
    set_properties(data, "sections.0.fields.0", {"type": "text"})
    assert "unit" not in data["sections"][0]["fields"][0]


def test_copies_get_keys_of_their_own() -> None:
    data = form()
    for path in ("sections.1", "sections.1.fields.3", "sections.0.fields.9.columns.0", "checks.0"):
        made = duplicate(data, path)
        assert thing_at(data, made)["key"] != thing_at(data, path)["key"]
        assert sound(data), path
    ratio = next(a for a in data["sections"][2]["fields"] if a["key"] == "trained_staff_ratio_2")
    assert ratio["formula"] == "trained_staff_2 / service_staff_2 * 100", "formulas speak of the copies"


def test_a_whole_form_is_copied_with_its_rules_and_stays_sound_twice() -> None:
    data, source = small(), form()
    keys = [section["key"] for section in source["sections"]]
    assert copy_sections(data, source, keys) == "sections.2"
    assert sound(data)
    assert len(data["checks"]) == 1 + len(source["checks"]) and len(data["parts"]) == 1 + len(source["parts"])
    copy_sections(data, source, keys)
    assert sound(data)
    with pytest.raises(Refused):
        copy_sections(data, source, [])
    partly = small()
    copy_sections(partly, source, ["honesty"])
    assert [check["key"] for check in partly["checks"]] == ["agrees", "pledge_given"] and sound(partly)


def test_who_speaks_of_a_field_is_told() -> None:
    told = [use.place for use in authoring_form_names.uses(small(), "sections.0.fields.0", "f", {})]
    assert len(told) == 6 and any("人均" in place for place in told) and any("行数不一致" in place for place in told)
    assert len(authoring_form_names.uses(small(), "sections.0.fields.1.columns.0", "f", {})) == 1
    assert not authoring_form_names.uses(small(), "sections.0.fields.1.columns.1", "f", {})
    assert [u.place for u in authoring_form_names.uses(small(), "sections.1", "f", {})] == ["第 1 个其中项 › 其中项"]


def test_the_scheme_and_the_workflow_that_name_a_field_are_told() -> None:
    around = {
        ("indicators", "f"): 'form = "f"\nname="体系"\n[[indicators]]\ncode="F1"\nname="指标一"\nvalue="tenants * 2"',
        ("indicators", "other"): 'form = "g"\n[[indicators]]\ncode="F1"\nname="无关"\nvalue="tenants"',
        ("workflow", "w"): 'name="流程"\n[[stages]]\nform="f"\nname="填报"\n'
        '[[stages.actions]]\nname="提交"\ncondition="tenants > 3"',
        ("procedures", "p"): '[[procedures]]\nkey="yearly"\nname="年报"\nform="f"',
        ("form", "g"): 'title="另一份"\n[[sections]]\ntitle="节"\n[[sections.fields]]\n'
        'key="x"\nlabel="沿用"\nprefill="last:yearly.tenants"',
    }
    found = authoring_form_names.uses(small(), "sections.0.fields.0", "f", around)
    assert {use.where for use in found if use.where} == {"指标体系“体系”", "流程“流程”", "表单“另一份”"}


def test_a_formula_is_read_tried_and_told_where_it_is_wrong() -> None:
    data = small()
    found = trial(data, "tenants ÷ staff × 100", {"tenants": "6", "staff": "42"})
    assert found.words == "“入驻总数” ÷ “人员” × 100" and found.value == "14.285714"
    assert trial(data, "tenants / staff", {"tenants": "6"}).value == "还要填：人员"
    assert trial(data, "tenants / staff", {"tenants": "6", "staff": "0"}).value == "除数为零，无法计算"
    assert trial(data, "tenants > 3", {"tenants": "4"}).value == "成立"
    wrong = trial(data, "tenants + 从业", {})
    assert (wrong.position, "从业" in wrong.error) == (11, True)
    assert trial(data, "tenants % 2", {}).position == 9
    assert "表格" in trial(data, "list + 1", {}).error and "不能用在公式里" in trial(data, "proof", {}).error
    rows = trial(data, 'row_count("list") + column_sum("list", "people")', {"list": "3", "list.people": "10"})
    assert rows.value == "13"
    assert trial(data, "tenants", {"tenants": "很多"}).samples[0].error
    assert trial(data, "", {}).words == ""


def test_names_to_pick_are_all_good_formulas() -> None:
    data = form()
    for pick in picks(data):
        assert not trial(data, pick.text, {}).error, pick


def test_data_that_is_no_tables_is_refused() -> None:
    for wrong in ({"sections": "x"}, {"sections": [1]}, {"sections": [{"fields": [{"columns": ["a"]}]}]}):
        with pytest.raises(Refused, match="原文"):
            authoring_form_things.require_readable(wrong)


def test_paths_that_lead_nowhere_are_refused() -> None:
    for path in ("sections.9", "sections.-1", "sections", "checks.0.fields", "title", "sections.²", "a.b", "sections.0.0"):
        with pytest.raises(Refused):
            thing_at(small(), path)


ACTIONS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=12)
WHATS = ["section", "check", "part", *(f"field:{k}" for k in FIELD_TYPES), "column:text", "column:integer"]
KEYS = ["tenants", "名称", "x1", "and", "坏 key", "a__b", "field_1", "list"]


def act(data: dict[str, Any], kind: int, one: int, two: int) -> None:
    """One action of the designer, chosen by numbers; what is refused changes nothing that matters."""
    here = paths(data) or [""]
    path, other = here[one % len(here)], here[two % len(here)]
    try:
        if kind <= 2:
            add(data, WHATS[two % len(WHATS)], path)
        elif kind <= 4:
            move(data, path, 1 if two % 2 else -1)
        elif kind == 5:
            place(data, path, other)
        elif kind == 6:
            duplicate(data, path)
        elif kind == 7:
            remove(data, path)
        elif kind == 8:
            set_properties(data, path, {"key": KEYS[two % len(KEYS)], SORTS[authoring_form_things.plain(path)].title: "改\n“名”"})
        else:
            set_properties(data, path, {"type": list(FIELD_TYPES)[two % len(FIELD_TYPES)]})
    except Refused:
        pass


@settings(max_examples=100)
@given(ACTIONS, st.booleans())
def test_any_sequence_leaves_a_form_that_can_be_read(actions: list[tuple[int, int, int]], large: bool) -> None:
    data = form() if large else small()
    for action in actions:
        act(data, *action)
        text = tomli_w.dumps(data)
        data = parse(text, "f")
        authoring_form_things.require_readable(data)


@pytest.mark.usefixtures("database")
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_undoing_everything_gives_back_the_bytes(actions: list[tuple[int, int, int]]) -> None:
    officer, row = _draft()
    before = row.text
    for action in actions:
        seen = DefinitionVersion.get_by_id(row.id).digest
        authoring.change_draft(officer, row.id, lambda data, a=action: act(data, *a), seen, new_token())
        authoring.data_of(DefinitionVersion.get_by_id(row.id))
    while DefinitionVersion.get_by_id(row.id).step > 0:
        authoring.go(officer, row.id, -1, DefinitionVersion.get_by_id(row.id).digest, new_token())
    assert DefinitionVersion.get_by_id(row.id).text == before
    DraftStep.delete().execute()
    DefinitionVersion.update(status="withdrawn").where(DefinitionVersion.id == row.id).execute()


_made: dict[str, Any] = {}


def _draft() -> tuple[Any, DefinitionVersion]:
    """A new draft of the evaluation form, with its comments, in the region of this test's database."""
    named = (DefinitionVersion.kind == "form") & (DefinitionVersion.key == "makerspace_evaluation")
    published = DefinitionVersion.get_or_none(named & (DefinitionVersion.status == "published"))
    if published is None:
        region = import_region(load_region(world.PACK))
        _made["officer"] = factories.account("policy_officer", region=region)
        published = DefinitionVersion.get(named)
    officer = viewer_of(_made["officer"])
    made = authoring.copy_as_draft(officer, published.id, new_token())
    return officer, DefinitionVersion.get_by_id(made["definition"])

