"""The city's page of a period's reports: who, how complete, urging, sums, the table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from core import clock
from core.cases import periods
from core.cases.action import new_token
from core.models import Case, Draft, OutboxRow, PeriodicReport
from core.policy.question import Asked
from core.policy.questions.reporting import BUILT_IN
from core.web.reports import board, chart
from tests import factories
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MAY = "/city/reports/monthly_report?period=2019-05"


@pytest.fixture
def lhasa(app: Flask) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 5)):
        yield s.build("lhasa", 3)


@pytest.fixture
def browser(app: Flask, lhasa: s.Place, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, lhasa.city)


def send(place: s.Place, number: int, period: str = "2019-05", **answers: object) -> Case:
    carrier = place.carriers[number].id
    receipt = periods.open_report(place.clerk(number), "monthly_report", carrier, period, new_token())
    case = s.fresh(receipt["case"])
    s.submit(place, case, number, **answers)
    return s.fresh(case)


def ask(name: str, place: s.Place, **given: object) -> dict[str, object]:
    question = next(q for q in BUILT_IN if q.key == name)
    return question.answer(Asked(board.policy_of(place.region), given))


def test_who_has_submitted_and_how_complete(lhasa: s.Place, browser: Browser) -> None:
    send(lhasa, 0)
    back = send(lhasa, 1)
    s.act(lhasa.city, back, "return", reasons={"jobs": "请核对"})
    shown = board.build(lhasa.region, "monthly_report", "2019-05")
    assert [line.state for line in shown.lines] == ["sent", "returned", "missing"]
    asked = ask("reporting", lhasa, period="monthly", carriers=3, periods_due=1, received=1)
    assert shown.share == f"{asked['completeness_pct']}%" == "33.33%"
    text = plain(browser.get(MAY))
    assert "应报 3 家，已报 1 家，完整率 33.33%" in text and "退回更正" in text and "没有报" in text
    assert "报送日还没有录入，不判断逾期" in text


def test_sums_are_those_of_the_question(lhasa: s.Place, browser: Browser) -> None:
    answers = [{"tenants": 30, "student_startups": 7, "tibet_student_startups": 3, "lhasa_student_startups": 1}] * 2
    answers[1] = {**answers[1], "tenants": 61}
    small = {"tech_smes": 2, "high_tech_enterprises": 1, "output_wan": "1200.50"}
    cases = [send(lhasa, n, **given, **small) for n, given in enumerate(answers)]
    shown = board.build(lhasa.region, "monthly_report", "2019-05").sums
    assert shown is not None
    given = []
    for case in cases:
        row = case.submissions.get().answers
        given.append({key: row[key] for key in ("tenants", "student_startups", "output_wan", "service_staff", "jobs")})
    asked = ask("aggregate", lhasa, reports=given)
    totals = {figure.name: figure.value for figure in shown.totals}
    assert totals["在孵企业"] == 91 and totals["在孵企业总产值"] == Decimal("2401.00")
    assert totals["在孵企业"] == asked["totals"]["tenants"]  # type: ignore[index]
    derived = {figure.name: figure.value for figure in shown.derived}
    assert derived["大学生创业企业占在孵企业"] == asked["student_startup_share_pct"] == Decimal("15.38")
    assert derived["平均每个载体的在孵企业"] == asked["tenants_per_carrier"] == Decimal("45.50")
    text = plain(browser.get(MAY))
    assert "已报的 2 家" in text and "91 家" in text and "15.38 %" in text


def test_the_weekly_one_has_no_sums(lhasa: s.Place, browser: Browser) -> None:
    assert board.build(lhasa.region, "weekly_report").sums is None
    assert "合计" not in plain(browser.get("/city/reports/weekly_report"))


def test_urging_from_the_page(lhasa: s.Place, browser: Browser) -> None:
    send(lhasa, 0)
    place = {"region": str(lhasa.region.id), "period": "2019-05"}
    answer = browser.send(MAY, "/city/reports/monthly_report/urge", **place)
    assert answer.status_code == 302 and PeriodicReport.select().count() == 3
    assert OutboxRow.select().where(OutboxRow.kind == "case_urged").count() == 2
    assert "已催办 2 家单位" in plain(browser.get(answer.location)) and "6月5日" in plain(browser.get(MAY))
    again = browser.send(MAY, "/city/reports/monthly_report/urge", **place)
    assert again.status_code == 422 and "今天已经催办过" in plain(again)


def test_the_table_runs_nothing_in_a_spreadsheet(lhasa: s.Place, browser: Browser) -> None:
    lhasa.carriers[0].name = "=HYPERLINK(1)"
    lhasa.carriers[0].save()
    send(lhasa, 0, tenants=31)
    answer = browser.get(MAY.replace("monthly_report", "monthly_report/table.csv"))
    assert answer.mimetype == "text/csv" and answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:5] == ["单位", "办件号", "情况", "报送日", "逾期"]
    first = next(row for row in rows if "HYPERLINK" in row[0])
    assert first[0] == "'=HYPERLINK(1)" and first[rows[0].index("在孵企业（家）")] == "31"
    assert ["在孵企业（家）", "31"] in rows
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("asked", ["2019-07", "2019-W20", "2019-13", "x", "2019-05-06-07"])
def test_periods_that_are_none(lhasa: s.Place, browser: Browser, asked: str) -> None:
    assert browser.get(f"/city/reports/monthly_report?period={asked}").status_code in (404, 422)


def test_only_the_regions_own_city_reviewer(app: Flask, lhasa: s.Place, sign_in: SignIn) -> None:
    other = factories.account("city_reviewer", region=factories.region("elsewhere", "外市"))
    for account in (other, lhasa.clerks[0]):
        stranger = Browser(app, sign_in, account)
        for path in ("", "/table.csv"):
            address = f"/city/reports/monthly_report{path}?region={lhasa.region.id}"
            assert stranger.get(address).status_code == 404
        form = {"region": str(lhasa.region.id), "period": "2019-05"}
        assert stranger.send("/account", "/city/reports/monthly_report/urge", **form).status_code == 404
    assert not PeriodicReport.select().exists()


def test_the_list_of_reports_and_the_link_to_it(lhasa: s.Place, browser: Browser) -> None:
    assert "/city/reports/" in browser.get("/city/").text
    text = plain(browser.get("/city/reports/"))
    assert "月度统计报表" in text and "周动态" in text and "0 / 3" in text


def test_those_that_did_not_report_can_be_listed_alone(lhasa: s.Place, browser: Browser) -> None:
    send(lhasa, 0)
    whole, missing = plain(browser.get(MAY)), browser.get(f"{MAY}&show=missing")
    name = lhasa.carriers[0].name
    assert "没有报 2" in whole and name in whole
    table = missing.text[missing.text.index('aria-labelledby="who"') :].split("</table>")[0]
    assert name not in table and lhasa.carriers[1].name in table


def test_beside_and_course(lhasa: s.Place) -> None:
    send(lhasa, 0, "2019-04")
    shown = board.build(lhasa.region, "monthly_report", "2019-05")
    assert (shown.before, shown.after) == ("2019-04", "2019-06")
    assert shown.course[-2:] == [("2019-04", 1), ("2019-05", 0)] and shown.course[0][0] == "2019-01"
    drawn = chart.bars(shown.course, 3)
    assert drawn[-1].now and drawn[-1].height == 0 and drawn[-2].height == Decimal("40.0")
    assert board.build(lhasa.region, "monthly_report", "2019-01").before == ""


def test_as_many_statements_for_three_reports_as_for_one(lhasa: s.Place, browser: Browser) -> None:
    send(lhasa, 0)
    browser.get(MAY)
    with counted() as one:
        browser.get(MAY)
    send(lhasa, 1)
    send(lhasa, 2)
    with counted() as three:
        browser.get(MAY)
    assert len(three) <= len(one)
    assert Draft.select().count() == 3
