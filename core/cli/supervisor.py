"""Web and worker as children of one process: started, watched, restarted when they die, ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

from core.cli.starting import SUPERVISOR

if TYPE_CHECKING:
    from core.settings import Settings

LOOK_EVERY = 0.05  # seconds
TIME_TO_END = 20.0  # seconds that a child gets after SIGTERM before it is killed
TOO_OFTEN = (3, 30.0)  # so many deaths within so many seconds are given up on
FAILED = 1


@dataclass
class Child:
    """One command of kaoping as a child process, in a group of its own so that nothing of it is left behind."""

    name: str
    command: str
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the command; Ctrl-C in the terminal reaches the supervisor alone."""
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and command
            [sys.executable, "-m", "core.cli", self.command],
            env={**os.environ, SUPERVISOR: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def is_dead(self) -> bool:
        """Whether it ended without being asked to."""
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: int) -> None:
        """Send a signal to the child and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def dies_too_often(self) -> bool:
        """Note a death; whether it is one too many."""
        most, within = TOO_OFTEN
        moment = time.monotonic()
        self.deaths = [*(d for d in self.deaths if moment - d < within), moment]
        return len(self.deaths) >= most


class Supervisor:
    """Keeps its children running until a signal, then ends all of them."""

    def __init__(self, children: list[Child], when_answering: Callable[[], None], url: str) -> None:
        self.children = children
        self.when_answering = when_answering
        self.url = url
        self.ending = False

    def run(self) -> int:
        """Until a signal: 0. When a child cannot be kept alive: 1, after one line on standard error."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        for child in self.children:
            child.start()
        try:
            return self._watch()
        finally:
            self._stop_all()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ending = True

    def _watch(self) -> int:
        answered = False
        while not self.ending:
            for child in self.children:
                if child.is_dead() and not self._revive(child):
                    return FAILED
            if not answered and answers(self.url):
                answered = True
                self.when_answering()
            time.sleep(LOOK_EVERY)
        return 0

    def _revive(self, child: Child) -> bool:
        code = child.process.returncode if child.process else 0
        child.signal(signal.SIGKILL)  # what it may have left behind still holds the port
        if child.dies_too_often():
            print(
                f"kaoping: {child.name}反复退出（代码 {code}），已停止。原因见上面的输出。"
                f" / {child.command} keeps dying, giving up",
                file=sys.stderr,
            )
            return False
        print(f"kaoping: {child.name}退出了（代码 {code}），正在重新启动。 / restarting {child.command}", file=sys.stderr)
        child.start()
        return True

    def _stop_all(self) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        until = time.monotonic() + TIME_TO_END
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, until - time.monotonic()))
                child.signal(signal.SIGKILL)
                child.process.wait()


def answers(url: str) -> bool:
    """Whether a page comes at this address now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as page:  # noqa: S310 - our own http address
            return bool(page.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def address(values: Settings) -> str:
    """Where a browser on this machine finds the pages."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(values.host, values.host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{values.port}/"


def run_web_and_worker(values: Settings, also: Callable[[], None] = lambda: None) -> int:
    """Serve and work until a signal; when the first page answers, say where, then call `also`."""
    began = time.monotonic()

    def say() -> None:
        print(f"kaoping: 已就绪，用时 {time.monotonic() - began:.1f} 秒 / ready")
        print(f"  网址 / address  {address(values)}", flush=True)
        also()
        print("  停止 / stop     Ctrl-C", flush=True)

    children = [Child("网页进程", "serve"), Child("任务进程", "worker")]
    return Supervisor(children, say, address(values)).run()
