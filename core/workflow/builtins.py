"""The stage kinds of the core, contributed through the same hook as any plugin's."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.workflow.stage_kinds import BUILT_IN, StageKind


@hookimpl
def kaoping_stage_kinds() -> list[StageKind]:
    """The stage kinds of the core."""
    return list(BUILT_IN)
