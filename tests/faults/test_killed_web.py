"""A web process killed in the middle of a transition leaves all of it or nothing; the form sent again is done once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from core.cases import submitting
from core.cases.events import verify
from core.models import CaseEvent, FormToken, OutboxRow, Submission
from tests import world as w
from tests.faults import processes

pytestmark = pytest.mark.faults

# Each point lies inside the transaction; the last one right after it.
POINTS = ("core.cases.moving.move", "core.cases.statements.append_event", "core.cases.statements.append_outbox",
          "core.cases.statements.use_token")  # fmt: skip

SUBMIT_AND_DIE = """
from importlib import import_module
from core.cases import submitting
from core.models import Account, Case
from core.people.scope import viewer_of

case, person, token, point = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
if point == "no transaction":
    from contextlib import nullcontext
    from core.cases import action
    action.transaction = nullcontext
    point = "core.cases.statements.use_token"
if point != "after":
    module, name = point.rsplit(".", 1)
    whole = getattr(import_module(module), name)
    def and_die(*given, **named):
        whole(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(import_module(module), name, and_die)
submitting.submit(viewer_of(Account.get_by_id(person)), case, Case.get_by_id(case).stage_version, token)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def world(database: str, tmp_path: Path) -> w.World:
    made = w.build(carriers=1, folder=tmp_path)
    w.fill(made, made.cases[0])
    return made


def _die_at(point: str, world: w.World, database: str, folder: Path, token: str) -> None:
    case, clerk = world.cases[0], world.clerks[0]
    process = processes.start(SUBMIT_AND_DIE, database, folder, case.id, clerk.id, token, point)
    _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, err


def _traces(world: w.World, token: str) -> dict[str, int]:
    """What a submission leaves, counted."""
    return {
        "moved": int(w.fresh(world.cases[0]).stage != "fill"),
        "events": CaseEvent.select().where(CaseEvent.kind == "submitted").count(),
        "outbox": OutboxRow.select().where(OutboxRow.kind == "case_moved").count(),
        "versions": Submission.select().count(),
        "tokens": FormToken.select().where(FormToken.token == token).count(),
    }


@pytest.mark.parametrize("point", [*POINTS, "after"])
def test_all_or_nothing_and_once(point: str, world: w.World, database: str, tmp_path: Path) -> None:
    version = w.fresh(world.cases[0]).stage_version

    _die_at(point, world, database, tmp_path, "form-1")

    whole = int(point == "after")
    assert set(_traces(world, "form-1").values()) == {whole}

    again = submitting.submit(w.viewer(world.clerks[0]), world.cases[0].id, version, "form-1")

    assert again.get("repeated", False) is bool(whole)
    assert set(_traces(world, "form-1").values()) == {1}
    assert verify(w.fresh(world.cases[0])) is None


def test_control_without_a_transaction_half_of_it_stays(world: w.World, database: str, tmp_path: Path) -> None:
    _die_at("no transaction", world, database, tmp_path, "form-1")

    assert _traces(world, "form-1")["moved"] == 1
    CaseEvent.delete().where(CaseEvent.kind == "submitted").execute()  # what a kill one statement earlier leaves
    assert verify(w.fresh(world.cases[0])) is not None
