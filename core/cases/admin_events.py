"""The chain of administrative changes: one for the whole instance, verified like a case's."""

from __future__ import annotations

import json
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


def first_fault() -> int | None:
    """The sequence of the first bad row of the chain, or None."""
    previous, expected = "", 1
    for event in AdminEvent.select().order_by(AdminEvent.sequence):
        body = json.loads(event.body)
        sound = event.sequence == expected == body["sequence"] and event.kind == body["kind"]
        if not sound or event.previous_hash != previous or event.hash != digest(previous + event.body):
            return event.sequence
        previous, expected = event.hash, expected + 1
    return None
