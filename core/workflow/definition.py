"""A workflow read from data (TOML): stages in order, their actions, clocks and clauses.

Unknown keys are refused and every fault is reported at once, each at its file and key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.findings import DefinitionError

SCOPES = ("carrier", "district", "region", "panel")
BASES = ("text", "reading", "practice")
EFFECTS = ("submit", "forward", "return", "withdraw", "determine", "redetermine", "publish", "close", "absent")
ROUND_EFFECTS = frozenset({"determine", "redetermine", "publish", "close", "absent"})
"""Moves that the round makes (for one case or many at once), never a button on the case's own page."""
NEEDS = ("opinion", "reasons", "said", "site_visit")
CLOCK_KINDS = ("plan", "working_days", "calendar_days", "calendar_months")
WHEN_OVER = ("remind", "escalate", "act")
SIGNING_MODES = ("all", "any", "in_order")
NEVER_WRITTEN = frozenset({"by_key", "own_kind"})
"""Fields of the classes below that no file holds."""


@dataclass(frozen=True)
class Clock:
    """How long a stage may take. `plan` takes the day from the round's plan, the others count.

    `parameter` names the policy parameter that holds the number; `days` (or months) is what counts without it.
    """

    kind: str
    field: str = ""
    days: int | None = None
    parameter: str = ""
    when_over: str = "remind"
    action: str = ""
    clause: str = ""
    basis: str = "text"


@dataclass(frozen=True)
class Action:
    """A way out of a stage.

    `needs` lists what must be given with it; `condition` is a formula over the facts; `sets` are facts that hold
    once it was taken (what a decision means: `city_approved = true`), for later conditions and for the question
    that decides the procedure.
    """

    key: str
    name: str
    to: str
    effect: str
    needs: tuple[str, ...] = ()
    condition: str = ""
    role: str = ""
    clause: str = ""
    basis: str = "text"
    sets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signing:
    """Several people sign before a review goes on (core.workflow.signing says when that is).

    `mode`: all who hold one of the roles (会签), any of them (或签), one of each role in order (依次).
    `quorum` is the fewest that must agree; `roles` are those asked, without any the stage's own.
    """

    mode: str
    quorum: int = 0
    roles: tuple[str, ...] = ()
    clause: str = ""
    basis: str = "text"


@dataclass(frozen=True)
class Stage:
    """A place where a case waits for somebody.

    ``kind`` is always one of the core's; ``own_kind`` is the plugin's kind that the file names, empty otherwise.
    """

    key: str
    name: str
    kind: str
    role: str = ""
    scope: str = ""
    form: str = ""
    opinion_form: str = ""
    site_visit_form: str = ""
    minimum_experts: int = 0
    clause: str = ""
    basis: str = "text"
    note: str = ""
    clock: Clock | None = None
    actions: tuple[Action, ...] = ()
    own_kind: str = ""
    signing: Signing | None = None

    @property
    def actors(self) -> tuple[str, ...]:
        """The roles that act here: the stage's own, or those whose signatures it gathers."""
        return (self.signing.roles if self.signing else ()) or (self.role,)

    def action(self, key: str) -> Action | None:
        """The action of this stage with that key, if it has one."""
        return next((a for a in self.actions if a.key == key), None)


@dataclass(frozen=True)
class Workflow:
    """The stages of one procedure, in the order in which people read them."""

    key: str
    name: str
    procedure: str
    start: str
    stages: tuple[Stage, ...]
    note: str = ""
    by_key: Mapping[str, Stage] = field(default_factory=dict, compare=False, repr=False)

    def stage(self, key: str) -> Stage:
        """The stage with that key. Raises KeyError for a stage this version does not have."""
        return self.by_key[key]

    def action_with_effect(self, stage: str, effect: str) -> Action | None:
        """The action of a stage that has this effect on the record."""
        return next((a for a in self.stage(stage).actions if a.effect == effect), None)


def load_workflow(source: str | Mapping[str, Any], file: str = "workflow.toml") -> Workflow:
    """Read a workflow. Raises DefinitionError with every finding, graph faults included (core.workflow.lint)."""
    # Imported here because the reader and the lint are written in terms of the classes above.
    from core.workflow.lint import lint
    from core.workflow.reader import read_workflow

    workflow, findings = read_workflow(tomllib.loads(source) if isinstance(source, str) else source, file)
    findings = findings or lint(workflow, file)
    if findings:
        raise DefinitionError(findings)
    return workflow
