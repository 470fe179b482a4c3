"""The kinds of stage. Plugins add their own through the hook `kaoping_stage_kinds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.workflow.definition import Action, Stage

# Stage, action, what came with it ("opinion", "reasons", …), facts → why the action is not possible; empty when it is.
Refusal = Callable[["Stage", "Action", frozenset[str], Mapping[str, object]], str]
# Stage → what is wrong with its definition, a sentence each.
Lint = Callable[["Stage"], list[str]]


@dataclass(frozen=True)
class StageKind:
    """A kind of stage.

    ``like`` names the core's kind whose pages and verbs a plugin's kind uses; the core's own kinds leave it empty.
    ``refusal`` is asked before every action of such a stage, ``lint`` when a workflow is read. Both are pure.
    """

    key: str
    name: str
    like: str = ""
    refusal: Refusal | None = None
    lint: Lint | None = None


BUILT_IN = (
    StageKind("fill", "填报"),
    StageKind("review", "审核"),
    StageKind("expert_panel", "专家评价"),
    StageKind("determination", "结果认定"),
    StageKind("public_notice", "公示"),
    StageKind("corrective_action", "整改"),
    StageKind("closed", "办结"),
)

STAGE_KINDS: dict[str, StageKind] = {kind.key: kind for kind in BUILT_IN}
"""Every kind known to this process; the plugin manager adds those of plugins."""
