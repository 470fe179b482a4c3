"""The chain of administrative changes: one for the whole instance, verified like a case's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core import clock
from core.cases import locking
from core.cases.events import digest
from core.models import AdminEvent, canonical_json
from core.people.scope import Viewer

CHAIN_LOCK = 7_305_211  # one writer of this chain at a time


def record(viewer: Viewer, kind: str, data: dict[str, Any]) -> None:
    """Append one administrative change inside the caller's transaction. `data`: ids and values, no secrets."""
    locking.alone(CHAIN_LOCK)
    last = AdminEvent.select().order_by(AdminEvent.sequence.desc()).first()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, "")
    moment, day = clock.now(), clock.today()
    body = canonical_json(
        {
            "sequence": sequence,
            "kind": kind,
            "actor": viewer.account,
            "at": moment.isoformat(),
            "on": day.isoformat(),
            "data": data,
        }
    )
    AdminEvent.create(
        sequence=sequence,
        kind=kind,
        actor=viewer.account,
        occurred_at=moment,
        policy_date=day,
        body=body,
        previous_hash=previous,
        hash=digest(previous + body),
    )


@dataclass(frozen=True)
class Walked:
    """How far the chain was walked: the last sound row, the first bad one (or None), and whether it is the end."""

    sequence: int
    hash: str
    fault: int | None
    is_end: bool


def walk(sequence: int, previous: str, size: int) -> Walked:
    """Walk so many rows of the chain after `sequence`, whose hash is `previous` (0 and "" at the beginning)."""
    rows = AdminEvent.select().where(AdminEvent.sequence > sequence).order_by(AdminEvent.sequence).limit(size)
    count = 0
    for event in rows:
        count += 1
        body = json.loads(event.body)
        sound = event.sequence == sequence + 1 == body.get("sequence") and event.kind == body.get("kind")
        if not sound or event.previous_hash != previous or event.hash != digest(previous + event.body):
            return Walked(sequence, previous, event.sequence, True)
        sequence, previous = event.sequence, event.hash
    return Walked(sequence, previous, None, count < size)


def first_fault(size: int = 5000) -> int | None:
    """The sequence of the first bad row of the chain, or None."""
    walked = walk(0, "", size)
    while not walked.is_end:
        walked = walk(walked.sequence, walked.hash, size)
    return walked.fault
