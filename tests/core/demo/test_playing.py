"""What a demo may hold beside the plain way: values, balances, meetings, marks, corrections, objections, payment."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core import clock, storage
from core.cases.importing import import_region
from core.demo.loading import load_region, rehearse
from core.models import (
    Award,
    CarrierMark,
    Case,
    CaseEvent,
    Meeting,
    MeetingAttendance,
    Objection,
    OpeningBalance,
    ParameterEntry,
    Region,
    StoredSetting,
    Submission,
)
from core.policy.pack import load_region as read_pack
from tests.core.demo.test_shape import CARRIER, PEOPLE, ROUND, TOP
from tests.world import PACK

MORE_PEOPLE = """
[[people]]
username = "a-caiwu"
name = "财务经办人"
role = "finance"
[[people]]
username = "a-zhengce"
name = "政策管理员"
role = "policy_officer"
"""
BESIDE = """
[[parameters]]
key = "award_excellent_yuan"
value = 300000
source = "演示文件第一条"
valid_from = 2023-06-01
[[opening_balances]]
organisation = "一号众创空间运营有限公司"
title = "makerspace"
amount_yuan = 50000
source = "演示台账"
[[meetings]]
kind = "training"
title = "填报培训"
held_on = 2023-06-02
people = 30
attendance = { one = 2 }
[[marks]]
carrier = "one"
on = 2023-07-19
kind = "priority_recommendation"
clause = "第二十条"
reason = "演示"
"""
WAY = """
[[plan_changes]]
round = "r"
on = 2023-06-20
plan = { submission_deadline = 2023-07-05 }
reason = "汛情"
[[cases]]
round = "r"
carrier = "one"
share = "1"
figures = { area_m2 = 3200, tenants = 42, resident_tech_enterprises = 20, resident_tech_teams = 12, service_staff = 8, trained_staff = 7, mentors = 14, investment_organisations = 6, intermediaries = 8, activities = 36, mentor_sessions = 40, technical_services = 30, new_tenants = 14, commercialised_companies = 8, tenants_with_ip = 24, funded_tenants = 8 }
path = [
    { on = 2023-06-05, do = "urge" },
    { on = 2023-06-06, do = "submit" },
    { on = 2023-06-07, do = "visit" },
    { on = 2023-06-07, do = "act:forward" },
    { on = 2023-06-08, do = "correct", answers = { tenants = 41 } },
    { on = 2023-06-08, do = "act:forward" },
    { on = 2023-06-12, do = "sheet", by = ["a-zhuanjia", "a-zhuanjia2", "a-zhuanjia3"] },
    { on = 2023-06-13, do = "panel_opinion" },
    { on = 2023-06-13, do = "conclude" },
    { on = 2023-06-14, do = "check" },
    { on = 2023-06-14, do = "determine" },
    { on = 2023-06-16, do = "object", kind = "person", name = "演示公民", contact = "139", text = "请核实活动清单（演示）。" },
    { on = 2023-06-19, do = "rule", ruling = "stands" },
    { on = 2023-07-03, do = "release" },
]
[[publications]]
round = "r"
on = 2023-06-15
close_on = 2023-06-30
carriers = ["one"]
"""
TABLES = """
[tables.tenant_list]
rows = "tenants"
row = { name = "演示团队{n}", kind = "企业", entered_on = "date", resident = true, technology = true }
"""


@pytest.fixture
def region(database: str, tmp_path: Path) -> Region:
    storage.use(f"file://{tmp_path / 'files'}")
    StoredSetting.create(key="demo", value="1")
    return import_region(read_pack(PACK))


@pytest.fixture
def played(region: Region, tmp_path: Path) -> Case:
    from core.demo import loading

    loading._read.cache_clear()
    file = tmp_path / "demo.toml"
    pledged = ROUND.replace("opened_on = 2023-05-15", "opened_on = 2023-05-15\npledged_on = 2023-06-12")
    file.write_text(TOP + PEOPLE + MORE_PEOPLE + CARRIER + pledged + WAY + BESIDE + TABLES, encoding="utf-8")
    load_region(region, file)
    return Case.get()


def test_the_case_went_the_whole_way_and_was_paid(played: Case) -> None:
    assert (played.stage, played.outcome) == ("closed", "finished")
    kinds = [event.kind for event in played.events.order_by(CaseEvent.sequence)]
    assert {"urged", "corrected", "objected", "objection_ruled"} <= set(kinds)
    assert [s.answers["tenants"] for s in Submission.select().order_by(Submission.id)] == [42, 41]
    assert Objection.get().status == "stands"
    award = Award.get()
    assert (award.status, award.amount_fen) == ("released", 30_000_000)


def test_every_event_lies_on_its_own_day(played: Case) -> None:
    days = [event.policy_date for event in played.events.order_by(CaseEvent.sequence)]
    assert days == sorted(days)
    assert (days[0], days[-1] <= date(2023, 7, 20)) == (date(2023, 5, 15), True)
    assert ParameterEntry.get().valid_from == date(2023, 6, 1)
    assert clock.today() == date(2023, 6, 1)  # the day at hand is as it was


def test_what_lies_beside_the_cases_is_there(played: Case) -> None:
    assert (OpeningBalance.get().amount_fen, Meeting.get().people, MeetingAttendance.get().people) == (5_000_000, 30, 2)
    assert CarrierMark.select().where(CarrierMark.set_on == date(2023, 7, 19)).count() == 1
    assert played.round.plan["submission_deadline"] == "2023-07-05"


def test_a_rehearsal_names_the_regions_there_are(region: Region) -> None:
    told = rehearse("atlantis")
    assert not told.lines and "没有这个地区的演示：atlantis；有：qinhuangdao" in told.problem
