"""What stands in the way of the set-up is said in one line, and a half-made set-up is made again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.faults.processes import ROOT

pytestmark = pytest.mark.faults


def _set_up(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(ROOT / "scripts" / "setup.sh"), "run"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def _program(folder: Path, text: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("program", "said"),
    [("", "找不到"), ('if [ "$1" = -V ]; then echo Python 3.9.2; else exit 1; fi', "需要 Python 3.11 以上，现在是 Python 3.9.2")],
)
def test_no_python_or_an_old_one(tmp_path: Path, program: str, said: str) -> None:
    done = _set_up(tmp_path, _program(tmp_path, program) if program else "/no/such/python")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith("kaoping: ")
    assert said in line
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_cannot_make_environments(tmp_path: Path) -> None:
    program = _program(tmp_path, 'if [ "$1" = -m ]; then echo "No module named ensurepip" >&2; exit 1; fi')
    done = _set_up(tmp_path, program)
    assert done.returncode == 1
    assert "No module named ensurepip" in done.stderr  # the cause stays
    assert "python3-venv" in done.stderr.splitlines()[-1]
    assert not (tmp_path / ".venv").exists()


def test_half_an_environment_is_made_again(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    half = tmp_path / ".venv" / "bin" / "python"
    half.write_text("#!/bin/sh\nexit 1\n")
    half.chmod(0o755)
    made = _program(
        tmp_path,
        'if [ "$1" = -m ]; then mkdir -p .venv/bin; printf "#!/bin/sh\\necho \\"\\$@\\" >> ../log\\n" > .venv/bin/python;'
        " chmod +x .venv/bin/python; fi",
    )
    (tmp_path / "inner").mkdir()
    done = _set_up(tmp_path, made)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".venv" / ".run").exists()
    assert half.read_text() != "#!/bin/sh\nexit 1\n"
