"""A worker killed while it handles rows: nothing is lost, nothing done twice. Huey alone loses what was in flight."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.jobs import messages, outbox
from core.models import Account, Message, OutboxRow
from core.models import database as handle
from tests import factories
from tests.faults import processes

pytestmark = pytest.mark.faults

ROWS = 120
KILLS = 6

WORK = """
from core.jobs import messages, outbox
from core.models import Account
from datetime import timedelta
outbox.LEASE = timedelta(seconds=0.2)
def tell(row):
    messages.send(f"row:{row.payload['n']}", [Account.get_by_id(row.payload["to"])], "消息")
    time.sleep(0.004)  # time to be killed in
print("ready", flush=True)
while True:
    outbox.drain({"tell": tell})
    time.sleep(0.02)
"""


@pytest.fixture
def person(database: str) -> Account:
    return factories.account()


def _fill(person: Account) -> None:
    with handle.atomic():
        for n in range(ROWS):
            OutboxRow.create(kind="tell", payload={"n": n, "to": person.id}, available_at=clock.now())


def _worker(database: str, folder: Path) -> subprocess.Popen[str]:
    process = processes.start(WORK, database, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _kill_again_and_again(database: str, folder: Path) -> None:
    """Two workers at once; one of them is killed at a random moment and replaced, several times over."""
    chance = random.Random(7)
    running = [_worker(database, folder) for _ in range(2)]
    try:
        for _ in range(KILLS):
            time.sleep(chance.random() * 0.1 + 0.01)
            victim = running.pop(0)
            victim.kill()
            victim.communicate()
            running.append(_worker(database, folder))
        processes.wait_until(lambda: outbox.waiting() == 0, 40)
    finally:
        for process in running:
            process.kill()
            process.communicate()


def test_nothing_lost_nothing_twice(person: Account, database: str, tmp_path: Path) -> None:
    _fill(person)

    _kill_again_and_again(database, tmp_path)

    assert OutboxRow.select().where(OutboxRow.done_at.is_null()).count() == 0
    assert Message.select().count() == ROWS


WORK_AND_DIE = """
import uuid
from datetime import timedelta
from core.jobs import messages, outbox
from core.models import Account
outbox.LEASE = timedelta(0)  # the next worker need not wait
def tell(row):
    messages.send(uuid.uuid4().hex, [Account.get_by_id(row.payload["to"])], "消息")
    os.kill(os.getpid(), signal.SIGKILL)  # the work is done, its mark is not yet written
outbox.drain({"tell": outbox.Outward(tell) if sys.argv[1] == "apart" else tell})
"""


def _die_and_be_followed(person: Account, database: str, folder: Path, how: str) -> int:
    """One row, a worker that dies after the work, a second that ends it; gives the number of messages."""
    with handle.atomic():
        OutboxRow.create(kind="tell", payload={"to": person.id}, available_at=clock.now())
    dying = processes.start(WORK_AND_DIE, database, folder, how)
    _, err = dying.communicate(timeout=60)
    assert dying.returncode == -signal.SIGKILL, err
    done = outbox.drain({"tell": lambda row: messages.send("second", [person], "消息")})
    assert done == 1
    return int(Message.select().count())


def test_work_whose_mark_was_not_written_leaves_nothing(person: Account, database: str, tmp_path: Path) -> None:
    assert _die_and_be_followed(person, database, tmp_path, "together") == 1


def test_control_work_apart_from_its_mark_is_done_twice(person: Account, database: str, tmp_path: Path) -> None:
    assert _die_and_be_followed(person, database, tmp_path, "apart") == 2


def test_a_dead_workers_row_is_taken_when_its_lease_is_over(
    person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(person)
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=-1))
    assert outbox.claim() is not None  # and then the worker dies

    assert outbox.drain({"tell": lambda row: None}) == ROWS


def test_control_under_an_endless_lease_it_would_be_lost(person: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(person)
    monkeypatch.setattr(outbox, "LEASE", timedelta(days=9999))
    assert outbox.claim() is not None

    assert outbox.drain({"tell": lambda row: None}) == ROWS - 1


TASKS = 6

HUEY = """
import threading
from huey import SqliteHuey
from core.models import Message
huey = SqliteHuey("alone", filename=sys.argv[1], fsync=True)
@huey.task()
def tell(n):
    print("in hand", flush=True)
    time.sleep(float(sys.argv[4]))
    with database.connection_context():
        Message.create(account=int(sys.argv[2]), text="消息", source=f"huey:{n}", sent_at=clock.now(), sent_on=clock.today())
database.close()
for n in range(int(sys.argv[3])):
    tell(n)
consumer = huey.create_consumer(workers=1, periodic=False)
consumer.start()
while huey.pending_count():
    time.sleep(0.05)
consumer.stop(graceful=True)
print("empty", flush=True)
"""


def test_control_huey_alone_loses_what_was_in_flight(person: Account, database: str, tmp_path: Path) -> None:
    queue = tmp_path / "huey.db"
    first = processes.start(HUEY, database, tmp_path, queue, person.id, TASKS, 60)  # killed long before
    assert first.stdout is not None
    assert first.stdout.readline() == "in hand\n"
    first.kill()
    first.communicate()
    second = processes.start(HUEY, database, tmp_path, queue, person.id, 0, 0)
    out = processes.finish(second)

    assert out.splitlines()[-1] == "empty"
    assert Message.select().count() < TASKS
