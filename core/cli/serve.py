"""`kaoping serve`: the web pages, by granian, one thread per process on SQLite."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from core.cli.starting import clear_faults, end_with, end_with_supervisor, open_database, require_free_port

if TYPE_CHECKING:
    from core.settings import Settings

THREADS_ON_POSTGRESQL = 4
"""Per process. SQLite gets one: several threads writing it wreck the tail (docs/explanation)."""


@click.command()
@click.option("--worker", is_flag=True, help="在同一个进程树里同时运行任务进程。")
def command(worker: bool) -> None:
    """提供网页服务。"""
    from core import settings
    from core.models import database

    with clear_faults():
        values = settings.load()
        open_database(values)
        database.close()
        require_free_port(values.host, values.port)
        if worker:
            from core.cli.supervisor import run_web_and_worker

            raise SystemExit(run_web_and_worker(values))
    end_with_supervisor()
    serve(values)


def serve(values: Settings) -> None:
    """Serve until a signal ends it."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target="core.cli.serve:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=values.host,
        port=values.port,
        workers=values.workers,
        blocking_threads=1 if values.database_url.startswith("sqlite") else THREADS_ON_POSTGRESQL,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def application() -> Any:
    """The WSGI application of one web process, its actions ringing the queue."""
    from core import settings
    from core.app import create_app
    from core.jobs import queue

    end_with(os.getppid())
    values = settings.load()
    app = create_app(values)
    queue.install(values.queue_url)
    return app
