"""Writes the package of a new region from `scaffold/`: one working procedure, worked examples, tests, a README."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from core.errors import Refused

SCAFFOLD = Path(__file__).parent / "scaffold"
ENDING = ".template"
MARK = "填："
"""Stands at every place that a person has to fill in or confirm."""

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_RESERVED = frozenset({"national", "core", "forms", "plugins", "tests"})


def write_region(folder: Path, name: str, year: int, taken: frozenset[str] = frozenset()) -> list[Path]:
    """Write the package into `folder / name`; the files written, relative to it.

    `taken` are names of regions that are installed. Raises Refused for a name that cannot be used, a folder that
    exists or one that cannot be written; nothing is left behind then.
    """
    _require_name(name, taken)
    if not 1949 <= year <= 2999:
        raise Refused(f"年份“{year}”不对，应是办法印发的年份，例如 2024")
    target = folder / name
    if target.exists():
        raise Refused(f"{target} 已经有了，没有动它；换一个名字，或换一个文件夹再试")
    try:
        built = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
    except OSError as fault:
        raise Refused(f"{folder} 不能写：{fault.strerror}") from fault
    try:
        written = [_write(file, built, name, year) for file in sorted(SCAFFOLD.rglob(f"*{ENDING}"))]
        built.chmod(0o755)  # a temporary folder is made for its owner alone
        built.rename(target)
    except OSError as fault:
        shutil.rmtree(built, ignore_errors=True)
        raise Refused(f"{target} 写不了：{fault.strerror}") from fault
    return written


def _require_name(name: str, taken: frozenset[str]) -> None:
    if not _NAME.fullmatch(name):
        raise Refused(f"名字“{name}”不能用；要小写字母开头，只用小写字母、数字和下划线，2 至 31 个，例如 linhai")
    if name in _RESERVED or name in taken:
        raise Refused(f"名字“{name}”已有他用；请换一个，例如 {name}_2")


def _write(template: Path, built: Path, name: str, year: int) -> Path:
    package = f"kaoping_{name}"
    place = template.relative_to(SCAFFOLD).as_posix().removesuffix(ENDING)
    place = re.sub(r"^package/", f"{package}/", place).replace("/policy/", f"/policy/{year}/")
    text = template.read_text(encoding="utf-8")
    for slot, value in (("region", name), ("dashed", name.replace("_", "-")), ("package", package), ("year", str(year))):
        text = text.replace("{{" + slot + "}}", value)
    target = built / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return Path(place)
