"""Visits on site with their photos: the photos belong to the record of the visit, not to the carrier's evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any, BinaryIO

from core import storage
from core.cases import acting, definitions
from core.cases.action import Receipt
from core.cases.file_kinds import clean_name, kind_of, require_content
from core.cases.files import MEGABYTE
from core.errors import OutOfScope, Refused
from core.models import Case, SiteVisit
from core.people.scope import Viewer, find_case, may_handle
from forms.definition import Field

MAY_READ = ("district_reviewer", "city_reviewer")
MOST_FILES = 20

Upload = tuple[str, IO[bytes]]
"""A file's name and its bytes."""


def visit(
    viewer: Viewer,
    case_id: int,
    answers: Mapping[str, Any],
    uploads: Mapping[str, Sequence[Upload]],
    token: str,
    max_upload_mb: int = 20,
) -> Receipt:
    """Keep the photos of a visit and record it. Raises Refused with the fields, OutOfScope."""
    case = find_case(viewer, case_id)
    stage = definitions.workflow_of(case).stage(case.stage)
    kept: dict[str, list[dict[str, Any]]] = {}
    # bytes are taken only from who may record; the verb itself decides and says why not
    if stage.site_visit_form and not acting.roles_for(viewer, case).isdisjoint(stage.actors):
        form = definitions.form_in(definitions.policy_of(case), stage.site_visit_form)
        asked = [f for f in form.definition.fields if f.type == "files" and uploads.get(f.key)]
        kept = {f.key: _keep(f, uploads[f.key], max_upload_mb) for f in asked}
    return acting.record_site_visit(viewer, case_id, {**answers, **kept}, token, evidence=kept)


def _keep(asked: Field, uploads: Sequence[Upload], max_upload_mb: int) -> list[dict[str, Any]]:
    most = asked.max_files or MOST_FILES
    if len(uploads) > most:
        raise Refused(f"“{asked.label}”最多传 {most} 份。", {asked.key: f"最多传 {most} 份，请分几次登记。"})
    limit = min(asked.max_mb or max_upload_mb, max_upload_mb) * MEGABYTE
    return [_keep_one(asked, name, stream, limit) for name, stream in uploads]


def _keep_one(asked: Field, filename: str, stream: IO[bytes], limit: int) -> dict[str, Any]:
    name = clean_name(filename)
    try:
        kind = kind_of(name, asked.accept)
        stored = storage.current().put(stream, limit, lambda file: require_content(file, kind, name))
    except Refused as refusal:
        raise Refused(str(refusal), {asked.key: str(refusal)}) from refusal
    return {"name": name, "size": stored.size, "digest": stored.digest}


def photo(viewer: Viewer, visit_id: int, field: str, number: int) -> tuple[str, BinaryIO]:
    """The name and the bytes of a photo, for reviewers of the case. Raises OutOfScope."""
    row: SiteVisit | None = SiteVisit.get_or_none(SiteVisit.id == visit_id)
    if row is None:
        raise OutOfScope
    case: Case = find_case(viewer, row.case_id)
    kept = row.answers.get(field)
    if not any(may_handle(viewer, case, role) for role in MAY_READ) or not isinstance(kept, list):
        raise OutOfScope
    if number >= len(kept) or not isinstance(kept[number], dict) or "digest" not in kept[number]:
        raise OutOfScope
    return kept[number]["name"], storage.open_file(kept[number]["digest"])
