"""The archive's files: names that every system unpacks, bytes that stay the same, JSON that a person can read."""

from __future__ import annotations

import io
import zipfile

from core.cases import archive_files
from core.cases.archive_files import Entry, safe_name


def test_names_that_no_system_could_unpack_are_mended() -> None:
    assert safe_name("a/b\\c:d\n") == "a_b_c_d_"
    assert safe_name("..") == "_"
    assert len(safe_name("长" * 300 + ".pdf")) <= 80 and safe_name("长" * 300 + ".pdf").endswith(".pdf")


def test_an_archive_is_sent_piece_by_piece_and_is_the_same_every_time() -> None:
    large = b"0123456789abcdef" * 65536
    entries = [Entry("甲.json", archive_files.as_json({"乙": 1})), Entry("大.bin", lambda: io.BytesIO(large))]
    pieces = list(archive_files.stream(entries, {"number": "1"}))
    assert len(pieces) > 4 and b"".join(pieces) == b"".join(archive_files.stream(entries, {"number": "1"}))
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.read("大.bin") == large and archive.read("甲.json").decode() == '{\n "乙": 1\n}'
        assert {info.date_time for info in archive.infolist()} == {archive_files.FIXED_TIME}
        assert archive.testzip() is None
