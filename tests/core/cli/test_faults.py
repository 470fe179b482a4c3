"""Whatever is unusable: one clear line, exit code 2, no traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from core.cli.starting import clear_faults
from core.errors import SettingError
from tests.core.cli import running


def _is_one_line(done: object, *parts: str) -> None:
    assert done.returncode == 2, done  # type: ignore[attr-defined]
    (line,) = done.stderr.strip().splitlines()  # type: ignore[attr-defined]
    assert line.startswith("kaoping: ")
    assert all(part in line for part in parts), line


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port(tmp_path: Path, command: str) -> None:
    running.run(tmp_path, "init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = running.run(tmp_path, command, KAOPING_PORT=port)
    _is_one_line(done, f"127.0.0.1:{port}", "KAOPING_PORT", "in use")


@pytest.mark.parametrize("command", ["serve", "demo", "worker", "init", "check", "migrate"])
def test_an_unusable_data_folder(tmp_path: Path, command: str) -> None:
    (tmp_path / "instance").write_text("a file where the folder should be")
    _is_one_line(running.run(tmp_path, command), "KAOPING_INSTANCE", "不可写")


@pytest.mark.parametrize(
    ("name", "value"),
    [("KAOPING_PORT", "eighty"), ("KAOPING_WORKERS", "0"), ("KAOPING_DATABASE_URL", "mysql://x"),
     ("KAOPING_DATABASE_URL", "postgresql:///no_such_database_here"), ("KAOPING_SECRET_KEY", "short"),
     ("KAOPING_MAX_UPLOAD_MB", "-1")],
)  # fmt: skip
def test_a_broken_setting(tmp_path: Path, name: str, value: str) -> None:
    _is_one_line(running.run(tmp_path, "demo", **{name: value}), name)


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["audit", "verify"], ["user", "unlock", "nobody"], ["migrate"]])
def test_without_tables(tmp_path: Path, command: list[str]) -> None:
    _is_one_line(running.run(tmp_path, *command), "kaoping init")


def test_other_faults_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), clear_faults():
        1 / 0  # noqa: B018


def test_the_line_holds_no_line_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, clear_faults():
        raise SettingError("第一行\n第二行")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "kaoping: 第一行 第二行\n"
