"""The sweep over due dates: reminders, and the stages that act by themselves when their time is over.

Any number of workers may sweep at once and as often as they like: each reminder and each action is done once per
case, stage version and kind. Nothing is decided for a stage whose clock only reminds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from core import clock
from core.cases import awarding, definitions, moving, statements
from core.cases import clocks as stage_clocks
from core.cases.action import BY_NAME, Receipt, once_by_name
from core.cases.submitting import latest_submission
from core.errors import CalendarMissing, KaopingError
from core.jobs import messages
from core.jobs.handlers import case_name, in_words, name_for, page_for
from core.models import Account, Case, FormToken, Region
from core.people.scope import NOBODY
from core.workflow.decision import decide
from core.workflow.definition import ROUND_EFFECTS, Stage

WARNING_DAYS = 2
"""Working days before the last day on which the first reminder goes out."""

log = logging.getLogger("kaoping.jobs")


def sweep() -> int:
    """Remind and act for everything that is due; gives how many cases were taken up. Faults are logged, not raised."""
    _apply_values()
    count = 0
    for due, kind in list(_due()):
        try:
            once_by_name(name_of(due, kind), partial(_take_up, due, kind))
            count += 1
        except KaopingError as refusal:
            log.warning("case %s: %s", due[0], refusal)
        except Exception:
            log.exception("case %s could not be taken up", due[0])
    return count


def _apply_values() -> None:
    """Once a day: values that were entered ahead of their day hold from it on, also for awards that wait."""
    for region in Region.select():
        name = f"values:{region.id}:{clock.today().isoformat()}"
        try:
            once_by_name(name, partial(_apply_values_in, region))
        except KaopingError as refusal:
            log.warning("awards of %s: %s", region.key, refusal)


def _apply_values_in(region: Region) -> Receipt:
    return {"changed": awarding.apply_values(NOBODY, region)}


Due = tuple[int, int, date | None]
"""A case, the version it was read at, and its last day."""


def name_of(case: Due, kind: str) -> str:
    """Names the occasion of a reminder: once per case, stage version, last day and kind (a day may be put off)."""
    return f"clock:{kind}:{case[0]}:{case[1]}:{case[2]}"


def _due() -> Iterator[tuple[Due, str]]:
    """Cases that are over or nearly so and were not yet taken up as such."""
    today = clock.today()
    for region in Region.select():
        horizon = _horizon(region, today)
        near = (
            Case.select(Case.id, Case.stage_version, Case.due_on)
            .where((Case.region == region) & (Case.outcome == "") & (Case.due_on <= horizon))
            .order_by(Case.id)
        )
        found = [((c.id, c.stage_version, c.due_on), "over" if c.due_on and c.due_on < today else "near") for c in near]
        known = _known_tokens([BY_NAME + name_of(case, kind) for case, kind in found])
        yield from (entry for entry in found if BY_NAME + name_of(*entry) not in known)


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

    What needs a person's words, hands in a form or belongs to the round cannot be done by a clock: then those who
    must act are told so.
    """
    action = stage.action(stage.clock.action) if stage.clock else None
    if action is None or action.needs or action.effect in ROUND_EFFECTS or action.effect == "submit":
        _tell(case, stage, "over", f"{case_name(case)}的“{stage.name}”已到期，系统不能自动办理，请人工办理。")
        return {"case": case.id, "message": "到期，不能自动办理。"}
    submission = latest_submission(case)
    facts = submission.answers if submission else {}
    workflow = definitions.workflow_of(case)
    roles = frozenset({action.role or stage.role})
    step = decide(workflow, row.stage, action.key, roles, frozenset(), facts)
    return moving.move(row, case, NOBODY, step, {"by": "clock"}, "到期自动办理")
