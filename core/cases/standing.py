"""Procedures outside a round (批次外的事项): a case is opened when there is cause, under the policy of that day.

Its definitions are pinned to the case itself. Filling, submitting and reviewing are those of every other case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.cases import clocks, definitions, events
from core.cases.action import Receipt, once
from core.cases.numbering import free_numbers
from core.errors import CalendarMissing, OutOfScope, Refused
from core.models import Carrier, Case, CaseEvent, Draft, PeriodicReport, Region, Submission
from core.models.reading import related
from core.people.scope import Viewer
from core.policy.clocks import Clock, clock_of
from core.policy.facts import as_date
from core.policy.periods import days_of, words_of
from core.policy.version import PolicyVersion

ROLE = "carrier_clerk"
ON_DEMAND = "on_demand"
PERIODS = {"week": "weekly", "month": "monthly", "quarter": "quarterly"}
"""How often a procedure asks for a report → the name of its periods (core.policy.periods)."""

Procedure = Mapping[str, Any]


def is_outside_rounds(procedure: Procedure) -> bool:
    """Whether cases of this procedure are opened one by one, and never by a round."""
    return procedure.get("every") == ON_DEMAND or procedure.get("every") in PERIODS


def procedures_of(policy: PolicyVersion | None, kind: str = "") -> list[Procedure]:
    """The procedures outside rounds that can be done here, those for one kind of carrier where it is named."""
    if policy is None or not policy.has("procedures"):
        return []
    found = [p for p in policy.definition("procedures")["procedures"] if is_outside_rounds(p) and p.get("workflow")]
    return [p for p in found if not kind or kind in p.get("carrier_kinds", (kind,))]


def offered(region: Region, kind: str = "") -> list[Procedure]:
    """What the policy in force today offers outside rounds."""
    return procedures_of(definitions.current_policy(region, clock.today()), kind)


def own_carrier(viewer: Viewer, carrier_id: int) -> Carrier:
    """A carrier whose clerk this person is. Raises OutOfScope."""
    carrier = Carrier.get_or_none(Carrier.id == carrier_id)
    if carrier is None or all(reach.carrier != carrier_id for reach in viewer.within(ROLE)):
        raise OutOfScope
    return carrier


@dataclass(frozen=True)
class Ground:
    """What a case is opened under: the definitions in force, with the values entered, and the procedure."""

    pinned: dict[str, int]
    policy: PolicyVersion
    procedure: Procedure


def ground_of(region: Region, kind: str, key: str) -> Ground:
    """What is in force today for a procedure. Raises Refused when nothing is, or it is not open to this kind."""
    pinned = definitions.in_force(region, clock.today())
    if not pinned:
        raise Refused(f"{region.name}的办法今天不在有效期内，不能再发起办理。已经发起的照旧办理。")
    policy = clocks.with_entered_values(definitions.policy_of_ids(region.key, pinned), region, clock.today())
    procedure = definitions.procedure_in(policy, key)
    if procedure not in procedures_of(policy, kind):
        raise Refused(f"“{procedure['name']}”不能由这家单位在这里发起。")
    return Ground(pinned, policy, procedure)


def open_case(viewer: Viewer, procedure: str, carrier: int, token: str, since: date | None = None) -> Receipt:
    """Open a case of a procedure that is done when there is cause, for the carrier's clerk.

    `since` is the day that its time counts from, where the procedure names one. Raises OutOfScope, Refused.
    """

    def work() -> Receipt:
        row = own_carrier(viewer, carrier)
        ground = ground_of(row.region, row.kind, procedure)
        if ground.procedure["every"] != ON_DEMAND:
            raise Refused(f"“{ground.procedure['name']}”按期报送，请先选哪一期。")
        _refuse_second(row, ground)
        answers = _since(ground, since)
        case = open_under(viewer, ground, row, since, answers)
        message = f"已发起“{ground.procedure['name']}”，办件号 {case.number}。"
        return {"case": case.id, "number": case.number, "message": message + late_words(timing(case))}

    return once(token, work)


def _refuse_second(carrier: Carrier, ground: Ground) -> None:
    start = definitions.workflow_in(ground.policy, ground.procedure["key"]).start
    mine = (Case.carrier == carrier) & (Case.procedure == ground.procedure["key"]) & Case.round.is_null()
    # sent back ones were submitted once; only an untouched beginning is in the way of another
    handed_in = Submission.select(Submission.case)
    waiting = Case.select().where(mine & (Case.stage == start) & Case.id.not_in(handed_in)).first()
    if waiting is not None:
        raise Refused(f"“{ground.procedure['name']}”已有一件没有提交（{waiting.number}），请接着填那一件。")


def _since(ground: Ground, since: date | None) -> dict[str, Any]:
    key = ground.procedure.get("since", "")
    if not key:
        return {}
    label = _label(ground, key)
    if since is None:
        raise Refused(f"请先填写{label}，期限从这一天算起。", {"since": f"请填写{label}，例如 2019-05-06。"})
    if since > clock.today():
        raise Refused(f"{label}晚于今天。", {"since": f"{label}不能晚于今天。"})
    return {key: since.isoformat()}


def _label(ground: Ground, key: str) -> str:
    form = definitions.form_in(ground.policy, ground.procedure["form"])
    return str(form.field(key).label)


def open_under(
    viewer: Viewer, ground: Ground, carrier: Carrier, since: date | None, answers: Mapping[str, Any] | None = None
) -> Case:
    """The case itself, with its draft and first event; inside the caller's transaction."""
    key = ground.procedure["key"]
    workflow = definitions.workflow_in(ground.policy, key)
    counted = deadline(ground.policy, carrier.region, ground.procedure, since)
    case = Case.create(
        number=next(free_numbers(carrier.region, clock.today().year)),
        region=carrier.region,
        district=carrier.district_id,
        carrier=carrier,
        procedure=key,
        pinned=ground.pinned,
        stage=workflow.start,
        entered_stage_on=clock.today(),
        due_on=counted.last_day if counted else None,
        created_at=clock.now(),
    )
    Draft.create(case=case, answers=dict(answers or {}), saved_at=clock.now())
    data = {"to": workflow.start, "procedure": key, "carrier": carrier.id, "pinned": ground.pinned}
    events.record(case.id, viewer, "opened", data)
    return case


