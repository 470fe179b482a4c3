"""A region's ZIP from outside: unpacked for a moment, or refused in words, whatever is wrong with it."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.pack_archive import unpacked


def _zip(*files: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return out.getvalue()


SOUND = _zip(("pack/region.toml", 'name = "甲"\n' * 20), ("pack/policy/a.toml", "k = 1\n" * 20))


def test_the_folder_is_there_for_as_long_as_it_is_used() -> None:
    with unpacked(SOUND) as folder:
        assert (folder / "policy" / "a.toml").read_text() == "k = 1\n" * 20
    assert not folder.exists()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a.toml", "")], "要有一个地区文件夹"),
        ([("a/region.toml", ""), ("b/region.toml", "")], "几个地区"),
        ([("../region.toml", "")], "指向文件夹以外"),
        ([("/etc/region.toml", "")], "指向文件夹以外"),
        ([("region.toml", " " * 5_000_001)], "压缩包太大"),
        ([(f"{n}.toml", "") for n in range(501)], "压缩包太大"),
        ([("a.toml", ""), ("a.toml/region.toml", "")], "不是能打开的 ZIP"),
        ([(f"{'长' * 300}/region.toml", "")], "不是能打开的 ZIP"),
    ],
)
def test_what_cannot_be_a_pack_is_refused(files: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(Refused, match=said), unpacked(_zip(*files)):
        pass


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_one_changed_octet_is_read_or_refused(place: int, by: int) -> None:
    changed = bytearray(SOUND)
    changed[place] ^= by
    try:
        with unpacked(bytes(changed)) as folder:
            assert (folder / "region.toml").exists()
    except Refused as refusal:
        assert str(refusal)
