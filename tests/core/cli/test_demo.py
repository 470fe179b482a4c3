"""One command, one process tree: it answers, survives a child's death, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.cli.supervisor import Child, Supervisor, address
from tests.core.cli import running
from tests.faults.processes import wait_until

pytestmark = pytest.mark.faults


class Running:
    """A `kaoping demo` that has been started, and the lines it has printed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder, self.port = folder, running.free_port()
        self.process = running.start(folder, *arguments, KAOPING_PORT=self.port)

    def wait(self) -> list[str]:
        """Read up to the line that says it is ready; the lines before it."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            if "Ctrl-C" in line:
                return lines
            lines.append(line)
        pytest.fail(self.process.communicate()[1])

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def _family(folder: Path) -> list[int]:
    """The processes that work on this data folder, whoever is their parent now."""
    mark = f"KAOPING_INSTANCE={folder / 'instance'}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0") and "Z" not in (entry / "stat").read_text().split()[2]:
                found.append(int(entry.name))
        except OSError:
            continue  # it ended while we looked
    return found


def _child(tree: Running, command: str) -> int:
    """The parent's own child that runs a command; granian forks others that look alike."""
    for pid in _family(tree.folder):
        named = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[-2:] == [command.encode(), b""]
        if named and f"PPid:\t{tree.process.pid}\n" in Path(f"/proc/{pid}/status").read_text():
            return pid
    raise LookupError(command)


@contextmanager
def _running(folder: Path, *arguments: str) -> Iterator[Running]:
    made = Running(folder, *arguments)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.terminate()
            made.process.communicate(timeout=30)
        for pid in _family(folder):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Running]:
    """Web and worker under one parent, as `kaoping demo` runs them, over an instance without data."""
    running.run(tmp_path, "init")
    with _running(tmp_path, "serve", "--worker") as made:
        yield made


def test_the_demo_answers_and_starts_again_with_what_is_there(tmp_path: Path) -> None:
    with _running(tmp_path, "demo") as first:
        assert any("正在准备演示数据" in line for line in first.wait())
        assert first.answers()
        assert first.end(signal.SIGINT) == (0, "")
    with _running(tmp_path, "demo") as again:  # how quickly is measured in bench
        assert not any("正在准备演示数据" in line for line in again.wait())
        assert again.answers()
        assert again.end(signal.SIGTERM) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_without_leaving_anything(tree: Running, number: int) -> None:
    tree.wait()
    assert tree.answers()
    assert len(_family(tree.folder)) >= 4  # the parent, granian and its worker, the worker

    assert tree.end(number) == (0, "")
    wait_until(lambda: _family(tree.folder) == [], 5)


def test_nothing_outlives_a_killed_parent(tree: Running) -> None:
    tree.wait()
    tree.process.kill()
    tree.process.communicate()
    wait_until(lambda: _family(tree.folder) == [], 25)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_child_that_dies_is_started_again(tree: Running, command: str) -> None:
    tree.wait()
    before = _child(tree, command)
    os.kill(before, signal.SIGKILL)

    def replaced() -> bool:
        try:
            return _child(tree, command) != before and tree.answers()
        except (LookupError, OSError):
            return False

    wait_until(replaced, 20)
    code, err = tree.end(signal.SIGTERM)
    assert code == 0
    assert re.fullmatch(rf"kaoping: .+正在重新启动。 / restarting {command}\n", err)


def test_a_child_that_keeps_dying_ends_it_with_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    broken = Child("网页进程", "no-such-command")
    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        code = Supervisor([broken], lambda: None, "http://127.0.0.1:1/").run()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    assert code == 1
    said = [line for line in capfd.readouterr().err.splitlines() if "giving up" in line]
    assert len(said) == 1


def test_a_demo_never_runs_over_real_data(tmp_path: Path) -> None:
    running.run(tmp_path, "init")
    done = running.run(tmp_path, "demo", KAOPING_PORT=running.free_port())
    assert done.returncode == 2
    assert "正式数据" in done.stderr


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")]
)
def test_the_address_for_a_browser(tmp_path: Path, host: str, shown: str) -> None:
    from core.settings import load

    values = load({"KAOPING_INSTANCE": str(tmp_path), "KAOPING_HOST": host, "KAOPING_PORT": "8123"})
    assert address(values) == f"http://{shown}:8123/"


def test_policy_questions_import_neither_pages_nor_tables(tmp_path: Path) -> None:
    code = "import sys, core.cli.policy; print([m for m in ('flask', 'peewee', 'huey', 'granian') if m in sys.modules])"
    done = subprocess.run(
        ["python", "-c", code], cwd=running.ROOT, env=running.environment(tmp_path), capture_output=True, text=True, check=True,
        executable=__import__("sys").executable,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
