"""What holds for the pack of every city."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from core.policy.pack import load_region
from forms.definition import load_form

CITIES = sorted(p.parent.name for p in (Path(__file__).parents[2] / "plugins").glob("*/__init__.py"))
LIMITS_OF_HOOKS = 40


def folder(city: str) -> Path:
    return Path(importlib.import_module(f"plugins.{city}").__file__).parent


@pytest.mark.parametrize("city", CITIES)
def test_the_hooks_stay_small(city):
    assert len((folder(city) / "__init__.py").read_text(encoding="utf-8").splitlines()) <= LIMITS_OF_HOOKS


@pytest.mark.parametrize("city", CITIES)
def test_every_parameter_is_told_in_the_readme(city):
    readme = (folder(city) / "README.md").read_text(encoding="utf-8")
    for version in load_region(folder(city)).versions:
        assert [key for key in version.parameters if f"`{key}`" not in readme] == []


@pytest.mark.parametrize("city", CITIES)
def test_what_has_no_value_says_what_to_ask(city):
    for parameter in load_region(folder(city)).newest.missing_parameters():
        assert parameter.ask.endswith("。")


@pytest.mark.parametrize("city", CITIES)
def test_forms_are_sound(city):
    for file in (folder(city) / "forms").glob("*.toml"):
        assert load_form(file.read_text(encoding="utf-8"), file.stem).key == file.stem


@pytest.mark.parametrize("city", CITIES)
def test_no_person_no_phone_and_no_corrupted_name(city):
    for file in folder(city).rglob("*"):
        if file.suffix in {".toml", ".md", ".py"}:
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"太阳成|tyc|(?<!\d)1[3-9]\d{9}(?!\d)|联系人[^\"）]{0,6}[：:]", text), file
