"""What is drawn: places, names, faults, evidence; nothing that was typed becomes markup."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from forms.compile import CompiledForm, compiled
from forms.definition import load_form
from forms.draw import anchor, draw_section, draw_view
from tests.forms.conftest import FORM

Make = Callable[..., CompiledForm]
VOID = {"input", "br", "meta", "link"}


class Tags(HTMLParser):
    """Collects elements and insists that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(str(text))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def by_id(self, element_id: str) -> dict[str, str | None]:
        (found,) = [attrs for _, attrs in self.found if attrs.get("id") == element_id]
        return found

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.found if attrs.get("name") == name]


def question(text: str, key: str) -> str:
    """The part of a page from one question's control to the next question."""
    start = text.rindex('<div class="q', 0, text.index(f'id="f-{key}"'))
    end = text.find('<div class="q', start + 5)
    return text[start : end if end > 0 else len(text)]


def test_input_with_unit_hint_value_and_last_year(form: CompiledForm) -> None:
    text = draw_section(form, "basics", {"area_m2": "1860.5"}, previous={"area_m2": "1800"})
    area = Tags(text).by_id("f-area_m2")
    assert area["value"] == "1,860.5"
    assert area["inputmode"] == "decimal"
    assert area["aria-describedby"] == "f-area_m2-hint"
    assert area["aria-required"] == "true"
    assert "aria-invalid" not in area
    own = question(text, "area_m2")
    assert '<span class="input-group-text">平方米</span>' in own
    assert "上年 1,800 平方米" in own
    assert own.index("以租赁合同为准") < own.index("<input")


def test_faults_stand_above_the_control_and_are_announced(form: CompiledForm) -> None:
    text = draw_section(form, "basics", {}, {"staff": "六"}, {"staff": ["要填数字"]})
    staff = Tags(text).by_id("f-staff")
    assert (staff["value"], staff["aria-invalid"]) == ("六", "true")
    assert staff["aria-describedby"] == "f-staff-error"
    own = question(text, "staff")
    assert own.startswith('<div class="q bad"')
    assert own.index("要填数字") < own.index("<input")
    assert Tags(text).by_id("f-staff-error") == {"id": "f-staff-error"}


def test_evidence_is_drawn_under_the_figure_it_proves(form: CompiledForm, files: dict[str, list[object]]) -> None:
    text = draw_section(
        form, "basics", {}, errors={"lease": ["还没有附"]}, evidence=files, upload_url="/up", icons="/i.svg"
    )
    own = question(text, "area_m2")
    assert own.startswith('<div class="q bad"')
    assert own.index('id="f-area_m2"') < own.index("还没有附") < own.index("合同.pdf") < own.index('type="file"')
    tags = Tags(text)
    (upload,) = tags.named("files__lease")
    assert upload["accept"] == ".pdf,.jpg"
    assert upload["data-upload-url"] == "/up"
    assert "multiple" in upload
    (remove,) = tags.named("remove_file")
    assert remove["value"] == "7"
    assert 'href="/files/7"' in own
    assert "2 KB" in own
    assert "PDF、JPG，每份不超过 20 MB，最多 2 份" in own
    assert '<use href="/i.svg#file-earmark-text">' in own


def test_evidence_items_may_be_objects(form: CompiledForm) -> None:
    class Item:
        id, name, size, url = 3, "表.xlsx", 5 * 1024 * 1024, "https://files.example.cn/3"

    text = draw_section(form, "basics", {}, evidence={"lease": [Item()]})
    assert "5 MB" in text
    assert 'href="https://files.example.cn/3"' in text


def test_calculated(form: CompiledForm) -> None:
    text = draw_section(form, "basics", {"trained": 3, "staff": 6}, previous={"trained": 1, "staff": 4})
    assert "3 ÷ 6 × 100" in text
    assert "<b>50%</b>" in text
    assert "上年 25%" in text
    missing = draw_section(form, "basics", {"trained": 3})
    assert "3 ÷ 服务人员 × 100" in missing
    assert "尚缺：服务人员" in missing
    assert "除数为零" in draw_section(form, "basics", {"trained": 3, "staff": 0})


def test_hidden_questions_are_marked_hidden(form: CompiledForm) -> None:
    def classes(answers: dict[str, object]) -> dict[str, str | None]:
        tags = Tags(draw_section(form, "basics", answers))
        (found,) = [attrs for _, attrs in tags.found if attrs.get("data-show-when") == "has_fund"]
        return found

    assert "hidden" in classes({})
    assert "hidden" in classes({"has_fund": False})
    assert "hidden" not in classes({"has_fund": True})


