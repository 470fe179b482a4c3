"""Bytes are kept whole under their digest, or not at all; nothing but a digest finds them."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest

from core import storage
from core.errors import SettingError
from core.storage import BadDigest, Storage, TooLarge


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return Storage(f"file://{tmp_path / 'files'}")


def _kept(store: Storage) -> list[Path]:
    return [path for path in Path(store.root).rglob("*") if path.is_file()]


def test_what_was_put_is_found_by_its_digest(store: Storage) -> None:
    stored = store.put(io.BytesIO("佐证".encode()), 100)

    assert stored.digest == hashlib.sha256("佐证".encode()).hexdigest()
    assert stored.size == 6
    assert store.exists(stored.digest)
    with store.open(stored.digest) as file:
        assert file.read() == "佐证".encode()


def test_the_same_bytes_are_kept_once(store: Storage) -> None:
    first, second = (store.put(io.BytesIO(b"abc"), 100) for _ in range(2))

    assert first == second
    assert len(_kept(store)) == 1


@pytest.mark.parametrize(("size", "fits"), [(100, True), (101, False)])
def test_the_limit_is_exact_and_leaves_nothing(store: Storage, size: int, fits: bool) -> None:
    if fits:
        assert store.put(io.BytesIO(b"x" * size), 100).size == size
        return
    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"x" * size), 100)
    assert _kept(store) == []


def test_a_refused_or_broken_arrival_leaves_nothing(store: Storage) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise ConnectionError
            return super().read(3)

    with pytest.raises(ConnectionError):
        store.put(Torn(b"abcdef"), 100)

    def refuse(file: object) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        store.put(io.BytesIO(b"abc"), 100, refuse)
    assert _kept(store) == []


def test_inspection_sees_the_whole_file_from_its_start(store: Storage) -> None:
    seen: list[bytes] = []

    store.put(io.BytesIO(b"abcdef"), 100, lambda file: seen.append(file.read()))

    assert seen == [b"abcdef"]


def test_a_large_file_is_never_in_memory(store: Storage) -> None:
    class Endless(io.RawIOBase):
        left = 64

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"x" * min(size, 512 * 1024) if self.left >= 0 else b""

    tracemalloc.start()
    stored = store.put(Endless(), 100 * 1024 * 1024)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert stored.size > 15 * 1024 * 1024
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize("name", ["../secret_key", "a" * 63, "A" * 64, "a" * 64 + "\n", "/etc/passwd", "", "a" * 32 + "/" + "b" * 31])
def test_only_a_digest_names_anything(store: Storage, name: str) -> None:
    with pytest.raises(BadDigest):
        store.open(name)
    with pytest.raises(BadDigest):
        store.exists(name)


def test_another_kind_of_store_by_its_address() -> None:
    store = Storage("memory://files")

    stored = store.put(io.BytesIO(b"abc"), 100)

    assert store.exists(stored.digest)
    with store.open(stored.digest) as file:
        assert file.read() == b"abc"


def test_an_unusable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="KAOPING_STORAGE_URL"):
        Storage(f"file://{tmp_path / 'file' / 'below'}")
    with pytest.raises(SettingError, match="nonsense"):
        Storage("nonsense://x")


def test_the_store_of_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_current", None)
    with pytest.raises(SettingError):
        storage.current()
    made = storage.use(f"file://{tmp_path}")
    stored = made.put(io.BytesIO(b"abc"), 10)
    with storage.open_file(stored.digest) as file:
        assert file.read() == b"abc"
