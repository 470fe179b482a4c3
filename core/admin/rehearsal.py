"""A rehearsal: an invented carrier, its people and one case at any stage of a draft's workflow, made and taken back.

Everything stands in one transaction that never commits, so the server's own pages can draw it and nothing is stored.
Rows of drafts get ids that no table hands out: what is read and built once per set of ids can never be taken for a
real version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

import tomli_w

from core import clock
from core.cases import definitions, noticing
from core.cases.authoring_checks import KINDS, sources_of
from core.cases.register_facts import governing
from core.demo.answers import Source, answers_for
from core.errors import Refused
from core.models import (
    Account,
    Carrier,
    Case,
    DefinitionVersion,
    District,
    Draft,
    EvaluationRound,
    Grant,
    NoConflict,
    NoticeEntry,
    Organisation,
    PanelMember,
    Participant,
    PublicNotice,
    Region,
    Result,
    Submission,
    database,
)
from core.people.scope import BOUND_BY, Viewer, viewer_of
from core.policy.grades import grade_names
from core.policy.plan import plan_items
from core.policy.source import digest, parse
from core.policy.version import PolicyVersion, Sources
from core.roles import ROLES
from core.workflow.definition import Stage, Workflow
from forms.compile import CompiledForm

SAMPLE = "示例"
_FIRST_ID, _IDS = 1_600_000_000, 500_000_000
EXPERTS = 3


@dataclass
class Scene:
    """What was made: `addresses` is what pages are named with (case, round, notice, entry, region)."""

    case: Case
    people: dict[str, Account] = field(default_factory=dict)
    addresses: dict[str, object] = field(default_factory=dict)

    def viewer(self, role: str) -> Viewer:
        """The invented person of a role; the public for ""."""
        return viewer_of(self.people[role]) if role else Viewer()


def sources_with(row: DefinitionVersion) -> dict[tuple[str, str], str]:
    """What is in force in the region with this draft in its place, and other drafts of what is not published yet."""
    sources = sources_of(row.region)
    drafts = DefinitionVersion.select().where(
        (DefinitionVersion.region == row.region_id) & (DefinitionVersion.status == "draft")
    )
    for other in drafts.order_by(DefinitionVersion.id):
        if other.kind in KINDS and ((other.kind, other.key) not in sources or other.kind == "procedures"):
            sources[(other.kind, other.key)] = other.text
    sources[(row.kind, row.key)] = row.text
    return _with_entry(row, sources)


def _with_entry(row: DefinitionVersion, sources: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """A workflow that no procedure names yet is drawn under an entry of its own."""
    at = next((one for one in sources if one[0] == "procedures"), ("procedures", row.region.key))
    data: dict[str, Any] = parse(sources[at], "procedures") if at in sources else {"key": at[1]}
    entries = data.get("procedures", [])
    if row.kind != "workflow" or any(one.get("workflow") == row.key for one in entries):
        return sources
    flow = parse(row.text, "workflow")
    panel = any(stage.get("kind") in ("expert_panel", "public_notice") for stage in flow.get("stages", []))
    entry = {"key": str(flow.get("procedure") or row.key), "name": str(flow.get("name") or row.key), "workflow": row.key}
    entry |= {"every": "year" if panel else "on_demand", "clause": "工作惯例", "basis": "practice"}
    known = {one["key"] for one in entries}
    while entry["key"] in known:
        entry["key"] += "_new"
    return {**sources, at: tomli_w.dumps({**data, "procedures": [*entries, entry]})}


def policy_with(row: DefinitionVersion) -> PolicyVersion:
    """The policy that the draft would make up. Raises DefinitionError while it is faulty."""
    return _built(row.region.key, row.version, frozenset(sources_with(row).items()))


@lru_cache(maxsize=16)
def _built(region_key: str, version: str, sources: frozenset[tuple[tuple[str, str], str]]) -> PolicyVersion:
    # the same texts are read and checked once; every page of a preview asks
    return PolicyVersion.from_sources(region_key, version, dict(sources))


def procedures_with(row: DefinitionVersion, policy: PolicyVersion) -> list[Mapping[str, Any]]:
    """The procedures that a draft has a part in; where it belongs to no workflow, those with a round, else all."""
    entries = [one for one in policy.definition("procedures")["procedures"] if one.get("workflow")] if policy.has("procedures") else []
    if row.kind == "workflow":
        return [one for one in entries if one["workflow"] == row.key]
    if row.kind == "form":
        return [one for one in entries if row.key in _forms_of(definitions.workflow_in(policy, one["key"]))]
    return [one for one in entries if one.get("every") == "year"] or entries


def _forms_of(flow: Workflow) -> set[str]:
    return {key for stage in flow.stages for key in (stage.form, stage.opinion_form, stage.site_visit_form)}


@contextmanager
def staged(row: DefinitionVersion, procedure: str, stage_key: str) -> Iterator[Scene]:
    """The sample case at a stage; all of it is gone when the block ends, however it ends."""
    with database.atomic() as whole:
        try:
            yield _build(row, procedure, stage_key)
        finally:
            whole.rollback()


def _build(row: DefinitionVersion, procedure: str, stage_key: str) -> Scene:
    region = row.region
    pinned = _pin(row, sources_with(row))
    policy = definitions.policy_of_ids(region.key, pinned)
    entry, flow = definitions.procedure_in(policy, procedure), definitions.workflow_in(policy, procedure)
    stage = flow.stage(stage_key)
    carrier = _carrier(region, entry)
    round_ = _round(region, policy, procedure, pinned, carrier) if entry.get("every") == "year" else None
    case = _case(region, carrier, flow, stage, round_, procedure, pinned)
    scene = Scene(case, addresses={"case": case.id, "region": region.key, "round": round_.id if round_ else 0})
    for role in {CLERK, *(role for one in flow.stages for role in one.actors if role)} & set(ROLES):
        scene.people[role] = _person(role, region, carrier)
    _fill(scene, policy, flow, stage)
    if round_ is not None:
        _seat(scene, round_, case)
        if stage.kind == "public_notice":
            _notice(scene, policy, round_, case)
    return scene


CLERK = "carrier_clerk"


def _pin(row: DefinitionVersion, sources: Sources) -> dict[str, int]:
    """Rows for every text, under ids of their own."""
    pinned, policy = {}, governing(row.region)
    year = (policy.version if policy else row.version).split(".")[0]
    for (kind, key), text in sources.items():
        number = _FIRST_ID + crc32(f"{row.region_id}/{kind}/{key}/{text}".encode()) % _IDS
        # beside the versions that are there, of the same document
        values = {"region": row.region_id, "kind": kind, "key": key, "version": f"{year}.{number}", "text": text}
        _store(number, values)
        pinned[f"{kind}/{key}"] = number
    return pinned


def _store(number: int, values: Mapping[str, Any]) -> None:
    DefinitionVersion.insert(
        {**values, "id": number, "digest": digest(values["text"]), "origin": "administrator",
         "status": "withdrawn", "created_at": clock.now()}
    ).execute()  # fmt: skip


def _carrier(region: Region, entry: Mapping[str, Any]) -> Carrier:
    kinds = entry.get("carrier_kinds") or ["makerspace"]
    owner = Organisation.create(region=region, name=f"{SAMPLE}运营有限公司", credit_code="91110000600037341L")
    return Carrier.create(
        region=region,
        district=District.select().where(District.region == region).order_by(District.id).first(),
        organisation=owner,
        name=f"{SAMPLE}载体",
        kind=kinds[0],
        recognised_on=clock.today() - timedelta(days=1500),
        enrolled_on=clock.today() - timedelta(days=1500),
    )


def _round(
    region: Region, policy: PolicyVersion, procedure: str, pinned: Mapping[str, int], carrier: Carrier
) -> EvaluationRound:
    year, taken = clock.today().year, EvaluationRound.select(EvaluationRound.year)
    known = {row.year for row in taken.where((EvaluationRound.region == region) & (EvaluationRound.procedure == procedure))}
    while year in known:
        year += 1
    round_ = EvaluationRound.create(
        region=region,
        procedure=procedure,
        year=year,
        title=f"{SAMPLE}批次",
        status="open",
        plan=_plan(policy, procedure, pinned),
        pinned=dict(pinned),
        opened_at=clock.now(),
        opened_on=clock.today(),
        created_at=clock.now(),
    )
    Participant.create(round=round_, carrier=carrier)
    return round_


def _plan(policy: PolicyVersion, procedure: str, pinned: Mapping[str, int]) -> dict[str, str]:
    later = (clock.today() + timedelta(days=30)).isoformat()
    scheme = next((str(number) for name, number in pinned.items() if name.startswith("indicators/")), "")
    usual = {"date": later, "number": "10", "scheme": scheme, "text": SAMPLE}
    fields = {s.clock.field: later for s in definitions.workflow_in(policy, procedure).stages if s.clock and s.clock.kind == "plan"}
    return {**fields, **{item.key: usual[item.type] for item in plan_items(policy, procedure) if item.type in usual}}


def _case(
    region: Region,
    carrier: Carrier,
    flow: Workflow,
    stage: Stage,
    round_: EvaluationRound | None,
    procedure: str,
    pinned: Mapping[str, int],
) -> Case:
    return Case.create(
        number=f"{SAMPLE}-0001",
        region=region,
        district=carrier.district_id,
        round=round_,
        carrier=carrier,
        procedure=procedure,
        filled_by=flow.stage(flow.start).role,
        pinned=None if round_ else dict(pinned),
        stage=stage.key,
        entered_stage_on=clock.today(),
        due_on=clock.today() + timedelta(days=7),
        outcome="finished" if stage.kind == "closed" else "",
        created_at=clock.now(),
    )


def _person(role: str, region: Region, carrier: Carrier) -> Account:
    account = Account.create(
        username=f"preview:{role}", display_name=f"{SAMPLE}{ROLES[role].name}", password_hash="", created_at=clock.now()
    )
    bound = {name: getattr(carrier, f"{name}_id") for name in BOUND_BY.get(role, ()) if name == "district"}
    if ROLES[role].needs == "carrier":
        bound["carrier"] = carrier.id
    Grant.create(account=account, role=role, region=region, granted_at=clock.now(), **bound)
    return account


def _fill(scene: Scene, policy: PolicyVersion, flow: Workflow, stage: Stage) -> None:
    """The sample answers as the draft, and as handed in once the case has left its first stage."""
    first = stage if stage.kind == "fill" else next((s for s in flow.stages if s.kind == "fill"), None)
    if first is None or not first.form:
        return
    form = definitions.form_in(policy, first.form)
    source = Source({}, {}, date(clock.today().year - 1, 1, 1))
    answers = _counted(form, answers_for(form, source, Carrier.get_by_id(scene.case.carrier_id)))
    Draft.create(case=scene.case, answers=answers, saved_at=clock.now())
    if stage.key != flow.start:
        Submission.create(
            case=scene.case,
            number=1,
            answers=answers,
            digest=digest(str(answers)),
            submitted_by=scene.people.get(first.role),
            submitted_at=clock.now(),
            submitted_on=clock.today(),
        )


def _counted(form: CompiledForm, answers: dict[str, Any]) -> dict[str, Any]:
    """Numbers to look at instead of noughts, wherever the form takes them without another fault."""
    known = len(form.faults(answers, {}))
    for asked in form.definition.fields:
        if asked.kind.numeric and str(answers.get(asked.key)) == "0":
            tried = {**answers, asked.key: 12 if asked.type == "integer" else "12"}
            if len(form.faults(tried, {})) <= known:
                answers = tried
    return answers


def _seat(scene: Scene, round_: EvaluationRound, case: Case) -> None:
    """A panel whose experts have pledged and declared, so that the sheet opens."""
    expert = scene.people.get("expert")
    if expert is None:
        return
    for number in range(EXPERTS):
        account = expert if number == 0 else Account.create(
            username=f"preview:expert{number}", display_name=f"{SAMPLE}评审专家{number + 1}", password_hash="", created_at=clock.now()
        )  # fmt: skip
        seat = PanelMember.create(round=round_, account=account, pledged_at=clock.now(), pledge_text=SAMPLE)
        NoConflict.create(member=seat, case=case, declared_at=clock.now())


def _notice(scene: Scene, policy: PolicyVersion, round_: EvaluationRound, case: Case) -> None:
    rules = noticing.rules_of(round_)
    length = rules.clock.length or 0
    last = noticing.notice_last_day(round_, clock.today())
    names = list(grade_names(policy))
    result = Result.create(
        case=case, version=1, grade=names[0] if names else "", determined_at=clock.now(), determined_on=clock.today()
    )
    notice = PublicNotice.create(
        round=round_,
        title=f"{SAMPLE}公示",
        opened_on=clock.today(),
        last_day=last,
        working_days=length,
        basis=rules.clock.basis,
        contact=f"{SAMPLE}联系方式",
        published_at=clock.now(),
    )
    entry = NoticeEntry.create(notice=notice, case=case, result=result)
    scene.addresses |= {"notice": notice.id, "entry": entry.id}


def require_procedure(entries: list[Mapping[str, Any]], wanted: str) -> Mapping[str, Any]:
    """The procedure asked for, or the first. Raises Refused when the draft belongs to none."""
    if not entries:
        raise Refused("还没有事项用到这份规定，暂时没有可以预览的页面。请先在办理事项或流程里用上它。")
    return next((one for one in entries if one["key"] == wanted), entries[0])
