"""What kinds of file are taken as evidence, told by their content; and names that harm nobody.

Only the first and last bytes are looked at. Archives and documents are never unpacked, so a file that would grow
without end when unpacked stays what it is: bytes.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import IO

from core.errors import Refused

LONGEST_NAME = 120
_EDGE = 64 * 1024  # bytes looked at on either end


@dataclass(frozen=True)
class FileKind:
    """How a kind of file begins, which words its table of contents must have, and how it is sent."""

    content_type: str
    starts: tuple[bytes, ...]
    holds: bytes = b""


_ZIP = (b"PK\x03\x04",)
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_OFFICE = "application/vnd.openxmlformats-officedocument."

KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", (b"%PDF-",)),
    "ofd": FileKind("application/ofd", _ZIP, b"OFD.xml"),
    "jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "docx": FileKind(f"{_OFFICE}wordprocessingml.document", _ZIP, b"word/"),
    "xlsx": FileKind(f"{_OFFICE}spreadsheetml.sheet", _ZIP, b"xl/"),
    "pptx": FileKind(f"{_OFFICE}presentationml.presentation", _ZIP, b"ppt/"),
    "doc": FileKind("application/msword", _OLE),
    "xls": FileKind("application/vnd.ms-excel", _OLE),
    "wps": FileKind("application/octet-stream", _OLE),
    "et": FileKind("application/octet-stream", _OLE),
    "zip": FileKind("application/zip", _ZIP),
    "rar": FileKind("application/vnd.rar", (b"Rar!\x1a\x07",)),
    "7z": FileKind("application/x-7z-compressed", (b"7z\xbc\xaf\x27\x1c",)),
}
"""Extension → kind. What is not listed here (pages, drawings with scripts, programs) is never taken."""

TAKEN_BY_DEFAULT = ("pdf", "jpg", "jpeg", "png", "docx", "xlsx", "zip")
"""What a field takes whose form names nothing."""


def clean_name(filename: str) -> str:
    """The file's name without path, control, invisible or direction-changing characters, at most 120 long.

    The extension survives the cut. A name of which nothing is left becomes 附件.
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    # category C: control, format (right-to-left override among them), surrogate, private, unassigned
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem, dot, extension = plain.strip().rstrip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = extension.lower()[:16]
    stem = stem.strip(" .")[: LONGEST_NAME - len(extension) - 1] or "附件"
    return f"{stem}.{extension}" if extension else stem


def kind_of(filename: str, accept: tuple[str, ...]) -> FileKind:
    """The kind that a clean name claims. Raises Refused when the field or the system does not take it."""
    extension = filename.rpartition(".")[2] if "." in filename else ""
    allowed = [e for e in (accept or TAKEN_BY_DEFAULT) if e in KINDS]
    if extension not in allowed:
        said = f"{extension} 文件" if extension else "没有扩展名的文件"
        raise Refused(f"这里不收{said}。可以传：{'、'.join(allowed)}。")
    return KINDS[extension]


def require_content(file: IO[bytes], kind: FileKind, filename: str) -> None:
    """Raises Refused when a file is empty, is not what its name says, or carries macros."""
    head = file.read(_EDGE)
    size = file.seek(0, 2)
    file.seek(max(0, size - _EDGE))
    tail = file.read(_EDGE)
    if not head:
        raise Refused(f"“{filename}”是空文件，请重新选择。")
    if not head.startswith(kind.starts) or (kind.holds and kind.holds not in head + tail):
        extension = filename.rpartition(".")[2]
        raise Refused(f"“{filename}”的内容不是 {extension} 文件。请用原来的软件另存为 {extension}，再传一次。")
    if kind.holds and b"vbaProject" in head + tail:
        raise Refused(f"“{filename}”带有宏，不能收。请另存为不带宏的文件，再传一次。")
