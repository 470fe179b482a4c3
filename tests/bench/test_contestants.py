"""Our contestants do the work that they are measured by. Nothing here is timed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.measuring import CONTESTANTS, environment, run_json, spread, table
from bench.work import DATA, STEPS

PLACES = {"move": 6, "verbs": 15, "clocks": 16}
"""Statements a transition may take, BEGIN and COMMIT among them; `move` is lock, place, event, outbox."""


def _b1(mode: str, file: Path, variant: str, *more: object) -> list[str]:
    target = f"{file}?synchronous=OFF"
    return [sys.executable, str(CONTESTANTS / "b1_kaoping.py"), mode, target, "--variant", variant, *map(str, more)]


@pytest.mark.parametrize("variant", PLACES)
def test_every_case_comes_to_its_end_with_an_event_a_step(variant: str, tmp_path: Path) -> None:
    file = tmp_path / "b1.db"
    run_json(_b1("setup", file, variant, "--n", 8))
    statements = run_json(_b1("count", file, variant, "--n", 8))

    assert run_json(_b1("verify", file, variant)) == {"closed": 8, "audits": 8 * len(STEPS)}
    assert statements <= PLACES[variant]


def test_the_driver_lets_contestants_start_together(tmp_path: Path) -> None:
    file = tmp_path / "b1.db"
    run_json(_b1("setup", file, "move", "--n", 2))
    running = subprocess.run(
        _b1("run", file, "move", "--n", 2), input="go\n", capture_output=True, text=True, env=environment(), check=True
    )
    ready, told = running.stdout.splitlines()
    assert ready == "ready"
    assert json.loads(told)["start"] < json.loads(told)["end"]


@pytest.mark.parametrize("script", ["b2_plain", "b2_kaoping"])
def test_forms_take_the_good_page_and_find_both_faults_of_the_broken_one(script: str) -> None:
    told = run_json([sys.executable, str(CONTESTANTS / f"{script}.py")])  # it checks before it measures

    assert set(told) == {"validate", "render"}


def test_no_sheet_on_a_grade_line_is_graded_wrongly() -> None:
    told = run_json([sys.executable, str(CONTESTANTS / "b3_ties.py"), "60000"])

    assert told["ties"] > told["float64"] > 0
    assert told["kaoping"] == 0


def test_a_cohort_is_graded_as_exact_numbers_say() -> None:
    DATA.mkdir(exist_ok=True)
    made = "from contestants.b3_table import make; make(40); from work import answer; answer({})"
    run_json([sys.executable, "-c", made])

    assert run_json([sys.executable, str(CONTESTANTS / "b3_kaoping.py"), "kaoping", "40"])["differ"] == 0


def test_a_table_holds_each_median_against_the_limit() -> None:
    rows = {"limit": spread([10.0, 8.0, 12.0]), "ours": spread([5.0])}

    assert "| ours | 5 | 5–5 | 2.00× |" in table(rows, "次/秒", "limit")
    assert "0.50×" in table(rows, "毫秒", "limit", more_is_better=False)
