"""B6: time and memory of a fresh process until it could answer, with and without cached bytecode."""

from __future__ import annotations

import subprocess
import tempfile
import time
from functools import partial

from bench.measuring import environment, has, interleave, python_of, save, spread
from bench.work import DATA

DJANGO = "import django_base; django_base.start(':memory:'); from django.urls import get_resolver; get_resolver().url_patterns"
PEAK = "\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
"""The most memory of the process alone, in KiB; what getrusage tells includes the parent's at the fork."""

ALL = {
    "极限：空的 Python": ("", "pass"),
    "Flask-Admin，五张表": ("", "import b6_flask_admin"),
    "考评，全部页面": ("", "import b6_kaoping"),
    "考评，只问政策（kaoping policy）": ("", "import core.policy.questions.asking, core.policy.pack"),
    "Django + viewflow，地址已载入": ("django", DJANGO),
    "SpiffWorkflow": ("spiff", "import SpiffWorkflow.bpmn.parser, SpiffWorkflow.bpmn.serializer"),
}


def one_run(venv: str, code: str, folder: str, *, cached: bool) -> dict[str, float]:
    """Milliseconds and peak memory of one process."""
    with tempfile.TemporaryDirectory(dir=folder) as bytecode:
        more = {} if cached else {"PYTHONPYCACHEPREFIX": bytecode}
        start = time.perf_counter()
        process = subprocess.run(
            [python_of(venv), "-c", code + PEAK], env=environment(BENCH_FOLDER=folder, **more), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        spent = (time.perf_counter() - start) * 1000
    assert process.returncode == 0, process.stderr[-2000:]
    return {"ms": spent, "rss": int(process.stdout.split()[-1]) / 1024}


def run(rounds: int) -> str:
    """All of B6 as Markdown."""
    DATA.mkdir(exist_ok=True)
    texts, kept = [], {}
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        _tables(folder)
        for title, cached in (("字节码已缓存", True), ("未缓存", False)):
            calls = {n: partial(one_run, *one, folder, cached=cached) for n, one in ALL.items() if has(one[0])}
            lines = [
                f"### B6 启动，{title}\n",
                "| 参测者 | 毫秒（中位数） | 最小–最大 | 峰值内存 MiB |",
                "|---|--:|--:|--:|",
            ]
            rows = {}
            for name, samples in interleave(calls, rounds).items():
                row = spread([one["ms"] for one in samples]) | {
                    "rss": spread([one["rss"] for one in samples])["median"]
                }
                lines.append(f"| {name} | {row['median']:.0f} | {row['min']:.0f}–{row['max']:.0f} | {row['rss']:.0f} |")
                rows[name] = row
            kept[title] = rows
            texts.append("\n".join(lines))
    save("b6_startup", kept)
    return "\n\n".join(texts)


def _tables(folder: str) -> None:
    command = [python_of(""), "-m", "core.cli", "init"]
    subprocess.run(command, env=environment(KAOPING_INSTANCE=folder), check=True, capture_output=True)
