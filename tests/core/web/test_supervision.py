"""Daily supervision: who was never visited, common problems by carrier, trainings and forums, the yearly report."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import docx
import pytest
from flask import Flask

from core import clock
from core.cases import meetings, periods, standing, submitting
from core.cases.action import new_token
from core.models import AdminEvent, Case, EvaluationRound, Meeting, MeetingAttendance, Participant, Result
from core.people.scope import viewer_of
from core.policy.checks_reports import figure_names
from core.policy.work_report import work_report
from core.web.supervision import coverage, problems, year
from core.web.yearly_report.counting import figures_of
from tests import factories
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOME = "/city/supervision/"
MEETINGS = "/city/meetings/"
REPORT = "/city/work-report/"


@pytest.fixture
def lhasa(app: Flask) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 12, 20)):
        yield s.build("lhasa", 3)


@pytest.fixture
def browser(app: Flask, lhasa: s.Place, sign_in: SignIn) -> Browser:
    return Browser(app, sign_in, lhasa.city)


def monthly(place: s.Place, number: int, period: str, **answers: object) -> None:
    receipt = periods.open_report(
        place.clerk(number), "monthly_report", place.carriers[number].id, period, new_token()
    )
    zero = {"tech_smes": 0, "high_tech_enterprises": 0, "student_startups": 0, "tibet_student_startups": 0}
    zero |= {"lhasa_student_startups": 0, "tibet_graduates": 0, "lhasa_graduates": 0, "output_wan": "0"}
    s.submit(place, s.fresh(receipt["case"]), number, **{**zero, **answers})


def check(place: s.Place, number: int, **answers: object) -> Case:
    person = viewer_of(place.city)
    receipt = standing.open_case(person, "spot_check", place.carriers[number].id, new_token())
    case = s.fresh(receipt["case"])
    s.fill(case, duty="some", office_use="partly", service_state="little", **answers)
    submitting.submit(person, case.id, s.fresh(case).stage_version, new_token())
    return s.fresh(case)


def this_year(place: s.Place) -> year.Year:
    return year.of(place.region)


def entry(place: s.Place, **more: object) -> meetings.MeetingEntry:
    given: dict[str, object] = {"kind": "training", "title": "数据填报培训", "held_on": date(2019, 5, 7), "people": 72}
    return meetings.MeetingEntry(**{**given, "attendance": {place.carriers[0].id: 2}, **more})  # type: ignore[arg-type]


def test_those_never_visited_come_first(lhasa: s.Place, browser: Browser) -> None:
    case = check(lhasa, 1)
    assert case.outcome == "finished"
    found = coverage.coverage(this_year(lhasa), coverage.opened_by_city(this_year(lhasa).policy)[0])
    assert (found.times, found.never) == (1, 2)
    assert [line.carrier.name for line in found.lines] == ["演示载体1", "演示载体3", "演示载体2"]
    text = plain(browser.get(f"{HOME}visits/spot_check"))
    assert "没有办过" in text and "2019-12-20" in text and "登记不定期抽查" in text
    assert f'href="/cases/{case.id}"' in browser.get(f"{HOME}visits/spot_check").text


def test_a_check_that_was_only_begun_is_no_visit(lhasa: s.Place, browser: Browser) -> None:
    receipt = standing.open_case(viewer_of(lhasa.city), "spot_check", lhasa.carriers[0].id, new_token())
    found = coverage.coverage(this_year(lhasa), coverage.opened_by_city(this_year(lhasa).policy)[0])
    assert found.never == 3 and found.lines[0].begun[0].id == receipt["case"]
    assert "接着填" in plain(browser.get(f"{HOME}visits/spot_check"))


def test_problems_are_counted_by_carrier_and_lead_to_their_records(lhasa: s.Place, browser: Browser) -> None:
    first = check(lhasa, 0, problems=["idle_desks", "narrow_services"], other_problems="冬季供暖费用高")
    again = check(lhasa, 0, problems=["idle_desks"])
    check(lhasa, 2, problems=["idle_desks"])
    found = problems.collect(this_year(lhasa))
    assert found is not None
    assert (found.carriers_with("idle_desks"), found.times("idle_desks")) == (2, 3)
    assert found.ordered == ["idle_desks", "narrow_services"]
    page = browser.get(f"{HOME}problems")
    assert f'href="/cases/{first.id}"' in page.text and f'href="/cases/{again.id}"' in page.text
    assert "冬季供暖费用高" in plain(page) and "工位实际利用率低" in plain(page)
    form = browser.get(f"{MEETINGS}new?topics=idle_desks").text
    assert 'value="idle_desks" checked' in form and 'value="forum" checked' in form


def test_quarterly_reports_count_in_the_year_of_their_period(lhasa: s.Place) -> None:
    carrier = lhasa.carriers[0].id
    receipt = periods.open_report(lhasa.clerk(), "quarterly_monitoring", carrier, "2019Q1", new_token())
    s.submit(lhasa, s.fresh(receipt["case"]), problems=["unused_mentors"])
    found = problems.collect(this_year(lhasa))
    assert found is not None and found.carriers_with("unused_mentors") == 1
    with clock.policy_date(date(2020, 2, 3)):
        later = problems.collect(year.of(lhasa.region, 2019))
        assert later is not None and later.carriers_with("unused_mentors") == 1
        assert problems.collect(year.of(lhasa.region, 2020)) is None


def test_a_meeting_is_entered_on_the_page_and_changed(lhasa: s.Place, browser: Browser) -> None:
    came = {f"came-{lhasa.carriers[0].id}": "2", f"came-{lhasa.carriers[1].id}": ""}
    typed = {"kind": "forum", "title": "载体座谈会", "held_on": "2019-10-30", "people": "105", "topics": "idle_desks"}
    answer = browser.send(f"{MEETINGS}new", f"{MEETINGS}new", **typed, **came)
    assert answer.status_code == 302
    row = Meeting.get()
    assert (row.kind, row.people, row.topics, row.version) == ("forum", 105, ["idle_desks"], 1)
    assert [(one.carrier_id, one.people) for one in MeetingAttendance.select()] == [(lhasa.carriers[0].id, 2)]
    text = plain(browser.get(MEETINGS))
    assert "载体座谈会" in text and "工位实际利用率低" in text and "105" in text
    own = f"{MEETINGS}{row.id}"
    changed = browser.send(own, own, **{**typed, "people": "110"}, **{f"came-{lhasa.carriers[1].id}": "3"})
    assert changed.status_code == 302
    row = Meeting.get()
    assert (row.people, row.version) == (110, 2)
    assert [one.carrier_id for one in MeetingAttendance.select()] == [lhasa.carriers[1].id]
    assert AdminEvent.select().where(AdminEvent.kind == "meeting_changed").count() == 1


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(lhasa: s.Place, browser: Browser) -> None:
    came = {f"came-{lhasa.carriers[0].id}": "很多"}
    typed = {"kind": "", "title": "", "held_on": "2020-01-03", "people": "x", "summary": "写了一大段"}
    answer = browser.send(f"{MEETINGS}new", f"{MEETINGS}new", **typed, **came)
    assert answer.status_code == 422 and not Meeting.select().exists()
    text = plain(answer)
    assert "参加人数要写成整数" in text and "到会人数要写成整数" in text and "写了一大段" in text
    assert 'value="很多"' in answer.text and 'aria-invalid="true"' in answer.text
    again = browser.send(f"{MEETINGS}new", f"{MEETINGS}new", **{**typed, "people": ""})
    text = plain(again)
    assert "请填写名称" in text and "日期晚于今天" in text and "请选培训或座谈会" in text
    many = {f"came-{lhasa.carriers[0].id}": "9"}
    fits = {"kind": "training", "title": "培训", "held_on": "2019-05-07", "people": "3"}
    assert "多于参加人数" in plain(browser.send(f"{MEETINGS}new", f"{MEETINGS}new", **fits, **many))


def test_who_was_faster_is_told(lhasa: s.Place, browser: Browser) -> None:
    person = viewer_of(lhasa.city)
    meeting = meetings.record_meeting(person, lhasa.region, entry(lhasa), new_token())["meeting"]
    own = f"{MEETINGS}{meeting}"
    seen = browser.guard(own)
    meetings.change_meeting(person, meeting, entry(lhasa, people=80), 1, new_token())
    typed = {"kind": "training", "title": "我的改法", "held_on": "2019-05-07"}
    answer = browser.client.post(own, data={**seen, **typed})
    assert answer.status_code == 409 and "刚改过" in plain(answer) and 'value="我的改法"' in answer.text
    assert Meeting.get().people == 80


def test_another_citys_reviewer_and_other_roles_find_nothing(app: Flask, lhasa: s.Place, sign_in: SignIn) -> None:
    meeting = meetings.record_meeting(viewer_of(lhasa.city), lhasa.region, entry(lhasa), new_token())["meeting"]
    other = factories.account("city_reviewer", region=factories.region("elsewhere", "外市"))
    pages = [HOME, f"{HOME}visits/spot_check", f"{HOME}problems", MEETINGS, REPORT, f"{REPORT}report.docx"]
    for account in (other, lhasa.clerks[0], factories.account("finance", region=lhasa.region)):
        stranger = Browser(app, sign_in, account)
        assert {stranger.get(f"{page}?region={lhasa.region.id}").status_code for page in pages} == {404}
        assert stranger.get(f"{MEETINGS}{meeting}").status_code == 404
        typed = {"kind": "training", "title": "别市", "held_on": "2019-05-07", "region": str(lhasa.region.id)}
        for address in (f"{MEETINGS}new", f"{MEETINGS}{meeting}"):
            assert stranger.send("/account", address, **typed).status_code == 404
    assert Meeting.select().count() == 1 and Meeting.get().title == "数据填报培训"


def told(browser: Browser) -> tuple[list[str], dict[str, list[str]]]:
    """The paragraphs of the Word document, and its table: the figure's name → value, unit, source."""
    answer = browser.get(f"{REPORT}report.docx")
    assert answer.status_code == 200 and "wordprocessingml" in answer.mimetype
    made = docx.Document(io.BytesIO(answer.data))
    rows = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
    return [p.text for p in made.paragraphs], {row[0]: row[1:] for row in rows[1:]}


