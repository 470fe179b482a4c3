"""A workflow read from data (TOML): stages in order, their actions, clocks and clauses.

Unknown keys are refused and every fault is reported at once, each at its file and key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from forms.findings import DefinitionError, Finding

STAGE_KINDS = ("fill", "review", "expert_panel", "determination", "public_notice", "corrective_action", "closed")
SCOPES = ("carrier", "district", "region", "panel")
BASES = ("text", "reading", "practice")
EFFECTS = ("submit", "forward", "return", "withdraw", "determine", "redetermine", "publish", "close", "absent")
ROUND_EFFECTS = frozenset({"determine", "redetermine", "publish", "close", "absent"})
"""Moves that the round makes (for one case or many at once), never a button on the case's own page."""
NEEDS = ("opinion", "reasons", "said", "site_visit")
CLOCK_KINDS = ("plan", "working_days", "calendar_days", "calendar_months")
WHEN_OVER = ("remind", "escalate", "act")


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
    """A way out of a stage. `needs` lists what must be given with it; `condition` is a formula over the facts."""

    key: str
    name: str
    to: str
    effect: str
    needs: tuple[str, ...] = ()
    condition: str = ""
    role: str = ""
    clause: str = ""
    basis: str = "text"


@dataclass(frozen=True)
class Stage:
    """A place where a case waits for somebody."""

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


class _Reader:
    """Collects findings while a workflow is read, so that all of them are told at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def fault(self, key: str, message: str, allowed: str = "") -> None:
        self.findings.append(Finding(self.file, key, message, allowed))

    def table(self, data: Any, key: str, allowed: Any, tables: tuple[str, ...] = ()) -> dict[str, Any]:
        """The plain values of a table that may only have the fields of a dataclass."""
        if not isinstance(data, Mapping):
            self.fault(key, "这里应是一个表")
            return {}
        known = {f.name for f in fields(allowed) if f.name != "by_key"}
        for name in data:
            if name not in known:
                self.fault(f"{key}.{name}" if key else name, "不认识的键", "、".join(sorted(known)))
        return {k: v for k, v in data.items() if k in known and k not in tables}

    def text(self, values: dict[str, Any], key: str, name: str, required: bool = True) -> None:
        value = values.get(name, "")
        if not isinstance(value, str) or (required and not value.strip()):
            self.fault(f"{key}.{name}" if key else name, "缺少文字")
            values[name] = ""

    def choice(self, values: dict[str, Any], key: str, name: str, allowed: tuple[str, ...]) -> None:
        if values.get(name) is not None and values[name] not in allowed:
            self.fault(f"{key}.{name}", f"不认识的值“{values[name]}”", "、".join(allowed))


def load_workflow(source: str | Mapping[str, Any], file: str = "workflow.toml") -> Workflow:
    """Read a workflow. Raises DefinitionError with every finding, graph faults included (core.workflow.lint)."""
    from core.workflow.lint import lint

    data = tomllib.loads(source) if isinstance(source, str) else source
    reader = _Reader(file)
    values = reader.table(data, "", Workflow, tables=("stages",))
    for name in ("key", "name", "procedure", "start"):
        reader.text(values, "", name)
    stages = tuple(_stage(reader, raw, f"stages.{i}") for i, raw in enumerate(data.get("stages", [])))
    if not stages:
        reader.fault("stages", "至少要有一个环节")
    workflow = Workflow(**values, stages=stages, by_key={s.key: s for s in stages})
    findings = reader.findings or lint(workflow, file)
    if findings:
        raise DefinitionError(findings)
    return workflow


def _stage(reader: _Reader, data: Any, key: str) -> Stage:
    values = reader.table(data, key, Stage, tables=("clock", "actions"))
    for name in ("key", "name", "kind"):
        reader.text(values, key, name)
    reader.choice(values, key, "kind", STAGE_KINDS)
    reader.choice(values, key, "scope", ("", *SCOPES))
    reader.choice(values, key, "basis", BASES)
    raw = data if isinstance(data, Mapping) else {}
    actions = tuple(_action(reader, a, f"{key}.actions.{i}") for i, a in enumerate(raw.get("actions", [])))
    clock = _clock(reader, raw["clock"], f"{key}.clock") if "clock" in raw else None
    return Stage(**values, clock=clock, actions=actions)


def _action(reader: _Reader, data: Any, key: str) -> Action:
    values = reader.table(data, key, Action, tables=("needs",))
    for name in ("key", "name", "to", "effect"):
        reader.text(values, key, name)
    reader.choice(values, key, "effect", EFFECTS)
    reader.choice(values, key, "basis", BASES)
    needs = tuple(data.get("needs", ())) if isinstance(data, Mapping) else ()
    for need in needs:
        if need not in NEEDS:
            reader.fault(f"{key}.needs", f"不认识的值“{need}”", "、".join(NEEDS))
    return Action(**values, needs=needs)


def _clock(reader: _Reader, data: Any, key: str) -> Clock:
    values = reader.table(data, key, Clock)
    reader.text(values, key, "kind")
    reader.choice(values, key, "kind", CLOCK_KINDS)
    reader.choice(values, key, "when_over", WHEN_OVER)
    reader.choice(values, key, "basis", BASES)
    if values.get("kind") == "plan" and not values.get("field"):
        reader.fault(f"{key}.field", "按方案定日期的时钟要写明取方案的哪一项")
    if values.get("kind") not in (None, "", "plan") and not (values.get("days") or values.get("parameter")):
        reader.fault(f"{key}.days", "要写明天数，或天数在哪个参数里（parameter）")
    return Clock(**{"kind": "", **values})
