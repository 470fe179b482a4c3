"""The one way a case moves: due date, the case's row, one event, one outbox row, all in the caller's transaction.

A case that arrives at its end is settled there and then (core.cases.settling), whoever moved it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core import clock
from core.cases import clocks, definitions, events, settling, statements
from core.cases.action import Receipt, stale_text
from core.errors import Stale
from core.models import Case
from core.people.scope import Viewer
from core.workflow.decision import Move
from core.workflow.definition import Clock

EFFECT_EVENTS = {
    "submit": "submitted",
    "forward": "forwarded",
    "return": "returned",
    "withdraw": "withdrawn",
    "determine": "scored",
    "redetermine": "redetermined",
    "publish": "published",
    "close": "closed",
    "absent": "marked_absent",
}
"""The event that an action leaves in the chain, by the action's effect."""


def move(
    row: statements.CaseRow, case: Case, viewer: Viewer, step: Move, data: dict[str, Any] | None = None, said: str = ""
) -> Receipt:
    """Move a loaded case along an allowed step. Raises Stale when somebody moved it meanwhile, and Refused when
    it would close and what its procedure decides cannot be decided yet.

    `case` is the model row of the same case (for its round and policy); it is not written.
    """
    arrival = _arrival(case, step)
    stays_absent = row.outcome == "absent" and step.target.kind not in ("fill", "closed")
    if step.action.effect == "absent" or stays_absent:
        arrival = replace(arrival, outcome="absent")
    body = {
        "action": step.action.key,
        "from": step.source.key,
        "to": step.target.key,
        "due_on": arrival.due_on.isoformat() if arrival.due_on else "",
        "outcome": arrival.outcome,
        **(data or {}),
    }
    event = events.prepare(row, viewer, EFFECT_EVENTS[step.action.effect], body, said)
    if not statements.move_case(row, arrival, event.tip):
        raise Stale(stale_text(row.id))
    statements.append_event(*event.values)
    statements.append_outbox("case_moved", {"case": row.id, "sequence": event.sequence, "to": step.target.key})
    if step.target.kind == "closed":
        settling.settle(viewer, case, step.action)
        if case.origin_id is not None:  # an award may have waited for it
            organisation = case.carrier.organisation_id
            statements.append_outbox("awards_of_organisation", {"organisation": organisation})
    return {
        "case": row.id,
        "number": row.number,
        "action": step.action.name,
        "stage": step.target.key,
        "stage_name": step.target.name,
        "due_on": body["due_on"],
        "sequence": event.sequence,
    }


CORRECTION = Clock("working_days", parameter="correction_working_days", basis="practice")
"""How long a returned case may take to correct, where the region names the parameter."""


def _arrival(case: Case, step: Move) -> statements.Arrival:
    entered, target, policy = clock.today(), step.target, definitions.policy_of(case)
    due = clocks.due_on(policy, case.region_id, case.round, target.clock, entered)
    if step.action.effect == "return" and target.kind == "fill":
        # the plan's day may be over by then: a correction has days of its own, never fewer than the plan leaves
        own = clocks.due_on(policy, case.region_id, case.round, CORRECTION, entered)
        due = max(day for day in (due, own) if day) if (due or own) else None
    return statements.Arrival(target.key, entered, due, "finished" if target.kind == "closed" else "")
