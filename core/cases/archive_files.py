"""An archive as bytes: a zip that is sent piece by piece, with a manifest of every file's digest at its end."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from markupsafe import Markup, escape

from core.models import canonical_json

CHUNK = 256 * 1024
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
MANIFEST = "manifest.json"
HERE = "/archive-root/"
"""Stands in drawn pages for the folder of the case; made relative when the page is kept."""
STYLE = (
    "body{font:16px/1.6 'PingFang SC','Microsoft YaHei',sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.35em .6em;text-align:left}"
    ".num{text-align:right}.t-s{display:block;font-size:.875em;color:#555}.noprint{display:none}"
)


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its path and its bytes, or how to open them when it is written."""

    path: str
    content: bytes | Callable[[], BinaryIO]


def as_json(value: object) -> bytes:
    """Readable JSON with sorted keys; decimals and days as text."""
    return json.dumps(json.loads(canonical_json(value)), ensure_ascii=False, sort_keys=True, indent=1).encode()


def page(title: str, body: Markup, depth: int) -> bytes:
    """A drawn page as a file of its own, `depth` folders below the folder of its case."""
    plain = re.sub(r"<svg\b.*?</svg>", "", str(body), flags=re.DOTALL).replace(HERE, "../" * depth)
    head = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
    return f"{head}<style>{STYLE}</style><h1>{escape(title)}</h1>{plain}</html>".encode()


def safe_name(name: str) -> str:
    """A name that every system can unpack: no separators, no control characters, not too long."""
    clean = re.sub(r'[\x00-\x1f\\/:*?"<>|]', "_", name).strip(" .") or "_"
    return clean if len(clean) <= 80 else f"{clean[:60]}…{clean[-19:]}"


class _Sink:
    """Takes what the zip writes until it is sent on; it cannot be sought in, so the zip is written front to back."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, piece: bytes) -> int:
        self._waiting += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing lies deeper."""

    def taken(self) -> bytes:
        piece = bytes(self._waiting)
        self._waiting.clear()
        return piece


def stream(entries: Iterable[Entry], about: Mapping[str, Any]) -> Iterator[bytes]:
    """The archive as bytes to send on, piece by piece; `about` stands at the head of the manifest, which comes last."""
    sink, listed = _Sink(), []
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for entry in entries:
            hashed, size = hashlib.sha256(), 0
            with archive.open(_info(entry.path), "w", force_zip64=True) as target:
                for piece in _pieces(entry):
                    hashed.update(piece)
                    size += len(piece)
                    target.write(piece)
                    yield sink.taken()
            listed.append({"path": entry.path, "size": size, "sha256": hashed.hexdigest()})
        with archive.open(_info(MANIFEST), "w") as target:
            target.write(as_json({**about, "files": listed}))
    yield sink.taken()


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, FIXED_TIME)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    return info


def _pieces(entry: Entry) -> Iterator[bytes]:
    if isinstance(entry.content, bytes):
        yield entry.content
        return
    try:
        opened = entry.content()
    except FileNotFoundError:  # the rest is still worth having; the manifest tells by size and digest
        yield "这份文件在存放处找不到了。".encode()
        return
    with opened as file:
        while piece := file.read(CHUNK):
            yield piece
