"""One store of files by content: written whole or not at all, never changed, found by digest alone."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from core.errors import KaopingError, Refused, SettingError

CHUNK = 256 * 1024
log = logging.getLogger("kaoping.storage")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class BadDigest(ValueError):
    """What was asked for is no SHA-256 in hex, so it can name nothing here (paths never get through)."""


class TooLarge(Refused):
    """More bytes came than are allowed; nothing was kept."""


class StorageDown(KaopingError):
    """The store does not answer, refuses us or is full. Nothing was kept; the same action works when it is back."""

    http_status = 503


PATIENCE: dict[str, Any] = {
    "use_listings_cache": False,  # other processes put files, too
    "config_kwargs": {"connect_timeout": 3, "read_timeout": 20, "retries": {"max_attempts": 1}},
}
"""What a bucket is opened with. Address and keys are the usual ones of S3: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, or a profile."""


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
            self.fs, root = fsspec.core.url_to_fs(url, **(PATIENCE if url.startswith("s3://") else {}))
        except ImportError as fault:
            raise SettingError(
                "KAOPING_STORAGE_URL：存在 S3 里要先装 pip install 'kaoping[s3]'。" if url.startswith("s3:")
                else f"KAOPING_STORAGE_URL：存放处 {url} 要另装程序（{fault}）。"
            ) from fault  # fmt: skip
        except ValueError as fault:
            raise SettingError(f"KAOPING_STORAGE_URL：不认识的存放处 {url}（{fault}）。") from fault
        self.root = str(root).rstrip("/")
        self.local = "file" in (self.fs.protocol if isinstance(self.fs.protocol, tuple) else (self.fs.protocol,))
        # Bytes arrive here first; beside the files, so that the last step is a rename on one disk.
        self._incoming = Path(self.root) / "incoming" if self.local else None
        if self._incoming is not None:
            _make_folder(self._incoming)
        elif url.startswith("s3://"):
            self._require_bucket()

    def _require_bucket(self) -> None:
        bucket = self.root.split("/", 1)[0]
        try:
            self.fs.call_s3("head_bucket", Bucket=bucket)  # `exists` answers no when nobody answers
        except (FileNotFoundError, PermissionError) as fault:
            raise SettingError(
                f"KAOPING_STORAGE_URL：S3 里没有存储桶 {bucket}，或者密钥看不到它。"
                "先建好桶，检查 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY。"
            ) from fault
        except Exception as fault:  # the libraries underneath share no base class
            raise SettingError(f"KAOPING_STORAGE_URL：S3 连不上（{fault}）。检查 AWS_ENDPOINT_URL 和网络。") from fault

    def put(
        self, stream: IO[bytes], limit_bytes: int, inspect: Callable[[IO[bytes]], None] | None = None
    ) -> Stored:
        """Keep everything that `stream` holds. Raises TooLarge, having kept nothing, beyond `limit_bytes`.

        `inspect` is given the whole file before it is kept; what it raises refuses the file. The same bytes
        twice are kept once. When this returns, the file is on the disk, under its digest. Raises StorageDown when
        the store does not take it.
        """
        with self._arriving() as (file, path):
            stored = _copy(stream, file, limit_bytes)
            with _answering():
                file.flush()
                os.fsync(file.fileno())
            if inspect is not None:
                file.seek(0)
                inspect(file)
            with _answering():
                self._keep(path, stored.digest)
        return stored

    def open(self, digest: str) -> BinaryIO:
        """The bytes under a digest. Raises FileNotFoundError, StorageDown; BadDigest for anything but a digest."""
        place = self._place(digest)
        with _answering(FileNotFoundError):
            return cast(BinaryIO, self.fs.open(place, "rb"))

    def exists(self, digest: str) -> bool:
        """Whether these bytes are kept here. Raises StorageDown, BadDigest."""
        place = self._place(digest)
        with _answering():
            return bool(self.fs.exists(place))

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
            with _answering():
                arriving = path.open("x+b")
            with arriving as file:
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
        with _answering():
            file.write(chunk)
    return Stored(hashed.hexdigest(), size)


@contextmanager
def _answering(*passed: type[Exception]) -> Iterator[None]:
    """What the store cannot do becomes StorageDown, but for errors that are an answer of their own."""
    try:
        yield
    except Exception as fault:  # s3fs lets errors of three libraries through, which share no base class
        if isinstance(fault, (KaopingError, *passed)):
            raise
        full = isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)
        log.error("KAOPING_STORAGE_URL：%s: %s", type(fault).__name__, fault)
        raise StorageDown(
            "存放附件的磁盘满了，这份文件没有收下。请告诉系统管理员腾出空间；别的内容都在，过后再传这一份。" if full
            else "存放附件的地方暂时连不上，这份文件没有办成。别的内容都在，过几分钟再试；还不行请告诉系统管理员。"
        ) from fault  # fmt: skip


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
