"""Reminders go out once; nothing is decided by a clock that only reminds; one that acts, acts as the system."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from core import clock
from core.cases import awarding, definitions, rounds
from core.cases.action import BY_NAME, once
from core.cases.events import verify
from core.errors import Refused
from core.jobs import clocks
from core.models import Award, CaseEvent, Message, database
from core.workflow.definition import Workflow
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world(tmp_path: Path) -> w.World:
    return w.build(carriers=2, folder=tmp_path)


def _texts(person: object) -> list[str]:
    return [m.text for m in Message.select().where(Message.account == person).order_by(Message.id)]


@pytest.mark.parametrize(
    ("day", "said"),
    [("2023-06-27", []), ("2023-06-28", ["将于 2023 年 6 月 30 日到期"]), ("2023-06-30", ["将于 2023 年 6 月 30 日到期"]),
     ("2023-07-01", ["已于 2023 年 6 月 30 日到期"])],
)  # fmt: skip
def test_two_working_days_before_and_after(world: w.World, day: str, said: list[str]) -> None:
    with clock.policy_date(date.fromisoformat(day)):
        clocks.sweep()
    texts = _texts(world.clerks[0])
    assert len(texts) == len(said)
    assert all(part in text for part, text in zip(said, texts, strict=True))


def test_once_per_case_stage_version_and_kind(world: w.World) -> None:
    for day in (28, 29, 30):
        with clock.policy_date(date(2023, 6, day)):
            clocks.sweep()
    for day in (1, 2, 20):
        with clock.policy_date(date(2023, 7, day)):
            clocks.sweep()

    texts = _texts(world.clerks[0])
    assert ["将于" in texts[0], "已于" in texts[1], len(texts)] == [True, True, 2]
    assert len(_texts(world.clerks[1])) == 2


def test_several_sweeps_at_once_remind_once(world: w.World) -> None:
    together = threading.Barrier(4)

    def sweep() -> None:
        together.wait()
        with database.connection_context():
            clocks.sweep()

    with clock.policy_date(date(2023, 7, 3)):
        threads = [threading.Thread(target=sweep) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert Message.select().count() == 2


def test_a_clock_that_reminds_decides_nothing(world: w.World) -> None:
    w.submit(world, world.cases[0])
    before = w.fresh(world.cases[0])
    with clock.policy_date(date(2023, 12, 1)):
        clocks.sweep()
    after = w.fresh(world.cases[0])

    assert (after.stage, after.stage_version) == (before.stage, before.stage_version)
    assert any("请尽快办理" in text for text in _texts(world.district_reviewer))


@contextmanager
def _ends_by(monkeypatch: pytest.MonkeyPatch, when_over: str, action: str, *, needs: tuple[str, ...]) -> Iterator[None]:
    """The district's stage with another end of its time."""
    real = definitions.workflow_of

    def changed(case: object) -> Workflow:
        workflow = real(case)  # type: ignore[arg-type]
        stage = workflow.stage("district_review")
        assert stage.clock is not None
        actions = tuple(replace(a, needs=needs) if a.key == action else a for a in stage.actions)
        mended = replace(stage, clock=replace(stage.clock, when_over=when_over, action=action), actions=actions)
        stages = tuple(mended if s.key == stage.key else s for s in workflow.stages)
        return replace(workflow, stages=stages, by_key={s.key: s for s in stages})

    with monkeypatch.context() as patched:
        patched.setattr(definitions, "workflow_of", changed)
        yield