def test_the_word_report_says_what_the_data_says(lhasa: s.Place, browser: Browser) -> None:
    monthly(lhasa, 0, "2019-10", service_staff=4, activities=3, tenants=20, jobs=50, patents=1)
    monthly(lhasa, 0, "2019-11", service_staff=5, activities=2, tenants=24, jobs=60, patents=0)
    monthly(lhasa, 1, "2019-11", service_staff=2, activities=1, tenants=6, jobs=10, patents=4)
    check(lhasa, 0, problems=["idle_desks"])
    meetings.record_meeting(viewer_of(lhasa.city), lhasa.region, entry(lhasa), new_token())
    figures = figures_of(this_year(lhasa))
    value = {key: figure.value for key, figure in figures.items()}
    # 11 whole months × 3 carriers, 3 came; stocks take the newest month, what happened is added up
    assert [value[f"monthly_report_{k}"] for k in ("due", "received", "missing", "silent")] == [33, 3, 30, 1]
    assert (value["total_tenants"], value["total_activities"], value["total_patents"]) == (30, 6, 5)
    assert (value["total_jobs"], value["total_service_staff"], value["total_carriers"]) == (70, 7, 2)
    assert value["ratio_tenants_per_carrier"] == Decimal("15.00") and value["weekly_report_due"] == 50 * 3
    paragraphs, sources = told(browser)
    text = "\n".join(paragraphs)
    assert "在孵企业30家" in text and "开展创新创业活动6场次" in text and "带动就业70人" in text
    assert "全年到现场抽查1次，查了1家载体" in text and "还有2家载体本年度没有抽查到" in text
    assert "工位实际利用率低（1家）" in text and "全年组织培训1次（5月7日“数据填报培训”），1家载体参加" in text
    assert "全年没有报过月度统计报表的载体有1家：演示载体3" in text
    assert "系统里没有登记本年度的座谈会" in text and "本年度还没有开展专家现场考核" in text
    headings = ["一、考核制度和安排", "二、业务培训", "三、日常动态和数据统计", "四、不定期抽查", "五、专家现场考核", "六、共性问题和建议"]
    assert [line for line in paragraphs if line in headings] == headings
    assert sources["在孵企业"][:2] == ["30", "家"] and "最近一期" in sources["在孵企业"][2]
    by_name = {figure.name: figure for figure in figures.values()}
    for name, (shown, unit, source) in sources.items():
        assert (shown, unit, source) == (by_name[name].text, by_name[name].unit, by_name[name].source)
    assert "太阳" not in text


