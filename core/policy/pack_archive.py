"""A region's folder as one ZIP file, unpacked for a moment to be checked and read."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.errors import Refused

MOST_FILES = 500
MOST_BYTES = 5_000_000
"""Unpacked; the largest pack has a tenth of that. What claims to be more is not unpacked at all."""
TAKEN = (".toml", ".py", ".md")


@contextmanager
def unpacked(data: bytes) -> Iterator[Path]:
    """The folder that holds `region.toml`, for as long as the block lasts; nothing in it is run.

    Raises Refused for what is no ZIP file, is too large, points outside, or holds no or several regions.
    """
    with tempfile.TemporaryDirectory(prefix="kaoping-pack-") as held:
        _unpack(data, Path(held))
        found = sorted(Path(held).rglob("region.toml"))
        if len(found) != 1:
            raise Refused("压缩包里要有一个地区文件夹（里面有 region.toml）。" if not found else "压缩包里有几个地区，请分开导入。")
        yield found[0].parent


def _unpack(data: bytes, into: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Refused(f"压缩包太大：最多 {MOST_FILES} 个文件、解开后 {MOST_BYTES // 1_000_000} MB。")
            for entry in entries:
                _take(archive, entry, into)
    except Refused:
        raise
    except Exception as fault:  # a file from outside: places, packed data and names each break in ways of their own
        raise Refused("这不是能打开的 ZIP 文件，请用“导出”得到的文件，或重新压缩。") from fault


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path) -> None:
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
        raise Refused(f"压缩包里的“{entry.filename}”指向文件夹以外，没有导入。")
    if path.suffix not in TAKEN:
        return
    target = into / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source:
        content = source.read(MOST_BYTES + 1)  # the size that an entry states need not be true
    if len(content) > MOST_BYTES:
        raise Refused("压缩包里的文件比它自己写的大，没有导入。")
    target.write_bytes(content)
