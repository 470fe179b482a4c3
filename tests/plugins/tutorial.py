"""A tutorial as a script: what to save, what to type, and what the screen should then show."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
_SAVED = re.compile(r"存成 `([^`]+)`")


@dataclass
class Step:
    """One block: a file to save (`target`), or commands with their last exit code and the lines to be seen."""

    text: str
    target: str = ""
    exit: int = 0
    seen: tuple[str, ...] = ()


def steps(page: Path) -> Iterator[Step]:
    """The blocks of the page in order; a text block belongs to the commands before it."""
    text = page.read_text(encoding="utf-8")
    waiting: Step | None = None
    before = 0
    for block in _BLOCK.finditer(text):
        language, more, inside = block.groups()
        if language == "text":
            assert waiting is not None, "a text block follows the commands that print it"
            waiting.seen = tuple(inside.splitlines())
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if language == "sh":
            wanted = re.search(r"exit=(\d+)", more)
            waiting = Step(inside, exit=int(wanted[1]) if wanted else 0)
        else:
            saved = _SAVED.findall(text[before : block.start()])
            assert saved, f"a {language} block needs “存成 `文件`” before it"
            yield Step(inside, target=saved[-1])
        before = block.end()
    if waiting is not None:
        yield waiting


class Terminal:
    """A shell that remembers its folder from one block to the next."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def do(self, step: Step) -> str:
        """Save the file, or run the commands; fails with what came when it is not what the page says."""
        if step.target:
            (self.folder / step.target).write_text(step.text, encoding="utf-8")
            return ""
        lines = step.text.strip().splitlines()
        shown = ""
        for number, line in enumerate(lines, start=1):
            ran = subprocess.run(
                ["sh", "-c", f"{line}\ncode=$?\npwd > {self.environment['HERE']}\nexit $code"],
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            self.folder = Path(Path(self.environment["HERE"]).read_text(encoding="utf-8").strip())
            shown += ran.stdout + ran.stderr
            wanted = step.exit if number == len(lines) else 0
            assert ran.returncode == wanted, f"{line}\n{ran.stdout}{ran.stderr}"
        for line in step.seen:
            assert line in shown, f"“{line}” is not in:\n{shown}"
        return shown
