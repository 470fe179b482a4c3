"""Values of parameters are told in words, not by their keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.admin.parameters import WORDS

PLUGINS = Path(__file__).parents[3] / "plugins"


def choices() -> Iterator[str]:
    for file in sorted(PLUGINS.glob("*/policy/*/parameters.toml")):
        for entry in tomllib.loads(file.read_text())["parameters"]:
            yield from (str(one) for one in entry.get("allowed", ()))


@pytest.mark.parametrize("key", sorted(set(choices())))
def test_every_choice_of_a_parameter_has_a_word(key: str) -> None:
    assert key in WORDS or not re.search("[a-z]", key), "add it to core.admin.parameters.WORDS"
