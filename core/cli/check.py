"""`kaoping check`: the settings in effect, and whether everything they name can be reached."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from core.cli.starting import clear_faults
from core.errors import KaopingError

if TYPE_CHECKING:
    from core.settings import Setting, Settings

MASK = "******"


@click.command()
def command() -> None:
    """列出生效的设置（密码和密钥不显示），检查数据库、附件、任务提醒和各地区。"""
    from core import settings

    with clear_faults():
        values = settings.load()
    for setting in settings.SETTINGS:
        click.echo(f"{setting.name}={_shown(setting, values)}")
    passed = [_passes(name, probe, values) for name, probe in _PROBES.items()]
    sys.exit(0 if all(passed) else 1)


def _shown(setting: Setting, values: Settings) -> str:
    value = getattr(values, setting.name.removeprefix("KAOPING_").lower())
    if isinstance(value, tuple):
        return ",".join(value)  # as it is written in the environment
    if not setting.secret:
        return str(int(value) if isinstance(value, bool) else value)
    if setting.name.endswith("_URL"):
        return re.sub(r"//[^@/]*@", f"//{MASK}@", str(value))
    origin = "环境" if os.environ.get(setting.name) or os.environ.get(setting.name + "_FILE") else "数据文件夹"
    return f"{MASK}（来自{origin}）"


def _passes(name: str, probe: Callable[[Settings], str], values: Settings) -> bool:
    try:
        click.echo(f"{name}：{probe(values)}")
    except KaopingError as fault:
        click.echo(f"{name}：不能用。{fault}", err=True)
        return False
    return True


def _database(values: Settings) -> str:
    from core.cli.starting import open_database
    from core.jobs import outbox

    open_database(values)
    dead = outbox.dead_letters().count()
    return f"能连，表与程序一致；待办任务 {outbox.waiting()} 件，多次失败的 {dead} 件"


def _storage(values: Settings) -> str:
    from core import storage

    storage.use(values.storage_url)
    return "能用"


def _queue(values: Settings) -> str:
    from core.jobs.queue import Queue

    Queue(values.queue_url).huey.pending_count()
    return "能用"


def _regions(_values: Settings) -> str:
    from core.errors import SettingError
    from core.plugin_manager import PluginManager

    manager = PluginManager()
    if manager.problems:
        raise SettingError("；".join(map(str, manager.problems)))
    return "、".join(pack.region.name for pack in manager.regions.values())


_PROBES: dict[str, Callable[[Settings], str]] = {
    "数据库": _database,
    "附件": _storage,
    "任务提醒": _queue,
    "地区": _regions,
}
