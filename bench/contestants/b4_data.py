"""B4's rows: a queue deep enough to page through, in our own tables; the peers read the same ones.

python b4_data.py <file> <rows>
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any

STAGE, SIZE, DEEP = "district_review", 25, 200
DISTRICT = 1


def make(path: str, rows: int) -> None:
    """Four districts, four tenths of the cases in the first; three tenths of all wait in one stage."""
    import kaoping_place
    from work import answer

    from core.models import connect, database

    connect(f"sqlite:///{path}").execute_sql("PRAGMA synchronous=OFF")
    kaoping_place.make(20)
    pick = random.Random(2023)
    database.execute_sql('DROP INDEX IF EXISTS "case_round_id_carrier_id"')  # here a carrier has many cases
    stages = ("fill", "city_review", "notice", "closed")
    with database.atomic():
        cursor = database.cursor()
        cursor.executemany(
            'INSERT INTO "case" (number, region_id, district_id, round_id, carrier_id, procedure, stage, filled_by, stage_version,'
            " entered_stage_on, due_on, outcome, head_sequence, head_hash, created_at)"
            " VALUES (?, 1, ?, 1, ?, 'default', ?, 'carrier_clerk', 1, '2023-06-01', ?, '', 1, 'x', '2023-06-01 00:00:00')",
            (
                (
                    f"Q{k:07d}",
                    DISTRICT if pick.random() < 0.4 else pick.randrange(2, 5),
                    pick.randrange(1, 21),
                    STAGE if pick.random() < 0.3 else pick.choice(stages),
                    f"2023-{pick.randrange(5, 13):02d}-{pick.randrange(1, 29):02d}",
                )
                for k in range(rows)
            ),
        )
        database.execute_sql(
            "INSERT INTO case_event (case_id, sequence, kind, occurred_at, policy_date, body, said, previous_hash, hash)"
            " SELECT id, 1, CASE WHEN id % 10 = 0 THEN 'returned' ELSE 'submitted' END, '2023-06-01 00:00:00',"
            " '2023-06-01', '{}', '', '', 'x' FROM \"case\""
        )
    database.execute_sql("ANALYZE")
    answer({})


def timed(calls: dict[str, Callable[[], Any]], repeats: int = 30) -> dict[str, list[float]]:
    """Milliseconds of each call; the calls take turns. Every one must give a full page."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            rows = call()
            spent[name].append((time.perf_counter() - start) * 1000)
            assert len(rows) == SIZE, (name, len(rows))
    return spent


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]))
