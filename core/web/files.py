"""Downloading evidence: only for people who may see its case, always as inert content."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Blueprint, Response, send_file

from core import storage
from core.errors import OutOfScope
from core.models import Attachment
from core.people.scope import find_case, has_declared_no_conflict, membership
from core.web.access import open_to, viewer

pages = Blueprint("files", __name__)

# Shown in the page beside the figure it proves; everything else is only ever downloaded.
SHOWN = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
READERS = ("carrier_clerk", "district_reviewer", "city_reviewer", "expert")


@pages.get("/files/<int:attachment>")
@open_to(*READERS)
def download(attachment: int) -> Response:
    """The bytes of one attachment. Out of scope, removed or unknown: the same 404."""
    row = Attachment.get_or_none((Attachment.id == attachment) & ~Attachment.removed)
    if row is None:
        raise OutOfScope
    _require_reader(row)
    kind = SHOWN.get(PurePosixPath(row.filename).suffix.lower())
    response = send_file(
        storage.current().open(row.digest),
        mimetype=kind or "application/octet-stream",
        as_attachment=kind is None,
        download_name=row.filename,
    )
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    )
    return response


def _require_reader(row: Attachment) -> None:
    """Everybody with business in the case; an expert only after declaring that nothing stands between them."""
    person = viewer()
    case = find_case(person, row.case_id)
    for role in person.roles - {"expert"}:
        if role in READERS and _reaches(role, case.id):
            return
    if not has_declared_no_conflict(membership(person, case.round_id), case.id):
        raise OutOfScope


def _reaches(role: str, case_id: int) -> bool:
    try:
        find_case(viewer(), case_id, role)
    except OutOfScope:
        return False
    return True
