"""B2: read a POST body of the 24-field form, and draw the form."""

from __future__ import annotations

from functools import partial

from bench.measuring import CONTESTANTS, has, interleave, python_of, run_json, save, spread, table

ALL = {"b2_plain": "", "b2_kaoping": "", "b2_schema": "forms", "b2_django": "django"}
"""Script → venv."""

PARTS = (("validate", "读入并核对一页 24 项", "极限：手写"), ("render", "画出 24 项的页面", "极限：str.format 和转义"))


def run(rounds: int) -> str:
    """All of B2 as Markdown."""
    calls = {
        script: partial(run_json, [python_of(venv), str(CONTESTANTS / f"{script}.py")])
        for script, venv in ALL.items()
        if has(venv)
    }
    taken = interleave(calls, rounds)
    texts, kept = [], {}
    for part, title, limit in PARTS:
        kept[part] = {
            name: spread([sample[part][name] for sample in samples])
            for samples in taken.values()
            for name in samples[0][part]
        }
        texts.append(f"### B2 {title}\n\n" + table(kept[part], "次/秒", limit))
    save("b2_form", kept)
    return "\n\n".join(texts)
