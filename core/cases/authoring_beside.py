"""What is changed along with a workflow: the draft of another definition of the region, found or begun."""

from __future__ import annotations

from core.cases import authoring, authoring_new, definitions
from core.cases.authoring_checks import KINDS
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer


def newest(region: Region, kind: str, key: str = "") -> DefinitionVersion | None:
    """The draft that is being worked on, or else the newest version that was published; without a key, of any."""
    wanted = (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind)
    rows = DefinitionVersion.select().where(wanted & (DefinitionVersion.key == key) if key else wanted)
    known = [one for one in rows if one.status != "withdrawn"]
    order = sorted(known, key=lambda one: (one.status == "draft", definitions.version_order(one.version), one.id))
    return order[-1] if order else None


def draft_beside(viewer: Viewer, row: DefinitionVersion, kind: str, key: str, token: str) -> DefinitionVersion:
    """The draft of another definition to change beside this one: the one there is, else the next version, else a new one.

    Raises Refused, OutOfScope.
    """
    found = newest(row.region, kind, key)
    if found is not None and found.status == "draft":
        return authoring.draft_of(viewer, found.id)
    if found is not None:
        receipt = authoring.copy_as_draft(viewer, found.id, token)
    else:
        receipt = authoring_new.new_definition(viewer, row.region_id, kind, key, KINDS[kind], token)
    return authoring.draft_of(viewer, int(receipt["definition"]))
