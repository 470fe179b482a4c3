"""The outbox: rows written with an action, claimed with a lease, finished in a transaction of their own.

A row is handled and marked done in ONE transaction. A worker that is killed leaves the row as it was; when its
lease has run out, another takes it. Effects inside the database happen once, however often a row is tried.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import ModelSelect

from core import clock
from core.cases.statements import is_postgresql
from core.errors import KaopingError
from core.models import OutboxRow, database

LEASE = timedelta(seconds=30)
"""Between claiming and the start of the work's own transaction, which holds the row by itself."""

MOST_ATTEMPTS = 8
"""After so many failures a row is dead: kept with its error, shown to the administrator, not tried again."""

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
KEEP_DONE = timedelta(days=30)
SHORTEST_TURN, LONGEST_TURN = 0.005, 0.1
"""Seconds between two rows on SQLite, as long as the row took within these bounds: there waiting writers do not queue
but try now and then, and a long drain would leave them no turn."""

Handler = Callable[[OutboxRow], None]
log = logging.getLogger("kaoping.jobs")


class UnknownKind(LookupError):
    """Nobody handles rows of this kind; the row is kept with this as its error."""


@dataclass(frozen=True)
class Claim:
    """A row that this worker may work on until `LEASE` is over."""

    id: int
    owner: str
    kind: str = ""


@dataclass(frozen=True)
class Outward:
    """A handler whose effect lies outside the database: called before the row's transaction, not inside it.

    A transaction that waited for somebody else's server would hold up every writer. Such an effect happens at least
    once, and again only when the worker ends between it and the mark.
    """

    work: Callable[[OutboxRow], None]

    def __call__(self, row: OutboxRow) -> None:
        """Do the work."""
        self.work(row)


def new_owner() -> str:
    """A name for one claim, telling machine and process."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def claim() -> Claim | None:
    """Take the oldest row that waits, so that no other worker takes it; None when nothing waits."""
    moment, owner = clock.now(), new_owner()
    with database.atomic():
        free = OutboxRow.lease_until.is_null() | (OutboxRow.lease_until < moment)
        waiting = (
            OutboxRow.select(OutboxRow.id, OutboxRow.kind)
            .where(OutboxRow.done_at.is_null() & (OutboxRow.available_at <= moment))
            .where(free & (OutboxRow.attempts < MOST_ATTEMPTS))
            .order_by(OutboxRow.available_at, OutboxRow.id)
            .limit(1)
        )
        row = (waiting.for_update(True, skip_locked=True) if is_postgresql() else waiting).first()
        if row is None:
            return None
        taken = OutboxRow.update(
            lease_until=moment + LEASE, leased_by=owner, attempts=OutboxRow.attempts + 1
        ).where((OutboxRow.id == row.id) & OutboxRow.done_at.is_null() & free)
        return Claim(row.id, owner, row.kind) if taken.execute() == 1 else None


def work_off(claimed: Claim, handlers: Mapping[str, Handler]) -> bool:
    """Handle one claimed row; False when it failed (then kept for later) or is no longer this claim's."""
    outward = handlers.get(claimed.kind)
    try:
        if isinstance(outward, Outward):
            outward(OutboxRow.get_by_id(claimed.id))
            with database.atomic():
                return _mark_done(claimed)
        with database.atomic():
            if not _mark_done(claimed):
                return False
            row = OutboxRow.get_by_id(claimed.id)
            handler = handlers.get(row.kind)
            if handler is None:
                raise UnknownKind(f"no handler for {row.kind}")
            handler(row)
    except Exception as fault:
        log.warning("outbox row %s failed", claimed.id, exc_info=True)
        _postpone(claimed, fault)
        return False
    return True


def _mark_done(claimed: Claim) -> bool:
    # first in the transaction: on PostgreSQL it locks the row, and a claim that was overtaken stops here
    done = OutboxRow.update(done_at=clock.now(), lease_until=None, error="").where(
        (OutboxRow.id == claimed.id) & (OutboxRow.leased_by == claimed.owner) & OutboxRow.done_at.is_null()
    )
    return bool(done.execute() == 1)


def _postpone(claimed: Claim, fault: Exception) -> None:
    with database.atomic():
        row = OutboxRow.get_by_id(claimed.id)
        told = str(fault) if isinstance(fault, KaopingError) else f"{type(fault).__name__}: {fault}"
        pause = min(FIRST_PAUSE * 4 ** max(row.attempts - 1, 0), LONGEST_PAUSE)
        OutboxRow.update(
            lease_until=None, available_at=clock.now() + pause, error=told[:2000]
        ).where((OutboxRow.id == claimed.id) & (OutboxRow.leased_by == claimed.owner)).execute()


def drain(handlers: Mapping[str, Handler], *, stop: Callable[[], bool] = lambda: False) -> int:
    """Work off everything that waits now, until `stop()`; gives the number of rows that succeeded."""
    done = 0
    while not stop():
        claimed = claim()
        if claimed is None:
            break
        began = time.monotonic()
        done += work_off(claimed, handlers)
        if not is_postgresql():
            time.sleep(min(max(time.monotonic() - began, SHORTEST_TURN), LONGEST_TURN))
    return done


def waiting() -> int:
    """How many rows are still to be worked off, dead ones not among them."""
    return int(OutboxRow.select().where(OutboxRow.done_at.is_null() & (OutboxRow.attempts < MOST_ATTEMPTS)).count())


def dead_letters() -> ModelSelect[Any]:
    """The rows that nobody tries any more, newest first, for the administrator."""
    dead = OutboxRow.done_at.is_null() & (OutboxRow.attempts >= MOST_ATTEMPTS)
    return OutboxRow.select().where(dead).order_by(OutboxRow.id.desc())


def try_again(row_id: int) -> bool:
    """Give a dead row a fresh start; False when it is not dead."""
    with database.atomic():
        revived = OutboxRow.update(attempts=0, available_at=clock.now(), lease_until=None).where(
            (OutboxRow.id == row_id) & OutboxRow.done_at.is_null() & (OutboxRow.attempts >= MOST_ATTEMPTS)
        )
        return bool(revived.execute() == 1)


def tidy() -> int:
    """Remove rows that were done more than thirty days ago; gives their number."""
    with database.atomic():
        return int(OutboxRow.delete().where(OutboxRow.done_at < clock.now() - KEEP_DONE).execute())
