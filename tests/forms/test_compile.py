"""Built once per version; the state of sections."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.datastructures import MultiDict

import forms.compile
import forms.posting
import forms.templating
from forms.compile import CompiledForm, compiled
from forms.definition import load_form, to_data
from forms.draw import draw_section, draw_view


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(forms.compile, "_cache", type(forms.compile._cache)())
    yield


def test_equal_content_is_compiled_once(data: dict[str, object], empty_cache: None) -> None:
    first = load_form(data, "a.toml")
    assert compiled(first) is compiled(load_form(to_data(first), "elsewhere.toml"))
    data["title"] = "另一张表"
    assert compiled(load_form(data, "a.toml")) is not compiled(first)


def test_class_and_template_are_built_once_per_version(
    data: dict[str, object], empty_cache: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    classes, templates = forms.posting.posted_class, forms.templating.page_macro
    monkeypatch.setattr(
        forms.posting, "posted_class", lambda name, questions: built.append(name) or classes(name, questions)
    )
    monkeypatch.setattr(
        forms.templating,
        "page_macro",
        lambda section, mode: built.append(f"{mode} {section.key}") or templates(section, mode),
    )
    for _ in range(3):
        form = compiled(load_form(data, "a.toml"))
        form.parse(MultiDict({"staff": "1"}), "basics", {})
        draw_section(form, "basics", {})
        draw_view(form, {})
    assert sorted(built) == [
        "edit basics", "evaluation", "evaluation_basics", "evaluation_partners", "view basics", "view partners",
    ]  # fmt: skip
    assert type(form.reader.page_class("basics")(MultiDict())) is form.reader.page_class("basics")


def test_threads_share_one_form(data: dict[str, object], empty_cache: None) -> None:
    definition = load_form(data, "a.toml")
    found: list[object] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        form = compiled(definition)
        found.extend([form, form.pages.macro("view", "basics"), draw_section(form, "basics", {"staff": 6})])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 24
    assert len({id(item) for item in found if isinstance(item, CompiledForm)}) == 1
    assert len({id(item) for item in found[1::3]}) == 1
    assert len({str(item) for item in found[2::3]}) == 1


def test_the_cache_is_bounded(data: dict[str, object], empty_cache: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms.compile, "_KEPT_VERSIONS", 2)
    for version in ("1", "2", "3"):
        data["version"] = version
        compiled(load_form(data, "a.toml"))
    assert [form.definition.version for form in forms.compile._cache.values()] == ["2", "3"]


def test_section_states(form: CompiledForm, complete: dict[str, object], files: dict[str, list[object]]) -> None:
    def state(answers: dict[str, object], evidence: dict[str, list[object]], **raw: str) -> str:
        return form.section_state("basics", answers, evidence, raw)

    assert state({}, {}) == "empty"
    assert state({"orgs": [{"name": "甲"}]}, {}) == "empty"
    assert state({}, files) == "partial"
    assert state({"staff": 6}, {}) == "partial"
    assert state(complete, files) == "complete"
    assert state({**complete, "trained": 7}, files) == "faulty"
    assert state({}, {}, staff="六") == "faulty"
    assert form.section_state("partners", {}, {}) == "empty"
    assert form.section_state("partners", {"orgs": [{}]}, {}) == "empty"
    assert form.section_state("partners", {"services": ["a"]}, {}) == "complete"


def test_while_filling_blanks_are_not_faults(form: CompiledForm) -> None:
    assert form.section_errors("basics", {"staff": 1, "trained": 2}, {}) == {
        "trained": ["受训人员 2 多于服务人员 1，请核对", "受训人数多于服务人员"]
    }
    assert form.section_errors("partners", {"staff": 1, "trained": 2}, {}) == {}


def test_section_of_a_path(form: CompiledForm) -> None:
    assert form.section_of("orgs.2.name") == "partners"
    with pytest.raises(KeyError):
        form.section_of("nothing")
