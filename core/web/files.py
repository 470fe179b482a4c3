"""Downloading evidence: only for people who may see its case, always as inert content."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import BinaryIO

from flask import Blueprint, Response, send_file

from core.cases.files import readable
from core.models import Attachment, ObjectionFile
from core.web.access import open_to, viewer

pages = Blueprint("files", __name__)

# Shown in the page beside the figure it proves; everything else is only ever downloaded.
SHOWN = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@pages.get("/files/<int:attachment>")
@open_to("carrier_clerk", "district_reviewer", "district_centre", "city_reviewer", "city_centre", "third_party", "expert")
def download(attachment: int) -> Response:
    """The bytes of one attachment. Out of scope, removed or unknown: the same 404."""
    return inert(*readable(viewer(), attachment))


def inert(row: Attachment | ObjectionFile, stream: BinaryIO) -> Response:
    """A file as content that cannot act: shown where it is harmless, downloaded where it is not."""
    kind = SHOWN.get(PurePosixPath(row.filename).suffix.lower())
    response = send_file(
        stream,
        mimetype=kind or "application/octet-stream",
        as_attachment=kind is None,
        download_name=row.filename,
        etag=row.digest,
    )
    if kind != "application/pdf":  # a browser's own PDF reader does not start inside a sandbox
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'"
    return response
