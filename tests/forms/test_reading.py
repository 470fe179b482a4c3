"""Answers as JSON are judged like typed ones."""

from __future__ import annotations

import pytest

from forms.compile import CompiledForm


def test_read_over_stored(form: CompiledForm) -> None:
    parsed = form.from_json({"area_m2": "1,860", "staff": None}, {"staff": 3, "trained": 1})
    assert parsed.answers == {"area_m2": "1860", "trained": 1}
    assert parsed.errors == {}


def test_text_keeps_numbers_exact(form: CompiledForm) -> None:
    assert form.from_json('{"area_m2": 0.10, "staff": 6}').answers == {"area_m2": "0.1", "staff": 6}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"nothing": 1}, "nothing"),
        ({"share": "5"}, "share"),
        ({"lease": "x"}, "lease"),
        ({"area_m2": 1.5}, "area_m2"),
        ({"area_m2": "-1"}, "area_m2"),
        ({"staff": True}, "staff"),
        ({"has_fund": "maybe"}, "has_fund"),
        ({"services": ["z"]}, "services"),
        ({"orgs": {}}, "orgs"),
        ({"orgs": [1]}, "orgs"),
        ({"orgs": [{"nothing": 1}]}, "orgs.0.nothing"),
        ({"orgs": [{"name": "甲", "times": "x"}]}, "orgs.0.times"),
    ],
)
def test_faults_by_path(form: CompiledForm, given: dict[str, object], path: str) -> None:
    assert list(form.from_json(given).errors) == [path]


@pytest.mark.parametrize("text", ["", "[]", "5", "null", "{", '"x"', "[" * 100_000])
def test_no_object_at_all(form: CompiledForm, text: str) -> None:
    assert form.from_json(text).errors == {"": ["内容不是一组键和值，请按接口说明提交"]}


def test_there_and_back(form: CompiledForm, complete: dict[str, object]) -> None:
    answers = {**complete, "orgs": [{"name": "甲", "times": 2}], "services": ["a"]}
    text = form.to_json(answers)
    assert form.from_json(text).answers == answers
    assert form.to_json(dict(reversed(answers.items()))) == text
    assert form.to_json({**answers, "share": None, "unknown": 5, "reason": ""}) == text
