"""The generated reference is what the code says now, and everything in it is described."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = runpy.run_path(str(ROOT / "docs" / "generate.py"))["PAGES"]


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_the_page_is_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == GENERATED[name](), "run: python docs/generate.py"


def test_every_command_says_what_it_does() -> None:
    page = GENERATED["cli.md"]()
    for title, body in re.findall(r"## `(.+?)`\n\n(.*?)(?=\n## |\Z)", page, re.S):
        assert body.strip(), f"{title} has no help"


def test_every_setting_that_is_read_is_described() -> None:
    described = set(re.findall(r"KAOPING_[A-Z_]+", GENERATED["settings.md"]()))
    read = set()
    for file in (ROOT / "core").rglob("*.py"):
        read |= set(re.findall(r"KAOPING_[A-Z_]+[A-Z]", file.read_text(encoding="utf-8")))
    internal = {name for name in read if name.endswith("_FILE") or name.startswith("KAOPING_TEST")}
    assert read - internal - described <= {"KAOPING_SUPERVISOR"}
