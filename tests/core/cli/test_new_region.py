"""`kaoping new-region`: works at once, few places to change, refuses what it must in one line."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli import main
from core.policy.new_region import ENDING, MARK, SCAFFOLD

ROOT = Path(__file__).parents[3]
MOST_LINES_TO_CHANGE = 120


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _new(*arguments):
    return CliRunner().invoke(main, ["new-region", *arguments])


def test_a_new_region_is_sound_and_its_own_tests_pass(here):
    assert _new("linhai", "--year", "2024").exit_code == 0
    checked = CliRunner().invoke(main, ["policy", "check", "linhai/kaoping_linhai"])
    assert (checked.exit_code, checked.stdout.strip()) == (0, "没有毛病")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=here / "linhai",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "failed" not in ran.stdout


@pytest.mark.parametrize("year", ["2019", "2027", None])
def test_any_year_will_do(here, year, policy_day):
    assert _new("lin_hai", *(["--year", year] if year else [])).exit_code == 0
    assert (here / "lin_hai/kaoping_lin_hai/policy" / (year or str(policy_day.year))).is_dir()
    assert CliRunner().invoke(main, ["policy", "check", "lin_hai/kaoping_lin_hai"]).exit_code == 0


def test_nothing_is_left_open_and_the_places_to_change_are_few_and_marked(here):
    told = _new("linhai").stdout
    files = [file for file in (here / "linhai").rglob("*") if file.is_file()]
    text = {file: file.read_text(encoding="utf-8") for file in files}
    assert len(files) == len(list(SCAFFOLD.rglob(f"*{ENDING}")))
    assert not [file for file, inside in text.items() if "{{" in inside or "}}" in inside.replace("}}]", "")]
    marks = [line for inside in text.values() for line in inside.splitlines() if MARK in line]
    assert 0 < len(marks) <= MOST_LINES_TO_CHANGE
    assert f"{len(marks)} 处要填" in told
    assert all(line.split(MARK, 1)[1].strip() for line in marks), "each mark says what to fill in"


def test_every_clause_and_every_name_of_the_policy_is_marked(here):
    _new("linhai", "--year", "2024")
    for file in (here / "linhai/kaoping_linhai/policy/2024").glob("*.toml"):
        lines = file.read_text(encoding="utf-8").splitlines()
        unmarked = [one for one in lines if one.startswith(("weight_points", "at_least = 6", "at_least = 7")) and MARK not in one]
        assert unmarked == []


def test_the_package_is_plain_python(here):
    _new("linhai")
    assert compileall.compile_dir(here / "linhai", quiet=1)


@pytest.mark.parametrize("name", ["Linhai", "1a", "a", "../x", "临海", "a-b", "qinhuangdao", "national", "core", "a b", ""])
def test_a_bad_name_is_one_line_and_writes_nothing(here, name):
    result = _new(name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
    assert list(here.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(here):
    (here / "linhai").mkdir()
    (here / "linhai/mine.txt").write_text("mine", encoding="utf-8")
    result = _new("linhai")
    assert result.exit_code == 2
    assert "已经有了" in result.stderr
    assert [file.name for file in here.rglob("*")] == ["linhai", "mine.txt"]


def test_a_year_that_is_none_is_refused(here):
    assert _new("linhai", "--year", "24").exit_code == 2
    assert list(here.iterdir()) == []


def test_a_disk_that_fails_leaves_nothing_behind(here, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    result = _new("linhai")
    assert (result.exit_code, "写不了" in result.stderr) == (2, True)
    assert list(here.iterdir()) == []
