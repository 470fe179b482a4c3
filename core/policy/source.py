"""The text of a definition: its stable form, its digest, and reading it with exact numbers."""

from __future__ import annotations

import hashlib
import re
import tomllib
from copy import deepcopy
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from forms.findings import DefinitionError, Finding


def canonical(text: str) -> str:
    """The text as it is stored and digested: no byte order mark, ``\\n`` line ends, exactly one at the end.

    Comments stay: they carry the reasons, and a copy without them would not be the definition.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip("\n") + "\n"


def digest(text: str) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(text).encode("utf-8")).hexdigest()


LARGEST_FILE = 1_000_000
"""Bytes that one file may have; the largest definition of the five cities has under 20,000."""


def text_of(path: Path, file: str) -> str:
    """The text of a definition's file; raises DefinitionError naming it as `file` when it cannot be taken."""

    def fault(message: str, allowed: str) -> DefinitionError:
        return DefinitionError([Finding(file, "-", message, allowed)])

    try:
        if not path.is_file():  # a folder, or something that would never end
            raise fault("不是文件", "一个 UTF-8 的文本文件")
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise fault(f"文件有 {size} 字节，太大", f"至多 {LARGEST_FILE} 字节")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise fault("文件不是 UTF-8 编码", "另存为 UTF-8") from None
    except OSError as broken:
        raise fault(f"文件读不出来：{broken.strerror}", "一个 UTF-8 的文本文件") from broken


LONGEST_KEPT = 40_000
"""Characters up to which a text that was read is kept: with the number of them, a bound for the memory."""


def parse(text: str, file: str) -> dict[str, Any]:
    """The definition as data, decimals exact; raises DefinitionError naming `file` and the place.

    Every caller gets data of its own. What is kept hangs on nothing but the text, so it cannot grow stale: a region
    is checked as a whole after each change of a draft, and all its other texts are the same as before.
    """
    kept = canonical(text)
    try:
        return deepcopy(_read(kept)) if len(kept) <= LONGEST_KEPT else _read.__wrapped__(kept)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        message = f"不是有效的 TOML：{_place(str(fault))}"
        raise DefinitionError([Finding(file, "-", message, "键 = 值；文字加引号；同一个键只写一次")]) from None


@lru_cache(maxsize=512)
def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)


def _place(fault: str) -> str:
    """What the reader said, the place first and in words."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", fault)
    if found is None:
        return fault
    told = "同一个键或同一段写了两次" if found[1].startswith(("Cannot overwrite", "Cannot declare")) else found[1]
    return f"第 {found[2]} 行第 {found[3]} 个字符：{told}"
