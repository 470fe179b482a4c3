"""Real processes for the fault tests: a piece of Python run on its own, told which database to use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

PROLOGUE = """
import os, signal, sys, time
from datetime import date
from core import clock, storage
from core.models import connect, database
clock.follow(lambda: date(2023, 6, 1))
connect(os.environ["DATABASE"])
storage.use("file://" + os.environ["FILES"])
"""


def start(code: str, database_url: str, folder: Path, *arguments: object) -> subprocess.Popen[str]:
    """Run `code` in a process of its own, connected to the test's database; its output is piped."""
    return subprocess.Popen(
        [sys.executable, "-c", PROLOGUE + code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "DATABASE": database_url, "FILES": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = 60) -> str:
    """What a process printed; fails the test with its traceback when it did not end well."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err
    return out.strip()


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something another process brings about; fails after `seconds`."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "did not come about in time"
        time.sleep(0.02)
