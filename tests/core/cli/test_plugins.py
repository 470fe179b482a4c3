"""Broken plugins beside good ones: `kaoping plugins` names them, the other regions and the server go on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.policy.new_region import write_region
from tests.core.cli.running import ROOT, environment, run

MODULES = {
    "raises": "raise RuntimeError('boom')",
    "leaves": "import sys; sys.exit(3)",
    "junk": "from core.hookspecs import hookimpl\n@hookimpl\ndef kaoping_region():\n    return 5\n",
    "unknown_hook": "def kaoping_nonsense():\n    return 5\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with four plugins whose code is broken, one whose data is, and a good one, all installed."""
    site = tmp_path / "site"
    site.mkdir()
    for name, source in MODULES.items():
        _install(site, name, f"broken_{name}")
        (site / f"broken_{name}.py").write_text(source, encoding="utf-8")
    for name in ("linhai", "baddata"):
        write_region(site, name, 2024)
        (site / name / f"kaoping_{name}").rename(site / f"kaoping_{name}")
        _install(site, name, f"kaoping_{name}")
    grades = site / "kaoping_baddata/policy/2024/grades.toml"
    grades.write_text(grades.read_text(encoding="utf-8").replace('grade = "good"', 'grade = "gut"'), encoding="utf-8")
    return tmp_path


def _install(site: Path, name: str, module: str) -> None:
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[kaoping.regions]\n{name} = {module}\n", encoding="utf-8")


def _with_plugins(folder: Path) -> dict[str, object]:
    return {"PYTHONPATH": folder / "site"}


def test_each_is_named_with_its_file_and_key_and_the_others_are_there(folder):
    result = run(folder, "plugins", **_with_plugins(folder))
    assert result.returncode == 1
    told = {line.split("：")[0].removeprefix("插件 "): line for line in result.stderr.splitlines()}
    assert set(told) == {*MODULES, "baddata"}
    assert "policy/2024/grades.toml：lines.1.grade：" in told["baddata"]
    assert "允许：excellent、good、qualified、unqualified" in told["baddata"]
    assert "boom" in told["raises"]
    assert "SystemExit" in told["leaves"]
    assert "kaoping_region" in told["junk"]
    assert "允许：" in told["junk"]
    assert "kaoping_nonsense" in told["unknown_hook"]
    listed = {line.split("\t")[0] for line in result.stdout.splitlines()}
    assert {"linhai", "qinhuangdao", "tianjin"} <= listed
    assert "baddata" not in listed


def test_init_tells_them_and_brings_the_others_in(folder):
    result = run(folder, "init", **_with_plugins(folder))
    assert result.returncode == 0
    assert result.stderr.count("注意：插件 ") == len(MODULES) + 1
    assert "示例市" in result.stdout
    assert "秦皇岛市" in result.stdout


SERVER = """
import core.plugin_manager
core.plugin_manager.PATIENCE = 0.3
from core.app import create_app
from core import plugin_manager
app = create_app()
print(app.test_client().get("/").status_code)
print(sorted({problem.plugin for problem in plugin_manager.install().problems}))
"""


def test_the_server_answers_whatever_the_plugins_do(folder):
    assert run(folder, "init", **_with_plugins(folder)).returncode == 0
    (folder / "site" / "broken_raises.py").write_text("import threading\nthreading.Event().wait(60)\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", SERVER],
        cwd=ROOT,
        env=environment(folder, **_with_plugins(folder)),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    status, problems = ran.stdout.splitlines()[-2:]
    assert status == "200", ran.stderr
    assert problems == str(sorted(["leaves", "raises", "unknown_hook"]))
