"""Rounds: the yearly plan, the list of participants, and opening (which pins every definition)."""

from __future__ import annotations

from datetime import date
from typing import Any

from peewee import IntegrityError

from core import clock
from core.cases import clocks, definitions, events, locking, statements
from core.cases.action import Receipt, once, transaction
from core.cases.admin_events import record
from core.cases.numbering import free_numbers
from core.cases.standing import is_outside_rounds
from core.errors import OutOfScope, Refused, Stale
from core.models import (
    Carrier,
    Case,
    DefinitionVersion,
    Draft,
    EvaluationRound,
    PanelMember,
    Participant,
    Region,
    canonical_json,
)
from core.people.scope import Viewer
from core.policy.panel import rules_or_none_written
from core.policy.plan import PlanItem, plan_items, require_readable, unanswered
from core.policy.version import PolicyVersion


def find_round(viewer: Viewer, round_id: int) -> EvaluationRound:
    """A round of a region in which this person is the city's reviewer. Raises OutOfScope."""
    round_ = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
    if round_ is None or not viewer.has("city_reviewer", round_.region_id):
        raise OutOfScope
    return round_


def _hold(viewer: Viewer, round_id: int) -> EvaluationRound:
    """A round of this person, held until the transaction ends. Raises OutOfScope."""
    find_round(viewer, round_id)
    return locking.lock_round(round_id)


def create_round(viewer: Viewer, region: Region, procedure: str, year: int, title: str) -> EvaluationRound:
    """Set up a round that is not open yet; one without a title is called after its year and procedure.

    Raises Refused for a second round of the same year, unless the procedure is done in batches.
    """
    if not viewer.has("city_reviewer", region.id):
        raise OutOfScope
    policy = definitions.current_policy(region, clock.today())
    if policy is None:
        raise Refused(f"{region.name}没有现行有效的办法，不能开新的批次。")
    if is_outside_rounds(found := definitions.procedure_in(policy, procedure)):
        raise Refused(f"“{found['name']}”由单位随时或按期办理，不设批次。")
    same = (EvaluationRound.region == region) & (EvaluationRound.procedure == procedure) & (EvaluationRound.year == year)
    taken = Refused(f"{year} 年度已有这个事项的批次。", {"year": "已有这一年的批次，请改年份，或去原批次办理。"})
    before = EvaluationRound.select().where(same).count()
    if before and not found.get("batches"):
        raise taken
    values = {"region": region, "procedure": procedure, "year": year, "batch": before + 1}
    values["title"] = title or f"{year}年度{found['name']}" + (f"（第{before + 1}批）" if before else "")
    try:
        with transaction():
            round_ = EvaluationRound.create(**values, created_by=viewer.account, created_at=clock.now())
            record(viewer, "round_created", {"round": round_.id, "year": year, "procedure": procedure})
    except IntegrityError as fault:  # a colleague set it up at the same moment
        raise taken from fault
    return round_


def save_plan(
    viewer: Viewer, round_id: int, plan: dict[str, Any], version: int, reason: str = ""
) -> EvaluationRound:
    """Keep the yearly plan: dates as ISO text, the scheme as its id. Raises Stale, Refused with the items.

    In an open round only a date that a stage's time hangs on may move, and only later, with a reason.
    """
    round_ = find_round(viewer, round_id)
    if round_.status == "closed":
        raise Refused("批次已经结束，方案和截止日不能再改。")
    policy = definitions.pinned_policy(round_)
    items = plan_items(policy, round_.procedure)
    require_readable(items, plan)
    if round_.status == "planned":
        _require_known_scheme(round_, items, plan)
    else:
        _only_later(round_, policy, plan, reason)
    with transaction():
        changed = EvaluationRound.update(plan=plan, version=EvaluationRound.version + 1).where(
            (EvaluationRound.id == round_.id) & (EvaluationRound.version == version)
        )
        if changed.execute() != 1:
            raise Stale("这份方案刚有别人改过，请刷新后再改。")
        record(viewer, "plan_saved", {"round": round_.id, "plan": plan, "reason": reason})
        if round_.status == "open":
            _extend(round_, policy, plan)
    return EvaluationRound.get_by_id(round_.id)


