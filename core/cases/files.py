"""Evidence: attaching and removing files while a case is being filled, and who may read which file."""

from __future__ import annotations

from typing import IO, BinaryIO

from core import clock, storage
from core.cases import definitions, events, statements
from core.cases.action import transaction
from core.cases.drafts import fill_stage, find_to_fill, open_draft
from core.cases.file_kinds import clean_name, kind_of, require_content
from core.errors import OutOfScope, Refused
from core.models import Attachment, Case, Submission
from core.people.scope import Viewer, find_case, has_declared_no_conflict, may_handle, membership
from core.roles import FILLERS
from core.storage import Stored
from forms.checks import USUAL_MAX_FILES
from forms.definition import Field

MEGABYTE = 1024 * 1024


def attach(
    viewer: Viewer, case_id: int, field: str, filename: str, stream: IO[bytes], max_upload_mb: int = 20
) -> Attachment:
    """Keep a file as evidence for a field. The same bytes in the same field again give the first row.

    `max_upload_mb` is the instance's limit; the form's own may be lower. Raises OutOfScope, and Refused with the
    field for a wrong kind, size, content or number of files; then nothing is kept.
    """
    case, _ = open_draft(viewer, case_id)
    asked = _files_field(case, field)
    name = clean_name(filename)
    try:
        kind = kind_of(name, asked.accept)
        limit = min(asked.max_mb or max_upload_mb, max_upload_mb) * MEGABYTE
        stored = storage.current().put(stream, limit, lambda file: require_content(file, kind, name))
        with transaction():
            # locked: two uploads at once must not pass the number of files together
            row = statements.load_case(case_id)
            open_draft(viewer, case_id)
            return _known(case, field, stored) or _add(viewer, row, asked, stored, (name, kind.content_type))
    except Refused as refusal:
        raise Refused(str(refusal), {field: str(refusal)}) from refusal


def _files_field(case: Case, key: str) -> Field:
    try:
        field = definitions.fill_form(case).definition.field(key)
    except KeyError:
        raise OutOfScope from None
    if field.type != "files":
        raise OutOfScope
    return field


def _present(case: Case | int, field: str) -> list[Attachment]:
    rows = Attachment.select().where((Attachment.case == case) & (Attachment.field == field) & ~Attachment.removed)
    return list(rows)


def _known(case: Case, field: str, stored: Stored) -> Attachment | None:
    return next((row for row in _present(case, field) if row.digest == stored.digest), None)


def _add(
    viewer: Viewer, row: statements.CaseRow, field: Field, stored: Stored, shown: tuple[str, str]
) -> Attachment:
    most = field.max_files or USUAL_MAX_FILES
    if len(_present(row.id, field.key)) >= most:
        raise Refused(f"“{field.label}”最多传 {most} 份文件。请先删去一份，或合并后再传。")
    added = Attachment.create(
        case=row.id,
        field=field.key,
        filename=shown[0],
        content_type=shown[1],
        size=stored.size,
        digest=stored.digest,
        uploaded_by=viewer.account,
        uploaded_at=clock.now(),
    )
    # the digest stands in the chain, so that evidence exchanged behind the system's back shows
    events.append(row, viewer, "file_attached", {"attachment": added.id, "digest": stored.digest})
    return added


def remove(viewer: Viewer, case_id: int, attachment_id: int) -> None:
    """Take a file out of what is being filled; submitted versions keep theirs. Raises OutOfScope, Refused."""
    with transaction():
        find_to_fill(viewer, case_id)
        row = statements.load_case(case_id)
        case, _ = open_draft(viewer, case_id)
        taken = Attachment.update(removed=True).where(
            (Attachment.id == attachment_id) & (Attachment.case == case) & ~Attachment.removed
        )
        if taken.execute() != 1:
            raise OutOfScope
        events.append(row, viewer, "file_removed", {"attachment": attachment_id})


def readable(viewer: Viewer, attachment_id: int) -> tuple[Attachment, BinaryIO]:
    """A file that this person may read, and its bytes. Raises OutOfScope.

    Who fills the case reads what was put in; everybody else only what was submitted, an expert after declaring
    that nothing stands between them and this carrier.
    """
    row = Attachment.get_or_none(Attachment.id == attachment_id)
    if row is None or not _may_read(viewer, row):
        raise OutOfScope
    try:
        return row, storage.open_file(row.digest)
    except FileNotFoundError:
        raise Refused("这份文件在存放处找不到了，请告诉系统管理员。") from None


def _may_read(viewer: Viewer, row: Attachment) -> bool:
    case = find_case(viewer, row.case_id)
    submitted = _was_submitted(row)
    if may_handle(viewer, case, fill_stage(case).role):
        return submitted or not row.removed
    if not submitted:
        return False
    if any(may_handle(viewer, case, role) for role in FILLERS):
        return True
    return has_declared_no_conflict(membership(viewer, case.round_id), case.id)


def _was_submitted(row: Attachment) -> bool:
    versions = Submission.select(Submission.files).where(Submission.case == row.case_id)
    return any(row.id in version.files.get(row.field, ()) for version in versions)
