"""A file that is looked at first and confirmed after: it travels inside the page, and nothing is kept here."""

from __future__ import annotations

import base64
import binascii

from flask import request

from core.errors import OutOfScope, Refused

MOST_UPLOADED = 1_000_000
"""Octets; as text in the page it is a third more, and a posted form may have two megabytes."""


def uploaded(kind: str = "Excel", too_large: str = "文件太大，请分成几份。") -> bytes:
    """The file of this request. Raises Refused when there is none or it is too large."""
    upload = request.files.get("file")
    data = upload.read(MOST_UPLOADED + 1) if upload else b""
    if not data or len(data) > MOST_UPLOADED:
        raise Refused(f"请选择要导入的 {kind} 文件。" if not data else too_large)
    return data


def carried(data: bytes) -> str:
    """The file as the page carries it."""
    return base64.b64encode(data).decode()


def confirmed() -> bytes:
    """The file that the page carried. Raises OutOfScope for anything that our page did not send."""
    try:
        return base64.b64decode(request.form.get("kept", ""), validate=True)
    except (binascii.Error, ValueError):
        raise OutOfScope from None
