"""Questions that hang on another answer, live: shown at once, hidden again, and the column beside stays in view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def _side(page: Any) -> dict[str, float]:
    box: dict[str, float] = page.locator("#decide").bounding_box()
    return box


def test_a_remark_follows_its_answer(site: Site) -> None:
    page = site.page("haigang")
    page.goto("/cases/19")
    remark = page.get_by_label("完整性说明")
    assert not remark.is_visible()
    page.locator("[name=complete][value=no]").check()
    assert remark.is_visible()
    assert not page.get_by_label("规范性说明").is_visible()
    page.locator("[name=complete][value=yes]").check()
    assert not remark.is_visible()


def test_the_column_beside_can_be_read_to_its_end(site: Site) -> None:
    page = site.page("haigang")
    page.set_viewport_size({"width": 1280, "height": 640})
    page.goto("/cases/20")
    assert _side(page)["height"] > 640
    page.evaluate("scrollTo(0, 2500)")
    page.wait_for_function("document.querySelector('#decide').getBoundingClientRect().bottom <= innerHeight")
    assert _side(page)["y"] + _side(page)["height"] > 500, "it stays in view"


def test_chosen_photos_are_named(site: Site, tmp_path: Path) -> None:
    page = site.page("haigang")
    page.goto("/cases/19")
    page.locator("#visit-form summary").click()
    photo = tmp_path / "现场.png"
    photo.write_bytes(b"\x89PNG")
    page.locator("#visit-form input[type=file]").set_input_files(photo)
    assert "现场.png" in page.locator("#visit-form .drop").inner_text()
