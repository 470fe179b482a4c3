"""Where the bytes of attachments lie: under their SHA-256, in a folder or in a store that fsspec knows.

A process says once, with `use`, where that is; everything else asks `current()`.
"""

from __future__ import annotations

from typing import BinaryIO

from core.errors import SettingError
from core.storage.store import BadDigest, Storage, StorageDown, Stored, TooLarge

_current: Storage | None = None


def use(url: str) -> Storage:
    """Keep attachments at `url` from now on. Raises SettingError when the place is unusable."""
    global _current  # noqa: PLW0603 - the one store of a process, set at start-up
    _current = Storage(url)
    return _current


def current() -> Storage:
    """The store of this process. Raises SettingError when nobody has called `use`."""
    if _current is None:
        raise SettingError("KAOPING_STORAGE_URL：附件存放处还没有设定。")
    return _current


def open_file(digest: str) -> BinaryIO:
    """The bytes under a digest, from this process's store. Raises FileNotFoundError, BadDigest, StorageDown."""
    return current().open(digest)


__all__ = ["BadDigest", "Storage", "StorageDown", "Stored", "TooLarge", "current", "open_file", "use"]
