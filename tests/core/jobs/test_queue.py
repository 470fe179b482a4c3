"""The doorbell rings after each action, never fails, and a worker that hears it does the work."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import OperationalError

from core import clock
from core.cases import action
from core.errors import SettingError
from core.jobs import outbox, queue
from core.jobs.queue import Queue
from core.models import OutboxRow
from core.models import database as handle
from tests.faults import processes

WORKER = """
from core.jobs import queue, worker
from core.jobs.handlers import HANDLERS
from core.models import StoredSetting
def note(row):
    time.sleep(float(row.payload.get("takes", 0)))
    StoredSetting.create(key=f"noted-{row.id}", value="")
HANDLERS["note"] = note
database.close()
bell = queue.install(sys.argv[1])
print("ready", flush=True)
worker.run(bell)
"""


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doorbells of this test only."""
    monkeypatch.setattr(action, "_doorbells", [])


@pytest.fixture
def bell(tmp_path: Path, rings: None) -> Iterator[Queue]:
    made = queue.install(f"sqlite:///{tmp_path / 'queue.db'}")
    yield made
    made.huey.storage.close()


def test_an_action_rings_once_until_it_is_heard(bell: Queue, database: str) -> None:
    assert bell.huey.pending_count() == 0
    for _ in range(3):
        with action.transaction():
            pass
    assert bell.huey.pending_count() == 1


def test_an_action_that_fails_does_not_ring(bell: Queue, database: str) -> None:
    with pytest.raises(ValueError), action.transaction():
        raise ValueError
    assert bell.huey.pending_count() == 0


def test_a_broken_doorbell_never_fails_the_action(bell: Queue, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise OSError("disk full")

    monkeypatch.setattr(bell.huey, "pending_count", broken)
    with action.transaction():
        OutboxRow.create(kind="note", available_at=clock.now())
    assert OutboxRow.select().count() == 1


def test_an_absent_redis_is_not_waited_for_long() -> None:
    with socket.socket() as taken:  # bound, so that nobody else listens there; not listening itself
        taken.bind(("127.0.0.1", 0))
        made = Queue(f"redis://127.0.0.1:{taken.getsockname()[1]}/0")
        began = time.monotonic()
        made.ring()
        assert time.monotonic() - began < 3
        made.huey.storage.pool.disconnect()


@pytest.mark.parametrize("url", ["amqp://x", "", "sqlite:////no/such/folder/queue.db"])
def test_an_unusable_address_is_named(url: str) -> None:
    with pytest.raises(SettingError, match="KAOPING_QUEUE_URL"):
        Queue(url)


def test_sweeping_does_the_forgotten_work(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.jobs.handlers import HANDLERS

    done: list[int] = []
    monkeypatch.setitem(HANDLERS, "note", lambda row: done.append(row.id))
    row = OutboxRow.create(kind="note", available_at=clock.now())
    handle.close()

    queue.sweep(threading.Event())

    assert done == [row.id]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=["sqlite", "redis"])
def queue_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A queue of either kind; a Redis of the test's own where the program is installed."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'queue.db'}"
        return
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("redis-server is needed here")
        pytest.skip("redis-server is not installed: the doorbell over Redis is left out")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    try:
        processes.wait_until(lambda: _listens(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def test_a_worker_hears_the_ring_and_ends_cleanly(database: str, queue_url: str, tmp_path: Path, rings: None) -> None:
    worker = processes.start(WORKER, database, tmp_path, queue_url)
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        bell = queue.install(queue_url)
        time.sleep(0.5)  # the first sweep is over
        with action.transaction():
            OutboxRow.create(kind="note", available_at=clock.now())
        began = time.monotonic()
        processes.wait_until(lambda: outbox.waiting() == 0, 25)
        assert time.monotonic() - began < 25  # by the bell: the next sweep comes after a minute

        with action.transaction():
            slow = OutboxRow.create(kind="note", payload={"takes": 1}, available_at=clock.now())
        processes.wait_until(lambda: OutboxRow.get_by_id(slow.id).attempts == 1, 10)
        worker.send_signal(signal.SIGTERM)
        _, err = worker.communicate(timeout=20)
        assert (worker.returncode, err) == (0, "")
        assert OutboxRow.get_by_id(slow.id).done_at is not None  # the row in hand was finished
    finally:
        worker.kill()
        worker.communicate()
        bell.huey.storage.close() if queue_url.startswith("sqlite") else bell.huey.storage.pool.disconnect()


def test_a_sweep_that_meets_a_busy_database_says_one_line_and_leaves_it_to_the_next(monkeypatch, caplog) -> None:
    from core.jobs import clocks

    def busy() -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr(clocks, "sweep", busy)
    monkeypatch.setattr(queue, "work_off", lambda _stop: pytest.fail("nothing more is done this minute"))
    queue.sweep(threading.Event())
    assert [record.levelname for record in caplog.records] == ["WARNING"] and "下一分钟再扫" in caplog.text
