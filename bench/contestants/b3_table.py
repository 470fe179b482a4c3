"""B3's table: 18 indicators, 100 points, the shape of a city's evaluation; and the figures of its carriers."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

try:
    from work import DATA
except ImportError:
    from bench.work import DATA

# (code, weight, kind, target): a share of a target, a share of the best of the cohort, or three experts' marks
TABLE = (
    ("area", 3, "relative", 0),
    ("staff_ratio", 3, "target", 30),
    ("trained_ratio", 4, "target", 80),
    ("mentor_ratio", 5, "target", 50),
    ("investors", 5, "relative", 0),
    ("intermediaries", 5, "relative", 0),
    ("activities", 6, "relative", 0),
    ("mentor_meetings", 6, "relative", 0),
    ("tech_services", 8, "relative", 0),
    ("statistics", 4, "experts", 0),
    ("cooperation", 6, "experts", 0),
    ("new_tenant_ratio", 8, "target", 40),
    ("commercialised", 8, "relative", 0),
    ("ip_ratio", 8, "target", 60),
    ("financed", 5, "relative", 0),
    ("innovation", 6, "experts", 0),
    ("employment", 6, "experts", 0),
    ("regional_role", 4, "experts", 0),
)
FIGURES = [code for code, _, kind, _ in TABLE if kind != "experts"]
RELATIVE = [code for code, _, kind, _ in TABLE if kind == "relative"]
THRESHOLDS = (60, 70, 85)
EXPERTS = 3

Columns = dict[str, list[float]]


def columns() -> list[str]:
    """Every input of a carrier; an indicator of the panel has one for each expert."""
    return [
        c
        for code, _, kind, _ in TABLE
        for c in ([f"{code}_{k}" for k in range(EXPERTS)] if kind == "experts" else [code])
    ]


def make(n: int) -> Path:
    """Figures with two decimals for `n` carriers, the same everywhere."""
    pick, data = random.Random(2023), {}
    kinds = {code: (kind, target) for code, _, kind, target in TABLE}
    for name in columns():
        kind, target = kinds.get(name, ("experts", 0))
        if kind == "experts":
            data[name] = [round(pick.uniform(40, 100), 2) for _ in range(n)]
        elif kind == "target":
            data[name] = [round(pick.uniform(0.3, 1.6) * target, 2) for _ in range(n)]
        else:
            data[name] = [round(min(pick.gammavariate(9, 10), 150), 2) for _ in range(n)]
    path = DATA / f"b3_{n}.pickle"
    path.write_bytes(pickle.dumps(data))
    return path


def load(n: int) -> Columns:
    """The figures, column by column."""
    return pickle.loads((DATA / f"b3_{n}.pickle").read_bytes())
