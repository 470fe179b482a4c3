"""The text of a definition: its stable form, its digest, and reading it with exact numbers."""

from __future__ import annotations

import hashlib
import tomllib
from copy import deepcopy
from decimal import Decimal
from functools import lru_cache
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
    except tomllib.TOMLDecodeError as fault:
        message = f"不是有效的 TOML：{fault}"
        raise DefinitionError([Finding(file, "-", message, "键 = 值；文字加引号；同一个键只写一次")]) from None


@lru_cache(maxsize=512)
def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)
