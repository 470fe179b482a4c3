"""`kaoping demo`: everything in one process tree, with invented data, from one command."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

import click

from core.cli.starting import clear_faults, import_regions, require_free_port
from core.errors import SettingError


@click.command()
@click.option("--check", "regions", multiple=True, metavar="地区", help="只在临时库里把这个地区的演示演一遍，列出每件走到哪里")
def command(regions: tuple[str, ...]) -> None:
    """准备演示数据，启动网页和任务进程；第一次会建库。"""
    if regions:
        raise SystemExit(_check(regions))
    _run()


def _run() -> None:
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
    for problem in demo.load() if demo is not None else ():
        click.echo(f"注意：这个地区没有演示数据：{problem}", err=True)


def _check(regions: tuple[str, ...]) -> int:
    """Play regions' demos in a database that is thrown away; tells where each case stands. 1 when one has a fault."""
    with TemporaryDirectory() as folder, clear_faults():
        from core import migrations, plugin_manager, storage
        from core.models import StoredSetting, connect, database

        plugin_manager.install()
        storage.use(f"file://{folder}/files")
        connect(f"sqlite:///{folder}/kaoping.db")
        migrations.create()
        StoredSetting.create(key="demo", value="1")
        for problem in import_regions():
            click.echo(f"注意：{problem}", err=True)
        faulty = [told for told in map(_demo().rehearse, regions) if not _told(told)]
        database.close()
    return 1 if faulty else 0


def _told(rehearsal: Any) -> bool:
    for line in rehearsal.lines:
        click.echo(line)
    if rehearsal.problem:
        click.echo(rehearsal.problem, err=True)
    return not rehearsal.problem


def _accounts() -> dict[str, list[Any]]:
    """The demo accounts to show, by the region's name."""
    from core.models import Region

    demo, names = _demo(), {row.key: row.name for row in Region.select()}
    by_region = demo.accounts_by_region() if demo is not None else {}
    return {names.get(key, key): shown for key, shown in by_region.items() if shown}


def _show(accounts: dict[str, list[Any]]) -> None:
    for region, shown in accounts.items():
        click.echo(f"  {region}（密码 / password {shown[0].password}）")
        for account in shown:
            click.echo(f"    {account.username:<16} {account.purpose}")
