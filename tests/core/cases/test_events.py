"""The chain: any edit of a stored row is found, and the events alone give the state."""

from __future__ import annotations

import random

import pytest

from core.cases import events
from core.models import Account, Case, CaseEvent
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def case() -> Case:
    world = w.build(carriers=1)
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0])
    return w.fresh(world.cases[0])


def rows(case: Case) -> list[CaseEvent]:
    return list(CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.sequence))


def test_an_untouched_chain_holds(case: Case) -> None:
    assert events.verify(case) is None


@pytest.mark.parametrize(
    "change",
    [
        {"body": '{"kind":"forged"}'},
        {"kind": "forged"},
        {"said": "换了一句话"},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
    ],
)
def test_an_edit_is_named_at_its_row(case: Case, change: dict[str, str]) -> None:
    victim = random.Random(3).choice([event for event in rows(case) if event.said or "said" not in change])
    CaseEvent.update(**change).where(CaseEvent.id == victim.id).execute()
    fault = events.verify(case)
    assert fault is not None
    assert fault.sequence == victim.sequence


def test_a_deleted_row_is_named(case: Case) -> None:
    victim = rows(case)[2]
    victim.delete_instance()
    fault = events.verify(case)
    assert fault is not None
    assert fault.sequence == victim.sequence + 1


def test_a_cut_tail_shows_against_the_cases_head(case: Case) -> None:
    rows(case)[-1].delete_instance()
    fault = events.verify(case)
    assert fault is not None
    assert "末尾" in fault.message


def test_a_rewritten_chain_shows_against_the_cases_head(case: Case) -> None:
    previous = ""
    for event in rows(case):
        body = event.body.replace('"returned"', '"forwarded"')
        tip = events.digest(previous + body)
        kind = "forwarded" if event.kind == "returned" else event.kind
        CaseEvent.update(body=body, kind=kind, previous_hash=previous, hash=tip).where(CaseEvent.id == event.id).execute()
        previous = tip
    assert events.verify(case) is not None


def test_what_was_said_can_be_deleted_without_breaking_the_chain(case: Case) -> None:
    CaseEvent.update(said="").where(CaseEvent.case == case).execute()
    assert events.verify(case) is None


def test_a_deleted_account_does_not_break_the_chain(case: Case) -> None:
    CaseEvent.update(actor=None).where(CaseEvent.case == case).execute()
    assert events.verify(case) is None
    stranger = Account.select().order_by(Account.id.desc()).first()
    CaseEvent.update(actor=stranger).where(CaseEvent.case == case).execute()
    assert events.verify(case) is not None


def test_replaying_gives_the_state(case: Case) -> None:
    assert events.replay(case) == {"stage": case.stage, "stage_version": case.stage_version, "outcome": case.outcome}


def test_events_hold_no_answers(case: Case) -> None:
    assert "演示内容" not in "".join(event.body for event in rows(case))
