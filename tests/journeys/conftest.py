"""A real server (one process tree, as `make run` starts it) and a real browser for the stories."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`kaoping demo` on a new data folder and a free port, stopped with its whole process tree afterwards."""
    folder = tmp_path_factory.mktemp("instance")
    port, log = _free_port(), folder / "log.txt"
    environment = {**os.environ, "KAOPING_INSTANCE": str(folder / "data"), "KAOPING_PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "demo"], cwd=ROOT, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield Site(address, browser)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert "Traceback" not in log.read_text(encoding="utf-8")
