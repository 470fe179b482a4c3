"""Procedures outside a round (批次外的事项): a case is opened when there is cause, under the policy of that day.

By whom is data (`opened_by`), and so is which standing the carrier must have; some are opened by nobody but the
system, when a result has a certain consequence. Its definitions are pinned to the case itself. Filling, submitting
and reviewing are those of every other case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from core import clock
from core.cases import clocks, definitions, events, statements, timing
from core.cases.action import Receipt, once
from core.cases.numbering import free_numbers
from core.errors import OutOfScope, Refused
from core.models import Carrier, Case, Draft, PeriodicReport, Region, Result, Submission
from core.models.reading import related
from core.people.scope import Viewer, serves
from core.policy.periods import period_of, words_of
from core.policy.version import PolicyVersion
from core.roles import FILLERS
from core.workflow.definition import Stage

ROLE = "carrier_clerk"
ON_DEMAND = "on_demand"
PERIODS = {"week": "weekly", "month": "monthly", "quarter": "quarterly", "annual": "yearly"}
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


STANDINGS = {"applicant": "还在申请", "held": "有资格", "revoked": "已撤销资格", "exited": "已退出"}
"""A carrier's title status in words."""


def openers(procedure: Procedure) -> Sequence[str]:
    """The roles that may open a procedure; none where only the system does."""
    return tuple(procedure.get("opened_by", (ROLE,)))


def stands(carrier: Carrier, procedure: Procedure) -> bool:
    """Whether the carrier has a standing in which this procedure is done for it."""
    return carrier.title_status in procedure.get("standing", ("held",))


def served_carrier(viewer: Viewer, carrier_id: int) -> Carrier:
    """A carrier that this person does something for in any role that opens procedures. Raises OutOfScope."""
    carrier = Carrier.get_or_none(Carrier.id == carrier_id)
    if carrier is None or not any(serves(viewer, carrier, role) for role in FILLERS):
        raise OutOfScope
    return carrier


def require_opener(viewer: Viewer, carrier: Carrier, procedure: Procedure) -> None:
    """Raises OutOfScope unless this person may open the procedure for the carrier, Refused for its standing."""
    roles = openers(procedure)
    if not roles:
        raise Refused(f"“{procedure['name']}”由系统按结果发起，不能自己发起。")
    if not any(serves(viewer, carrier, role) for role in roles):
        raise OutOfScope
    if not stands(carrier, procedure):
        needed = "或".join(STANDINGS[key] for key in procedure.get("standing", ("held",)))
        now = STANDINGS.get(carrier.title_status, carrier.title_status)
        raise Refused(f"{carrier.name}{now}，不能办“{procedure['name']}”；这件事要{needed}的单位才能办。")


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


def open_case(
    viewer: Viewer, procedure: str, carrier: int, token: str, since: date | None = None, origin: int | None = None
) -> Receipt:
    """Open a case of a procedure that is done when there is cause, for somebody in one of its `opened_by` roles.

    `since` is the day that its time counts from, where the procedure names one; `origin` the case that it follows
    from, of the same organisation. Raises OutOfScope, Refused.
    """

    def work() -> Receipt:
        row = served_carrier(viewer, carrier)
        ground = ground_of(row.region, row.kind, procedure)
        require_opener(viewer, row, ground.procedure)
        if ground.procedure["every"] != ON_DEMAND:
            raise Refused(f"“{ground.procedure['name']}”按期报送，请先选哪一期。")
        follows = _origin(row, origin)
        _refuse_second(row, ground, follows)
        answers = _since(ground, since)
        case = open_under(viewer, ground, row, since, answers, follows)
        _tell_who_fills(viewer, row, case)
        message = f"已发起“{ground.procedure['name']}”，办件号 {case.number}。"
        return {"case": case.id, "number": case.number, "message": message + timing.late_words(timing.of_case(case))}

    return once(token, work)


def _tell_who_fills(viewer: Viewer, carrier: Carrier, case: Case) -> None:
    """Have those told whose turn it is, where somebody else opened the case for them."""
    if not serves(viewer, carrier, case.filled_by):
        statements.append_outbox("case_moved", {"case": case.id, "sequence": 1, "to": case.stage})