def test_a_clock_that_acts_moves_the_case_once_as_the_system(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    w.submit(world, world.cases[0])
    with _ends_by(monkeypatch, "act", "forward", needs=()), clock.policy_date(date(2023, 6, 20)):
        clocks.sweep()
        clocks.sweep()

    case = w.fresh(world.cases[0])
    assert case.stage == "city_review"
    event = CaseEvent.get((CaseEvent.case == case) & (CaseEvent.kind == "forwarded"))
    assert (event.actor, event.said) == (None, "到期自动办理")
    assert verify(case) is None


def test_before_its_end_it_does_not_act(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    w.submit(world, world.cases[0])
    due = w.fresh(world.cases[0]).due_on
    assert due is not None
    with _ends_by(monkeypatch, "act", "forward", needs=()), clock.policy_date(due):
        clocks.sweep()
    assert w.fresh(world.cases[0]).stage == "district_review"


def test_what_a_clock_cannot_do_is_said(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    w.submit(world, world.cases[0])
    with _ends_by(monkeypatch, "act", "forward", needs=("opinion",)), clock.policy_date(date(2023, 6, 20)):
        clocks.sweep()
    assert w.fresh(world.cases[0]).stage == "district_review"
    assert any("请人工办理" in text for text in _texts(world.district_reviewer))


def test_escalation_tells_the_city_too(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    w.submit(world, world.cases[0])
    with _ends_by(monkeypatch, "escalate", "forward", needs=()), clock.policy_date(date(2023, 6, 20)):
        clocks.sweep()
    assert any("已于" in text for text in _texts(world.city_reviewer))


def test_one_broken_case_does_not_stop_the_others(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = clocks._take_up

    def broken(due: tuple[int, int], kind: str) -> object:
        if due[0] == world.cases[0].id:
            raise RuntimeError("broken")
        return real(due, kind)

    monkeypatch.setattr(clocks, "_take_up", broken)
    with clock.policy_date(date(2023, 7, 3)):
        assert clocks.sweep() == 1
    assert _texts(world.clerks[0]) == []
    assert len(_texts(world.clerks[1])) == 1


def test_a_day_that_was_put_off_is_reminded_of_again(world: w.World) -> None:
    with clock.policy_date(date(2023, 7, 3)):
        clocks.sweep()
        city, round_ = w.viewer(world.city_reviewer), world.round
        rounds.save_plan(city, round_.id, {**round_.plan, "submission_deadline": "2023-07-20"}, round_.version, "汛期")
    with clock.policy_date(date(2023, 7, 21)):
        clocks.sweep()
    assert ["6 月 30 日" in _texts(world.clerks[0])[0], "7 月 20 日" in _texts(world.clerks[0])[-1]] == [True, True]


def test_a_value_entered_ahead_of_its_day_reaches_the_awards_on_that_day(world: w.World) -> None:
    w.to_closed(world, *world.cases)
    officer, day = w.viewer(world.policy_officer), date(2023, 8, 1)
    key = f"award_{Award.select().order_by(Award.id).get().grade}_yuan"
    awarding.enter_parameter(officer, world.region, key, "150000", "演示文件第一条", day)
    clocks.sweep()
    assert Award.select().order_by(Award.id).get().status == "waiting"
    with clock.policy_date(day):
        clocks.sweep()
        clocks.sweep()
    award = Award.select().order_by(Award.id).get()
    assert (award.status, award.amount_fen) == ("payable", 15_000_000)


def test_no_form_can_use_up_what_the_system_does_by_itself(world: w.World) -> None:
    name = clocks.name_of((world.cases[0].id, 1, world.cases[0].due_on), "over")
    for token in (name, BY_NAME + name, "x" * 65):
        with pytest.raises(Refused, match="一次性标记"):
            once(token, dict)
    with clock.policy_date(date(2023, 7, 3)):
        clocks.sweep()
    assert len(_texts(world.clerks[0])) == 1


def test_the_sweep_finds_due_cases_by_an_index(world: w.World) -> None:
    if not isinstance(database.obj, SqliteDatabase):
        found = database.execute_sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'case'").fetchall()
        assert any("(region_id, outcome, due_on)" in row[0] for row in found)
        return
    plan = database.execute_sql(
        'EXPLAIN QUERY PLAN SELECT id FROM "case" WHERE region_id = 1 AND outcome = ? AND due_on <= ?', ("", "2023-07-01")
    ).fetchall()
    assert "case_region_id_outcome_due_on" in str(plan)


def test_each_region_is_swept_on_its_own_day(world: w.World) -> None:
    days = {world.region.key: date(2023, 6, 1), "": date(2023, 7, 20)}
    clock.follow(lambda: days[clock.region_at_hand()])
    assert clocks.sweep() == 0  # a later day elsewhere is not this region's
    days[world.region.key] = date(2023, 7, 3)
    assert clocks.sweep() == 2
    assert {m.sent_on for m in Message.select()} == {date(2023, 7, 3)}
