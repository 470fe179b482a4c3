"""The draft in which the consequences of a region's results are being changed: found, or begun."""

from __future__ import annotations

from typing import Any

from core.cases import authoring, authoring_new, definitions
from core.cases.action import Receipt
from core.cases.authoring_checks import KINDS, sources_of
from core.errors import OutOfScope
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer

KIND = "consequences"


def consequence_draft(region: Region) -> DefinitionVersion | None:
    """The newest draft of a region's consequences; None where nobody is changing them."""
    found: DefinitionVersion | None = _rows(region, "draft").order_by(DefinitionVersion.id.desc()).first()
    return found


def begin_consequences(viewer: Viewer, region_id: int, token: str) -> Receipt:
    """The draft to change: the one that is there, the next version of what is in force, or a first one.

    Raises Refused, OutOfScope.
    """
    region = Region.get_or_none(Region.id == region_id)
    if region is None or not viewer.has("policy_officer", region.id):
        raise OutOfScope
    draft = consequence_draft(region)
    if draft is not None:
        return {"definition": draft.id, "message": "已有一份在改的草稿，接着改。"}
    key = next((key for kind, key in sources_of(region) if kind == KIND), None)
    if key is None:
        return authoring_new.new_definition(viewer, region.id, KIND, "", KINDS[KIND], token)
    published = [row for row in _rows(region, "published") if row.key == key]
    newest = max(published, key=lambda row: definitions.version_order(row.version))
    return authoring.copy_as_draft(viewer, newest.id, token)


def _rows(region: Region, status: str) -> Any:
    return DefinitionVersion.select().where(
        (DefinitionVersion.region == region) & (DefinitionVersion.kind == KIND) & (DefinitionVersion.status == status)
    )
