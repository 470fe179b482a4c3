"""The loop every contestant of B1 runs: N cases through five transitions.

A contestant calls `main(Engine)`, where an Engine has
    __init__(target, variant)          connect only
    setup(n)                           the tables and the actors; n is how many cases will come
    submit(case, actor, region, data)  the first transition; returns the case's key
    advance(key, step, actor, region)  one later transition, checked and audited
    count_statements(callback)         call back once a statement (SQLite)
    verify() -> (closed, audits)       what the database holds at the end
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from work import ACTOR, STEPS, answer, form_data, region_of


def run_cases(engine: Any, first: int, n: int) -> None:
    """Stage by stage, as reviewers work: every transition starts cold."""
    keys = {}
    for case in range(first, first + n):
        region = region_of(case)
        keys[case] = engine.submit(case, ACTOR[STEPS[0][3], region], region, form_data(case))
    for step in STEPS[1:]:
        for case, key in keys.items():
            region = region_of(case)
            engine.advance(key, step, ACTOR[step[3], region], region)


def main(engine_class: Any) -> None:
    """Do what the command line asks with a contestant's engine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["setup", "run", "count", "verify"])
    parser.add_argument("target", help="path?synchronous=NORMAL, or a postgresql:// address")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--variant", default="")
    args = parser.parse_args()
    engine = engine_class(args.target, args.variant)
    if args.mode == "setup":
        engine.setup(args.n)
        answer({})
    elif args.mode == "verify":
        answer(dict(zip(("closed", "audits"), engine.verify(), strict=True)))
    elif args.mode == "count":
        seen: list[str] = []
        engine.count_statements(seen.append)
        run_cases(engine, args.first, args.n)
        answer(len(seen) / (args.n * len(STEPS)))
    else:
        print("ready", flush=True)
        sys.stdin.readline()
        start = time.clock_gettime(time.CLOCK_MONOTONIC)
        run_cases(engine, args.first, args.n)
        answer({"start": start, "end": time.clock_gettime(time.CLOCK_MONOTONIC)})
