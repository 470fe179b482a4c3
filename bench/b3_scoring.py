"""B3: score a cohort on a table of 18 indicators, and count the grades that come out wrong."""

from __future__ import annotations

from functools import partial

from bench.contestants.b3_table import make
from bench.measuring import CONTESTANTS, has, interleave, python_of, run_json, save, spread, table
from bench.work import DATA

LIMIT = "极限：写死的浮点表达式"
ALL = {
    LIMIT: ("", "b3_kaoping", "limit"),
    "浮点，逐行照表计算": ("", "b3_kaoping", "rows"),
    "考评：精确分数": ("", "b3_kaoping", "kaoping"),
    "numpy": ("scoring", "b3_arrays", "numpy"),
    "polars": ("scoring", "b3_arrays", "polars"),
    "openfisca-core 46（float32）": ("scoring", "b3_arrays", "openfisca"),
}
SHEETS = 200_000


def run(rounds: int, sizes: tuple[int, ...]) -> str:
    """All of B3 as Markdown."""
    DATA.mkdir(exist_ok=True)
    texts, kept = [], {}
    for n in sizes:
        make(n)
        calls = {
            name: partial(run_json, [python_of(venv), str(CONTESTANTS / f"{script}.py"), engine, str(n)])
            for name, (venv, script, engine) in ALL.items()
            if has(venv)
        }
        taken = interleave(calls, rounds)
        rows = {name: spread([n / one["seconds"] for one in samples]) for name, samples in taken.items()}
        for name, samples in taken.items():
            rows[name] |= {"rss": samples[-1]["rss"], "differ": samples[-1]["differ"]}
        texts.append(f"### B3 一批 {n:,} 家\n\n" + table(rows, "家/秒", LIMIT))
        kept[str(n)] = rows
    ties = run_json([python_of(""), str(CONTESTANTS / "b3_ties.py"), str(SHEETS)])
    texts.append(
        f"{ties['sheets']:,} 份整数评分表里有 {ties['ties']} 份总分正好落在等次线上："
        f"float64 判错 {ties['float64']} 份，考评判错 {ties['kaoping']} 份。"
    )
    save("b3_scoring", {"sizes": kept, "ties": ties})
    return "\n\n".join(texts)
