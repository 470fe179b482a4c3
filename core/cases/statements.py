"""The hot statements of a transition, ready-made (peewee's SQL building costs ten times the statement).

Written with `?`; turned once per process into the placeholder of the database in use (core.models.reading).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import PostgresqlDatabase

from core.clock import now
from core.errors import OutOfScope
from core.models import canonical_json, database
from core.models.reading import run as _run

LOAD_CASE = (
    "SELECT id, number, region_id, district_id, round_id, carrier_id, procedure, stage, stage_version,"
    ' head_sequence, head_hash, outcome FROM "case" WHERE id = ?'
)
MOVE_CASE = (
    'UPDATE "case" SET stage = ?, stage_version = stage_version + 1, entered_stage_on = ?, due_on = ?,'
    " assignee_id = NULL, outcome = ?, head_sequence = ?, head_hash = ? WHERE id = ? AND stage_version = ?"
)
ADVANCE_HEAD = 'UPDATE "case" SET head_sequence = ?, head_hash = ? WHERE id = ? AND head_sequence = ?'
APPEND_EVENT = (
    "INSERT INTO case_event (case_id, sequence, kind, actor_id, occurred_at, policy_date, body, said,"
    " previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
APPEND_OUTBOX = (
    "INSERT INTO outbox_row (kind, payload, available_at, leased_by, attempts, error) VALUES (?, ?, ?, '', 0, '')"
)
FIND_RECEIPT = "SELECT receipt FROM form_token WHERE token = ?"
ADD_REVIEW = (
    "INSERT INTO review (case_id, stage, action, opinion, reasons, submission_id, reviewer_id, reviewed_at,"
    " reviewed_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
)
LAST_SUBMISSION = "SELECT id FROM submission WHERE case_id = ? ORDER BY number DESC LIMIT 1"
WAS_VISITED = "SELECT 1 FROM site_visit WHERE case_id = ? AND stage = ? LIMIT 1"
SPEND_FORM = "INSERT INTO form_token (token, receipt, used_at) VALUES (?, ?, ?)"


class CaseRow(NamedTuple):
    """What a transition reads of a case, in the order of LOAD_CASE."""

    id: int
    number: str
    region: int
    district: int | None
    round: int | None
    carrier: int
    procedure: str
    stage: str
    stage_version: int
    head_sequence: int
    head_hash: str
    outcome: str


def stored_moment(moment: datetime) -> datetime:
    """A moment as the tables keep it: UTC without offset."""
    return moment.replace(tzinfo=None)


def is_postgresql() -> bool:
    """Whether the database is PostgreSQL (row locks are asked for there; SQLite locks the file)."""
    return isinstance(database.obj, PostgresqlDatabase)


def load_case(case_id: int) -> CaseRow:
    """The case, locked until the transaction ends. Raises OutOfScope when there is none."""
    lock = " FOR UPDATE" if is_postgresql() else ""
    found = _run(LOAD_CASE + lock, case_id).fetchone()
    if found is None:
        raise OutOfScope
    return CaseRow(*found)


@dataclass(frozen=True)
class Arrival:
    """Where a case arrives: the stage, since when, until when (None without a clock), and its outcome."""

    stage: str
    entered_on: date
    due_on: date | None
    outcome: str


def move_case(row: CaseRow, arrival: Arrival, tip: str) -> bool:
    """Move a case on, with its chain's new tip, from the version that was read; False when it moved meanwhile."""
    where = (arrival.stage, arrival.entered_on, arrival.due_on, arrival.outcome)
    moved = _run(MOVE_CASE, *where, row.head_sequence + 1, tip, row.id, row.stage_version)
    return bool(moved.rowcount == 1)


def advance_head(case_id: int, sequence: int, digest: str, before: int) -> bool:
    """Put the tip of the chain forward; False when another event got in between."""
    return bool(_run(ADVANCE_HEAD, sequence, digest, case_id, before).rowcount == 1)


def append_event(*values: object) -> None:
    """Insert one event; values in the order of APPEND_EVENT."""
    _run(APPEND_EVENT, *values)


def append_outbox(kind: str, payload: dict[str, object], available_at: datetime | None = None) -> None:
    """Ask for work after this transaction; it is done at least once and its effect at most once."""
    _run(APPEND_OUTBOX, kind, canonical_json(payload), stored_moment(available_at or now()))


def add_review(*values: object) -> int:
    """Insert a reviewer's opinion; values in the order of ADD_REVIEW. Gives its id."""
    return int(_run(ADD_REVIEW, *values).fetchone()[0])


def last_submission_id(case_id: int) -> int | None:
    """The newest submitted version of a case, if there is one."""
    row = _run(LAST_SUBMISSION, case_id).fetchone()
    return None if row is None else int(row[0])


def was_visited(case_id: int, stage: str) -> bool:
    """Whether a visit on site was recorded for a case in this stage."""
    return _run(WAS_VISITED, case_id, stage).fetchone() is not None


def find_receipt(token: str) -> dict[str, Any] | None:
    """The receipt of a form that was already acted on."""
    row = _run(FIND_RECEIPT, token).fetchone()
    return None if row is None else json.loads(row[0])


def use_token(token: str, receipt: dict[str, Any]) -> None:
    """Mark a form as acted on. Raises IntegrityError when it was used a moment ago."""
    _run(SPEND_FORM, token, canonical_json(receipt), stored_moment(now()))
