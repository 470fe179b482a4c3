"""What comes with an objection (the scan of a sealed sheet, proof): taken like evidence, read by who handles it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from peewee import fn

from core import storage
from core.cases.file_kinds import FileKind, clean_name, kind_of, require_content
from core.errors import Refused
from core.models import NoticeEntry, Objection, ObjectionFile
from core.storage import Stored

TAKEN = ("pdf", "jpg", "jpeg", "png", "ofd")
MEGABYTE = 1024 * 1024
MOST_FILES = 3
MOST_MB = 10
MOST_MB_A_NOTICE = 500
"""Anybody may object without an account: what comes with objections to one notice cannot fill the disk."""


@dataclass(frozen=True)
class Offered:
    """A file as it came: its name, and its bytes to read once."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True)
class Kept:
    """A file that lies in storage: its clean name, its kind, its digest and size."""

    name: str
    kind: FileKind
    stored: Stored


def keep(entry: NoticeEntry, offered: Sequence[Offered], max_upload_mb: int) -> list[Kept]:
    """Put the files into storage. Raises Refused with the field `files`, naming the file and how to mend it."""
    try:
        if len(offered) > MOST_FILES:
            raise Refused(f"最多附 {MOST_FILES} 份文件，请合并后再传。")
        if offered and _octets(entry) > MOST_MB_A_NOTICE * MEGABYTE:
            raise Refused("这次公示收到的附件已经很多，暂时不能再传。请不附文件提交，把材料送到或寄到公示所列的地址。")
        return [_keep(one, min(MOST_MB, max_upload_mb) * MEGABYTE) for one in offered]
    except Refused as refusal:
        raise Refused(str(refusal), {"files": str(refusal)}) from refusal


def _keep(one: Offered, limit: int) -> Kept:
    name = clean_name(one.name)
    kind = kind_of(name, TAKEN)
    return Kept(name, kind, storage.current().put(one.stream, limit, lambda file: require_content(file, kind, name)))


def _octets(entry: NoticeEntry) -> int:
    rows = ObjectionFile.select(fn.SUM(ObjectionFile.size)).join(Objection).join(NoticeEntry)
    return int(rows.where(NoticeEntry.notice == entry.notice_id).scalar() or 0)


def add(objection: Objection, kept: Sequence[Kept]) -> list[str]:
    """Note the files with their objection, in the caller's transaction; their digests, for the chain."""
    for one in kept:
        ObjectionFile.create(
            objection=objection,
            filename=one.name,
            content_type=one.kind.content_type,
            size=one.stored.size,
            digest=one.stored.digest,
        )
    return [one.stored.digest for one in kept]


def files_of(objection: Objection) -> list[ObjectionFile]:
    """The files of an objection, in the order in which they came."""
    return list(ObjectionFile.select().where(ObjectionFile.objection == objection).order_by(ObjectionFile.id))
