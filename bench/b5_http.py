"""B5: pages over loopback HTTP, two server processes of one thread, eight connections, SQLite synchronous=FULL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bench import load
from bench.measuring import CONTESTANTS, environment, has, interleave, python_of, run_json, save, spread, table
from bench.work import DATA

PORT = 18805
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "1", "--no-log", "--no-ws"]
GUNICORN = ["-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{PORT}", "--log-level", "error"]
LIMIT = "极限：裸 WSGI + sqlite3，granian"
ALL = {
    LIMIT: ("", "b5_bare_app", [*GRANIAN, "--port", str(PORT), "b5_bare_app:app"]),
    "考评，granian": ("", "b5_kaoping_app", [*GRANIAN, "--port", str(PORT), "--factory", "b5_kaoping_app:application"]),
    "Django + viewflow，gunicorn": ("django", "b5_django_app", [*GUNICORN, "b5_django_app:app"]),
}
TITLES = {
    "form GET": "取 24 项的填报页",
    "form POST": "送 24 项的填报页",
    "queue GET": "取审核待办页（50 件）",
    "act POST": "办理“同意”",
}


def _requests(asked: dict[str, Any]) -> Iterator[bytes]:
    """The requests of one kind, in turn; those that can be sent once only come to an end."""
    for k in count():
        if asked.get("once") and k >= len(asked["bodies"]):
            return
        pick = {name: asked[name][k % len(asked[name])] for name in ("paths", "cookies", "bodies")}
        yield load.request(asked["method"], pick["paths"], pick["cookies"], pick["bodies"])


def _wait_for_server() -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {PORT}")


def memory_mib(group: int) -> float:
    """Memory of every process in the server's group, shared pages counted by share (PSS)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[2]) == group:
                rollup = (stat.parent / "smaps_rollup").read_text()
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def one_run(venv: str, module: str, server: list[str], seconds: float) -> dict[str, Any]:
    """Every kind of request of one contestant. Checks that nothing failed and that what was sent was stored."""
    folder = tempfile.mkdtemp(dir=DATA)
    file = f"{folder}/kaoping.db"
    told = run_json([python_of(venv), str(CONTESTANTS / f"{module}.py"), file])
    process = subprocess.Popen(
        [python_of(venv), *server], env=environment(BENCH_FILE=file), cwd=CONTESTANTS, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for_server()
        taken: dict[str, Any] = {}
        for kind, asked in told["asked"].items():
            requests = _requests(asked)  # warming up and measuring go on in one row: each save is a new one
            if not asked.get("once"):
                load.run(PORT, requests, 0.5)
            before = _stored(file, told["stored"].get(kind))
            taken[kind] = load.run(PORT, requests, seconds)
            assert taken[kind]["errors"] == 0, (module, kind, taken[kind])
            stored = _stored(file, told["stored"].get(kind)) - before
            assert kind not in told["stored"] or stored == taken[kind]["answers"], (module, kind, stored, taken[kind])
        taken["memory"] = memory_mib(process.pid)
        return taken
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        shutil.rmtree(folder)


def _stored(file: str, statement: str | None) -> int:
    return int(sqlite3.connect(file).execute(statement).fetchone()[0]) if statement else 0


def run(rounds: int, seconds: float) -> str:
    """All of B5 as Markdown."""
    DATA.mkdir(exist_ok=True)
    calls = {name: partial(one_run, *one, seconds) for name, one in ALL.items() if has(one[0])}
    taken, texts, kept = interleave(calls, rounds), [], {}
    for kind, title in TITLES.items():
        rows = {n: spread([one[kind]["rate"] for one in s]) for n, s in taken.items() if kind in s[0]}
        for name, row in rows.items():
            row |= {p: spread([one[kind][p] for one in taken[name]])["median"] for p in ("p50", "p99")}
        limit = LIMIT if LIMIT in rows else next(iter(rows))
        times = "；".join(f"{name} {row['p50']:.1f}/{row['p99']:.1f}" for name, row in rows.items())
        texts.append(f"### B5 {title}\n\n{table(rows, '次/秒', limit)}\n\np50/p99 毫秒：{times}")
        kept[kind] = rows
    kept["memory"] = {name: spread([one["memory"] for one in samples]) for name, samples in taken.items()}
    texts.append(
        "内存（PSS，MiB）：" + "；".join(f"{name} {row['median']:.0f}" for name, row in kept["memory"].items())
    )
    save("b5_http", kept)
    return "\n\n".join(texts)
