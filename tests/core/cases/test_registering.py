"""Registers of a region, calendar years and days, regions on and off: by whom, what is refused, what is recorded."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.cases import admin_events, clocks, registering, registering_days
from core.cases.action import new_token
from core.cases.importing import import_region
from core.errors import CalendarMissing, OutOfScope, Refused
from core.models import AdminEvent, CalendarDay, CalendarYear, Carrier, CarrierMark, District, Organisation, Region
from core.people.scope import viewer_of
from core.policy.pack import load_region
from tests import factories, world

pytestmark = pytest.mark.usefixtures("database")

YEAR = """2027-01-01 休 元旦

2027-02-06 班
2027-02-08 休 春节
"""


def officer(region=None):
    return viewer_of(factories.account("policy_officer", region=region or factories.region()))


def system():
    return viewer_of(factories.account("system_admin"))


def test_an_organisation_is_registered_and_mended() -> None:
    person, region = officer(), factories.region()
    code = world.credit_code("91130300MA07Q3BE4")
    made = registering.save_organisation(
        person, None, region.id, {"name": " 甲公司 ", "credit_code": code.lower()}, new_token()
    )
    row = Organisation.get_by_id(made["id"])
    assert (row.name, row.credit_code) == ("甲公司", code)
    registering.save_organisation(person, row.id, region.id, {"name": "乙公司", "credit_code": code}, new_token())
    assert Organisation.get_by_id(row.id).name == "乙公司"
    with pytest.raises(Refused) as refusal:
        registering.save_organisation(person, None, region.id, {"name": "丙公司", "credit_code": code}, new_token())
    assert "credit_code" in refusal.value.fields
    with pytest.raises(Refused, match="校验位"):
        registering.save_organisation(
            person, None, region.id, {"name": "丁", "credit_code": code[:-1] + "0"}, new_token()
        )


def test_registers_of_another_region_do_not_exist() -> None:
    elsewhere = factories.region("elsewhere", "别处")
    mine = officer(elsewhere)
    row, carrier = factories.organisation(), factories.carrier()
    with pytest.raises(OutOfScope):
        registering.save_organisation(mine, row.id, row.region_id, {"name": "改"}, new_token())
    with pytest.raises(OutOfScope):
        registering.save_organisation(mine, None, row.region_id, {"name": "新"}, new_token())
    with pytest.raises(OutOfScope):
        registering.mark_carrier(mine, carrier.id, "title_revoked", "第二十一条", "查实", new_token())
    values = {"name": "某空间", "kind": "makerspace", "level": "city", "organisation": row.id, "district": None}
    with pytest.raises(Refused) as refusal:
        registering.save_carrier(mine, None, elsewhere.id, values, new_token())
    assert set(refusal.value.fields) == {"organisation"}


def test_a_district_keeps_its_key() -> None:
    person, region = officer(), factories.region()
    made = registering.save_district(
        person, None, region.id, {"key": "beidai", "name": "北区", "authority": "局"}, new_token()
    )
    registering.save_district(person, made["id"], region.id, {"key": "other", "name": "北新区"}, new_token())
    row = District.get_by_id(made["id"])
    assert (row.key, row.name) == ("beidai", "北新区")
    with pytest.raises(Refused):
        registering.save_district(person, None, region.id, {"key": "beidai", "name": "又一个"}, new_token())


def test_a_mark_needs_clause_and_ground_and_revokes_the_title() -> None:
    person, carrier = officer(), factories.carrier()
    with pytest.raises(Refused) as refusal:
        registering.mark_carrier(person, carrier.id, "unknown", "", " ", new_token())
    assert set(refusal.value.fields) == {"kind", "clause", "reason"}
    registering.mark_carrier(person, carrier.id, "title_revoked", "第二十一条", "连续不参加", new_token())
    row = Carrier.get_by_id(carrier.id)
    assert (row.title_status, row.title_ended_on) == ("revoked", clock.today())
    assert CarrierMark.get().clause == "第二十一条"
    assert AdminEvent.get().kind == "carrier_marked"


def test_a_year_is_read_with_every_fault_at_its_line() -> None:
    pasted = registering_days.read_year(
        "2027-01-01 休 元旦\n2027-13-01 休 元旦\n2027-02-08 班\n2027-01-01 休 元旦\n2028-01-01 休 元旦\n2027-02-09 玩 x\n2027-02-10 休\nxx"
    )
    assert [number for number, _ in pasted.faults] == [2, 3, 4, 5, 6, 7, 8]
    assert [one.day for one in pasted.days] == [date(2027, 1, 1)]
    with pytest.raises(Refused, match="第 2 行"):
        registering_days.import_year(system(), "2027-01-01 休 元旦\n2027-13-01 休 元旦", "通知", new_token())
    assert CalendarDay.select().count() == CalendarYear.select().count() == 0
    assert registering_days.read_year("\n \n").faults


def test_an_entered_year_counts_and_entering_it_again_replaces_it() -> None:
    region, person = factories.region(), system()
    with pytest.raises(CalendarMissing):
        clocks.calendar_of(region).is_working_day(date(2027, 3, 1))
    registering_days.import_year(person, YEAR, "国务院办公厅通知", new_token())
    calendar = clocks.calendar_of(region)
    days = [date(2027, 1, 1), date(2027, 2, 6), date(2027, 2, 8), date(2027, 2, 9), date(2027, 2, 13)]
    assert [calendar.is_working_day(day) for day in days] == [False, True, False, True, False]
    registering_days.import_year(person, "2027-02-09 休 春节", "更正通知", new_token())
    assert [row.day for row in CalendarDay.select()] == [date(2027, 2, 9)]
    assert CalendarYear.get().source == "更正通知"
    assert admin_events.first_fault() is None


def test_a_region_s_day_wins_and_can_be_taken_out() -> None:
    region, person = factories.region(), system()
    one = registering_days.Day(date(2023, 6, 6), False, "本地节日")
    made = registering_days.add_day(person, region.id, one, "本地文件", new_token())
    assert not clocks.calendar_of(region).is_working_day(one.day)
    assert clocks.calendar_of(factories.region("elsewhere", "别处")).is_working_day(one.day)
    with pytest.raises(Refused, match="已经录过"):
        registering_days.add_day(person, region.id, one, "本地文件", new_token())
    registering_days.remove_day(person, made["id"], new_token())
    assert clocks.calendar_of(region).is_working_day(one.day)
    assert [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)] == ["calendar_day_entered", "calendar_day_removed"]


def test_only_the_system_administrator() -> None:
    other = viewer_of(factories.account("security_admin"))
    for verb in (
        lambda: registering_days.import_year(other, YEAR, "通知", new_token()),
        lambda: registering_days.add_day(other, None, registering_days.Day(date(2027, 1, 1), False), "x", new_token()),
        lambda: registering_days.switch_region(other, factories.region().id, False, "x", new_token()),
    ):
        with pytest.raises(OutOfScope):
            verb()


def test_a_region_switched_off_stays_off_at_the_next_start() -> None:
    region = import_region(load_region(world.PACK))
    registering_days.switch_region(system(), region.id, False, "迁移", new_token())
    assert import_region(load_region(world.PACK)).enabled is False
    Region.update(problem="坏了").where(Region.id == region.id).execute()
    with pytest.raises(Refused, match="要先改好"):
        registering_days.switch_region(system(), region.id, True, "再开", new_token())
    assert import_region(load_region(world.PACK)).enabled is True, "a problem that was mended switches it on again"