def _origin(carrier: Carrier, case_id: int | None) -> Case | None:
    if case_id is None:
        return None
    found: Case | None = Case.get_or_none(Case.id == case_id)
    if found is None or found.carrier.organisation_id != carrier.organisation_id:
        raise OutOfScope
    return found


def _refuse_second(carrier: Carrier, ground: Ground, origin: Case | None = None) -> None:
    waiting = beginning(carrier, ground.policy, ground.procedure, origin)
    if waiting is not None:
        raise Refused(f"“{ground.procedure['name']}”已有一件没有提交（{waiting.number}），请接着填那一件。")


def beginning(carrier: Carrier, policy: PolicyVersion, procedure: Procedure, origin: Case | None = None) -> Case | None:
    """The carrier's case of a procedure that was begun and never submitted: in the way of another, to be gone on with.

    One that was sent back was submitted once, and bars nothing.
    """
    start = definitions.workflow_in(policy, procedure["key"]).start
    mine = (Case.carrier == carrier) & (Case.procedure == procedure["key"]) & Case.round.is_null()
    mine &= Case.origin.is_null() if origin is None else (Case.origin == origin)
    handed_in = Submission.select(Submission.case).where(Submission.case == Case.id)
    waiting = mine & (Case.stage == start) & (Case.outcome == "") & ~fn.EXISTS(handed_in)
    found: Case | None = Case.select().where(waiting).first()
    return found


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
    viewer: Viewer,
    ground: Ground,
    carrier: Carrier,
    since: date | None,
    answers: Mapping[str, Any] | None = None,
    origin: Case | None = None,
) -> Case:
    """The case itself, with its draft and first event; inside the caller's transaction."""
    key = ground.procedure["key"]
    workflow = definitions.workflow_in(ground.policy, key)
    start = workflow.stage(workflow.start)
    counted = timing.deadline(ground.policy, carrier.region, ground.procedure, since or clock.today())
    own = clocks.due_on(ground.policy, carrier.region_id, None, start.clock, clock.today())
    case = Case.create(
        number=next(free_numbers(carrier.region, clock.today().year)),
        region=carrier.region,
        district=carrier.district_id,
        carrier=carrier,
        procedure=key,
        filled_by=start.role,
        origin=origin,
        pinned=ground.pinned,
        stage=workflow.start,
        entered_stage_on=clock.today(),
        due_on=counted.last_day if counted else own,
        created_at=clock.now(),
    )
    Draft.create(case=case, answers=dict(answers or {}), saved_at=clock.now())
    data = {"to": workflow.start, "procedure": key, "carrier": carrier.id, "pinned": ground.pinned}
    events.record(case.id, viewer, "opened", data)
    return case


def open_following(viewer: Viewer, case: Case, result: Result) -> list[Case]:
    """Open the procedures that a final result calls for (`opened_by_consequence`), in the caller's transaction.

    Each once a case, with `origin` the evaluated one; its time counts from today. Under what is in force today, or,
    where nothing is any more, under what the evaluated case ran under.
    """
    return [
        opened
        for ground in _grounds_after(case)
        if result.consequences.get(ground.procedure.get("opened_by_consequence", "")) is True
        and (opened := _open_after(viewer, case, ground)) is not None
    ]


def _grounds_after(case: Case) -> list[Ground]:
    region = case.region
    own = case.round.pinned if case.round is not None else case.pinned
    pinned = definitions.in_force(region, clock.today()) or own
    policy = clocks.with_entered_values(definitions.policy_of_ids(region.key, pinned), region, clock.today())
    return [Ground(pinned, policy, procedure) for procedure in procedures_of(policy, case.carrier.kind)]


def _open_after(viewer: Viewer, case: Case, ground: Ground) -> Case | None:
    key, today = ground.procedure["key"], clock.today()
    if Case.select().where((Case.origin == case) & (Case.procedure == key)).exists():
        return None
    field = ground.procedure.get("since", "")
    opened = open_under(viewer, ground, case.carrier, today, {field: today.isoformat()} if field else {}, case)
    stage = definitions.workflow_of(opened).start
    statements.append_outbox("case_moved", {"case": opened.id, "sequence": 1, "to": stage})
    return opened


