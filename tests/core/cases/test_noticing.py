"""Notices: what may be published, that none closes early, what becomes final with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core import clock
from core.cases import determining, intervening, noticing, scoring
from core.errors import OutOfScope, Refused
from core.models import Award, Carrier, CarrierMark, EvaluationRound, NoticeEntry, PublicNotice, Result
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")

DAY_AFTER = date(2023, 6, 9)


def close(world: w.World, notice: PublicNotice, on: date = DAY_AFTER) -> None:
    with clock.policy_date(on):
        noticing.close_notice(w.viewer(world.city_reviewer), notice.id, w.new_token())


def test_a_notice_runs_its_working_days_and_cannot_close_early() -> None:
    world = w.build(1, 3)
    notice = w.to_notice(world, world.cases[0])
    assert (notice.opened_on, notice.last_day, notice.working_days) == (date(2023, 6, 1), date(2023, 6, 8), 5)
    for day in (date(2023, 6, 1), date(2023, 6, 8)):
        with pytest.raises(Refused, match="6月8日二十四时为止"):
            close(world, notice, day)
    assert w.fresh(world.cases[0]).stage == "public_notice"
    assert not Award.select().exists()
    close(world, notice)
    assert w.fresh(world.cases[0]).outcome == "finished"
    assert PublicNotice.get().closed_on == DAY_AFTER
    with pytest.raises(Refused, match="已经结束"):
        close(world, notice)


def test_only_determined_cases_of_the_round_are_published() -> None:
    world = w.build(2, 3)
    done, filling = world.cases
    w.to_determination(world, done)
    w.determine(world, done)
    city = w.viewer(world.city_reviewer)
    for cases, contact, why in (
        ([done.id, filling.id], "电话", filling.carrier.name),
        ([], "电话", "至少选择一家"),
        ([done.id], " ", "联系方式"),
    ):
        with pytest.raises(Refused, match=why):
            noticing.publish_notice(city, world.round.id, cases, contact, w.new_token())
    with pytest.raises(OutOfScope):
        noticing.publish_notice(city, world.round.id, [999], "电话", w.new_token())
    with pytest.raises(OutOfScope):
        noticing.publish_notice(w.viewer(world.experts[0]), world.round.id, [done.id], "电话", w.new_token())
    assert not PublicNotice.select().exists()
    assert w.fresh(done).stage == "determination"


def test_publishing_twice_with_one_form_makes_one_notice() -> None:
    world = w.build(1, 3)
    case = world.cases[0]
    w.to_determination(world, case)
    w.determine(world, case)
    token, city = w.new_token(), w.viewer(world.city_reviewer)
    first = noticing.publish_notice(city, world.round.id, [case.id], "电话", token)
    second = noticing.publish_notice(city, world.round.id, [case.id], "电话", token)
    assert (second["notice"], PublicNotice.select().count(), NoticeEntry.select().count()) == (first["notice"], 1, 1)


def test_an_excellent_city_carrier_is_marked_for_recommendation() -> None:
    world = w.build(1, 3)
    w.to_closed(world, world.cases[0])
    mark = CarrierMark.get()
    assert (mark.kind, mark.carrier_id) == ("priority_recommendation", world.carriers[0].id)
    assert "第十八条" in mark.clause


def test_false_materials_take_the_title_and_leave_a_mark() -> None:
    world = w.build(1, 3)
    w.to_closed(world, world.cases[0], false_materials=True)
    kinds = {mark.kind for mark in CarrierMark.select()}
    assert kinds == {"research_dishonesty_record", "title_revoked"}
    carrier = Carrier.get_by_id(world.carriers[0].id)
    assert (carrier.title_status, carrier.title_ended_on) == ("revoked", DAY_AFTER)
    assert not Award.select().exists()


@pytest.mark.parametrize(("consequence", "status"), [("removed", "exited"), ("title_revoked", "revoked")])
def test_a_title_that_a_result_ended_comes_back_with_another_result(consequence: str, status: str) -> None:
    world = w.build(1, 3)
    w.to_closed(world, world.cases[0])
    case, result = w.fresh(world.cases[0]), Result.get()
    result.consequences = {consequence: True}
    noticing.apply_consequences(case, result)
    assert Carrier.get().title_status == status
    result.consequences = {}
    noticing.apply_consequences(case, result)
    assert (Carrier.get().title_status, Carrier.get().title_ended_on) == ("held", None)


def test_a_title_that_something_else_ended_stays_ended() -> None:
    world = w.build(1, 3)
    w.to_closed(world, world.cases[0])
    case, result = w.fresh(world.cases[0]), Result.get()
    result.consequences = {"removed": True}
    noticing.apply_consequences(case, result)
    day, moment = clock.today(), clock.now()
    CarrierMark.create(carrier=case.carrier, kind="exit", clause="二", case_number="X-1", set_on=day, set_at=moment)
    result.consequences = {}
    noticing.apply_consequences(case, result)
    assert Carrier.get().title_status == "exited"


def test_a_provincial_title_is_not_the_citys_to_revoke() -> None:
    world = w.build(1, 3)
    Carrier.update(level="provincial").execute()
    w.to_closed(world, world.cases[0], false_materials=True)
    assert Carrier.get_by_id(world.carriers[0].id).title_status == "held"


def test_nothing_is_published_while_the_best_of_the_round_has_moved_on(tmp_path: Path) -> None:
    world = w.build(2, 3, tmp_path)
    one, two = world.cases
    for number, case in enumerate(world.cases):
        w.to_determination(world, case, number)
        w.check(world, case)
    city = w.viewer(world.city_reviewer)
    determining.determine_round(city, world.round.id, w.new_token())
    intervening.correct_submission(city, two.id, {"area_m2": "90"}, "按合同", w.fresh(two).stage_version, w.new_token())
    with pytest.raises(Refused, match="最好值有变动"):
        noticing.publish_notice(city, world.round.id, [one.id], "电话", w.new_token())
    determining.determine_round(city, world.round.id, w.new_token())
    noticing.publish_notice(city, world.round.id, [one.id, one.id], "电话", w.new_token())
    assert w.fresh(one).stage == "public_notice"


def test_publishing_who_did_not_take_part_freezes_nobodys_best(tmp_path: Path) -> None:
    world = w.build(2, 3, tmp_path)
    one, absent = world.cases
    city = w.viewer(world.city_reviewer)
    w.to_determination(world, one)
    w.determine(world, one)
    with clock.policy_date(date(2023, 7, 3)):
        intervening.mark_absent(city, absent.id, False, "未报", 1, w.new_token())
        determining.determine_case(city, absent.id, w.fresh(absent).stage_version, w.new_token())
        noticing.publish_notice(city, world.round.id, [absent.id], "电话", w.new_token())
        intervening.correct_submission(city, one.id, {"area_m2": "90"}, "按合同", w.fresh(one).stage_version, w.new_token())
        determining.determine_case(city, one.id, w.fresh(one).stage_version, w.new_token())
    reference = EvaluationRound.get_by_id(world.round.id).reference
    assert reference["F1"] == str(scoring.ground_of(w.fresh(one)).values["F1"].value)
