"""What a spreadsheet could run is shown as text."""

from __future__ import annotations

import pytest

from core.web.spreadsheet import as_csv, safe_cell


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "＝1"])
def test_cells_that_could_begin_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    assert [safe_cell(cell) for cell in (None, 12, "a=b", "")] == ["", "12", "a=b", ""]


def test_a_row_at_a_time_behind_a_byte_order_mark() -> None:
    assert list(as_csv([["单位", "=1"], ["a,b", 2]])) == ["\ufeff", "单位,'=1\r\n", '"a,b",2\r\n']
