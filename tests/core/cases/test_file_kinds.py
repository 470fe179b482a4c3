"""Names are made harmless; contents must be what the name says."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cases.file_kinds import KINDS, LONGEST_NAME, clean_name, kind_of, require_content
from core.errors import Refused


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("合同.pdf", "合同.pdf"),
        ("C:\\用户\\合同.PDF", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("照片\u202egpj.exe", "照片gpj.exe"),
        ("零\u200b宽.pdf", "零宽.pdf"),
        ("长" * 300 + ".docx", "长" * 115 + ".docx"),
        (".pdf", "附件.pdf"),
        ("...", "附件"),
        ("", "附件"),
    ],
)
def test_names(typed: str, clean: str) -> None:
    assert clean_name(typed) == clean


@given(st.text(max_size=400))
def test_any_name_becomes_harmless(typed: str) -> None:
    name = clean_name(typed)

    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set("/\\")
    assert not any(unicodedata.category(c)[0] == "C" for c in name)
    assert not name.startswith(".")
    assert clean_name(name) == name


def _zip(*names: str, content: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


GOOD = {
    "pdf": b"%PDF-1.7\n",
    "jpg": b"\xff\xd8\xff\xe0" + b"x" * 20,
    "png": b"\x89PNG\r\n\x1a\n....",
    "docx": _zip("[Content_Types].xml", "word/document.xml"),
    "xlsx": _zip("[Content_Types].xml", "xl/workbook.xml"),
    "zip": _zip("a.txt"),
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
}


@pytest.mark.parametrize("extension", GOOD)
def test_real_files_pass(extension: str) -> None:
    require_content(io.BytesIO(GOOD[extension]), KINDS[extension], f"a.{extension}")


@pytest.mark.parametrize("claimed", GOOD)
@pytest.mark.parametrize("actual", [*GOOD, "html", "svg", "exe"])
def test_a_file_must_be_what_it_says(claimed: str, actual: str) -> None:
    others = {"html": b"<html><script>", "svg": b"<svg xmlns=", "exe": b"MZ\x90\x00"}
    content = {**GOOD, **others}[actual]
    if claimed == actual or (claimed == "zip" and actual in ("docx", "xlsx")):
        return  # every document of office software is an archive, too
    with pytest.raises(Refused, match=f"不是 {claimed} 文件"):
        require_content(io.BytesIO(content), KINDS[claimed], f"a.{claimed}")


def test_macros_and_empty_files_are_refused() -> None:
    with pytest.raises(Refused, match="宏"):
        require_content(io.BytesIO(_zip("word/document.xml", "word/vbaProject.bin")), KINDS["docx"], "a.docx")
    with pytest.raises(Refused, match="空文件"):
        require_content(io.BytesIO(b""), KINDS["pdf"], "a.pdf")


def test_a_bomb_is_never_unpacked() -> None:
    bomb = _zip("0.bin", content=b"\0" * 50_000_000)
    assert len(bomb) < 100_000

    class Watched(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    file = Watched(bomb)
    require_content(file, KINDS["zip"], "a.zip")
    assert file.taken <= 2 * 64 * 1024


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.exe", "a.js", "a.docm", "a"])
def test_what_is_never_taken_even_if_a_form_names_it(name: str) -> None:
    with pytest.raises(Refused, match="这里不收"):
        kind_of(name, ("pdf", "svg", "html", "exe", "js", "docm"))


def test_the_fields_own_list_counts() -> None:
    assert kind_of("a.pdf", ("pdf",)).content_type == "application/pdf"
    with pytest.raises(Refused, match="可以传：pdf。"):
        kind_of("a.png", ("pdf",))
