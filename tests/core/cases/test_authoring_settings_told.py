"""What settings say, in words, for every city: no key of the text is left where there is a word for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from core.cases.authoring_settings_told import option_words, read_aloud, told
from tests.core.cases.test_authoring_settings import FILES, PLUGINS

WITHOUT_WORDS = {"district", "county"}
"""Choices of Qinhuangdao's level that its text gives no words for and that no register knows."""


@pytest.mark.parametrize("file", FILES, ids=lambda path: "/".join(path.relative_to(PLUGINS).parts))
def test_every_setting_is_told_without_keys(file: Path) -> None:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    parameters = {key: "某参数" for key in re.findall(r'"\$(\w+)"', file.read_text(encoding="utf-8"))}
    found = told(file.stem, data, parameters)
    assert found or file.stem == "facts"
    for title, values in found:
        for what, said in values:
            quoted = re.sub("“[a-z_]+”", "", said)  # words that a condition compares with stand as they are written
            assert set(re.findall(r"[a-z_]{3,}", f"{title}{what}{quoted}")) <= WITHOUT_WORDS, (title, what, said)


def test_nothing_is_told_of_what_no_form_shows() -> None:
    assert told("awards", {"amounts": []}, {}) == []
    assert told("clocks", {"clocks": 3}, {}) == []


def test_choices_are_called_by_the_fact_else_as_everywhere_else_by_their_key() -> None:
    assert option_words({"allowed": ["city", "x"]}) == {"city": "市级", "x": "x"}
    assert option_words({"allowed": ["city"], "names": ["本市"]}) == {"city": "本市"}


def test_what_is_no_formula_is_not_read_aloud() -> None:
    assert read_aloud("size >= 5", {"size": "人数"}) == "“人数” 不小于 5"
    assert read_aloud("size >=", {}) == read_aloud("", {}) == ""
