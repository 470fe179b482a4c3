"""B4: a reviewer's queue over many cases, page 1 and a deep page."""

from __future__ import annotations

import statistics
import tempfile
from functools import partial

from bench.measuring import CONTESTANTS, has, interleave, python_of, run_json, save
from bench.work import DATA

LIMIT = "极限：按已知主键取 25 件"


def run(rounds: int, cases: int) -> str:
    """All of B4 as Markdown."""
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        file = f"{folder}/queue.db"
        run_json([python_of(""), str(CONTESTANTS / "b4_data.py"), file, str(cases)])
        calls = {
            script: partial(run_json, [python_of(venv), str(CONTESTANTS / f"{script}.py"), file])
            for script, venv in {"b4_kaoping": "", "b4_django": "django"}.items()
            if has(venv)
        }
        taken = interleave(calls, rounds)
    rows = {}
    for samples in taken.values():
        for name in samples[0]:
            pooled = sorted(ms for one in samples for ms in one[name])
            rows[name] = {"p50": statistics.median(pooled), "p95": pooled[int(len(pooled) * 0.95)]}
    lines = [
        f"### B4 审核待办，库中 {cases:,} 件（SQLite）\n",
        "| 参测者 | p50 毫秒 | p95 毫秒 | 相对极限 |",
        "|---|--:|--:|--:|",
    ]
    for name, row in rows.items():
        lines.append(f"| {name} | {row['p50']:.3g} | {row['p95']:.3g} | {row['p50'] / rows[LIMIT]['p50']:,.1f}× |")
    save("b4_queue", {"cases": cases, "ways": rows})
    return "\n".join(lines)
