"""B1: 500 cases through five transitions, one transaction each, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.measuring import CONTESTANTS, environment, has, interleave, python_of, run_json, save, spread, table
from bench.work import DATA, STEPS

LIMIT = "极限：裸驱动，两条写入"
POSTGRESQL = os.environ.get("KAOPING_BENCH_POSTGRESQL", "postgresql://127.0.0.1:5432/postgres")


class Contestant(NamedTuple):
    """Where a contestant runs and what of it."""

    venv: str
    script: str
    variant: str


ALL = {
    LIMIT: Contestant("", "b1_bare", "limit"),
    "裸驱动，两读两写": Contestant("", "b1_bare", "select"),
    "考评：办件移动的几条语句": Contestant("", "b1_kaoping", "move"),
    "考评：页面调用的完整动作": Contestant("", "b1_kaoping", "verbs"),
    "考评：完整动作，环节计工作日": Contestant("", "b1_kaoping", "clocks"),
    "SpiffWorkflow 3.2，流程定义留在内存": Contestant("spiff", "b1_spiff", "cached"),
    "SpiffWorkflow 3.2": Contestant("spiff", "b1_spiff", "full"),
    "Django 5.2 + django-fsm-2": Contestant("django", "b1_django_fsm", ""),
    "django-viewflow 2.4": Contestant("django", "b1_viewflow", ""),
}

Fresh = Callable[[Contestant, int], tuple[str, Callable[[], object]]]


def _argv(one: Contestant, mode: str, target: str, *more: object) -> list[str]:
    script = str(CONTESTANTS / f"{one.script}.py")
    return [python_of(one.venv), script, mode, target, "--variant", one.variant, *map(str, more)]


def fresh_sqlite(one: Contestant, n: int, *, synchronous: str, folder: Path) -> tuple[str, Callable[[], object]]:
    """A new database file; the tables are made once a contestant and copied."""
    template = folder / f"{one.script}-{one.variant}-{n}.db"
    if not template.exists():
        run_json(_argv(one, "setup", f"{template}?synchronous={synchronous}", "--n", n))
    path = Path(tempfile.mkdtemp(dir=folder)) / "bench.db"
    shutil.copy(template, path)
    return f"{path}?synchronous={synchronous}", partial(shutil.rmtree, path.parent)


def _psql(database: str, statement: str) -> None:
    subprocess.run(["psql", "-q", "-d", database, "-c", statement], check=True, capture_output=True, text=True)


def fresh_postgresql(one: Contestant, n: int, *, made: dict[str, str]) -> tuple[str, Callable[[], object]]:
    """A new database copied from the contestant's template; `made` remembers the templates of this run."""
    base = POSTGRESQL.rsplit("/", 1)[0]
    template = f"kaoping_bench_{one.script}_{one.variant}"
    if template not in made:
        _psql(POSTGRESQL, f"DROP DATABASE IF EXISTS {template}")
        _psql(POSTGRESQL, f"CREATE DATABASE {template}")
        made[template] = f"{base}/{template}"
        run_json(_argv(one, "setup", made[template], "--n", n))
    run = "kaoping_bench_run"
    _psql(POSTGRESQL, f"DROP DATABASE IF EXISTS {run} WITH (FORCE)")
    _psql(POSTGRESQL, f"CREATE DATABASE {run} TEMPLATE {template}")
    return f"{base}/{run}", lambda: _psql(POSTGRESQL, f"DROP DATABASE IF EXISTS {run} WITH (FORCE)")


def one_run(one: Contestant, fresh: Fresh, n: int, clients: int) -> float:
    """Transitions a second over all clients, started together. Checks what the database holds afterwards."""
    target, clean = fresh(one, n)
    share = n // clients
    try:
        running = [
            subprocess.Popen(
                _argv(one, "run", target, "--first", k * share, "--n", share),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
            )
            for k in range(clients)
        ]  # fmt: skip
        for client in running:
            assert client.stdout is not None
            assert client.stdout.readline() == "ready\n", f"{one} did not start"
        spans = [json.loads(told.strip().splitlines()[-1]) for told in _let_go(running)]
        held = run_json(_argv(one, "verify", target))
        assert held == {"closed": share * clients, "audits": share * clients * len(STEPS)}, (one, held)
    finally:
        clean()
    return share * clients * len(STEPS) / (max(s["end"] for s in spans) - min(s["start"] for s in spans))


def _let_go(running: list[subprocess.Popen[str]]) -> list[str]:
    for client in running:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    return [client.communicate()[0] for client in running]


def statements(one: Contestant, fresh: Fresh, n: int = 40) -> float:
    """Statements a transition, BEGIN and COMMIT among them."""
    target, clean = fresh(one, n)
    try:
        return float(run_json(_argv(one, "count", target, "--n", n)))
    finally:
        clean()


def _measure(title: str, name: str, fresh: Fresh, rounds: int, clients: int, n: int) -> str:
    calls = {label: partial(one_run, one, fresh, n, clients) for label, one in ALL.items() if has(one.venv)}
    rows = {label: spread(values) for label, values in interleave(calls, rounds).items()}
    lines = [f"### B1 {title}\n", table(rows, "流转/秒", LIMIT)]
    if name == "b1_sqlite_normal":
        for label, row in rows.items():
            row["statements"] = statements(ALL[label], fresh)
        lines.append(
            "\n一次流转的语句数（含开始和提交）：" + "；".join(f"{k} {v['statements']:.1f}" for k, v in rows.items())
        )
    save(name, rows)
    return "\n".join(lines)


def reachable() -> bool:
    """Whether PostgreSQL answers where it is looked for."""
    found = shutil.which("psql")
    return (
        found is not None
        and subprocess.run([found, POSTGRESQL, "-c", ""], capture_output=True, check=False).returncode == 0
    )


def run(rounds: int, n: int = 500) -> str:
    """All of B1 as Markdown."""
    DATA.mkdir(exist_ok=True)
    parts = []
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        for mode in ("NORMAL", "FULL"):
            fresh = partial(fresh_sqlite, synchronous=mode, folder=Path(folder))
            parts.append(_measure(f"SQLite，synchronous={mode}", f"b1_sqlite_{mode.lower()}", fresh, rounds, 1, n))
    if not reachable():
        return "\n\n".join([*parts, f"PostgreSQL 没有应答（{POSTGRESQL}），这一段没有测。"])
    made: dict[str, str] = {}
    try:
        for clients in (1, 4):
            fresh = partial(fresh_postgresql, made=made)
            parts.append(
                _measure(f"PostgreSQL，{clients} 个连接", f"b1_postgresql_{clients}", fresh, rounds, clients, n)
            )
    finally:
        for template in made:
            _psql(POSTGRESQL, f"DROP DATABASE IF EXISTS {template}")
    return "\n\n".join(parts)
