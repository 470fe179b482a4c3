"""`kaoping worker`: works off what actions left in the outbox."""

from __future__ import annotations

import logging

import click

from core.cli.starting import clear_faults, end_with_supervisor, open_database


@click.command()
def command() -> None:
    """运行任务进程：消息、提醒、到期办理。可以同时开几个。"""
    from core import message_channels, plugin_manager, settings
    from core.cases import demo_date
    from core.jobs import queue, worker
    from core.models import database

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    with clear_faults():
        values = settings.load()
        plugin_manager.install()
        message_channels.use(values.channels)
        open_database(values)
        demo_date.follow()
        database.close()
        bell = queue.install(values.queue_url)
    end_with_supervisor()
    worker.run(bell)