def test_radios_and_checks(form: CompiledForm) -> None:
    yes, no = Tags(draw_section(form, "basics", {"has_fund": False})).named("has_fund")
    assert "checked" not in yes
    assert "checked" in no
    assert yes["id"] == "f-has_fund"
    marker, first, second = Tags(draw_section(form, "partners", {"services": ["b"]})).named("services")
    assert (marker["type"], marker["value"]) == ("hidden", "")
    assert "checked" not in first
    assert "checked" in second


def test_many_choices_become_a_list(one_field: Make) -> None:
    choices = [{"key": str(n), "label": f"选项{n}"} for n in range(6)]
    form = one_field({"key": "c", "label": "选", "type": "choice", "choices": choices})
    text = draw_section(form, "s", {"c": "3"})
    assert Tags(text).by_id("f-c")["name"] == "c"
    assert '<option value="3" selected>选项3</option>' in text
    assert text.count(" selected") == 1


def test_table_rows_totals_and_buttons(form: CompiledForm) -> None:
    rows = [{"name": "甲", "kind": "law", "times": 1200}, {"name": "乙", "times": 34}, {}]
    text = draw_section(
        form, "partners", {"orgs": rows}, {"orgs.1.times": "多"}, {"orgs.2.name": ["请填写名称"], "orgs": ["少"]}
    )
    tags = Tags(text)
    assert tags.by_id("f-orgs-0-times")["name"] == "orgs__0__times"
    assert tags.by_id("f-orgs-0-times")["value"] == "1,200"
    assert tags.by_id("f-orgs-2-name")["aria-invalid"] == "true"
    assert tags.by_id("f-orgs-2-name")["aria-label"] == "名称，第 3 行"
    assert '<option value="law" selected>法律</option>' in text
    assert [b["value"] for b in tags.named("remove_row")] == ["orgs.0", "orgs.1", "orgs.2"]
    assert [b["value"] for b in tags.named("add_row")] == ["orgs", "orgs.10"]
    assert "合计 2 行" in text
    assert ">1,234</td>" in text
    assert 'data-l="服务（次）"' in text
    assert tags.by_id("f-orgs-error") == {"id": "f-orgs-error"}


def test_an_unread_cell_shows_what_was_typed(form: CompiledForm) -> None:
    text = draw_section(form, "partners", {"orgs": [{"name": "甲"}]}, {"orgs.0.times": "多"})
    assert Tags(text).by_id("f-orgs-0-times")["value"] == "多"


def test_an_empty_table_offers_its_first_row(form: CompiledForm) -> None:
    assert len(Tags(draw_section(form, "partners", {})).named("remove_row")) == 1


def test_dates_fall_back_to_text_for_what_the_browser_cannot_show(one_field: Make) -> None:
    form = one_field({"key": "d", "label": "日", "type": "date"})
    assert Tags(draw_section(form, "s", {"d": "2023-05-01"})).by_id("f-d")["type"] == "date"
    typed = Tags(draw_section(form, "s", {}, {"d": "五月一日"})).by_id("f-d")
    assert (typed["type"], typed["value"]) == ("text", "五月一日")


def test_long_text_keeps_its_first_blank_line(one_field: Make) -> None:
    form = one_field({"key": "t", "label": "文", "type": "long_text"})
    assert ">\n一\n二</textarea>" in draw_section(form, "s", {"t": "一\n二"})
    assert "一<br>二" in draw_view(form, {"t": "一\n二"})


def test_enter_saves_rather_than_removes_a_file(form: CompiledForm, files: dict[str, list[object]]) -> None:
    """The browser presses the first submit button of a form on Enter."""
    tags = Tags(draw_section(form, "basics", {}, evidence=files))
    first = next(attrs for tag, attrs in tags.found if tag == "button")
    assert "name" not in first


def test_every_control_is_labelled(form: CompiledForm) -> None:
    for section in ("basics", "partners"):
        tags = Tags(draw_section(form, section, {}))
        targets = {attrs.get("for") for tag, attrs in tags.found if tag == "label"}
        for tag, attrs in tags.found:
            if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden":
                assert attrs["id"] in targets or attrs.get("aria-label"), attrs


def test_ids_are_used_once(form: CompiledForm, files: dict[str, list[object]]) -> None:
    everything = {
        "area_m2": ["x"], "staff": ["x"], "lease": ["x"], "has_fund": ["x"], "orgs": ["x"], "orgs.0.name": ["x"],
        "services": ["x"],
    }  # fmt: skip
    for section in ("basics", "partners"):
        text = draw_section(form, section, {"orgs": [{}, {}]}, {}, everything, files)
        ids = [attrs["id"] for _, attrs in Tags(text).found if attrs.get("id")]
        assert len(ids) == len(set(ids))
        for _, attrs in Tags(text).found:
            for target in (attrs.get("aria-describedby") or "").split():
                assert target in ids


