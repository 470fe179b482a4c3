"""What the workflow designer shows: the list, the diagram, the properties with findings at their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template

from core.admin import workflow_settings
from core.admin.designing import Found, Sheet, count
from core.admin.workflow_diagram import diagram, faults_by_stage
from core.cases import authoring_history, authoring_items
from core.cases import authoring_workflow as flow
from core.cases.authoring_checks import KINDS, findings_of, name_of, sources_around
from core.cases.authoring_company import open_drafts
from core.cases.authoring_faults import in_words, names_in
from core.cases.authoring_words import EFFECTS, Choices, Slot
from core.cases.authoring_workflow_facts import Facts, facts_known, labels
from core.cases.authoring_workflow_templates import templates
from core.errors import Refused
from core.models import DefinitionVersion
from core.policy.source import parse
from core.policy.version import Sources
from core.roles import ROLES
from core.workflow.by_clock import ABOVE
from core.workflow.signing import MODE_NAMES
from core.workflow.stage_kinds import STAGE_KINDS
from forms.findings import Finding
from forms.formula import FormulaError
from forms.formula_words import FUNCTION_WORDS
from forms.formula_words import in_words as formula_in_words

UNITS = {"working_days": "个工作日", "calendar_days": "天", "calendar_months": "个月"}
EFFECTS_TO_ADD = {
    "fill": ("submit", "withdraw", "absent"),
    "expert_panel": ("determine", "return"),
    "determination": ("publish", "redetermine", "return"),
    "public_notice": ("close", "redetermine", "return"),
    "closed": (),
}
"""The effects that actions of a kind of stage usually have; any other is chosen in the properties."""
ONWARD_OR_BACK = ("forward", "return", "withdraw")


def sheet_at(data: Mapping[str, Any], path: str, *, posted: bool = True) -> Sheet:
    """The properties of what lies at a path."""
    return Sheet(path, flow.shown(data, path), flow.groups_at(data, path), posted=posted)


def render(
    row: DefinitionVersion,
    data: dict[str, Any],
    at: str,
    *,
    typed: bool = False,
    faults: Mapping[str, str] | None = None,
) -> str:
    """The page with the thing at a path (or what is nearest to it) open; `typed` keeps what was posted."""
    sheet = sheet_at(data, nearest(data, at), posted=typed)
    around = sources_around(row)
    drafts = {(one.kind, one.key): one.text for one in open_drafts(row.region)}
    known = facts_known(data, around)
    stages = data.get("stages", [])
    own, others = found_in(row, data)
    here = [one for one in own if one.at == sheet.path]
    slots = {slot.path for slot in sheet.slots}
    stage = stages[int(sheet.path.split(".")[1])] if sheet.path else None
    return render_template(
        "admin/designer/workflow.html",
        row=row,
        data=data,
        sheet=sheet,
        typed={slot.path: sheet.typed(slot) for slot in sheet.slots},
        choices={slot.path: choices(slot, data, sheet.path, around) for slot in sheet.slots},
        faults=faults or {},
        said={path: [one for one in here if _same(one.slot, path)] for path in slots},
        unplaced=[one for one in here if not any(_same(one.slot, path) for path in slots)],
        place=in_words(data, sheet.path) if sheet.path else "整个流程",
        lines=lines(data, own),
        drawn=diagram(stages, [about(one) for one in stages], sheet.path, faults_by_stage([one.at for one in own])),
        found=own,
        others=others,
        advice=list(advice(data)),
        known=known if flow.is_action(sheet.path) else [],
        reading=reading(sheet, known),
        functions=list(FUNCTION_WORDS.values()),
        beside_it=workflow_settings.beside(data, sheet.path, {**around, **drafts}),
        drafted={f"{kind}:{key}" for kind, key in drafts},
        kinds=[(kind.key, kind.name) for kind in STAGE_KINDS.values()],
        effects=_effects(stage),
        beside=lines(data, own)[int(sheet.path.split(".")[1])] if sheet.path else None,
        templates=templates() if not sheet.path else (),
        steps=authoring_history.reachable(row),
        above=ROLES[ABOVE].name,
    )


def _effects(stage: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What can be added to a stage, each with its words."""
    if stage is None:
        return []
    return [(key, dict(EFFECTS)[key]) for key in EFFECTS_TO_ADD.get(flow.kind_of(stage), ONWARD_OR_BACK)]


def _same(slot: str, path: str) -> bool:
    return slot == path or (path.startswith("signer.1") and slot == "signing.roles") or (
        path.count(".") == 1 and slot == path.partition(".")[0] and path.endswith((".kind", ".mode"))
    )


def nearest(data: Mapping[str, Any], at: str) -> str:
    """The path of a stage or an action, or the nearest thing around it that is there."""
    parts = at.split(".")
    for end in (4, 2):
        path = ".".join(parts[:end])
        shape = parts[0] == "stages" and (end == 2 or (len(parts) >= 4 and parts[2] == "actions"))
        if len(parts) >= end and shape:
            try:
                if isinstance(authoring_items.item_at(data, path), dict):
                    return path
            except Refused:
                continue
    return ""