def test_the_document_is_the_bureaus_and_holds_no_control_characters(lhasa: s.Place, browser: Browser) -> None:
    meetings.record_meeting(viewer_of(lhasa.city), lhasa.region, entry(lhasa, title="培训\x0b一"), new_token())
    made = docx.Document(io.BytesIO(browser.get(f"{REPORT}report.docx").data))
    assert made.core_properties.author == lhasa.region.bureau and "拉萨市2019年度" in made.core_properties.title
    assert "PAGE" in made.sections[0].footer._element.xml and round(made.sections[0].page_width.mm) == 210
    assert "“培训一”" in "\n".join(line.text for line in made.paragraphs)


def test_what_nobody_entered_is_said_to_be_missing(lhasa: s.Place, browser: Browser) -> None:
    meetings.record_meeting(viewer_of(lhasa.city), lhasa.region, entry(lhasa, people=None), new_token())
    paragraphs, sources = told(browser)
    text = "\n".join(paragraphs)
    assert "参加人员（缺：培训参加人次）人次" in text and sources["培训参加人次"][0] == "缺"
    assert "本年度还没有收到月度统计报表，经营数据暂缺" in text and "在孵企业" not in text


def assessed(place: s.Place, batch: int, grades: dict[int, str]) -> None:
    """A batch of the year's assessment with these carriers listed; "" for one that has no result yet."""
    at, on = clock.now(), date(2019, 4 + batch, 1)
    common = {"region": place.region, "procedure": "carrier_assessment"}
    row = EvaluationRound.create(
        **common, year=2019, batch=batch, title=f"第{batch}批", status="open", opened_on=on, created_at=at
    )
    for number, given in grades.items():
        carrier, where = place.carriers[number], {"round": row, "created_at": at, "entered_stage_on": on}
        Participant.create(round=row, carrier=carrier)
        ended = {"stage": "closed", "outcome": "finished"} if given else {"stage": "fill"}
        case = Case.create(**common, **where, **ended, number=f"KH-{batch}-{number}", carrier=carrier)
        if given:
            Result.create(case=case, version=1, grade=given, determined_at=at, determined_on=on)


