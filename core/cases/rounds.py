"""Rounds: the yearly plan, the list of participants, and opening (which pins every definition)."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock
from core.cases import clocks, definitions, events, statements
from core.cases.action import Receipt, once, transaction
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused, Stale
from core.models import Carrier, Case, Draft, EvaluationRound, Participant, Region
from core.people.scope import Viewer
from core.policy.version import PolicyVersion


def find_round(viewer: Viewer, round_id: int) -> EvaluationRound:
    """A round of a region in which this person is the city's reviewer. Raises OutOfScope."""
    round_ = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
    if round_ is None or not viewer.has("city_reviewer", round_.region_id):
        raise OutOfScope
    return round_


def create_round(viewer: Viewer, region: Region, procedure: str, year: int, title: str) -> EvaluationRound:
    """Set up a round that is not open yet. Raises Refused for a second round of the same year."""
    if not viewer.has("city_reviewer", region.id):
        raise OutOfScope
    policy = definitions.current_policy(region, clock.today())
    if policy is None:
        raise Refused(f"{region.name}没有现行有效的办法，不能开新的批次。")
    definitions.procedure_in(policy, procedure)
    same = (EvaluationRound.region == region) & (EvaluationRound.procedure == procedure) & (EvaluationRound.year == year)
    if EvaluationRound.select().where(same).exists():
        raise Refused(f"{year} 年度已有这个事项的批次。", {"year": "已有这一年的批次，请改年份，或去原批次办理。"})
    with transaction():
        round_ = EvaluationRound.create(
            region=region,
            procedure=procedure,
            year=year,
            title=title,
            created_by=viewer.account,
            created_at=clock.now(),
        )
        record(viewer, "round_created", {"round": round_.id, "year": year, "procedure": procedure})
    return round_


def save_plan(viewer: Viewer, round_id: int, plan: dict[str, Any], version: int) -> EvaluationRound:
    """Keep the yearly plan: dates as ISO text, the rest as the procedure asks. Raises Stale, Refused.

    A date that is fixed in an open round may move later (an extension), never earlier.
    """
    round_ = find_round(viewer, round_id)
    with transaction():
        if round_.status != "planned":
            _only_later(round_, plan)
        changed = EvaluationRound.update(plan=plan, version=EvaluationRound.version + 1).where(
            (EvaluationRound.id == round_.id) & (EvaluationRound.version == version)
        )
        if changed.execute() != 1:
            raise Stale("这份方案刚有别人改过，请刷新后再改。")
        record(viewer, "plan_saved", {"round": round_.id, "plan": plan})
        if round_.status == "open":
            _extend(round_, plan)
    return EvaluationRound.get_by_id(round_.id)


def _only_later(round_: EvaluationRound, plan: dict[str, Any]) -> None:
    for key in ("submission_deadline",):
        old, new = round_.plan.get(key), plan.get(key)
        if old and (not new or date.fromisoformat(new) < date.fromisoformat(old)):
            raise Refused("批次已经开启，截止日只能往后延。", {key: f"不能早于原定的 {old}。"})


def _extend(round_: EvaluationRound, plan: dict[str, Any]) -> None:
    due = date.fromisoformat(plan["submission_deadline"])
    Case.update(due_on=due).where((Case.round == round_) & (Case.stage == "fill")).execute()


def set_participants(viewer: Viewer, round_id: int, choices: dict[int, tuple[bool, str]]) -> None:
    """Fix the list of participants: carrier id → (on the list, reason). Only before the round opens."""
    round_ = find_round(viewer, round_id)
    if round_.status != "planned":
        raise Refused("批次已经开启，名单不能再改。")
    with transaction():
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
        round_ = find_round(viewer, round_id)
        _refuse_unready(round_)
        pinned = definitions.in_force(round_.region, clock.today())
        if not pinned:
            raise Refused(f"{round_.region.name}没有现行有效的办法，不能开新的批次。")
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


def _refuse_unready(round_: EvaluationRound) -> None:
    if round_.status != "planned":
        raise Refused("这个批次已经开启。")
    if not round_.plan.get("submission_deadline"):
        raise Refused("方案里还没有填报截止日。", {"submission_deadline": "请填写填报截止日。"})
    if not round_.participants.where(Participant.included).exists():
        raise Refused("名单里还没有单位，请先确定参评名单。")


def _open_cases(viewer: Viewer, round_: EvaluationRound) -> int:
    policy = definitions.pinned_policy(round_)
    listed = round_.participants.where(Participant.included).join(Carrier).order_by(Carrier.id)
    for order, participant in enumerate(listed, start=1):
        _open_case(viewer, round_, policy, participant.carrier, order)
    return len(listed)


def _open_case(viewer: Viewer, round_: EvaluationRound, policy: PolicyVersion, carrier: Carrier, order: int) -> None:
    workflow = definitions.workflow_in(policy, round_.procedure)
    start = workflow.stage(workflow.start)
    due = clocks.due_on(policy, round_.region_id, round_, start.clock, clock.today())
    case = Case.create(
        number=f"{round_.region.key[:3].upper()}-{round_.year}-{order:04d}",
        region=round_.region,
        district=carrier.district_id,
        round=round_,
        carrier=carrier,
        procedure=round_.procedure,
        stage=start.key,
        entered_stage_on=clock.today(),
        due_on=due,
        created_at=clock.now(),
    )
    Draft.create(case=case, saved_at=clock.now())
    events.record(case.id, viewer, "opened", {"to": start.key, "round": round_.id, "carrier": carrier.id})
