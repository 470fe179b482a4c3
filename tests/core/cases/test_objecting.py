"""Objections: which are admitted, what they freeze, and what a ruling does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import clock
from core.cases import determining, noticing, objecting
from core.errors import OutOfScope, Refused
from core.models import Award, Case, NoticeEntry, Objection, PublicNotice, Result
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")

DAY_AFTER = date(2023, 6, 9)


@pytest.fixture
def world() -> w.World:
    """Two carriers on one open notice."""
    made = w.build(2, 3)
    w.to_notice(made, *made.cases)
    return made


def entry_of(case: Case) -> NoticeEntry:
    return NoticeEntry.select().where(NoticeEntry.case == case).order_by(NoticeEntry.id.desc()).get()


def object_to(case: Case, **said: Any) -> dict[str, Any]:
    given = {
        "kind": "person",
        "name": "演示甲",
        "contact": "0335-3000000",
        "sealed": False,
        "text": "场地面积与实际不符。",
    }
    return objecting.object_to(entry_of(case).id, **{**given, **said}, token=w.new_token())


def rule(world: w.World, ruling: str, which: int = -1) -> dict[str, Any]:
    objection = list(Objection.select().order_by(Objection.id))[which]
    version = w.fresh(objection.entry.case).stage_version
    city = w.viewer(world.city_reviewer)
    return objecting.rule(city, objection.id, ruling, "经核实。", version, w.new_token())


def close(world: w.World, notice: PublicNotice | None = None) -> None:
    chosen = notice or PublicNotice.select().order_by(PublicNotice.id).get()
    with clock.policy_date(date.fromordinal(chosen.last_day.toordinal() + 1)):
        noticing.close_notice(w.viewer(world.city_reviewer), chosen.id, w.new_token())


def test_an_admitted_objection_holds_only_its_own_line(world: w.World) -> None:
    first, second = world.cases
    receipt = object_to(first)
    assert receipt["admissible"]
    assert (entry_of(first).status, entry_of(second).status) == ("frozen", "open")
    close(world)
    assert (w.fresh(first).stage, w.fresh(second).stage) == ("public_notice", "closed")
    assert [award.case_id for award in Award.select()] == [second.id]
    assert Objection.get(Objection.receipt == receipt["receipt"]).entry_id == entry_of(first).id


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ({"contact": " "}, "联系方式"),
        ({"kind": "organisation", "sealed": False}, "公章"),
    ],
)
def test_an_unsigned_objection_is_kept_but_holds_nothing(world: w.World, said: dict[str, Any], ground: str) -> None:
    receipt = object_to(world.cases[0], **said)
    assert not receipt["admissible"]
    assert ground in "".join(receipt["grounds"])
    assert Objection.get().status == "not_admitted"
    assert entry_of(world.cases[0]).status == "open"
    with pytest.raises(Refused, match="已经处理"):
        rule(world, "stands")


@pytest.mark.parametrize(("day", "admitted"), [(date(2023, 6, 8), True), (date(2023, 6, 9), False)])
def test_the_last_day_is_in_time_and_the_next_is_late(world: w.World, day: date, admitted: bool) -> None:
    with clock.policy_date(day):
        assert object_to(world.cases[0])["admissible"] is admitted
    assert (entry_of(world.cases[0]).status == "frozen") is admitted


@pytest.mark.parametrize(
    ("said", "field"), [({"name": " "}, "name"), ({"text": "不服"}, "text"), ({"kind": "x"}, "kind")]
)
def test_an_empty_objection_is_not_filed(world: w.World, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        object_to(world.cases[0], **said)
    assert set(refused.value.fields) == {field}
    assert not Objection.select().exists()


def test_a_result_that_stands_goes_on_where_it_was(world: w.World) -> None:
    case = world.cases[0]
    object_to(case)
    rule(world, "stands")
    assert entry_of(case).status == "open"
    close(world)
    assert w.fresh(case).stage == "closed"


def test_a_ruling_after_the_notice_closed_makes_the_line_final(world: w.World) -> None:
    case = world.cases[0]
    object_to(case)
    close(world)
    rule(world, "stands")
    assert (entry_of(case).status, w.fresh(case).stage) == ("final", "closed")
    assert Award.select().where(Award.case == case).count() == 1


def test_two_objections_hold_a_line_until_both_are_ruled(world: w.World) -> None:
    object_to(world.cases[0])
    object_to(world.cases[0], name="演示乙")
    rule(world, "stands", 0)
    assert entry_of(world.cases[0]).status == "frozen"
    rule(world, "stands", 1)
    assert entry_of(world.cases[0]).status == "open"


def test_a_changed_result_keeps_the_old_version_and_is_noticed_again(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    old = determining.latest_result(case)
    assert old is not None
    object_to(case)
    rule(world, "rescored")
    assert w.fresh(case).stage == "determination"
    with pytest.raises(Refused, match="还没有重新认定"):
        noticing.publish_notice(city, world.round.id, [case.id], "电话", w.new_token())
    determining.record_check(city, case.id, "integrity_breach", True, "信用记录截图")
    determining.determine_case(city, case.id, w.fresh(case).stage_version, w.new_token(), "异议成立")
    with pytest.raises(Refused, match="重新公示"):
        objecting.settle_rescored(city, case.id, w.fresh(case).stage_version, w.new_token())
    again = noticing.publish_notice(city, world.round.id, [case.id], "电话", w.new_token())
    assert [(r.version, r.grade) for r in Result.select().where(Result.case == case).order_by(Result.version)] == [
        (1, old.grade),
        (2, "qualified"),
    ]
    lines = NoticeEntry.select().where(NoticeEntry.case == case).order_by(NoticeEntry.id)
    assert [line.status for line in lines] == ["renewed", "open"]
    with pytest.raises(Refused, match="对新的公示提出"):
        objecting.object_to(
            lines[0].id, kind="person", name="演示乙", contact="0335", sealed=False, text="仍与实际不符。", token=w.new_token()
        )
    close(world, PublicNotice.get_by_id(again["notice"]))
    assert w.fresh(case).stage == "closed"
    assert not Award.select().where(Award.case == case).exists()


def test_nothing_is_published_over_an_objection_that_waits(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    object_to(case)
    object_to(case, name="演示乙")
    rule(world, "rescored", 0)
    determining.determine_case(city, case.id, w.fresh(case).stage_version, w.new_token(), "异议成立")
    for go_on in (
        lambda: noticing.publish_notice(city, world.round.id, [case.id], "电话", w.new_token()),
        lambda: objecting.settle_rescored(city, case.id, w.fresh(case).stage_version, w.new_token()),
    ):
        with pytest.raises(Refused, match="还有异议没有处理完"):
            go_on()
    rule(world, "stands", 1)
    noticing.publish_notice(city, world.round.id, [case.id], "电话", w.new_token())
    assert w.fresh(case).stage == "public_notice"


def test_only_the_regions_bureau_rules_and_says_why(world: w.World) -> None:
    object_to(world.cases[0])
    objection, version = Objection.get(), w.fresh(world.cases[0]).stage_version
    for stranger in (world.district_reviewer, world.experts[0], world.clerks[0], world.finance):
        with pytest.raises(OutOfScope):
            objecting.rule(w.viewer(stranger), objection.id, "stands", "理由", version, w.new_token())
    city = w.viewer(world.city_reviewer)
    for ruling, text in (("stands", " "), ("perhaps", "理由")):
        with pytest.raises(Refused, match="写明理由"):
            objecting.rule(city, objection.id, ruling, text, version, w.new_token())
    assert Objection.get_by_id(objection.id).status == "open"
