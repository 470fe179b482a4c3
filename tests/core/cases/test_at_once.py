"""What two people do at the same moment: one waits for the other, and neither decides on what has just changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.cases import (
    award_history,
    awarding,
    determining,
    events,
    noticing,
    objecting,
    panels,
    rounds,
    scoring,
    urging,
)
from core.cases.panel_opinion import Opinion, record_opinion
from core.errors import Refused, Stale
from core.models import (
    Award,
    CaseEvent,
    EvaluationRound,
    NoticeEntry,
    Objection,
    PanelMember,
    Participant,
    PublicNotice,
    Result,
    ScoreSheet,
)
from tests import world as w
from tests.core.cases.together import at_once, meet

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def scored(tmp_path: Path) -> w.World:
    """One carrier whose three experts have signed and whose panel has said its opinion."""
    made = w.build(1, 3, tmp_path)
    case = made.cases[0]
    w.to_panel(made, case)
    w.pledge(made)
    for expert in made.experts:
        w.score(made, case, expert)
    record_opinion(w.viewer(made.city_reviewer), case.id, Opinion(["desk_review"], "意见"), w.new_token())
    return made


def test_a_carrier_is_urged_once_a_day_however_many_urge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = w.build(2, folder=tmp_path)
    city, ids = w.viewer(world.city_reviewer), [case.id for case in world.cases]
    meet(monkeypatch, urging, "may_be_urged")

    answers = at_once(
        lambda: urging.urge(city, ids, w.new_token()), lambda: urging.urge(city, ids[::-1], w.new_token())
    )

    assert [str(a) for a in answers if isinstance(a, Exception)] == ["今天已经催办过，明天再催。"]
    assert CaseEvent.select().where(CaseEvent.kind == "urged").count() == 2


def test_scoring_does_not_end_over_a_sheet_that_is_given_back(
    scored: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, case = w.viewer(scored.city_reviewer), w.fresh(scored.cases[0])
    sheet = ScoreSheet.select().first()
    meet(monkeypatch, scoring, "panel_state")
    monkeypatch.setattr(events, "record", _slow(events.record))

    at_once(
        lambda: determining.conclude_panel(city, case.id, case.stage_version, w.new_token()),
        lambda: scoring.reopen_sheet(city, sheet.id, "再看看", w.new_token()),
    )

    given_back = ScoreSheet.get_by_id(sheet.id).status == "draft"
    assert (w.fresh(case).stage == "expert_panel") is given_back
    assert events.verify(w.fresh(case)) is None


def _slow(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same, half a second later: the other one has passed by then, unless it is made to wait."""

    def late(*given: Any, **named: Any) -> Any:
        time.sleep(0.5)
        return work(*given, **named)

    return late


def test_nobody_leaves_the_panel_while_signing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = w.build(1, 3, tmp_path)
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    w.to_panel(world, case)
    w.pledge(world)
    w.score(world, case, world.experts[0])
    scoring.reopen_sheet(city, ScoreSheet.get().id, "再看看", w.new_token())
    version, person = ScoreSheet.get().version, w.viewer(world.experts[0])
    others = [expert.id for expert in world.experts[1:]]
    meet(monkeypatch, scoring, "ground_of")
    monkeypatch.setattr(panels, "record", _slow(panels.record))

    at_once(
        lambda: scoring.sign_sheet(person, case.id, version, w.new_token()),
        lambda: panels.form_panel(city, world.round.id, others),
    )

    seat = PanelMember.get(PanelMember.account == person.account)
    assert (ScoreSheet.get().status == "signed") is (seat.removed_at is None)


def test_the_list_of_participants_is_not_changed_while_the_round_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = w.build(2, folder=tmp_path)
    city = w.viewer(world.city_reviewer)
    made = rounds.create_round(city, world.region, "makerspace_evaluation", 2024, "2024 年度众创空间绩效评价")
    panels.form_panel(city, made.id, [expert.id for expert in world.experts])
    rounds.save_plan(city, made.id, world.round.plan, made.version)
    everybody = {row.id: (True, "") for row in world.carriers}
    rounds.set_participants(city, made.id, everybody)
    meet(monkeypatch, rounds, "find_round")
    monkeypatch.setattr(Participant, "delete", _slow(Participant.delete))

    at_once(
        lambda: rounds.open_round(city, made.id, w.new_token()),
        lambda: rounds.set_participants(city, made.id, {world.carriers[0].id: (True, "")}),
    )

    opened = EvaluationRound.get_by_id(made.id)
    listed = {row.carrier_id for row in opened.participants.where(Participant.included)}
    assert opened.status == "open"
    assert {case.carrier_id for case in opened.cases} == listed


