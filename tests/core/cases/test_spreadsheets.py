"""Spreadsheets from outside: rows come out as texts, and whatever is broken, huge or no spreadsheet is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cases.spreadsheets import filled_sheet, read_rows
from core.errors import Refused

HEADS = ("编号", "名称")
SOUND = filled_sheet("载体", HEADS, [("1", "甲"), ("2", "=1+1")])


def test_rows_come_out_as_they_went_in() -> None:
    assert read_rows(SOUND, HEADS, 10) == ("载体", [(2, ["1", "甲"]), (3, ["2", "=1+1"])])


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(Refused, match="一次最多导入 1 行"):
        read_rows(SOUND, HEADS, 1)


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04", b"a,b\n1,2\n", SOUND[:-30], SOUND[: len(SOUND) // 2]])
def test_what_is_no_spreadsheet_is_refused(file: bytes) -> None:
    with pytest.raises(Refused, match=r"另存为 \.xlsx"):
        read_rows(file, HEADS, 10)


def _with_part(name: str, text: bytes) -> bytes:
    """The sound file with one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"ha" * 500 + b'">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"%d" % (n - 1) if n else b"") * 10) for n in range(9))
    + b"]><worksheet><sheetData>&a8;</sheetData></worksheet>"
)  # fmt: skip


@pytest.mark.parametrize(
    "sheet", [b"", b"<worksheet><sheetData><row>", b"\xff\xfe", LAUGHS], ids=["empty", "cut off", "no text", "entities"]
)
def test_a_broken_sheet_inside_is_refused(sheet: bytes) -> None:
    with pytest.raises(Refused):
        read_rows(_with_part("xl/worksheets/sheet1.xml", sheet), HEADS, 10)


def test_a_small_file_that_unpacks_to_much_is_not_read() -> None:
    bomb = _with_part("xl/styles.xml", b" " * 60_000_000)

    assert len(bomb) < 200_000
    with pytest.raises(Refused, match="展开后太大"):
        read_rows(bomb, HEADS, 10)


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_one_changed_octet_is_read_or_refused(place: int, by: int) -> None:
    changed = bytearray(SOUND)
    changed[place] ^= by
    try:
        read_rows(bytes(changed), HEADS, 10)
    except Refused as refusal:
        assert str(refusal)