@dataclass(frozen=True)
class Openable:
    """A procedure that this person may open in a role, and for which carriers; `since` labels the day to ask for.

    `period` is the present one of a periodic report (then open it with `periods.open_report`), empty otherwise.
    """

    procedure: Procedure
    role: str
    region: Region
    carriers: list[Carrier]
    since: str = ""
    period: str = ""


def openable(viewer: Viewer, roles: Collection[str] = FILLERS) -> list[Openable]:
    """What this person may open today, for carriers of the right kind and standing in their scope.

    In the order of the policy. Procedures that only the system opens are left out.
    """
    found = []
    mine = [role for role in roles if viewer.within(role)]
    for region in _regions(viewer, mine):
        policy = definitions.current_policy(region, clock.today())
        carriers = _served(viewer, region, mine)
        for procedure in procedures_of(policy):
            role = next((role for role in openers(procedure) if role in mine), "")
            theirs = [c for c in carriers.get(role, ()) if _fits(c, procedure)]
            if policy is not None and theirs:
                since, period = _asked_day(policy, procedure), _present(procedure)
                found.append(Openable(procedure, role, region, theirs, since, period))
    return found


def _regions(viewer: Viewer, roles: Sequence[str]) -> list[Region]:
    reaches = [reach for role in roles for reach in viewer.within(role)]
    homes = Carrier.select(Carrier.region).where(Carrier.id.in_([r.carrier for r in reaches if r.carrier] or [0]))
    named = [r.region for r in reaches if r.region is not None] or [0]
    rows = Region.select().where((Region.id.in_(named) | Region.id.in_(homes)) & Region.enabled)
    return list(rows.order_by(Region.id))


def _served(viewer: Viewer, region: Region, roles: Sequence[str]) -> dict[str, list[Carrier]]:
    rows = list(Carrier.select().where(Carrier.region == region).order_by(Carrier.name, Carrier.id))
    return {role: [row for row in rows if serves(viewer, row, role)] for role in roles}


def _fits(carrier: Carrier, procedure: Procedure) -> bool:
    return carrier.kind in procedure.get("carrier_kinds", (carrier.kind,)) and stands(carrier, procedure)


def _asked_day(policy: PolicyVersion, procedure: Procedure) -> str:
    key = procedure.get("since", "")
    return str(definitions.form_in(policy, procedure["form"]).field(key).label) if key else ""


def _present(procedure: Procedure) -> str:
    kind = PERIODS.get(procedure["every"], "")
    return period_of(clock.today(), kind) if kind else ""


def titles(cases: Iterable[Case]) -> dict[int, str]:
    """What each case is about, as people call it: the round's title, or the procedure with its period or its day."""
    rows = list(cases)
    outside = [case for case in rows if case.round_id is None]
    told = {case.id: str(case.round.title) for case in rows if case.round is not None}
    if outside:
        told |= _titles_outside(outside)
    return told


def _titles_outside(cases: Sequence[Case]) -> dict[int, str]:
    found = PeriodicReport.select().where(PeriodicReport.case.in_([case.id for case in cases]))
    periods = {row.case_id: f"{words_of(row.period)}的" for row in found}
    keys = {row.id: row.key for row in Region.select().where(Region.id.in_({case.region_id for case in cases}))}
    procedures = {
        case.id: definitions.procedure_in(definitions.policy_of_ids(keys[case.region_id], case.pinned), case.procedure)
        for case in cases
    }
    asked = {case: one["since"] for case, one in procedures.items() if one.get("since") and case not in periods}
    days = {case: f"（{day.year}年{day.month}月{day.day}日）" for case, day in timing.since_days(asked).items()} if asked else {}
    return {case: periods.get(case, "") + one["name"] + days.get(case, "") for case, one in procedures.items()}


def stages_of_running(role: str, regions: Iterable[int]) -> dict[tuple[str, str], Stage]:
    """Where a role acts on cases outside rounds that are not at their end: (procedure, key of the stage) → the stage."""
    running = (
        Case.select(Case.region, Case.procedure, Case.pinned)
        .where(Case.round.is_null() & Case.region.in_(list(regions) or [0]) & (Case.outcome == ""))
        .distinct()
    )
    found = {}
    for case in running:
        policy = definitions.policy_of_ids(related(case, "region").key, case.pinned)
        for stage in definitions.workflow_in(policy, case.procedure).stages:
            if role in stage.actors:
                found[(case.procedure, stage.key)] = stage
    return found