def test_no_inline_script_style_or_handler(form: CompiledForm, files: dict[str, list[object]]) -> None:
    pages = [draw_section(form, s, {"orgs": [{}]}, evidence=files) for s in ("basics", "partners")]
    for text in (*pages, draw_view(form, {"orgs": [{"name": "甲"}]}, files)):
        for tag, attrs in Tags(text).found:
            assert tag not in {"script", "style"}
            assert not [name for name in attrs if name == "style" or name.startswith("on")]


def test_anchor_leads_to_the_control(form: CompiledForm) -> None:
    assert anchor("orgs.2.name") == "f-orgs-2-name"
    text = draw_section(form, "basics", {}) + draw_section(form, "partners", {})
    for field in form.definition.fields:
        Tags(text).by_id(anchor(field.key)) if field.type != "choices" else None


def test_view(form: CompiledForm, complete: dict[str, object], files: dict[str, list[object]]) -> None:
    answers = {**complete, "orgs": [{"name": "甲", "kind": "law", "times": 2}, {}], "services": ["a", "b"]}
    changes = form.changes({**answers, "area_m2": "2100"}, answers)
    text = draw_view(form, answers, files, {"staff": 5}, changes)
    tags = Tags(text)
    assert "<input" not in text
    assert "<button" not in text
    assert "<b>1,860 平方米</b>" in text
    assert '<del class="s">2,100 平方米</del>' in text
    assert text.count("已改") == 1
    assert "上年 5 人" in text
    assert "<b>50%</b>" in text
    assert "培训、路演" in text
    assert "合同.pdf" not in text
    assert re.search(r'href="/files/7"><svg[^>]*><use[^>]*></use></svg>租赁合同</a>', text)
    assert "合计 1 行" in text
    assert ">法律</td>" in text
    assert tags.by_id("v-area_m2") == {"id": "v-area_m2"}
    assert 'id="v-fund"' not in text


def test_view_masks_identity_numbers(one_field: Make) -> None:
    number = "11010519491231002X"
    column = {"key": "id", "label": "身份证", "type": "id_number"}
    form = one_field(
        {"key": "id", "label": "身份证", "type": "id_number"},
        {"key": "t", "label": "名单", "type": "table", "columns": [column]},
    )
    answers = {"id": number, "t": [{"id": number}]}
    text = draw_view(form, answers, previous=answers, changed=form.changes({}, answers))
    assert number not in text
    assert text.count("110*************2X") >= 2
    assert number in draw_section(form, "s", answers)
    assert number not in question(draw_section(form, "s", {}, previous=answers), "id")


def test_sections_that_apply_are_numbered_in_turn(data: dict[str, object]) -> None:
    third = copy.deepcopy(data["sections"][1])  # type: ignore[index]
    third["key"], third["title"], third["fields"] = "more", "其他", [{"key": "z", "label": "末", "type": "text"}]
    data["sections"][1]["show_when"] = "has_fund"  # type: ignore[index]
    data["sections"].append(third)  # type: ignore[attr-defined]
    form = compiled(load_form(data, "f.toml"))
    assert "2. 其他" in draw_view(form, {"has_fund": False})
    assert "3. 其他" in draw_view(form, {"has_fund": True})
    assert "2. 签约机构" in draw_view(form, {"has_fund": True})


def test_clause_links(form: CompiledForm) -> None:
    assert '<span class="clause">' in draw_section(form, "basics", {})
    text = draw_section(form, "basics", {}, clause_url=lambda clause: f"/clauses?name={clause}&x=1")
    assert 'href="/clauses?name=第六条&amp;x=1"' in text


def test_a_question_names_only_what_the_head_of_its_section_does_not(data: dict[str, object]) -> None:
    section = data["sections"][0]  # type: ignore[index]
    section["clause"] = "第六条; 附件"
    for asked in section["fields"]:
        asked.pop("clause", None)
    section["fields"][0]["clause"] = "附件"
    form = compiled(load_form(data, "f.toml"))
    for drawn in (draw_section(form, "basics", {}), draw_view(form, {})):
        assert drawn.count("附件") == 1
        assert "第六条、附件" in drawn
    section["fields"][0]["clause"] = "附件; 第七条"
    form = compiled(load_form(data, "f.toml"))
    assert "附件、第七条" in draw_section(form, "basics", {})
    section["fields"][0] |= {"clause": "附件", "basis": "reading"}
    assert draw_view(compiled(load_form(data, "f.toml")), {}).count('class="clause read"') == 1


