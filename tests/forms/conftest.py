"""A small form that has something of everything, and ways to vary it."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from hypothesis import settings

from forms.compile import CompiledForm, compiled
from forms.definition import load_form

# Machines of different speed: an example is judged by its outcome, not by its time.
settings.register_profile("forms", deadline=None)
settings.load_profile("forms")

BASICS = {
    "key": "basics",
    "title": "基本情况",
    "clause": "第六条",
    "fields": [
        {"key": "area_m2", "label": "场地面积", "type": "decimal", "unit": "平方米", "required": True, "min": 0,
         "max": "100000", "places": 2, "hint": "以租赁合同为准"},
        {"key": "lease", "label": "租赁合同", "type": "files", "accept": ["pdf", "jpg"], "max_mb": 20,
         "max_files": 2, "required": True, "proves": ["area_m2"]},
        {"key": "staff", "label": "服务人员", "type": "integer", "unit": "人", "required": True, "min": 0},
        {"key": "trained", "label": "受训人员", "type": "integer", "unit": "人"},
        {"key": "share", "label": "受训占比", "type": "calculated", "unit": "%",
         "formula": "trained / staff * 100"},
        {"key": "has_fund", "label": "有无种子基金", "type": "yes_no", "required": True},
        {"key": "fund", "label": "基金规模", "type": "money", "unit": "万元", "required": True,
         "show_when": "has_fund"},
        {"key": "reason", "label": "说明", "type": "long_text", "require_when": "staff == 0"},
    ],
}  # fmt: skip
PARTNERS = {
    "key": "partners",
    "title": "签约机构",
    "fields": [
        {"key": "orgs", "label": "机构", "type": "table", "min_rows": 1, "max_rows": 3, "columns": [
            {"key": "name", "label": "名称", "type": "text", "required": True},
            {"key": "kind", "label": "类别", "type": "choice",
             "choices": [{"key": "law", "label": "法律"}, {"key": "tax", "label": "财税"}]},
            {"key": "times", "label": "服务", "type": "integer", "unit": "次", "total": True, "min": 0}]},
        {"key": "services", "label": "服务内容", "type": "choices",
         "choices": [{"key": "a", "label": "培训"}, {"key": "b", "label": "路演"}]},
    ],
}  # fmt: skip
FORM: dict[str, object] = {
    "key": "evaluation",
    "title": "绩效评价",
    "version": "2023",
    "sections": [BASICS, PARTNERS],
    "checks": [{"key": "enough", "formula": "trained <= staff", "message": "受训人数多于服务人员",
                "fields": ["trained"]}],
    "parts": [{"whole": "staff", "parts": ["trained"]}],
}  # fmt: skip
COMPLETE: dict[str, object] = {"area_m2": "1860", "staff": 6, "trained": 3, "has_fund": False}
FILES = {"lease": [{"id": "7", "name": "合同.pdf", "size": 2048, "url": "/files/7"}]}


@pytest.fixture
def data() -> dict[str, object]:
    """The form's data, free to be changed."""
    return copy.deepcopy(FORM)


@pytest.fixture
def form() -> CompiledForm:
    return compiled(load_form(FORM, "evaluation.toml"))


@pytest.fixture
def one_field() -> Callable[..., CompiledForm]:
    """A form of a single section made from the given fields."""

    def make(*fields: dict[str, object], **more: object) -> CompiledForm:
        section = {"key": "s", "title": "节", "fields": list(fields)}
        return compiled(load_form({"key": "f", "title": "表", "version": "1", "sections": [section], **more}, "f.toml"))

    return make


@pytest.fixture
def complete() -> dict[str, object]:
    return dict(COMPLETE)


@pytest.fixture
def files() -> dict[str, list[dict[str, object]]]:
    return copy.deepcopy(FILES)
