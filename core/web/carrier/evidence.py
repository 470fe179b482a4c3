"""Evidence under each figure: files that came with a saved page, and one at a time with progress."""

from __future__ import annotations

from flask import current_app, jsonify, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.wrappers import Response

from core.cases import drafts, files
from core.errors import KaopingError, Refused
from core.roles import FILLERS
from core.web.access import open_to, viewer
from core.web.carrier import section_page
from core.web.carrier.blueprint import pages
from core.web.carrier.filling import find_filling

PREFIX = "files__"


def attach_posted(case: int, uploads: ImmutableMultiDict[str, FileStorage]) -> dict[str, list[str]]:
    """Keep every posted file; what was refused, by field, so that it stands beside it. Raises OutOfScope."""
    refused: dict[str, list[str]] = {}
    for name, upload in uploads.items(multi=True):
        if not name.startswith(PREFIX) or not upload.filename:
            continue
        key = name.removeprefix(PREFIX)
        try:
            _attach(case, key, upload)
        except Refused as refusal:
            refused.setdefault(key, []).append(str(refusal))
    return refused


def _attach(case: int, key: str, upload: FileStorage) -> None:
    limit = current_app.config["MAX_UPLOAD_MB"]
    files.attach(viewer(), case, key, upload.filename or "", upload.stream, limit)


@pages.post("/cases/<int:case>/fill/<section>/files")
@open_to(*FILLERS)
def upload(case: int, section: str) -> Response | tuple[Response, int]:
    """One file from an open page; answers the section drawn anew, or what is wrong with the file."""
    try:
        for name, file in request.files.items(multi=True):
            _attach(case, name.removeprefix(PREFIX), file)
        work = find_filling(case)
        if work is None:
            raise Refused(drafts.SUBMITTED)
        html = section_page.draw(work, section, work.draft, {})
    except KaopingError as refusal:
        return jsonify(message=str(refusal)), refusal.http_status
    return jsonify(html=html)
