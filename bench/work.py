"""The workload that every contestant shares. Standard library only: it is imported in every venv."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
DATA = BENCH / "data"

REGIONS = ("north", "south", "east", "west")
ROLES = ("carrier", "district", "city")

STEPS = (
    ("submit", None, "district_review", "carrier"),
    ("district_approve", "district_review", "city_review", "district"),
    ("city_approve", "city_review", "approved", "city"),
    ("open_notice", "approved", "notice", "city"),
    ("close_notice", "notice", "closed", "city"),
)
"""One approval path: action, stage before, stage after, role that may act."""

NUMERIC_FIELDS = tuple(f"indicator_{i:02d}" for i in range(1, 19))
TEXT_FIELDS = ("carrier_name", "operator", "address", "contact", "summary", "remarks")
LOW, HIGH, LONGEST = 0, 1000, 200


def users() -> list[tuple[int, str, str]]:
    """(id, role, region): one actor of each role in each region, ids from 1."""
    pairs = [(role, region) for region in REGIONS for role in ROLES]
    return [(i, role, region) for i, (role, region) in enumerate(pairs, start=1)]


ACTOR = {(role, region): uid for uid, role, region in users()}


def region_of(case: int) -> str:
    """The region that a case belongs to."""
    return REGIONS[case % len(REGIONS)]


def form_data(case: int) -> dict[str, float | str]:
    """18 numbers and 6 texts, the same for a given case everywhere."""
    data: dict[str, float | str] = {
        name: float((case * 37 + k * 11) % 1000) / 4 for k, name in enumerate(NUMERIC_FIELDS)
    }
    return data | {name: f"{name} 众创空间 {case} " + "服务" * 8 for name in TEXT_FIELDS}


def now() -> str:
    """The moment, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S")


def peak_rss_mib() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def answer(value: object) -> None:
    """Hand a result to the driver: the last line on standard output."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
