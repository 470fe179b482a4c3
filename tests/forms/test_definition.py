"""Definitions: every fault is refused with its file, its key and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.definition import digest, load_form, to_data
from forms.findings import DefinitionError, Finding

Data = dict[str, Any]

TOML = """
key = "evaluation"
title = "绩效评价"
version = "2023"
[[sections]]
key = "basics"
title = "基本情况"
[[sections.fields]]
key = "area_m2"
label = "场地面积"
type = "decimal"
min = 0.5
max = "100000"
[[sections.fields]]
key = "since"
label = "成立日期"
type = "date"
min = 2020-01-01
prefill = "carrier.founded"
"""


def findings(data: object, file: str = "form.toml") -> list[Finding]:
    with pytest.raises(DefinitionError) as caught:
        load_form(data, file)  # type: ignore[arg-type]
    assert all(finding.file == file for finding in caught.value.findings)
    return caught.value.findings


def test_toml_is_read_exactly() -> None:
    form = load_form(TOML, "form.toml")
    assert form.field("area_m2").min == "0.5"
    assert form.field("since").min == "2020-01-01"
    assert form.section("basics").fields == form.fields
    for missing in (form.field, form.section):
        with pytest.raises(KeyError):
            missing("nothing")


def test_export_and_digest(data: Data) -> None:
    form = load_form(data, "a.toml")
    again = load_form(to_data(form), "b.toml")
    assert again == form
    assert digest(again) == digest(form)
    data["sections"][0]["fields"][0]["label"] = "面积"
    assert digest(load_form(data, "a.toml")) != digest(form)


def test_export_leaves_out_what_was_not_said() -> None:
    exported = to_data(load_form(TOML, "form.toml"))
    assert exported["sections"][0]["fields"][0] == {  # type: ignore[index]
        "key": "area_m2", "label": "场地面积", "type": "decimal", "min": "0.5", "max": "100000",
    }  # fmt: skip


def field(data: Data, index: int = 0, section: int = 0) -> Data:
    return data["sections"][section]["fields"][index]  # type: ignore[no-any-return]


FAULTS: list[tuple[str, Callable[[Data], object], str, str]] = [
    ("no key", lambda d: d.pop("key"), "key", "缺少 key"),
    ("no sections", lambda d: d.update(sections=[]), "sections", "不能为空"),
    ("unknown at the top", lambda d: d.update(colour="red"), "colour", "不认识“colour”"),
    ("version as number", lambda d: d.update(version=2023), "version", "“2023”不对"),
    ("section without title", lambda d: d["sections"][0].pop("title"), "sections.0.title", "缺少 title"),
    ("section without fields", lambda d: d["sections"][1].update(fields=[]), "sections.1.fields", "不能为空"),
    ("unknown in a section", lambda d: d["sections"][0].update(x=1), "sections.0.x", "不认识"),
    ("no label", lambda d: field(d).pop("label"), "sections.0.fields.0.label", "缺少 label"),
    ("blank label", lambda d: field(d).update(label=" "), "sections.0.fields.0.label", "不能为空"),
    ("unknown in a field", lambda d: field(d).update(lable="x"), "sections.0.fields.0.lable", "不认识“lable”"),
    ("unknown kind", lambda d: field(d).update(type="number"), "sections.0.fields.0.type", "没有“number”"),
    ("bad key", lambda d: field(d).update(key="area-m2"), "sections.0.fields.0.key", "“area-m2”不对"),
    ("key with separator", lambda d: field(d, 3).update(key="a__b"), "sections.0.fields.3.key", "不对"),
    ("key of a function", lambda d: field(d, 7).update(key="sum"), "sections.0.fields.7.key", "另有用途"),
    ("key of the page", lambda d: field(d, 7).update(key="csrf_token"), "sections.0.fields.7.key", "另有用途"),
    ("required as text", lambda d: field(d).update(required="yes"), "sections.0.fields.0.required", "“yes”"),
    ("binary float", lambda d: field(d).update(min=0.1), "sections.0.fields.0.min", "“0.1”不对"),
    ("limit no number", lambda d: field(d).update(min="few"), "sections.0.fields.0.min", "“few”不对"),
    ("limits crossed", lambda d: field(d).update(max="-1"), "sections.0.fields.0.max", "小于 min"),
    ("many places", lambda d: field(d).update(places=11), "sections.0.fields.0.places", "太多"),
    ("negative places", lambda d: field(d).update(places=-1), "sections.0.fields.0.places", "不对"),
    ("key of another kind", lambda d: field(d).update(formula="1"), "sections.0.fields.0.formula", "不能写 formula"),
    ("total in a field", lambda d: field(d).update(total=True), "sections.0.fields.0.total", "不认识"),
    ("field twice", lambda d: field(d, 3).update(key="staff"), "sections.0.fields.3.key", "用了两次"),
    ("field twice, two sections", lambda d: field(d, 1, 1).update(key="staff"), "sections.1.fields.1.key", "两次"),
    ("section twice", lambda d: d["sections"][1].update(key="basics"), "sections.1.key", "两次"),
    ("money without unit", lambda d: field(d, 6).pop("unit"), "sections.0.fields.6.unit", "缺少 unit"),
    ("money in dollars", lambda d: field(d, 6).update(unit="美元"), "sections.0.fields.6.unit", "“美元”"),
    ("calculated without formula", lambda d: field(d, 4).pop("formula"), "sections.0.fields.4.formula", "缺少"),
    ("formula broken", lambda d: field(d, 4).update(formula="1 +"), "sections.0.fields.4.formula", "没有写完"),
    ("formula of nothing known", lambda d: field(d, 4).update(formula="x / staff"),
     "sections.0.fields.4.formula", "“x”不是能用的字段"),
    ("formula of files", lambda d: field(d, 4).update(formula="lease"), "sections.0.fields.4.formula", "“lease”"),
    ("formula of a table", lambda d: field(d, 4).update(formula="orgs"), "sections.0.fields.4.formula", "“orgs”"),
    ("formula of no table", lambda d: field(d, 4).update(formula='row_count("staff")'),
     "sections.0.fields.4.formula", "表格“staff”不存在"),
    ("formula of no column", lambda d: field(d, 4).update(formula='column_sum("orgs", "name")'),
     "sections.0.fields.4.formula", "没有数字列“name”"),
    ("calculated from itself", lambda d: field(d, 4).update(formula="share + 1"),
     "sections.0.fields.4.formula", "圈"),
    ("shown by itself", lambda d: field(d, 3).update(show_when="trained > 1"),
     "sections.0.fields.3.show_when", "圈"),
    ("condition broken", lambda d: field(d, 6).update(show_when="has_fund ="),
     "sections.0.fields.6.show_when", "两个等号"),
    ("require condition", lambda d: field(d, 7).update(require_when="nobody"),
     "sections.0.fields.7.require_when", "“nobody”"),
    ("section condition", lambda d: d["sections"][1].update(show_when="nobody"), "sections.1.show_when", "“nobody”"),
    ("proves nothing known", lambda d: field(d, 1).update(proves=["area"]), "sections.0.fields.1.proves", "“area”"),
    ("file ending", lambda d: field(d, 1).update(accept=[".PDF"]), "sections.0.fields.1.accept.0", "“.PDF”"),
    ("files crossed", lambda d: field(d, 1).update(min_files=3), "sections.0.fields.1.max_files", "太小"),
    ("no files allowed", lambda d: field(d, 1).update(max_files=0), "sections.0.fields.1.max_files", "太小"),
    ("rows crossed", lambda d: field(d, 0, 1).update(min_rows=4), "sections.1.fields.0.max_rows", "太小"),
    ("table without columns", lambda d: field(d, 0, 1).pop("columns"), "sections.1.fields.0.columns", "缺少"),
    ("column twice", lambda d: field(d, 0, 1)["columns"][1].update(key="name"),
     "sections.1.fields.0.columns.1.key", "两次"),
    ("column of files", lambda d: field(d, 0, 1)["columns"][0].update(type="files"),
     "sections.1.fields.0.columns.0.type", "不能放在表格里"),
    ("unknown in a column", lambda d: field(d, 0, 1)["columns"][0].update(show_when="x"),
     "sections.1.fields.0.columns.0.show_when", "不认识"),
    ("choice without choices", lambda d: field(d, 0, 1)["columns"][1].pop("choices"),
     "sections.1.fields.0.columns.1.choices", "缺少"),
    ("choice without label", lambda d: field(d, 1, 1)["choices"][0].pop("label"),
     "sections.1.fields.1.choices.0.label", "缺少"),
    ("choice twice", lambda d: field(d, 1, 1)["choices"][1].update(key="a"),
     "sections.1.fields.1.choices.1.key", "两次"),
    ("check without message", lambda d: d["checks"][0].pop("message"), "checks.0.message", "缺少"),
    ("check of nothing known", lambda d: d["checks"][0].update(formula="x < 1"), "checks.0.formula", "“x”"),
    ("check empty", lambda d: d["checks"][0].update(formula=""), "checks.0.formula", "不能为空"),
    ("check marks nothing known", lambda d: d["checks"][0].update(fields=["x"]), "checks.0.fields", "“x”"),
    ("check twice", lambda d: d["checks"].append(dict(d["checks"][0])), "checks.1.key", "两次"),
    ("part of nothing known", lambda d: d["parts"][0].update(whole="x"), "parts.0.whole", "“x”"),
    ("part is no number", lambda d: d["parts"][0].update(parts=["reason"]), "parts.0.parts", "“reason”"),
    ("sections no list", lambda d: d.update(sections="none"), "sections", "“none”不对"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault(data: Data, change: Callable[[Data], object], key: str, said: str) -> None:
    change(data)
    found = [finding for finding in findings(data) if finding.key == key]
    assert found, findings(data)
    assert said in found[0].message
    assert str(found[0]).startswith(f"form.toml: {key}: ")


def test_all_faults_at_once(data: Data) -> None:
    field(data).pop("label")
    field(data, 4)["formula"] = "x + 1"
    field(data, 2)["requird"] = True
    data["checks"][0]["fields"] = ["nobody"]
    assert {finding.key for finding in findings(data)} == {
        "sections.0.fields.0.label", "sections.0.fields.4.formula", "sections.0.fields.2.requird", "checks.0.fields",
    }  # fmt: skip


def test_one_fault_is_said_once(data: Data) -> None:
    data["version"] = 2023
    assert len(findings(data)) == 1


def test_a_circle_names_its_way(data: Data) -> None:
    field(data, 4)["formula"] = "ratio + 1"
    field(data, 7).clear()
    data["sections"][0]["fields"][7] = {"key": "ratio", "label": "比", "type": "calculated", "formula": "share"}
    (finding,) = findings(data)
    assert "ratio" in finding.message
    assert "share" in finding.message


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('key = "a"\nkey = "b"\n', "第 2 行", "同一个键写了两次"),
        ("key = ", "", "不符合 TOML"),
        ("key = 'a", "", "不符合 TOML"),
    ],
)
def test_broken_toml(text: str, key: str, said: str) -> None:
    (finding,) = findings(text)
    assert finding.key.startswith(key)
    assert said in finding.message


@pytest.mark.parametrize("data", [[], 5, None])
def test_no_table_at_all(data: object) -> None:
    assert any("一组键和值" in finding.message for finding in findings(data))


json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["key", "title", "version", "sections", "fields", "type", "label", "choices",
                                         "columns", "checks", "parts", "formula", "min", "x"]), inner, max_size=6),
    ),
    max_leaves=25,
)  # fmt: skip


@given(json)
def test_any_data_is_a_form_or_a_list_of_faults(data: object) -> None:
    try:
        load_form(data, "f.toml")  # type: ignore[arg-type]
    except DefinitionError as fault:
        assert fault.findings


@given(
    st.integers(0, 7),
    st.sampled_from(["key", "label", "type", "min", "max", "formula", "choices", "unit", "places"]),
    json,
)
def test_any_value_in_a_field_is_read_or_refused(index: int, name: str, value: object) -> None:
    import copy

    from tests.forms.conftest import FORM

    data: Data = copy.deepcopy(FORM)
    field(data, index)[name] = value
    try:
        form = load_form(data, "f.toml")
    except DefinitionError as fault:
        assert fault.findings
    else:
        assert load_form(to_data(form), "f.toml") == form
