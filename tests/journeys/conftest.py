"""A real server (one process tree, as `make run` starts it) and a real browser for the stories."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "yanshi-2023-demo"
ROOT = Path(__file__).parents[2]


@dataclass
class Site:
    """The running demo, and one browser window for each person."""

    address: str
    browser: Any
    windows: dict[str, Any] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def page(self, username: str = "") -> Any:
        """This person's window, signed in; the empty name is the public."""
        if username not in self.windows:
            context = self.browser.new_context(base_url=self.address, locale="zh-CN")
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("console", lambda message: self._listen(message.text))
            self.windows[username] = page
            if username:
                page.goto("/sign-in")
                page.get_by_label("用户名").fill(username)
                page.get_by_label("密码").first.fill(PASSWORD)
                page.keyboard.press("Enter")
                page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.windows[username]

    def _listen(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.violations.append(text)

    def advance_to(self, day: str) -> None:
        """Move the demo's own policy date."""
        page = self.page("shi")
        page.goto("/account")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.content())
        assert token
        answer = page.request.post("/demo/date", form={"csrf_token": token[1], "to": day})
        assert answer.ok, answer.status


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{address}/sign-in", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """`kaoping demo` on a data folder and a free port, stopped with its whole process tree afterwards."""
    port, log = _free_port(), folder.with_suffix(".log")
    environment = {**os.environ, "KAOPING_INSTANCE": str(folder), "KAOPING_PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "demo"], cwd=ROOT, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The data folder of a new demo, made once for all workers of a run and never served itself."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    made, done = shared / "demo" / "data", shared / "demo" / "done"
    try:
        made.parent.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if done.exists():
                return made
            time.sleep(0.2)
        raise AssertionError("the worker that makes the demo did not finish") from None
    with _serving(made):
        pass
    done.touch()
    return made


@pytest.fixture(scope="module")
def site(browser: Any, demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo as new, served for one file of stories."""
    folder = tmp_path_factory.mktemp("instance") / "data"
    shutil.copytree(demo_data, folder)
    with _serving(folder) as address:
        yield Site(address, browser)
