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


def test_a_region_goes_out_and_comes_in_by_command(tmp_path, monkeypatch):
    monkeypatch.setenv("KAOPING_INSTANCE", str(tmp_path / "instance"))
    run = CliRunner().invoke
    assert run(main, ["init"]).exit_code == 0
    out = tmp_path / "out"
    assert "个文件" in run(main, ["region", "export", "qinhuangdao", str(out)]).stdout
    assert "已经有了" in run(main, ["region", "export", "qinhuangdao", str(out)]).stderr
    assert "没有地区“nowhere”" in run(main, ["region", "export", "nowhere", str(tmp_path / "x")]).stderr
    assert "完全相同" in run(main, ["region", "import", str(out)]).stdout
    grades = out / "policy" / "2023" / "grades.toml"
    grades.write_text(grades.read_text(encoding="utf-8").replace("85", "86"), encoding="utf-8")
    shown = run(main, ["region", "import", str(out)])
    assert ("不同 2023/grades" in shown.stdout, "加 --yes" in shown.stdout) == (True, True)
    assert "1 份草稿" in run(main, ["region", "import", str(out), "--yes"]).stdout


def test_an_unsound_folder_is_refused_with_file_and_key(tmp_path, monkeypatch):
    monkeypatch.setenv("KAOPING_INSTANCE", str(tmp_path / "instance"))
    write_region(tmp_path, "linhai", 2024)
    pack = tmp_path / "linhai" / "kaoping_linhai"
    grades = next(pack.glob("policy/*/grades.toml"))
    grades.write_text(grades.read_text(encoding="utf-8").replace("at_least = 85", 'at_least = "many"'), encoding="utf-8")
    result = CliRunner().invoke(main, ["region", "import", str(pack), "--yes"])
    assert (result.exit_code, "grades.toml" in result.stderr) == (2, True)
