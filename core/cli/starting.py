"""What the commands share at the start: one clear line for a fault, the database opened, the regions imported."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import KaopingError, SettingError

if TYPE_CHECKING:
    from core.settings import Settings

SUPERVISOR = "KAOPING_SUPERVISOR"
"""Environment name: the process whose end is also ours."""

UNUSABLE = 2  # exit code: a setting, port, folder or database cannot be used


@contextmanager
def clear_faults() -> Iterator[None]:
    """Turn a fault that people are meant to read into one line on standard error and exit code 2."""
    try:
        yield
    except KaopingError as fault:
        print("kaoping: " + " ".join(str(fault).split()), file=sys.stderr)
        sys.exit(UNUSABLE)


def open_database(values: Settings) -> None:
    """Connect, and make sure that tables and program belong together. Raises SettingError."""
    from core import migrations
    from core.models import connect

    connect(values.database_url)
    migrations.require_current()


def import_regions() -> list[str]:
    """Bring the packs of all plugins into the tables; gives what is wrong, one sentence a region or plugin."""
    from core.cases.importing import import_region
    from core.models import database
    from core.plugin_manager import PluginManager

    manager = PluginManager()
    problems = [str(problem) for problem in manager.problems]
    with database.atomic():
        for key, pack in manager.regions.items():
            # what holds for the whole country is asked of the package itself, it is no region with cases
            if key != "national":
                region = import_region(pack)
                problems += [f"地区 {region.name}：{region.problem}"] if region.problem else []
    return problems


def require_free_port(host: str, port: int) -> None:
    """Raises SettingError when the address is taken or not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise SettingError(
                f"KAOPING_PORT：{host}:{port} 不能监听（{fault.strerror}），多半已被占用。请停掉占用它的程序，或换一个端口，"
                f"例如 KAOPING_PORT={port + 1 if port < 65535 else 8001}。 / port {port} is in use or not permitted"
            ) from fault


def end_with(parent: int) -> None:
    """End this process, as by SIGTERM, when the process that started it is gone; nothing is left behind."""
    import signal

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def end_with_supervisor() -> None:
    """The same for a process started by `kaoping demo`; otherwise nothing."""
    started_by = os.environ.get(SUPERVISOR, "")
    if started_by.isdigit():
        end_with(int(started_by))