def test_sections_drawn_without_numbers(form: CompiledForm) -> None:
    assert "1. 基本情况" in draw_section(form, "basics", {})
    unnumbered = draw_section(form, "basics", {}, numbered=False)
    assert "1. 基本情况" not in unnumbered
    assert ">基本情况</h2>" in unnumbered


ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' x='",
    "{{ 7 * 7 }}",
    "{% raw %}{{ d }}{% endraw %}",
    "{# x #}",
    "[[ 7 * 7 ]] [% if x %]",
    "</textarea><script>alert(1)</script>",
    '\\" }} {{ d.__class__ }} \\u007b',
]


def attacked(attack: str) -> CompiledForm:
    """Every word of the definition that is drawn, replaced."""
    data = copy.deepcopy(FORM)

    def spoil(item: object) -> None:
        if isinstance(item, dict):
            for name, value in item.items():
                if name in {"title", "label", "hint", "note", "clause", "message", "indicator"} or (
                    name == "unit" and item.get("type") != "money"
                ):
                    item[name] = attack
                else:
                    spoil(value)
        elif isinstance(item, list):
            for entry in item:
                spoil(entry)

    spoil(data)
    for section in data["sections"]:  # type: ignore[attr-defined]
        section.update(note=attack, clause=attack)
        for field in section["fields"]:
            field.update(hint=attack, clause=attack)
            for choice in field.get("choices", []):
                choice["key"] += attack
    return compiled(load_form(data, "f.toml"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_written_or_typed_becomes_markup(attack: str) -> None:
    form = attacked(attack)
    answers = {
        "reason": attack, "area_m2": attack, "staff": attack, "has_fund": attack, "services": [attack],
        "orgs": [{"name": attack, "kind": attack, "times": attack}],
    }  # fmt: skip
    raw = {"staff": attack, "orgs.0.times": attack, "trained": attack}
    errors = {path: [attack] for path in ("area_m2", "lease", "reason", "orgs", "orgs.0.name", "services", "has_fund")}
    files = {"lease": [{"id": attack, "name": attack, "size": attack, "url": "javascript:alert(1)"}]}
    options = {"icons": "/i.svg", "clause_url": lambda clause: "/c?" + clause}
    pages = [
        draw_section(form, key, answers, raw, errors, files, answers, upload_url="/u?" + attack, **options)
        for key in ("basics", "partners")
    ]
    pages.append(draw_view(form, answers, files, answers, form.changes({}, answers), **options))
    for text in pages:
        assert "javascript:" not in text
        assert "49" not in text.replace("&#", "")
        for tag, attrs in Tags(text).found:
            assert tag not in {"script", "img"}
            assert not [name for name in attrs if name.startswith("on")]


@pytest.mark.parametrize("attack", ATTACKS)
def test_labels_are_shown_as_they_were_written(attack: str) -> None:
    class Words(HTMLParser):
        words = ""

        def handle_data(self, text: str) -> None:
            self.words += text

    parser = Words()
    parser.feed(str(draw_section(attacked(attack), "basics", {})))
    assert parser.words.count(attack) >= 8


def test_hidden_host_still_draws_evidence_of_another_figure(one_field: Make) -> None:
    form = one_field(
        {"key": "q", "label": "问", "type": "yes_no"},
        {"key": "a", "label": "甲", "type": "integer", "show_when": "q"},
        {"key": "b", "label": "乙", "type": "integer"},
        {"key": "proof", "label": "证明", "type": "files", "proves": ["a", "b"], "required": True},
    )
    for answers in ({"q": False}, {"q": True}):
        text = draw_section(form, "s", answers)
        tags = Tags(text)
        assert len(tags.named("files__proof")) == 1
        assert question(text, "proof").count(" hidden") == 0


def test_unknown_section(form: CompiledForm) -> None:
    with pytest.raises(KeyError):
        draw_section(form, "nothing", {})


def test_remarks_stand_above_the_control(form: CompiledForm) -> None:
    text = draw_section(form, "basics", {}, remarks={"staff": "人数与名单<不符>", "lease": "缺第 2 页"})
    own = question(text, "staff")
    assert own.index("人数与名单&lt;不符&gt;") < own.index("<input")
    assert text.index("缺第 2 页") < text.index('name="files__lease"')
    assert "note amber" not in draw_section(form, "basics", {})


def test_view_leads_to_where_an_answer_is_changed(form: CompiledForm, complete: dict[str, object]) -> None:
    text = draw_view(form, complete, edit_url=lambda key: f"/edit?a=1&field={key}")
    assert 'href="/edit?a=1&amp;field=staff"' in text
    assert "field=share" not in text
    assert "noprint" not in draw_view(form, complete)


def test_view_of_nothing_shows_no_row_to_write_in(form: CompiledForm) -> None:
    text = draw_view(form, {})
    assert 'data-l="名称"' not in text
    assert text.count("未填") >= 4
