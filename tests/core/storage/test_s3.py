"""Attachments in a bucket, over the S3 protocol, against a server of the test's own that is also taken away."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SettingError
from core.storage import Storage, StorageDown, TooLarge
from tests.faults import processes

SERVE = "import sys; from moto.server import main; main(['-p', sys.argv[1]])"


class Server:
    """An S3 server on a port of its own, which can be stopped and started again (it forgets its files then)."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        self._running = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        processes.wait_until(self._listens, 40)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self._running.kill()
        self._running.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


@pytest.fixture
def bucket(server: Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The name of an empty bucket, with the environment set as an operator would."""
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    S3FileSystem.clear_instance_cache()
    name = f"kaoping-{os.urandom(4).hex()}"
    S3FileSystem(use_listings_cache=False).mkdir(name)
    S3FileSystem.clear_instance_cache()
    return name


def test_kept_once_found_by_digest_and_the_same_after_a_restart(bucket: str) -> None:
    store = Storage(f"s3://{bucket}/kaoping")
    first, second = (store.put(io.BytesIO("佐证".encode()), 100) for _ in range(2))

    assert first == second
    again = Storage(f"s3://{bucket}/kaoping")
    with again.open(first.digest) as file:
        assert file.read() == "佐证".encode()
    assert again.fs.find(bucket) == [f"{bucket}/kaoping/{first.digest[:2]}/{first.digest}"]


def test_a_file_of_many_parts_comes_back_byte_for_byte(bucket: str) -> None:
    store = Storage(f"s3://{bucket}")
    whole = os.urandom(12 * 1024 * 1024)

    stored = store.put(io.BytesIO(whole), 20 * 1024 * 1024)

    with store.open(stored.digest) as file:
        assert file.read() == whole


def test_what_is_refused_never_reaches_the_bucket(bucket: str) -> None:
    store = Storage(f"s3://{bucket}")

    def refuse(file: object) -> None:
        raise ValueError

    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"x" * 11), 10)
    with pytest.raises(ValueError):
        store.put(io.BytesIO(b"abc"), 10, refuse)
    assert store.fs.find(bucket) == []


def test_a_missing_file_is_missing_and_not_a_fault(bucket: str) -> None:
    store = Storage(f"s3://{bucket}")

    assert not store.exists("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.open("0" * 64)


def test_what_another_process_kept_is_seen_at_once(bucket: str) -> None:
    one, other = Storage(f"s3://{bucket}"), Storage(f"s3://{bucket}")
    kept = one.put(io.BytesIO(b"abc"), 10)
    assert other.exists(kept.digest)


def test_a_missing_bucket_is_named_at_the_start(bucket: str) -> None:
    with pytest.raises(SettingError, match="没有存储桶 nobody-made-this"):
        Storage("s3://nobody-made-this/kaoping")


def test_a_bucket_that_goes_away_is_said_and_nothing_is_kept(bucket: str) -> None:
    store = Storage(f"s3://{bucket}")
    store.fs.rmdir(bucket)

    with pytest.raises(StorageDown, match="暂时连不上"):
        store.put(io.BytesIO(b"abc"), 10)


def test_a_server_that_is_away_is_said_and_its_return_is_noticed(bucket: str, server: Server) -> None:
    store = Storage(f"s3://{bucket}")
    kept = store.put(io.BytesIO(b"abc"), 10)
    server.stop()
    try:
        for use in (lambda: store.open(kept.digest), lambda: store.exists(kept.digest),
                    lambda: store.put(io.BytesIO(b"abd"), 10)):  # fmt: skip
            with pytest.raises(StorageDown, match="暂时连不上"):
                use()
        with pytest.raises(SettingError, match="KAOPING_STORAGE_URL：S3 连不上"):
            Storage(f"s3://{bucket}")
    finally:
        server.start()
    store.fs.mkdir(bucket)

    assert store.put(io.BytesIO(b"abd"), 10).size == 3


def test_without_the_extra_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(url: str, **_how: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", absent)
    with pytest.raises(SettingError, match=r"kaoping\[s3\]"):
        Storage("s3://any")


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Storage(f"file://{tmp_path}")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageDown, match="磁盘满了"):
        store.put(io.BytesIO(b"abc"), 10)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
