"""The chain of events of a case: append, verify, replay.

Each event's hash covers the previous hash and the stored canonical bytes of its body. What a person said lies
beside the body with only its digest inside, so that a duty to delete can be met without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from core import clock
from core.cases import statements
from core.errors import Stale
from core.models import Case, CaseEvent, canonical_json
from core.people.scope import Viewer


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class NewEvent:
    """An event ready to be stored: its place in the chain, its values and the chain's new tip."""

    sequence: int
    tip: str
    values: tuple[object, ...]


def prepare(row: statements.CaseRow, viewer: Viewer, kind: str, data: dict[str, Any], said: str = "") -> NewEvent:
    """Work out the next event of a case that this transaction has loaded.

    `data` holds ids, keys and digests, never personal data.
    """
    sequence, moment, day = row.head_sequence + 1, clock.now(), clock.today()
    body = canonical_json(
        {
            "case": row.id,
            "sequence": sequence,
            "kind": kind,
            "actor": viewer.account,
            "at": moment.isoformat(),
            "on": day.isoformat(),
            "data": data,
            "said": digest(said) if said else "",
        }
    )
    tip = digest(row.head_hash + body)
    moment = statements.stored_moment(moment)
    return NewEvent(
        sequence, tip, (row.id, sequence, kind, viewer.account, moment, day, body, said, row.head_hash, tip)
    )


RENEWED = "renewed"
"""In an event's data: the case stays where it is, but forms drawn before are stale from then on."""


def append(
    row: statements.CaseRow, viewer: Viewer, kind: str, data: dict[str, Any], said: str = "", *, renews: bool = False
) -> int:
    """Append an event that does not move the case; gives its sequence. Raises Stale when the chain moved.

    `renews`: what a form shows has changed, so forms drawn before are refused as after a move.
    """
    event = prepare(row, viewer, kind, {**data, RENEWED: True} if renews else data, said)
    if not statements.advance_head(row.id, event.sequence, event.tip, row.head_sequence):
        raise Stale("这件事刚有别人办理过，请刷新后再看。")
    if renews:
        Case.update(stage_version=Case.stage_version + 1).where(Case.id == row.id).execute()
    statements.append_event(*event.values)
    return event.sequence


def record(
    case_id: int, viewer: Viewer, kind: str, data: dict[str, Any], said: str = "", *, renews: bool = False
) -> int:
    """Load the case (locking it) and append one event; for verbs that do not move the case."""
    return append(statements.load_case(case_id), viewer, kind, data, said, renews=renews)


@dataclass(frozen=True)
class Fault:
    """The first row of a chain that does not hold."""

    case: int
    sequence: int
    message: str


def verify(case: Case) -> Fault | None:
    """Walk the chain of a case; the first bad row, or None when all holds and ends at the case's head."""
    previous, count = "", 0
    for event in CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.sequence):
        count += 1
        message = _fault_of(event, previous, count)
        if message:
            return Fault(case.id, event.sequence, message)
        previous = event.hash
    if count != case.head_sequence or previous != case.head_hash:
        return Fault(case.id, count + 1, "办件记着的末条与事件对不上，末尾有缺失")
    return None


def _fault_of(event: CaseEvent, previous: str, expected: int) -> str:
    if event.sequence != expected:
        return f"应为第 {expected} 条，这里是第 {event.sequence} 条"
    if event.previous_hash != previous or digest(previous + event.body) != event.hash:
        return "内容与摘要不符"
    body = json.loads(event.body)
    columns = (event.case_id, event.sequence, event.kind, event.actor_id, event.policy_date.isoformat())
    # an account that was deleted leaves the column empty; the body still says who it was
    actor = body["actor"] if event.actor_id is not None else None
    if columns != (body["case"], body["sequence"], body["kind"], actor, body["on"]):
        return "列与正文不符"
    if event.said and digest(event.said) != body["said"]:
        return "所写意见与摘要不符"
    return ""


def replay(case: Case) -> dict[str, Any]:
    """The state that the events alone lead to: stage, stage version and outcome."""
    state: dict[str, Any] = {"stage": "", "stage_version": 0, "outcome": ""}
    for event in CaseEvent.select(CaseEvent.body).where(CaseEvent.case == case).order_by(CaseEvent.sequence):
        data = json.loads(event.body)["data"]
        if "to" in data:
            state["stage"] = data["to"]
            state["stage_version"] += 1
            state["outcome"] = data.get("outcome", state["outcome"])
        elif RENEWED in data:
            state["stage_version"] += 1
    return state
