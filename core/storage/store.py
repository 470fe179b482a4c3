"""One store of files by content: written whole or not at all, never changed, found by digest alone."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from core.errors import Refused, SettingError

CHUNK = 256 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class BadDigest(ValueError):
    """What was asked for is no SHA-256 in hex, so it can name nothing here (paths never get through)."""


class TooLarge(Refused):
    """More bytes came than are allowed; nothing was kept."""


@dataclass(frozen=True)
class Stored:
    """What `put` kept: the SHA-256 in hex and the number of bytes."""

    digest: str
    size: int


class Storage:
    """Files under `<root>/<two digits>/<digest>`; the root is a folder (`file://`) or a bucket (`s3://`)."""

    def __init__(self, url: str) -> None:
        """Raises SettingError when the address is not understood or the folder cannot be written."""
        import fsspec

        try:
            self.fs, root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as fault:
            raise SettingError(f"KAOPING_STORAGE_URL：不认识的存放处 {url}（{fault}）。") from fault
        self.root = str(root).rstrip("/")
        self.local = "file" in (self.fs.protocol if isinstance(self.fs.protocol, tuple) else (self.fs.protocol,))
        # Bytes arrive here first; beside the files, so that the last step is a rename on one disk.
        self._incoming = Path(self.root) / "incoming" if self.local else None
        if self._incoming is not None:
            _make_folder(self._incoming)

    def put(
        self, stream: IO[bytes], limit_bytes: int, inspect: Callable[[IO[bytes]], None] | None = None
    ) -> Stored:
        """Keep everything that `stream` holds. Raises TooLarge, having kept nothing, beyond `limit_bytes`.

        `inspect` is given the whole file before it is kept; what it raises refuses the file. The same bytes
        twice are kept once. When this returns, the file is on the disk, under its digest.
        """
        with self._arriving() as (file, path):
            stored = _copy(stream, file, limit_bytes)
            file.flush()
            os.fsync(file.fileno())
            if inspect is not None:
                file.seek(0)
                inspect(file)
            self._keep(path, stored.digest)
        return stored

    def open(self, digest: str) -> BinaryIO:
        """The bytes under a digest. Raises FileNotFoundError; BadDigest for anything but a digest."""
        return cast(BinaryIO, self.fs.open(self._place(digest), "rb"))

    def exists(self, digest: str) -> bool:
        """Whether these bytes are kept here."""
        return bool(self.fs.exists(self._place(digest)))

    def _place(self, digest: str) -> str:
        if not _DIGEST.match(digest):
            raise BadDigest(digest)
        return f"{self.root}/{digest[:2]}/{digest}"

    @contextmanager
    def _arriving(self) -> Iterator[tuple[Any, Path]]:
        if self._incoming is None:
            import tempfile

            with tempfile.NamedTemporaryFile() as file:
                yield file, Path(file.name)
            return
        path = self._incoming / secrets.token_hex(16)
        try:
            with path.open("x+b") as file:
                yield file, path
        finally:
            path.unlink(missing_ok=True)

    def _keep(self, path: Path, digest: str) -> None:
        place = self._place(digest)
        if not self.local:
            if not self.fs.exists(place):
                self.fs.put_file(str(path), place)
            return
        final = Path(place)
        _make_folder(final.parent)
        path.replace(final)
        _sync_folder(final.parent)


def _copy(stream: IO[bytes], file: Any, limit_bytes: int) -> Stored:
    size, hashed = 0, hashlib.sha256()
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit_bytes:
            raise TooLarge(f"文件超过 {limit_bytes // (1024 * 1024)} 兆字节，没有收下。请压缩或拆分后再传。")
        hashed.update(chunk)
        file.write(chunk)
    return Stored(hashed.hexdigest(), size)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingError(f"KAOPING_STORAGE_URL：文件夹 {path} 不可写（{fault.strerror}）。") from fault


def _sync_folder(path: Path) -> None:
    """The new name itself must survive a power cut, too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