@dataclass(frozen=True)
class Timing:
    """The time that a procedure gives: its clock, from which day, until when, and when it was kept.

    `last_day` is None while nobody has set the length or the calendar of the year is not there.
    """

    clock: Clock
    opened: date | None
    last_day: date | None
    done: date | None = None

    @property
    def late(self) -> bool:
        """Whether it was kept after the last day, or is not yet kept and the day is over."""
        return self.last_day is not None and (self.done or clock.today()) > self.last_day

    @property
    def trace(self) -> list[dict[str, Any]]:
        """The reasoning, as `policy ask` gives it, its inputs named in words."""
        step = self.clock.step(self.opened, self.last_day).as_data()
        return [{**step, "inputs": {"起算日": self.opened} if self.opened else {}}]


def deadline(
    policy: PolicyVersion, region: Region | int, procedure: Procedure, opened: date | None, done: date | None = None
) -> Timing | None:
    """The last day of a procedure whose time began on `opened`; None where it names no clock."""
    if not procedure.get("clock"):
        return None
    named = clock_of(policy, procedure["clock"])
    try:
        last = named.last_day(opened, clocks.calendar_of(region)) if opened else None
    except CalendarMissing:
        last = None
    return Timing(named, opened, last, done)


def timing(case: Case) -> Timing | None:
    """The time of a case outside a round, from what its form says now; None in a round or without a clock."""
    if case.round_id is not None:
        return None
    bound = clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())
    procedure = definitions.procedure_in(bound, case.procedure)
    return deadline(bound, case.region_id, procedure, _opened(case, procedure), _kept_on(case, procedure))


def _kept_on(case: Case, procedure: Procedure) -> date | None:
    """The day on which the case first left the carrier's hands, or first reached the stage that the procedure names."""
    wanted = procedure.get("kept_at", "")
    moves = CaseEvent.select(CaseEvent.kind, CaseEvent.body, CaseEvent.policy_date).where(CaseEvent.case == case)
    for move in moves.order_by(CaseEvent.sequence):
        reached = json.loads(move.body)["data"].get("to", "") == wanted if wanted else move.kind == "submitted"
        if reached:
            return date.fromisoformat(str(move.policy_date))
    return None


def _opened(case: Case, procedure: Procedure) -> date | None:
    report = PeriodicReport.get_or_none(PeriodicReport.case == case)
    if report is not None:
        return days_of(report.period)[0]
    newest = Submission.select().where(Submission.case == case).order_by(Submission.number.desc()).first()
    holder = newest or Draft.get_or_none(Draft.case == case)
    return as_date(holder.answers.get(procedure.get("since", ""))) if holder else None


def late_words(found: Timing | None) -> str:
    """What the clerk is told about the time, as a sentence; empty where nothing is to be told."""
    if found is None or found.last_day is None:
        return ""
    if found.late:
        return f"期限是 {found.last_day.isoformat()}，已经过了；仍可提交，会标明逾期。"
    return f"请在 {found.last_day.isoformat()} 以前提交。"


def titles(cases: Iterable[Case]) -> dict[int, str]:
    """What each case is about, as people call it: the round's title, or the procedure and its period."""
    rows = list(cases)
    outside = [case for case in rows if case.round_id is None]
    told = {case.id: str(case.round.title) for case in rows if case.round is not None}
    if outside:
        found = PeriodicReport.select().where(PeriodicReport.case.in_([case.id for case in outside]))
        periods = {row.case_id: f"{words_of(row.period)}的" for row in found}
        keys = {row.id: row.key for row in Region.select().where(Region.id.in_({case.region_id for case in outside}))}
        for case in outside:
            policy = definitions.policy_of_ids(keys[case.region_id], case.pinned)
            told[case.id] = periods.get(case.id, "") + definitions.procedure_in(policy, case.procedure)["name"]
    return told


def stages_of_running(role: str, regions: Iterable[int]) -> dict[tuple[str, str], str]:
    """Where a role acts on cases outside rounds that are not at their end: (procedure, stage) → the stage's name."""
    running = (
        Case.select(Case.region, Case.procedure, Case.pinned)
        .where(Case.round.is_null() & Case.region.in_(list(regions) or [0]) & (Case.outcome == ""))
        .distinct()
    )
    found = {}
    for case in running:
        policy = definitions.policy_of_ids(related(case, "region").key, case.pinned)
        for stage in definitions.workflow_in(policy, case.procedure).stages:
            if stage.role == role:
                found[(case.procedure, stage.key)] = stage.name
    return found
