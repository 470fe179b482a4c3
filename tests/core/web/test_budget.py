"""Budget performance: figures from what was submitted, who is behind, targets, rectification, scope, the table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from core import clock
from core.cases import definitions, periods, standing
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.models import Case, ParameterEntry
from core.people.scope import viewer_of
from core.policy.question import Asked
from core.policy.questions.budget import BUILT_IN
from core.web.budget import board, chart, filings
from tests import factories
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, plain
from tests.plugins import tangshan_budget as t

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JUNE = ["935.18", "158.7", "20", "34.5"]


@pytest.fixture
def place(app: Flask) -> Iterator[s.Place]:
    with clock.policy_date(date(2024, 7, 10)):
        yield s.build("tangshan", 2, "budget_unit")


@pytest.fixture
def reviewer(app: Flask, place: s.Place, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, place.city)


def declared(place: s.Place) -> dict[str, Any]:
    policy = definitions.current_policy(place.region, clock.today())
    assert policy is not None
    return t.declaration(policy)


def declare(place: s.Place, number: int = 0, **changed: Any) -> Case:
    carrier = place.carriers[number].id
    receipt = periods.open_report(place.clerk(number), "target_declaration", carrier, "2024", new_token())
    case = s.fresh(receipt["case"])
    s.submit(place, case, number, **{**declared(place), **changed})
    return case


def open_one(place: s.Place, procedure: str, since: date) -> Case:
    receipt = standing.open_case(place.clerk(), procedure, place.carriers[0].id, new_token(), since)
    return s.fresh(receipt["case"])


def monitor(place: s.Place, day: str, spent: list[str], **actual: str) -> Case:
    case = open_one(place, "monitoring", date.fromisoformat(day))
    s.submit(place, case, **t.monitoring(declared(place), day, spent, **actual))
    return case


def year(place: s.Place, number: int = 0) -> board.YearBoard:
    return board.build(filings.unit(viewer_of(place.city), place.carriers[number].id), 2024)


def address(place: s.Place, more: str = "") -> str:
    return f"/budget/{place.carriers[0].id}/2024{more}"


def test_nothing_declared_says_so(place: s.Place, reviewer: Browser) -> None:
    assert year(place).nodes == [] and year(place).targets is None
    text = plain(reviewer.get(address(place)))
    assert "还没有目标申报" in text and "没有申报" in text


def test_planned_against_spent_is_what_the_question_says(place: s.Place, reviewer: Browser) -> None:
    declare(place)
    monitor(place, "2024-06-30", JUNE)
    shown = year(place)
    rows = [{**row, "spent_wan": spent} for row, spent in zip(_plans(), JUNE, strict=True)]
    question = next(q for q in BUILT_IN if q.key == "spending")
    policy = definitions.current_policy(place.region, clock.today())
    assert policy is not None
    asked = question.answer(Asked(policy, {"projects": rows, "node_month": 6}))
    june = shown.nodes[1]
    assert (june.total.planned, june.total.behind) == (asked["planned_wan"][1], asked["behind_wan"])
    late = [row["name"] for row in asked["projects"] if not row["on_track"]]
    assert june.late_projects == late == ["零星修缮费"]
    assert june.projects["零星修缮费"].behind == Fraction(10)
    text = plain(reviewer.get(address(place)))
    assert "到 6 月底共支出 1,148.38 万元，计划 1,158.38 万元，落后 10.00 万元" in text
    assert "“零星修缮费”到 6 月底计划支出 30.00 万元，实际 20.00 万元，落后 10.00 万元" in text


def _plans() -> list[dict[str, Any]]:
    return [
        {"name": "孵化器房屋租赁费", "budget_wan": 2033, "plan_pct": [45, 46, 95, 100]},
        {"name": "物业服务外包费", "budget_wan": 230, "plan_pct": [0, 69, 77, 100]},
        {"name": "零星修缮费", "budget_wan": 50, "plan_pct": [30, 60, 90, 100]},
        {"name": "机器人展示体验中心运营维护费", "budget_wan": 50, "plan_pct": [0, 69, 77, 100]},
    ]


def test_a_node_that_is_over_can_be_reported_from_the_page(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    declare(place)
    assert [node.without for node in year(place).nodes] == ["没有报", "没有报", "还没有到", "还没有到"]
    own = Browser(app, sign_in, place.clerks[0])
    text = plain(own.get(address(place)))
    assert "报3月底的监控" in text and "报6月底的监控" in text and "报10月底的监控" not in text
    given = {"carrier": str(place.carriers[0].id), "since": "2024-06-30"}
    answer = own.send(address(place), "/carrier/standing/monitoring", **given)
    assert answer.status_code == 302 and year(place).nodes[1].filing is not None
    assert "报6月底的监控" not in plain(own.get(address(place)))


def test_the_committee_may_open_it_and_the_unit_fills_it(place: s.Place, reviewer: Browser) -> None:
    declare(place)
    assert "替单位发起6月底的监控" in plain(reviewer.get(address(place)))
    person, carrier = viewer_of(place.city), place.carriers[0].id
    receipt = standing.open_case(person, "monitoring", carrier, new_token(), date(2024, 6, 30))
    case = s.fresh(receipt["case"])
    s.submit(place, case, **t.monitoring(declared(place), "2024-06-30", JUNE))
    assert year(place).last_node is not None
    with pytest.raises(OutOfScope):  # the unit's own record
        standing.open_case(person, "asset_check", carrier, new_token())


def test_the_pictures_bars_stand_for_the_amounts(place: s.Place) -> None:
    declare(place)
    monitor(place, "2024-06-30", JUNE)
    groups = chart.groups(year(place).nodes)
    assert [group.month for group in groups] == [3, 6, 10, 12]
    assert [bool(group.spent) for group in groups] == [False, True, False, False]
    assert groups[3].planned.height == chart.HEIGHT and groups[3].planned.amount == 2363
    assert groups[1].spent is not None and groups[1].spent.height < groups[1].planned.height
    assert all(0 <= bar.x <= chart.WIDTH - chart.BAR for group in groups for bar in (group.planned, group.spent) if bar)


def test_what_was_sent_back_does_not_count_until_it_comes_again(place: s.Place, reviewer: Browser) -> None:
    declare(place)
    case = monitor(place, "2024-06-30", JUNE)
    assert year(place).last_node is not None
    s.act(place.city, case, "return", reasons={"projects": "请核对"})
    assert year(place).last_node is None and year(place).nodes[1].without == "等补正"
    assert "已退回，等补正" in plain(reviewer.get(address(place)))
    s.submit(place, case)
    assert year(place).last_node is not None


def test_the_newest_word_on_each_target(place: s.Place, reviewer: Browser) -> None:
    declare(place)
    only = year(place).targets
    assert only is not None and only.source == "declared" and only.count("open") == 47 and only.count("undecided") == 2
    monitor(place, "2024-06-30", JUNE, 入驻科技型企业数量="31家", 接待展示数量="40家")
    running = year(place).targets
    assert running is not None and (running.count("met"), running.count("missed")) == (1, 1)
    text = plain(reviewer.get(address(place)))
    assert "已达到 1 项，还没有达到 1 项，不能判断 2 项" in text and "请按招标合同录入数值和出处" in text


def test_an_entered_number_no_longer_asks(place: s.Place) -> None:
    declare(place)
    monitor(place, "2024-06-30", JUNE, 单位面积年服务费="35元")
    assert [p.key for p in year(place).targets.asked] == ["robot_centre_cost_1_yuan", "robot_centre_cost_2_yuan"]  # type: ignore[union-attr]
    given = {"value": "35", "valid_from": clock.today(), "source": "招标合同", "entered_at": clock.now()}
    ParameterEntry.create(region=place.region, key="robot_centre_cost_1_yuan", **given)
    shown = year(place).targets
    assert shown is not None and [p.key for p in shown.asked] == ["robot_centre_cost_2_yuan"]
    assert [row.state for row in shown.rows if row.name == "单位面积年服务费"] == ["met", "undecided"]


def test_an_assessment_looks_back_a_year(place: s.Place, reviewer: Browser) -> None:
    row = {"project": "旧项目", "kind": "quantity", "name": "活动", "target": "≥7次"}
    carrier = place.carriers[0].id
    receipt = periods.open_report(place.clerk(), "self_assessment", carrier, "2024", new_token())
    rows = {"indicators": [{**row, "actual": "6次", "reason": "停办一次"}], "sub_targets": []}
    s.submit(place, s.fresh(receipt["case"]), **rows)
    unit = filings.unit(viewer_of(place.city), carrier)
    assert unit.years == [2024, 2023]
    found = board.build(unit, 2023).targets
    assert found is not None and (found.source, found.count("missed")) == ("assessed", 1)
    text = plain(reviewer.get(f"/budget/{carrier}/2023"))
    assert "没有达到 1 项" in text and "停办一次" in text
    assert "按自评" in plain(reviewer.get("/budget/"))


def test_the_declared_target_stands_whatever_a_later_form_says(place: s.Place) -> None:
    declare(place)
    case = open_one(place, "monitoring", date(2024, 6, 30))
    answers = t.monitoring(declared(place), "2024-06-30", JUNE, 接待展示数量="40家")
    eased = next(row for row in answers["indicators"] if row["name"] == "接待展示数量")
    eased["target"] = "≥10家"
    answers["indicators"].append({"project": "零星修缮费", "kind": "quality", "name": "另加的", "target": "是"})
    answers["sub_targets"] = answers["sub_targets"][:3]
    s.submit(place, case, **answers)
    shown = year(place)
    assert shown.targets is not None and len(shown.targets.rows) == 49
    kept = next(row for row in shown.targets.rows if row.name == "接待展示数量")
    assert (kept.printed, kept.actual, kept.state) == ("=80家", "40家", "missed")
    notes = "".join(shown.notes)
    assert "“接待展示数量”填写的目标“≥10家”与申报的“=80家”不一样，按申报的算" in notes
    assert "“另加的”在申报里没有" in notes


def test_rectifications_open_and_closed(place: s.Place, reviewer: Browser) -> None:
    case = open_one(place, "rectification", date(2024, 7, 1))
    told = {"found_on": "2024-07-01", "problem": "支出落后"}
    s.submit(place, case, **told, finished=False)
    assert (year(place).open_rectifications, year(place).rectifications[0].state) == (1, "going")
    text = plain(reviewer.get(address(place)))
    assert "支出落后" in text and "单位整改中" in text
    open_one(place, "rectification", date(2024, 7, 2))  # a problem that is registered bars no other
    s.submit(place, case, **told, finished=True, finished_on="2024-07-08")
    s.act(place.city, case)
    assert (year(place).open_rectifications, len(year(place).rectifications)) == (1, 2)
    assert "已整改" in plain(reviewer.get(address(place)))


def test_what_does_not_fit_the_declaration_is_told(place: s.Place) -> None:
    declare(place)
    monitor(place, "2024-03-31", ["914.85", "0", "25", "0"])
    case = open_one(place, "monitoring", date(2024, 6, 30))
    answers = t.monitoring(declared(place), "2024-06-30", JUNE)
    answers["projects"][0]["budget_wan"] = "2000"
    answers["projects"][1]["name"] = "绿化费"
    answers["indicators"] = []
    s.submit(place, case, **answers)
    assert year(place).nodes[1].without == "没有填"  # for the project that the monitoring leaves out
    notes = "".join(year(place).notes)
    assert "“孵化器房屋租赁费”的预算或计划与申报的不一样" in notes
    assert "“绿化费”，申报里没有这个项目" in notes and "没有“物业服务外包费”" in notes
    assert "“零星修缮费”6月底的累计支出比3月底少" in notes


def test_a_plan_that_is_none_cannot_be_submitted(place: s.Place) -> None:
    rows = declared(place)["projects"]
    rows[0] = {**rows[0], "plan_6": "44"}
    with pytest.raises(Refused) as refusal:
        declare(place, projects=rows)
    assert "不能小于前一个" in refusal.value.fields["projects.0.plan_6"]


def test_follow_up_forms_take_over_the_declaration(place: s.Place) -> None:
    from core.cases import prefilling

    declare(place)
    case = open_one(place, "monitoring", date(2024, 6, 30))
    known = prefilling.known_before(case)
    assert [row["name"] for row in known["projects"]] == [p["name"] for p in _plans()]
    assert "purpose" not in known["projects"][0] and len(known["indicators"]) == 27
    receipt = periods.open_report(place.clerk(), "self_assessment", place.carriers[0].id, "2024", new_token())
    assert "indicators" not in prefilling.known_before(s.fresh(receipt["case"]))  # nothing was declared for 2023


def test_the_table_for_a_spreadsheet(place: s.Place, reviewer: Browser) -> None:
    declare(place)
    monitor(place, "2024-06-30", JUNE)
    answer = reviewer.get(address(place, "/table.csv"))
    assert answer.mimetype == "text/csv" and answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert ["零星修缮费", "50.00", "6月底", "30.00", "60.00", "20.00", "40.00", "10.00", "落后"] in rows
    assert ["合计", "2363.00", "10月底", "2191.95", "92.76", "", "", "", "还没有到"] in rows
    assert any(row[:4] == ["物业服务外包费", "保障企业的入驻数量", "'=30家", "'="] for row in rows)


def test_each_sees_only_what_is_theirs(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    declare(place)
    own = Browser(app, sign_in, place.clerks[0])
    assert own.get(address(place)).status_code == 200 and place.carriers[1].name not in own.get("/budget/").text
    other_city = factories.account("city_reviewer", region=factories.region("elsewhere", "外市"))
    for account in (place.clerks[1], other_city, factories.account("auditor"), factories.account("expert")):
        stranger = Browser(app, sign_in, account)
        for more in ("", "/table.csv"):
            answer = stranger.get(address(place, more))
            assert answer.status_code == 404 and place.carriers[0].name not in answer.text


def test_a_year_without_anything_is_no_page(place: s.Place, reviewer: Browser) -> None:
    assert reviewer.get(address(place).replace("2024", "2019")).status_code == 404
    with pytest.raises(OutOfScope):
        filings.unit(viewer_of(place.city), 999)


def test_a_year_stays_readable_when_its_policy_is_over(place: s.Place, reviewer: Browser) -> None:
    declare(place)
    with clock.policy_date(date(2025, 1, 10)):
        text = plain(reviewer.get(address(place)))
        assert "2,363.00" in text and "替单位发起" not in text
        assert filings.unit(viewer_of(place.city), place.carriers[0].id).years == [2024]


def test_the_link_is_there_only_where_budgets_are(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    assert "/budget/" in Browser(app, sign_in, place.city).get("/city/").text
    elsewhere = factories.account("city_reviewer", region=factories.region("elsewhere", "外市"))
    page = Browser(app, sign_in, elsewhere)
    assert "/budget/" not in page.get("/city/").text and "没有预算单位" in plain(page.get("/budget/"))