def found_in(row: DefinitionVersion, data: Mapping[str, Any]) -> tuple[list[Found], list[Found]]:
    """The findings of this workflow, each at its thing, and those of other definitions of the region."""
    own, others = [], []
    names = names_in(data)
    for finding in findings_of(row):
        allowed = "、".join(names.get(part, part) for part in finding.allowed.split("、"))
        if finding.file == name_of(row.kind, row.key):
            at = nearest(data, finding.key)
            slot = finding.key[len(at) :].lstrip(".")
            own.append(Found(at, slot, in_words(data, finding.key), finding.message, allowed))
        else:
            others.append(_elsewhere(finding, allowed))
    return own, others


def _elsewhere(finding: Finding, allowed: str) -> Found:
    kind, _, key = finding.file.partition("/")
    return Found("-", "", f"{KINDS.get(kind, kind)}（{key}）", finding.message, allowed)


@dataclass(frozen=True)
class Line:
    """A line of the list: a stage with its actions, or an action with where it leads."""

    path: str
    name: str
    about: str
    chips: tuple[str, ...]
    faults: int
    actions: tuple[Line, ...] = ()


def lines(data: Mapping[str, Any], found: list[Found]) -> list[Line]:
    """The same as the diagram shows, as a list."""
    names = {str(s.get("key")): str(s.get("name", "")) for s in data.get("stages", [])}
    told = []
    for i, stage in enumerate(data.get("stages", [])):
        path = f"stages.{i}"
        actions = tuple(
            _action(a, f"{path}.actions.{j}", names, found) for j, a in enumerate(stage.get("actions", []))
        )
        start = ("从这里开始",) if stage.get("key") == data.get("start") else ()
        told.append(Line(path, str(stage.get("name", "")), about(stage), start, count(found, path), actions))
    return told


def _action(action: Mapping[str, Any], path: str, names: Mapping[str, str], found: list[Found]) -> Line:
    to = str(action.get("to", ""))
    where = f"到“{names[to]}”" if to in names else "还没有写到哪里" if not to else f"没有环节“{to}”"
    chips = ("有条件",) if action.get("condition") else ()
    return Line(path, str(action.get("name", "")), where, chips, count(found, path))


def about(stage: Mapping[str, Any]) -> str:
    """Who acts and how long, in a line."""
    role, clock = str(stage.get("role", "")), stage.get("clock")
    parts = [ROLES[role].name] if role in ROLES else []
    signing = stage.get("signing")
    if isinstance(signing, dict):
        parts.append(MODE_NAMES.get(str(signing.get("mode")), "").partition("（")[0])
    if isinstance(clock, dict):
        kind = str(clock.get("kind"))
        parts.append("按方案日期" if kind == "plan" else f"{clock.get('days', '')} {UNITS.get(kind, '')}".strip())
    return " · ".join(filter(None, parts))


def advice(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What is no fault but worth a look, as (path, name of the stage, words)."""
    for i, stage in enumerate(data.get("stages", [])):
        kind, name = flow.kind_of(stage), str(stage.get("name", ""))
        if kind in ("fill", "review", "corrective_action") and not stage.get("clock"):
            yield f"stages.{i}", name, "没有期限，逾期不会提醒任何人"
        if kind == "review" and not any(a.get("effect") == "return" for a in stage.get("actions", [])):
            yield f"stages.{i}", name, "没有退回的动作，有错也只能往前送"


def choices(slot: Slot, data: Mapping[str, Any], path: str, around: Sources) -> Choices:
    """What a slot may hold: fixed, or read from the draft and what is in force around it."""
    if slot.source == "stages":
        return tuple((str(s.get("key", "")), str(s.get("name") or s.get("key", ""))) for s in data.get("stages", []))
    if slot.source == "actions":
        stage = authoring_items.item_at(data, path)
        return tuple((str(a.get("key", "")), str(a.get("name", ""))) for a in stage.get("actions", []))
    if not slot.source:
        return slot.choices
    if slot.source == "forms":
        return tuple((key, _title(text, key)) for (kind, key), text in sorted(around.items()) if kind == "form")
    kind, name = {
        "parameters": ("parameters", "parameters"), "dates": ("plan", "items"), "procedures": ("procedures", "procedures")
    }[slot.source]  # fmt: skip
    entries = [one for (k, key), text in around.items() if k == kind for one in parse(text, key).get(name, [])]
    return tuple((str(one.get("key", "")), str(one.get("name", ""))) for one in entries)


def _title(text: str, key: str) -> str:
    return str(parse(text, key).get("title", key))


def reading(sheet: Sheet, known: list[Facts]) -> str:
    """An action's condition as people read it; empty for none, or for what is no formula."""
    source = next((sheet.typed(slot) for slot in sheet.slots if slot.path == "condition"), "")
    try:
        return formula_in_words(source, labels(known)) if source else ""
    except FormulaError:
        return ""

