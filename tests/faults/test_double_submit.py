"""The same form sent twenty times at once has one effect and twenty equal receipts (R5)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.cases import action, statements, submitting
from core.cases.action import Receipt
from core.errors import KaopingError
from core.models import CaseEvent, Submission, database
from tests import world as w

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("database")]

TIMES = 20


def _send(world: w.World, token: str) -> list[Receipt | KaopingError]:
    """Send the same filled form from twenty threads at once."""
    case = w.fresh(world.cases[0])
    clerk = w.viewer(world.clerks[0])
    answers: list[Receipt | KaopingError] = []
    together = threading.Barrier(TIMES)

    def send() -> None:
        together.wait()
        with database.connection_context():
            try:
                answers.append(submitting.submit(clerk, case.id, case.stage_version, token))
            except KaopingError as refusal:
                answers.append(refusal)

    threads = [threading.Thread(target=send) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def world(tmp_path: Path) -> w.World:
    made = w.build(carriers=1, folder=tmp_path)
    w.fill(made, made.cases[0])
    return made


def test_one_effect_and_equal_receipts(world: w.World) -> None:
    answers = _send(world, action.new_token())

    assert [a for a in answers if isinstance(a, KaopingError)] == []
    plain = [{k: v for k, v in a.items() if k != "repeated"} for a in answers]  # type: ignore[union-attr]
    assert plain == [plain[0]] * TIMES
    assert sum("repeated" not in a for a in answers) == 1  # type: ignore[operator]
    assert Submission.select().count() == 1
    assert CaseEvent.select().where(CaseEvent.kind == "submitted").count() == 1


def test_control_without_the_token_the_repeats_get_other_answers(
    world: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "find_receipt", lambda token: None)
    monkeypatch.setattr(statements, "use_token", lambda token, receipt: None)

    answers = _send(world, action.new_token())

    assert sum(isinstance(a, KaopingError) for a in answers) == TIMES - 1