def deadline_fields(policy: PolicyVersion, procedure: str) -> dict[str, str]:
    """The dates of the plan that stages' times hang on: field of the plan → stage."""
    stages = definitions.workflow_in(policy, procedure).stages
    return {s.clock.field: s.key for s in stages if s.clock is not None and s.clock.kind == "plan"}


def _only_later(round_: EvaluationRound, policy: PolicyVersion, plan: dict[str, Any], reason: str) -> None:
    movable = deadline_fields(policy, round_.procedure)
    changed = [key for key in {*round_.plan, *plan} if round_.plan.get(key) != plan.get(key)]
    if not changed:
        raise Refused("截止日没有变，请填比原定更晚的日期。", dict.fromkeys(movable, "请填比原定更晚的日期。"))
    for key in changed:
        old, new = round_.plan.get(key), plan.get(key)
        if key not in movable:
            raise Refused("批次已经开启，方案里只有截止日可以往后延。", {key: "批次开启后不能再改。"})
        if old and (not new or date.fromisoformat(new) < date.fromisoformat(old)):
            raise Refused("批次已经开启，截止日只能往后延。", {key: f"不能早于原定的 {old}。"})
        if not reason.strip():
            raise Refused("请写明延期的原因。", {"reason": "请写明延期的原因。"})


def _extend(round_: EvaluationRound, policy: PolicyVersion, plan: dict[str, Any]) -> None:
    for key, stage in deadline_fields(policy, round_.procedure).items():
        if plan.get(key):
            due = date.fromisoformat(plan[key])
            # a case that was returned may have later days of its own: an extension never takes them away
            earlier = Case.due_on.is_null() | (Case.due_on < due)
            Case.update(due_on=due).where((Case.round == round_) & (Case.stage == stage) & earlier).execute()


def schemes(region: Region) -> list[DefinitionVersion]:
    """The published versions of the region's indicators that a round may be scored by, newest first."""
    rows = DefinitionVersion.select().where(
        (DefinitionVersion.region == region)
        & (DefinitionVersion.kind == "indicators")
        & (DefinitionVersion.status == "published")
    )
    return sorted(rows, key=lambda row: (definitions.version_order(row.version), row.id), reverse=True)


def chosen_scheme(round_: EvaluationRound, items: list[PlanItem]) -> DefinitionVersion | None:
    """The version of indicators that the plan names; None where the plan asks for none or names none.

    Raises Refused when what it names is not (or no longer) a published one of the region.
    """
    for item in items:
        stated = str(round_.plan.get(item.key) or "")
        if item.type == "scheme" and stated:
            found = next((row for row in schemes(round_.region) if str(row.id) == stated), None)
            if found is None:
                raise Refused(f"“{item.name}”选的版本现在不能用，请重新选择。", {item.key: "请从列表中选择。"})
            return found
    return None


def _require_known_scheme(round_: EvaluationRound, items: list[PlanItem], plan: dict[str, Any]) -> None:
    round_.plan = plan
    chosen_scheme(round_, items)


def seen_list(round_: EvaluationRound) -> str:
    """The list of participants and the plan it was proposed from, as a form was drawn with them."""
    kept = Participant.select(Participant.carrier, Participant.included, Participant.reason)
    rows: Any = kept.where(Participant.round == round_).order_by(Participant.carrier).tuples()
    return events.digest(canonical_json([round_.version, *map(list, rows)]))


def set_participants(
    viewer: Viewer, round_id: int, choices: dict[int, tuple[bool, str]], seen: str | None = None
) -> None:
    """Fix the list of participants: carrier id → (on the list, reason). Only before the round opens.

    `seen` is what the form was drawn with (`seen_list`). Raises Refused, OutOfScope, Stale.
    """
    with transaction():
        round_ = _hold(viewer, round_id)
        if round_.status != "planned":
            raise Refused("批次已经开启，名单不能再改。")
        if seen is not None and seen != seen_list(round_):
            raise Stale("方案或名单刚由别人改过，请刷新后再看。")
        known = {c.id for c in Carrier.select(Carrier.id).where(Carrier.region == round_.region)}
        Participant.delete().where(Participant.round == round_).execute()
        for carrier, (included, reason) in choices.items():
            if carrier not in known:
                raise OutOfScope
            Participant.create(round=round_, carrier=carrier, included=included, reason=reason)
        listed = sorted(c for c, (included, _) in choices.items() if included)
        record(viewer, "participants_set", {"round": round_.id, "included": listed})


