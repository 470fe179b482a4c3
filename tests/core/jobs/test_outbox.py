"""Rows of the outbox: claimed by one, done once, kept with their error, dead after enough tries."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from core import clock
from core.jobs import outbox
from core.models import OutboxRow, StoredSetting, database

pytestmark = pytest.mark.usefixtures("database")


def _row(kind: str = "note", **more: object) -> OutboxRow:
    return OutboxRow.create(kind=kind, payload={}, **{"available_at": clock.now(), **more})


def _note(row: OutboxRow) -> None:
    StoredSetting.create(key=f"noted-{row.id}", value="")


def _boom(row: OutboxRow) -> None:
    _note(row)
    raise ValueError("邮局关门")


HANDLERS = {"note": _note, "boom": _boom}


def _again(row: OutboxRow) -> OutboxRow:
    return OutboxRow.get_by_id(row.id)


def test_what_waits_is_done_in_order_and_once() -> None:
    rows = [_row() for _ in range(3)]

    assert outbox.drain(HANDLERS) == 3
    assert outbox.drain(HANDLERS) == 0
    assert all(_again(row).done_at for row in rows)
    assert StoredSetting.select().count() == 3


def test_what_is_not_due_yet_waits() -> None:
    _row(available_at=clock.now() + timedelta(hours=1))
    assert outbox.drain(HANDLERS) == 0
    assert outbox.waiting() == 1


def test_a_failure_undoes_its_effect_and_is_kept_for_later() -> None:
    row = _row("boom")
    sound = _row()

    assert outbox.drain(HANDLERS) == 1
    failed = _again(row)
    assert (failed.done_at, failed.attempts, failed.error) == (None, 1, "ValueError: 邮局关门")
    assert failed.available_at > clock.now()
    assert [s.key for s in StoredSetting.select()] == [f"noted-{sound.id}"]


def test_pauses_grow_up_to_a_limit() -> None:
    row, pauses = _row("boom"), []
    for _ in range(outbox.MOST_ATTEMPTS):
        before = clock.now()
        outbox.drain(HANDLERS)
        pauses.append(round((_again(row).available_at - before).total_seconds()))
        OutboxRow.update(available_at=before).execute()

    assert pauses == sorted(pauses)
    assert pauses[:3] == [5, 20, 80]
    assert pauses[-1] == 3600


def test_after_enough_failures_a_row_is_dead_but_seen() -> None:
    row = _row("boom", attempts=outbox.MOST_ATTEMPTS - 1)
    outbox.drain(HANDLERS)
    OutboxRow.update(available_at=clock.now()).execute()

    assert outbox.drain(HANDLERS) == 0
    assert [dead.id for dead in outbox.dead_letters()] == [row.id]
    assert outbox.waiting() == 0

    assert outbox.try_again(row.id)
    assert not outbox.try_again(row.id)
    assert outbox.drain({"boom": _note}) == 1


def test_an_unknown_kind_is_kept_with_its_error() -> None:
    row = _row("from_the_future")
    outbox.drain(HANDLERS)
    assert _again(row).done_at is None
    assert "from_the_future" in _again(row).error


def test_a_claimed_row_is_left_alone_until_its_lease_is_over() -> None:
    row = _row()
    first = outbox.claim()
    assert first is not None
    assert outbox.claim() is None

    OutboxRow.update(lease_until=clock.now() - timedelta(seconds=1)).execute()
    second = outbox.claim()
    assert second is not None
    assert second.owner != first.owner
    assert not outbox.work_off(first, HANDLERS)  # overtaken: it does nothing any more
    assert StoredSetting.select().count() == 0
    assert outbox.work_off(second, HANDLERS)
    assert _again(row).attempts == 2


def test_several_workers_share_the_rows() -> None:
    for _ in range(40):
        _row()
    done: list[int] = []

    def work() -> None:
        with database.connection_context():
            done.append(outbox.drain(HANDLERS))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(done) == 40
    assert StoredSetting.select().count() == 40
    assert OutboxRow.select().where(OutboxRow.attempts != 1).count() == 0


def test_stopping_leaves_the_rest() -> None:
    for _ in range(3):
        _row()
    looks = iter([False, True])
    assert outbox.drain(HANDLERS, stop=lambda: next(looks)) == 1
    assert outbox.waiting() == 2


def test_old_done_rows_are_removed_others_never() -> None:
    long_ago = clock.now() - timedelta(days=31)
    _row(done_at=long_ago)
    recent, dead = _row(done_at=clock.now()), _row(available_at=long_ago, attempts=99)

    assert outbox.tidy() == 1
    assert {row.id for row in OutboxRow.select()} == {recent.id, dead.id}
