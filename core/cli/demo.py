"""`kaoping demo`: everything in one process tree, with invented data, from one command."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from core.cli.starting import clear_faults, import_regions, require_free_port
from core.errors import SettingError


@click.command()
def command() -> None:
    """准备演示数据，启动网页和任务进程；第一次会建库。"""
    from core import settings, storage
    from core.cli.supervisor import run_web_and_worker
    from core.models import database

    with clear_faults():
        values = settings.load()
        require_free_port(values.host, values.port)
        storage.use(values.storage_url)
        prepare(values.database_url)
        accounts = _accounts()
        database.close()
    raise SystemExit(run_web_and_worker(values, lambda: _show(accounts)))


def prepare(database_url: str) -> None:
    """Tables, regions and, in a new database, the demo's data: all of it or nothing. Raises SettingError."""
    from core import migrations
    from core.cases import demo_date
    from core.models import connect, database

    connect(database_url)
    with database.atomic():
        new = migrations.create()
        migrations.require_current()
        if not new and not demo_date.is_demo():
            raise SettingError(
                "KAOPING_INSTANCE：这个数据文件夹里是正式数据，不是演示。请用 kaoping serve --worker 启动，"
                "或把 KAOPING_INSTANCE 指向空文件夹。"
            )
        for problem in import_regions():
            click.echo(f"注意：{problem}", err=True)
        if new:
            click.echo("kaoping: 正在准备演示数据 / preparing demo data ...")
            _load()


def _demo() -> Any:
    """The invented data: `load()` fills a new database, `accounts()` lists who may sign in. None where it is left out."""
    return import_module("core.demo") if find_spec("core.demo") is not None else None


def _load() -> None:
    from core.models import StoredSetting

    StoredSetting.create(key="demo", value="1")
    demo = _demo()
    if demo is not None:
        demo.load()


def _accounts() -> list[tuple[str, str, str]]:
    """Name, password and what it is for, of each demo account."""
    demo = _demo()
    return list(demo.accounts()) if demo is not None else []


def _show(accounts: list[tuple[str, str, str]]) -> None:
    for username, password, purpose in accounts:
        click.echo(f"  {username:<14} {password:<16} {purpose}")
