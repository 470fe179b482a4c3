"""Several people act on one case at one version: exactly one moves it, the others learn who did (R4)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.cases import acting, action, statements
from core.cases.action import new_token
from core.cases.events import verify
from core.errors import KaopingError, Stale
from core.models import CaseEvent, Review, database
from core.people.scope import Viewer
from tests import factories
from tests import world as w
from tests.faults import processes

pytestmark = pytest.mark.faults

PEOPLE = 12


def _act_together(world: w.World, people: list[Viewer]) -> list[object]:
    case = w.fresh(world.cases[0])
    decision = acting.Decision(opinion=w.opinion_for(case))
    answers: list[object] = []
    together = threading.Barrier(len(people))

    def act(person: Viewer) -> None:
        together.wait()
        with database.connection_context():
            try:
                answers.append(acting.act(person, case.id, "forward", decision, case.stage_version, new_token()))
            except (KaopingError, KeyError) as fault:
                answers.append(fault)

    threads = [threading.Thread(target=act, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def world(database: str, tmp_path: Path) -> w.World:
    made = w.build(carriers=1, folder=tmp_path)
    w.submit(made, made.cases[0])
    return made


def _reviewers(world: w.World) -> list[Viewer]:
    home = world.carriers[0].district
    return [w.viewer(factories.account("district_reviewer", district=home)) for _ in range(PEOPLE)]


def test_one_moves_and_the_others_learn_who(world: w.World) -> None:
    answers = _act_together(world, _reviewers(world))

    moved = [a for a in answers if isinstance(a, dict)]
    stale = [a for a in answers if isinstance(a, Stale)]
    assert (len(moved), len(stale)) == (1, PEOPLE - 1)
    event = CaseEvent.get(CaseEvent.kind == "forwarded")
    assert {str(s) for s in stale} == {action.stale_text(world.cases[0].id)}
    assert event.actor.display_name in str(stale[0])
    assert "6月1日" in str(stale[0])
    assert Review.select().count() == 1
    assert verify(w.fresh(world.cases[0])) is None


def test_control_without_versions_more_than_one_moves(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's version is looked at twice: against the form, and by the statement that moves the case."""
    monkeypatch.setattr(acting, "require_version", lambda row, seen: None)
    monkeypatch.setattr(
        statements, "MOVE_CASE", statements.MOVE_CASE.replace("WHERE id = ? AND stage_version = ?", "WHERE id = ? AND ? > 0")
    )
    seen = w.fresh(world.cases[0])
    monkeypatch.setattr(
        statements, "load_case", lambda case_id, before=statements.load_case: before(case_id)._replace(stage=seen.stage)
    )

    answers = _act_together(world, _reviewers(world))

    assert sum(isinstance(a, dict) for a in answers) > 1


ACT = """
from core.cases import acting
from core.cases.action import new_token
from core.errors import Stale
from core.models import Account, Case
from core.people.scope import viewer_of
from tests import world as w

case = Case.get_by_id(int(sys.argv[1]))
person = viewer_of(Account.get_by_id(int(sys.argv[2])))
decision = acting.Decision(opinion=w.opinion_for(case))
print("ready", flush=True)
while not os.path.exists(sys.argv[3]):
    time.sleep(0.001)
try:
    acting.act(person, case.id, "forward", decision, int(sys.argv[4]), new_token())
    print("moved")
except Stale as late:
    print("stale", late)
"""


def test_one_of_several_processes_moves(world: w.World, database: str, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    case = w.fresh(world.cases[0])
    people = _reviewers(world)[:4]
    running = [
        processes.start(ACT, database, tmp_path, case.id, person.account, gate, case.stage_version) for person in people
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    gate.touch()

    said = sorted(processes.finish(process).split()[0] for process in running)

    assert said == ["moved", "stale", "stale", "stale"]
    assert verify(w.fresh(world.cases[0])) is None
