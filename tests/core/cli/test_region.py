"""`kaoping region import-indicators` as people call it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli import main
from core.policy.new_region import write_region

TABLE = Path(__file__).parents[1] / "policy" / "tables" / "qinhuangdao.md"
SOUND = "| 一级指标 | 二级指标 | 权重 | 指标类型 |\n|---|---|---|---|\n| 甲 60% | 一 | 60 | 定性 |\n| 乙 40% | 二 | 40 | 定性 |\n"


def _import(*arguments):
    return CliRunner().invoke(main, ["region", "import-indicators", *map(str, arguments)])


def test_what_does_not_add_up_is_told_and_the_regrouping_only_proposed(tmp_path):
    into = tmp_path / "indicators.toml"
    result = _import(TABLE, "--into", into)
    assert result.exit_code == 1
    for told in ("与写明的 25% 不符", "合计 90，不是 100", "6/5/5/2", "--confirm 6/5/5/2"):
        assert told in result.stdout
    assert len(tomllib.loads(into.read_text(encoding="utf-8"))["groups"]) == 3


def test_a_confirmed_regrouping_is_written(tmp_path):
    into = tmp_path / "indicators.toml"
    result = _import(TABLE, "--into", into, "--confirm", "6/5/5/2", "--group-name", "社会贡献")
    assert (result.exit_code, "待确认" in result.stdout) == (0, False)
    assert [g["name"] for g in tomllib.loads(into.read_text(encoding="utf-8"))["groups"]][-1] == "社会贡献"


def test_a_sound_table_goes_straight_into_a_pack(tmp_path):
    write_region(tmp_path, "linhai", 2024)
    (tmp_path / "t.md").write_text(SOUND, encoding="utf-8")
    into = tmp_path / "linhai/kaoping_linhai/policy/2024/indicators.toml"
    assert _import(tmp_path / "t.md", "--into", into, "--replace").exit_code == 0
    (tmp_path / "linhai/kaoping_linhai/cases/examples.toml").unlink()
    assert CliRunner().invoke(main, ["policy", "check", str(tmp_path / "linhai/kaoping_linhai")]).stdout == "没有毛病\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (TABLE, "--into", TABLE),
        (TABLE, "--into", "/nowhere/indicators.toml"),
        (TABLE, "--confirm", "5/6/5/2"),
        (TABLE, "--confirm", "6/5/5/2"),
        (Path(__file__),),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    result = _import(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
