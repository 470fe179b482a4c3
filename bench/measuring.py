"""Running contestants in turns, and the tables that come of it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from bench.work import BENCH, DATA, now

CONTESTANTS = BENCH / "contestants"
RESULTS = BENCH / "results"
VENVS = BENCH / "venvs"
PEERS = "KAOPING_BENCH_PEERS"
"""Environment name: set to 1 by `python -m bench --peers`."""


def python_of(venv: str) -> str:
    """The interpreter of a contestant; the empty name is our own."""
    return str(VENVS / venv / "bin" / "python") if venv else sys.executable


def has(venv: str) -> bool:
    """Whether a contestant runs: our own always, a peer when peers are asked for (bench.peers)."""
    return not venv or os.environ.get(PEERS) == "1"


def environment(**more: str) -> dict[str, str]:
    """What a contestant finds its modules by."""
    return {**os.environ, "PYTHONPATH": f"{CONTESTANTS}:{BENCH}:{BENCH.parent}", **more}


def run_json(argv: list[str], **more: str) -> Any:
    """Run a contestant; its last line on standard output is JSON."""
    done = subprocess.run(argv, capture_output=True, text=True, cwd=BENCH.parent, env=environment(**more), check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def interleave(contestants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[Any]]:
    """Call every contestant once a round, so that noise falls on all alike."""
    DATA.mkdir(exist_ok=True)
    samples: dict[str, list[Any]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name, call in contestants.items():
            samples[name].append(call())
        print(f"  第 {number + 1}/{rounds} 轮", file=sys.stderr, flush=True)
    return samples


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and most."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def table(rows: Mapping[str, Mapping[str, float]], unit: str, limit: str, *, more_is_better: bool = True) -> str:
    """Markdown: median, least to most, and each median's ratio to the limit's (1 is as good as the limit)."""
    base = rows[limit]["median"]
    lines = [f"| 参测者 | {unit}（中位数） | 最小–最大 | 相对极限 |", "|---|--:|--:|--:|"]
    for name, row in rows.items():
        ratio = base / row["median"] if more_is_better else row["median"] / base
        lines.append(f"| {name} | {row['median']:,.4g} | {row['min']:,.4g}–{row['max']:,.4g} | {ratio:,.2f}× |")
    return "\n".join(lines)


def save(name: str, rows: object) -> None:
    """Keep the figures of a run in bench/results."""
    RESULTS.mkdir(exist_ok=True)
    kept = {"when": now(), "load": os.getloadavg(), "rows": rows}
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
