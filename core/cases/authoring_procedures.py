"""A whole procedure begun in the browser: its entry, its workflow and its form, as drafts that name each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core import clock
from core.cases import authoring
from core.cases.action import Receipt, new_token, once
from core.cases.authoring_checks import sources_of
from core.cases.authoring_company import open_drafts
from core.cases.authoring_new import create_draft, least
from core.cases.authoring_workflow_templates import ORDER, stages_of
from core.cases.copying_procedures import draft_of_procedures
from core.errors import OutOfScope, Refused
from core.models import DefinitionVersion, Region
from core.pack_check import NEEDS_ROUND
from core.people.scope import Viewer
from core.policy.source import parse

_PRACTICE = {"clause": "工作惯例", "basis": "practice"}
_CUTOFF = {"key": "cutoff", "name": "计算参评名单的截止日", "type": "date", "required": True, **_PRACTICE}
_DUE = {"key": "due_on", "name": "材料报送截止日", "type": "date", "required": True, **_PRACTICE}


@dataclass(frozen=True)
class Wanted:
    """What is asked of a new procedure. Without a `form` a new one is begun; `carrier_kinds` empty means every kind."""

    name: str
    every: str
    template: str
    carrier_kinds: tuple[str, ...] = ()
    form: str = ""


def begin_procedure(viewer: Viewer, region_id: int, wanted: Wanted, token: str) -> Receipt:
    """Begin the drafts of a procedure; the entry goes into the draft of the region's procedures, begun where there is
    none. Raises Refused with the fields, OutOfScope.
    """

    def work() -> Receipt:
        region = Region.get_or_none(Region.id == region_id)
        if region is None or not viewer.has("policy_officer", region.id):
            raise OutOfScope
        name = wanted.name.strip()
        _require(region, name, wanted)
        key = _free_key(region)
        form = wanted.form or create_draft(viewer, region, "form", key, least("form", key, name, _year())).key
        flow = _workflow(key, name, wanted.template, form)
        if wanted.every == "year" and _plans_are_own(region):
            create_draft(viewer, region, "plan", key, {"key": key, "items": _plan_items(region)})
            _due_by_plan(flow)
        made = create_draft(viewer, region, "workflow", key, flow)
        _enter(viewer, region, _entry(key, name, form, wanted, flow))
        said = f"事项“{name}”已起草。" + ("先设计表单，再设计流程，" if not wanted.form else "接着设计流程，")
        return {"definition": made.id, "message": f"{said}预览没有问题就一起发布。"}

    return once(token, work)


def _year() -> str:
    return str(clock.today().year)


def _require(region: Region, name: str, wanted: Wanted) -> None:
    faults = {}
    entries = [one for _, text in _procedures(region) for one in parse(text, "procedures").get("procedures", [])]
    if not 2 <= len(name) <= 80:
        faults["name"] = "请写明名称，2 到 80 个字。"
    elif any(one.get("name") == name for one in entries):
        faults["name"] = f"已经有叫“{name}”的事项，请换一个名称，或在“办理事项”里改原来的。"
    if wanted.template not in ORDER:
        faults["template"] = "请选流程从哪个模板开始。"
    elif wanted.every != "year" and NEEDS_ROUND & {stage["kind"] for stage in stages_of(wanted.template)["stages"]}:
        faults["template"] = "这个模板有公示，只用于一年一次的批次；请换一个模板，或把“多久办一次”改为一年一次的批次。"
    if faults:
        raise Refused("".join(faults.values()), faults)


def _procedures(region: Region) -> list[tuple[str, str]]:
    """The procedures in force and in drafts, as (key, text)."""
    drafts = [(str(row.key), row.text) for row in open_drafts(region) if row.kind == "procedures"]
    return [*((key, text) for (kind, key), text in sources_of(region).items() if kind == "procedures"), *drafts]


def _free_key(region: Region) -> str:
    """A key that neither a procedure nor a workflow nor a form has ever had here."""
    rows = DefinitionVersion.select(DefinitionVersion.key).where(
        (DefinitionVersion.region == region) & DefinitionVersion.kind.in_(("workflow", "form"))
    )
    entries = [one for _, text in _procedures(region) for one in parse(text, "procedures").get("procedures", [])]
    taken = {str(row.key) for row in rows} | {str(one.get("key")) for one in entries}
    return next(key for number in range(1, len(taken) + 2) if (key := f"procedure_{number}") not in taken)


def _workflow(key: str, name: str, template: str, form: str) -> dict[str, Any]:
    data = stages_of(template)
    for stage in data["stages"]:
        if stage["kind"] == "fill":
            stage["form"] = form
    return {"key": key, "name": name, "procedure": key, **data}


def _plans_are_own(region: Region) -> bool:
    """Whether every yearly plan is named after its procedure: one more then takes no other its plan away."""
    sources = sources_of(region)
    known = {str(one.get("key")) for _, text in _procedures(region) for one in parse(text, "procedures").get("procedures", [])}
    return {key for kind, key in sources if kind == "plan"} <= known


def _plan_items(region: Region) -> list[dict[str, Any]]:
    """The day by which is handed in; and, where the region says who takes part, the day that this is counted to."""
    counted = any(kind == "scope" for kind, _ in sources_of(region))
    return [_CUTOFF, _DUE] if counted else [_DUE]


def _due_by_plan(flow: dict[str, Any]) -> None:
    """The carrier hands in by the day that the yearly plan sets."""
    first = next(stage for stage in flow["stages"] if stage["key"] == flow["start"])
    first["clock"] = {"kind": "plan", "field": _DUE["key"], "when_over": "remind", **_PRACTICE}


def _entry(key: str, name: str, form: str, wanted: Wanted, flow: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": key, "name": name, "every": wanted.every, "form": form, "workflow": key}
    opener = next(str(stage["role"]) for stage in flow["stages"] if stage["key"] == flow["start"])
    if opener != "carrier_clerk":  # who fills it first opens it; the carrier's clerk need not be named
        entry["opened_by"] = [opener]
    if wanted.carrier_kinds:
        entry["carrier_kinds"] = list(wanted.carrier_kinds)
    return {**entry, **_PRACTICE}


def _enter(viewer: Viewer, region: Region, entry: dict[str, Any]) -> None:
    """Put the entry into the draft of the procedures: the one that is open, one of what is in force, or a new one."""
    draft = draft_of_procedures(region)
    if draft is None:
        own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == "procedures")
        known = list(DefinitionVersion.select().where(own & (DefinitionVersion.status == "published")))
        if not known:
            create_draft(viewer, region, "procedures", region.key, {"key": region.key, "procedures": [entry]})
            return
        newest = authoring.versions_of(known[0])
        base = next(row for row in newest if row.status == "published")
        made = authoring.copy_as_draft(viewer, base.id, new_token())["definition"]
        draft = DefinitionVersion.get_by_id(made)
    authoring.change_draft(
        viewer, draft.id, lambda data: data.setdefault("procedures", []).append(entry), draft.digest, new_token()
    )
