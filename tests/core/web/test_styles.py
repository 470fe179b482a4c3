"""The stylesheets hold no class that nothing draws, and stay small."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SHEETS = (ROOT / "core/static/kaoping.css", ROOT / "core/static/designer.css")
COMPOSED = ("chip-", "on-", "r-", "wf-")
"""Classes put together where they are drawn: `chip-{{ kind }}`, `on-{{ tone }}` …"""


def classes_of(css: str) -> set[str]:
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return {
        name for selectors in re.findall(r"([^{};]+)\{", plain) for name in re.findall(r"\.([A-Za-z][\w-]*)", selectors)
    }


def drawn() -> set[str]:
    """Every word of the templates, the views and the scripts: a class that is no such word is drawn nowhere."""
    files = [p for room in ("core", "forms", "plugins") for p in (ROOT / room).rglob("*")]
    texts = [p.read_text(encoding="utf-8") for p in files if p.suffix in (".html", ".py", ".js")]
    return {word for text in texts for word in re.findall(r"[A-Za-z][\w-]*", text)}


def unused(css: str, words: set[str]) -> set[str]:
    return {name for name in classes_of(css) - words if not name.startswith(COMPOSED)}


def test_every_class_is_drawn_somewhere() -> None:
    words = drawn()
    assert {name for sheet in SHEETS for name in unused(sheet.read_text(encoding="utf-8"), words)} == set()


def test_a_class_that_nothing_draws_is_found() -> None:
    assert unused("@media print{.panel>.left-over,.tbl{color:red}}", {"panel", "tbl"}) == {"left-over"}


def test_the_sheet_of_every_page_stays_small() -> None:
    assert len(gzip.compress(SHEETS[0].read_bytes())) < 8_000
