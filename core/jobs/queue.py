"""The doorbell: Huey tells a worker to look into the outbox. Nothing depends on a ring getting through."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey, crontab
from peewee import OperationalError

from core import clock
from core.cases import action
from core.errors import SettingError
from core.jobs import outbox
from core.models import database

NAME = "kaoping"
PATIENCE = 1.0  # seconds a ring may wait for the queue's file or server; the outbox does not need it

log = logging.getLogger("kaoping.jobs")


class Queue:
    """The doorbell of one process: `ring` at one end, `drain` and the sweep at the other."""

    def __init__(self, url: str) -> None:
        """Raises SettingError for an address that is neither sqlite:/// nor redis://."""
        self.huey = _open(url)
        self.stopping = threading.Event()
        # Huey finds tasks by name, so every process makes the same two
        self.drain = self.huey.task(name="drain")(self._drain)
        self.sweep = self.huey.periodic_task(crontab(minute="*"), name="sweep")(self._sweep)

    def ring(self) -> None:
        """Ask a worker to look into the outbox. Never fails and never waits long."""
        try:
            # a ring not yet heard covers this action too: the worker looks after hearing it
            if self.huey.pending_count() == 0:
                self.drain()
        except Exception as fault:
            log.warning("the doorbell did not ring (%s); the next sweep finds the work", fault)

    def _drain(self) -> None:
        work_off(self.stopping)

    def _sweep(self) -> None:
        sweep(self.stopping)


def work_off(stopping: threading.Event) -> int:
    """Work off the outbox over a connection of this thread's own; gives the number of rows done."""
    from core.jobs.handlers import HANDLERS

    with database.connection_context():
        return outbox.drain(HANDLERS, stop=stopping.is_set)


def sweep(stopping: threading.Event) -> None:
    """What is done each minute, however many workers do it: due dates, forgotten rows, old rows.

    A database that is busy or away for the moment is said in one line; what was not done, the next minute does.
    """
    from core.jobs import clocks

    try:
        with database.connection_context():
            clocks.sweep()
            outbox.tidy()
    except OperationalError as fault:
        log.warning("数据库正忙或连不上，下一分钟再扫：%s / the database is busy or away, the next sweep does it", fault)
        return
    work_off(stopping)
    log.debug("swept at %s", clock.now())


def install(url: str) -> Queue:
    """Have every action of this process ring the queue at `url`. Called once at the start of a process."""
    queue = Queue(url)
    action.on_commit(queue.ring)
    return queue


def _open(url: str) -> Huey:
    options: dict[str, Any] = {"results": False, "utc": True}
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        try:
            return SqliteHuey(NAME, filename=str(path), fsync=False, timeout=PATIENCE, **options)
        except Exception as fault:
            raise SettingError(f"KAOPING_QUEUE_URL：文件 {path} 打不开（{fault}）。") from fault
    if url.startswith(("redis://", "rediss://")):
        try:
            from redis import ConnectionPool

            # hearing a ring blocks for a second at a time, so an answer may take a little longer than that
            pool = ConnectionPool.from_url(url, socket_timeout=PATIENCE + 2, socket_connect_timeout=PATIENCE)
            return RedisHuey(NAME, connection_pool=pool, **options)
        except ImportError as fault:
            raise SettingError("KAOPING_QUEUE_URL：用 Redis 要先装 pip install 'kaoping[redis]'。") from fault
    raise SettingError("KAOPING_QUEUE_URL：只认 sqlite:///文件 或 redis://主机:6379/0。")