def open_round(viewer: Viewer, round_id: int, token: str) -> Receipt:
    """Open a round: pin every definition in force today and open one case for each participant."""

    def work() -> Receipt:
        round_ = _hold(viewer, round_id)
        _refuse_unready(round_)
        pinned = _to_pin(round_)
        opened = EvaluationRound.update(
            status="open", pinned=pinned, opened_at=clock.now(), opened_on=clock.today(), version=round_.version + 1
        ).where((EvaluationRound.id == round_.id) & (EvaluationRound.status == "planned"))
        if opened.execute() != 1:
            raise Stale("这个批次刚由别人开启，请刷新后再看。")
        round_ = EvaluationRound.get_by_id(round_.id)
        count = _open_cases(viewer, round_)
        record(viewer, "round_opened", {"round": round_.id, "pinned": pinned, "cases": count})
        statements.append_outbox("round_opened", {"round": round_.id})
        return {"round": round_.id, "cases": count, "message": f"批次已开启，{count} 家单位可以填报。"}

    return once(token, work)


def _to_pin(round_: EvaluationRound) -> dict[str, int]:
    """Every definition in force today, and of the indicators only the version that the plan chose."""
    pinned = definitions.in_force(round_.region, clock.today())
    if not pinned:
        raise Refused(f"{round_.region.name}没有现行有效的办法，不能开新的批次。")
    items = plan_items(definitions.policy_of_ids(round_.region.key, pinned), round_.procedure)
    scheme = chosen_scheme(round_, items)
    if scheme is not None:
        pinned = {name: row for name, row in pinned.items() if not name.startswith("indicators/")}
        pinned[f"indicators/{scheme.key}"] = scheme.id
        definitions.policy_of_ids(round_.region.key, pinned)  # together they must be sound
    return pinned


def missing_for_opening(round_: EvaluationRound) -> dict[str, str]:
    """What keeps a planned round from being opened: item of the plan (or "participants") → its name."""
    policy = definitions.pinned_policy(round_)
    items = plan_items(policy, round_.procedure)
    named = PanelMember.select().where((PanelMember.round == round_) & PanelMember.removed_at.is_null()).count()
    enough = named >= rules_or_none_written(policy).minimum
    missing = unanswered(items, round_.plan, enough)
    for key in deadline_fields(policy, round_.procedure):
        if not round_.plan.get(key):
            missing.setdefault(key, "截止日")
    if not round_.participants.where(Participant.included).exists():
        missing["participants"] = "参评名单"
    return missing


def _refuse_unready(round_: EvaluationRound) -> None:
    if round_.status != "planned":
        raise Refused("这个批次已经开启。")
    missing = missing_for_opening(round_)
    if missing:
        names = "、".join(missing.values())
        raise Refused(f"还不能开启，请先定下：{names}。", {key: f"还没有定下{name}。" for key, name in missing.items()})


def _open_cases(viewer: Viewer, round_: EvaluationRound) -> int:
    policy = definitions.pinned_policy(round_)
    listed = round_.participants.where(Participant.included).join(Carrier).order_by(Carrier.id)
    for number, participant in zip(free_numbers(round_.region, round_.year), listed, strict=False):
        _open_case(viewer, round_, policy, participant.carrier, number)
    return len(listed)


def _open_case(viewer: Viewer, round_: EvaluationRound, policy: PolicyVersion, carrier: Carrier, number: str) -> None:
    workflow = definitions.workflow_in(policy, round_.procedure)
    start = workflow.stage(workflow.start)
    due = clocks.due_on(policy, round_.region_id, round_, start.clock, clock.today())
    case = Case.create(
        number=number,
        region=round_.region,
        district=carrier.district_id,
        round=round_,
        carrier=carrier,
        procedure=round_.procedure,
        filled_by=start.role,
        stage=start.key,
        entered_stage_on=clock.today(),
        due_on=due,
        created_at=clock.now(),
    )
    Draft.create(case=case, saved_at=clock.now())
    events.record(case.id, viewer, "opened", {"to": start.key, "round": round_.id, "carrier": carrier.id})
