"""The sweep over due dates: reminders, and the stages that act by themselves when their time is over.

Any number of workers may sweep at once and as often as they like: each reminder and each action is done once per
case, stage version and kind. Nothing is decided for a stage whose clock only reminds.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from functools import partial

from core import clock
from core.cases import awarding, definitions, known_facts, moving, nodes, statements, timing
from core.cases import clocks as stage_clocks
from core.cases.action import BY_NAME, Receipt, once_by_name
from core.errors import CalendarMissing, KaopingError, Refused
from core.jobs import messages
from core.jobs.handlers import case_name, case_page, in_words, name_for, page_for
from core.models import Account, Case, FormToken, Region
from core.people.scope import NOBODY
from core.workflow.by_clock import why_not_by_itself
from core.workflow.decision import decide
from core.workflow.definition import Stage

WARNING_DAYS = 2
"""Working days before the last day on which the first reminder goes out."""

CARRIERS_OWN = "/carrier/standing/"
"""Where a carrier begins what no round opens."""

log = logging.getLogger("kaoping.jobs")


def sweep() -> int:
    """Remind and act for everything that is due; gives how many cases were taken up. Faults are logged, not raised.

    One pass a region, on its own policy date (in a demo they differ).
    """
    count = 0
    for region in Region.select():
        with clock.for_region(region.key):
            count += _sweep_region(region)
    return count


def _sweep_region(region: Region) -> int:
    _apply_values(region)
    _remind_of_nodes(region)
    count = 0
    for due, kind in _due(region):
        try:
            once_by_name(name_of(due, kind), partial(_take_up, due, kind))
            count += 1
        except KaopingError as refusal:
            log.warning("case %s: %s", due[0], refusal)
        except Exception:
            log.exception("case %s could not be taken up", due[0])
    return count


def _apply_values(region: Region) -> None:
    """Once a day: values that were entered ahead of their day hold from it on, also for awards that wait."""
    name = f"values:{region.id}:{clock.today().isoformat()}"
    try:
        once_by_name(name, partial(_apply_values_in, region))
    except KaopingError as refusal:
        log.warning("awards of %s: %s", region.key, refusal)


def _apply_values_in(region: Region) -> Receipt:
    return {"changed": awarding.apply_values(NOBODY, region), "dated": timing.set_last_days(region)}


def _remind_of_nodes(region: Region) -> None:
    """Once a day: who has not handed in the monitoring of a node that is near or over. Each person hears of each once."""
    name = f"nodes:{region.id}:{clock.today().isoformat()}"
    try:
        once_by_name(name, partial(_remind_of_nodes_in, region))
    except KaopingError as refusal:
        log.warning("nodes of %s: %s", region.key, refusal)


def _remind_of_nodes_in(region: Region) -> Receipt:
    found = nodes.awaited(region, _horizon(region, clock.today()))
    for one in found:
        said = "已经到了，还没有报送，请尽快办理" if one.over else "快到了，到时请报送"
        text = f"{one.carrier.name}的“{one.procedure['name']}”：{in_words(one.node)}的节点{said}。"
        occasion = f"node:{'over' if one.over else 'near'}:{one.carrier.id}:{one.procedure['key']}:{one.node}"
        clerks = messages.who_holds("carrier_clerk", region.id, one.carrier.id)
        messages.send(occasion, clerks, text, case_page(one.case) if one.case else CARRIERS_OWN)
    return {"reminded": len(found)}


Due = tuple[int, int, date | None]
"""A case, the version it was read at, and its last day."""


def name_of(case: Due, kind: str) -> str:
    """Names the occasion of a reminder: once per case, stage version, last day and kind (a day may be put off)."""
    return f"clock:{kind}:{case[0]}:{case[1]}:{case[2]}"


def _due(region: Region) -> list[tuple[Due, str]]:
    """Cases of a region that are over or nearly so and were not yet taken up as such."""
    today = clock.today()
    near = (
        Case.select(Case.id, Case.stage_version, Case.due_on)
        .where((Case.region == region) & (Case.outcome == "") & (Case.due_on <= _horizon(region, today)))
        .order_by(Case.id)
    )
    found = [((c.id, c.stage_version, c.due_on), "over" if c.due_on and c.due_on < today else "near") for c in near]
    known = _known_tokens([BY_NAME + name_of(case, kind) for case, kind in found])
    return [entry for entry in found if BY_NAME + name_of(*entry) not in known]


def _horizon(region: Region, today: date) -> date:
    try:
        return stage_clocks.calendar_of(region).deadline(today, WARNING_DAYS)
    except CalendarMissing:
        return today + timedelta(days=WARNING_DAYS)  # only a reminder hangs on it


def _known_tokens(tokens: list[str], batch: int = 500) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(tokens), batch):
        rows = FormToken.select(FormToken.token).where(FormToken.token.in_(tokens[start : start + batch]))
        known.update(row.token for row in rows)
    return known


def _take_up(due: Due, kind: str) -> Receipt:
    row = statements.load_case(due[0])
    case = Case.get_by_id(row.id)
    if (row.stage_version, case.due_on) != due[1:]:
        return {"case": row.id, "message": "已有人办理。"}
    stage = definitions.workflow_of(case).stage(row.stage)
    if kind == "over" and stage.clock and stage.clock.when_over == "act":
        return _act(row, case, stage)
    _remind(case, stage, kind)
    return {"case": row.id, "message": "已提醒。"}


def _remind(case: Case, stage: Stage, kind: str) -> None:
    day = in_words(case.due_on)
    said = f"已于 {day}到期，请尽快办理。" if kind == "over" else f"将于 {day}到期。"
    _tell(case, stage, kind, f"{name_for(case, stage.role)}的“{stage.name}”{said}")


def _tell(case: Case, stage: Stage, kind: str, text: str) -> None:
    told: list[Account] = messages.who_must_act(case, stage.role) if stage.role else []
    if kind == "over" and stage.clock and stage.clock.when_over == "escalate":
        told += messages.who_holds("city_reviewer", case.region_id)
    messages.send(name_of((case.id, case.stage_version, case.due_on), kind), told, text, page_for(case, stage.role))


def _act(row: statements.CaseRow, case: Case, stage: Stage) -> Receipt:
    """Take the action that the workflow names for the end of the time, as the system.

    What needs a person's words, hands in a form, opens a notice or belongs to the round cannot be done by a clock,
    nor what the facts do not allow: then those who must act are told so.
    """
    action = stage.action(stage.clock.action) if stage.clock else None
    if action is None or why_not_by_itself(stage, action):
        return _by_hand(case, stage)
    workflow = definitions.workflow_of(case)
    roles = frozenset({action.role or stage.role})
    facts = known_facts.of_case(case).facts if action.condition or stage.own_kind else {}
    try:
        step = decide(workflow, row.stage, action.key, roles, frozenset(), facts)
    except Refused:
        return _by_hand(case, stage)
    if step.target.kind == "public_notice":
        return _by_hand(case, stage)
    return moving.move(row, case, NOBODY, step, {"by": "clock"}, "到期自动办理")


def _by_hand(case: Case, stage: Stage) -> Receipt:
    _tell(case, stage, "over", f"{case_name(case)}的“{stage.name}”已到期，系统不能自动办理，请人工办理。")
    return {"case": case.id, "message": "到期，不能自动办理。"}