def test_the_same_round_set_up_twice_at_once_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = w.build(1, folder=tmp_path)
    city = w.viewer(world.city_reviewer)
    meet(monkeypatch, rounds.definitions, "procedure_in")
    given = (city, world.region, "makerspace_evaluation", 2025, "2025 年度")

    answers = at_once(lambda: rounds.create_round(*given), lambda: rounds.create_round(*given))

    refused = [a for a in answers if isinstance(a, Refused)]
    assert len(refused) == 1
    assert "2025 年度已有" in str(refused[0])


@pytest.fixture
def noticed(tmp_path: Path) -> w.World:
    """One carrier on an open notice."""
    made = w.build(1, 3, tmp_path)
    w.to_notice(made, *made.cases)
    return made


def object_to(entry: NoticeEntry) -> dict[str, Any]:
    return objecting.object_to(
        entry.id, kind="person", name="演示甲", contact="0335-3000000", sealed=False, text="场地面积与实际不符。",
        token=w.new_token(),
    )  # fmt: skip


def test_a_notice_does_not_close_over_an_objection_that_is_being_filed(
    noticed: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filed before midnight, while the bureau closes the notice just after it."""
    city, notice, entry = w.viewer(noticed.city_reviewer), PublicNotice.get(), NoticeEntry.get()
    day_after = date.fromordinal(notice.last_day.toordinal() + 1)
    monkeypatch.setattr(noticing.clock, "today", lambda: day_after)
    monkeypatch.setattr(objecting.clock, "moment", lambda: datetime(2023, 6, 8, 23, 59, tzinfo=clock.SHANGHAI))
    monkeypatch.setattr(objecting, "admissible", _slow(objecting.admissible))

    answers = at_once(
        lambda: object_to(entry), lambda: _later(lambda: noticing.close_notice(city, notice.id, w.new_token()))
    )

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Objection.get().status == "open"
    assert NoticeEntry.get().status == "frozen"
    assert w.fresh(noticed.cases[0]).stage == "public_notice"
    assert not Award.select().exists()


def test_a_ruling_while_the_notice_closes_leaves_no_line_behind(
    noticed: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, notice = w.viewer(noticed.city_reviewer), PublicNotice.get()
    object_to(NoticeEntry.get())
    objection, version = Objection.get(), w.fresh(noticed.cases[0]).stage_version
    monkeypatch.setattr(noticing.clock, "today", lambda: date.fromordinal(notice.last_day.toordinal() + 1))
    monkeypatch.setattr(noticing, "record", _slow(noticing.record))
    monkeypatch.setattr(objecting.locking, "own_case", _slow(objecting.locking.own_case))

    at_once(
        lambda: noticing.close_notice(city, notice.id, w.new_token()),
        lambda: objecting.rule(city, objection.id, "stands", "经核实。", version, w.new_token()),
    )

    assert (NoticeEntry.get().status, w.fresh(noticed.cases[0]).stage) == ("final", "closed")
    assert Award.select().count() == 1


def test_an_objection_is_ruled_on_once(noticed: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    city = w.viewer(noticed.city_reviewer)
    object_to(NoticeEntry.get())
    objection, version = Objection.get(), w.fresh(noticed.cases[0]).stage_version
    meet(monkeypatch, objecting, "find_objection")

    answers = at_once(
        *(lambda text=text: objecting.rule(city, objection.id, "stands", text, version, w.new_token()) for text in "甲乙")
    )

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Refused]
    assert CaseEvent.select().where(CaseEvent.kind == "objection_ruled").count() == 1


def test_an_award_finds_the_amount_that_is_entered_while_it_is_raised(
    noticed: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, officer, notice = w.viewer(noticed.city_reviewer), w.viewer(noticed.policy_officer), PublicNotice.get()
    key, day = f"award_{Result.get().grade}_yuan", clock.today()
    monkeypatch.setattr(noticing.clock, "today", lambda: date.fromordinal(notice.last_day.toordinal() + 1))
    meet(monkeypatch, award_history, "standing")
    monkeypatch.setattr(awarding, "apply_values", _slow(awarding.apply_values))

    at_once(
        lambda: noticing.close_notice(city, notice.id, w.new_token()),
        lambda: awarding.enter_parameter(officer, noticed.region, key, "150000", "演示文件第一条", day),
    )

    assert (Award.get().status, Award.get().amount_fen) == ("payable", 15_000_000)


def test_of_two_who_determine_at_once_the_later_learns_who_did(
    scored: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, case = w.viewer(scored.city_reviewer), scored.cases[0]
    determining.conclude_panel(city, case.id, w.fresh(case).stage_version, w.new_token())
    w.check(scored, case)
    version = w.fresh(case).stage_version

    answers = at_once(*(lambda: determining.determine_case(city, case.id, version, w.new_token()) for _ in range(2)))

    late = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(answer) for answer in late] == [Stale]
    assert f"{scored.city_reviewer.display_name} 已于" in str(late[0])
    assert "认定此件" in str(late[0])
    assert Result.select().count() == 1


def _later(verb: Callable[[], Any]) -> Any:
    time.sleep(0.2)
    return verb()
