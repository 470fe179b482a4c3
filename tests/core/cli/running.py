"""`kaoping` as people run it: a process of its own, with its own data folder and port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """The environment of a command: nothing of kaoping's but what is given."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KAOPING_")}
    given = {"KAOPING_INSTANCE": folder / "instance", **settings}
    return {**kept, "PYTHONWARNINGS": "default", **{k: str(v) for k, v in given.items()}}


def start(folder: Path, *arguments: str, **settings: object) -> subprocess.Popen[str]:
    """Start a command and leave it running."""
    return subprocess.Popen(
        [sys.executable, "-m", "core.cli", *arguments],
        cwd=ROOT,
        env=environment(folder, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *arguments: str, typed: str = "", **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "core.cli", *arguments],
        cwd=ROOT,
        env=environment(folder, **settings),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
