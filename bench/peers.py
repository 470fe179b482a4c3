"""The venvs of the peers, made on demand from the pinned requirement files."""

from __future__ import annotations

import subprocess
import sys
import venv

from bench.measuring import VENVS, python_of
from bench.work import BENCH

NAMES = ("django", "spiff", "scoring", "forms")


def make() -> None:
    """Make every venv that is missing or was made from another list of packages."""
    for name in NAMES:
        wanted = BENCH / "requirements" / f"{name}.txt"
        made_from = VENVS / name / "made_from.txt"
        if made_from.exists() and made_from.read_text() == wanted.read_text():
            continue
        print(f"  安装 {name} …", file=sys.stderr, flush=True)
        venv.create(VENVS / name, with_pip=True, clear=True)
        pip = [python_of(name), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", str(wanted)]
        subprocess.run(pip, check=True)
        made_from.write_text(wanted.read_text())