def test_a_carrier_assessed_in_two_batches_counts_once(lhasa: s.Place) -> None:
    assessed(lhasa, 1, {0: "qualified", 1: "unqualified"})
    assessed(lhasa, 2, {1: "", 2: ""})
    counted_now = figures_of(this_year(lhasa))
    of = {key: counted_now[f"carrier_assessment_{key}"].value for key in ("participants", "results", "waiting")}
    assert of == {"participants": 3, "results": 2, "waiting": 1}
    Case.update(stage="closed", outcome="finished").where(Case.number == "KH-2-1").execute()
    again = Case.get(Case.number == "KH-2-1")
    day = {"determined_at": clock.now(), "determined_on": date(2019, 7, 1)}
    Result.create(case=again, version=1, grade="qualified", **day)
    counted_now = figures_of(this_year(lhasa))
    assert counted_now["carrier_assessment_qualified"].value == 2, "the later result is the one that counts"
    assert counted_now["carrier_assessment_unqualified"].value == 0


def test_every_figure_that_the_report_names_is_counted(lhasa: s.Place) -> None:
    policy = this_year(lhasa).policy
    assert policy is not None
    known = set(figures_of(this_year(lhasa)))
    assert not work_report(policy).places - known
    kinds = ("procedures", "reporting", "grades", "common_problems")
    # what the loading check lets a report name is what is counted
    assert figure_names({kind: [(kind, dict(policy.definition(kind)))] for kind in kinds}) == known


@pytest.mark.parametrize("page", [f"{HOME}visits/spot_check", f"{HOME}problems", MEETINGS, REPORT])
def test_as_many_statements_for_three_carriers_as_for_one(lhasa: s.Place, browser: Browser, page: str) -> None:
    def happen(number: int) -> None:
        check(lhasa, number, problems=["idle_desks"], other_problems="供暖费用高")
        monthly(lhasa, number, "2019-11", tenants=20, jobs=40)
        came = {lhasa.carriers[number].id: 2}
        meetings.record_meeting(viewer_of(lhasa.city), lhasa.region, entry(lhasa, attendance=came), new_token())

    happen(0)
    browser.get(page)
    with counted() as one:
        browser.get(page)
    happen(1)
    happen(2)
    with counted() as three:
        browser.get(page)
    assert len(three) <= len(one), [text for text in three if three.count(text) > one.count(text)]


def test_the_report_of_last_year_can_still_be_written(lhasa: s.Place, browser: Browser) -> None:
    monthly(lhasa, 0, "2019-11", tenants=24, jobs=60)
    with clock.policy_date(date(2020, 3, 2)):
        text = plain(browser.get(REPORT))
        assert "拉萨市2019年度" in text and "在孵企业24家" in text and "截至2019年12月31日" in text
        assert "2020 年没有" in plain(browser.get(f"{REPORT}?year=2020"))
        assert browser.get(f"{REPORT}report.docx?year=2020").status_code == 404
        assert browser.get(f"{REPORT}?year=2021").status_code == 404


def test_the_hub_is_offered_where_there_is_something(app: Flask, lhasa: s.Place, browser: Browser, sign_in: SignIn) -> None:
    assert f'href="{HOME}"' in browser.get("/city/").text
    text = plain(browser.get(HOME))
    assert "不定期抽查" in text and "还有 3 家没有办过" in text and "年度工作报告" in text and "培训 0 次" in text
    other = factories.account("city_reviewer", region=factories.region("elsewhere", "外市"))
    assert f'href="{HOME}"' not in Browser(app, sign_in, other).get("/city/").text
