"""The one page of a case: who may open it, what each side reads there, and that nothing leaks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import clock
from core.cases import acting, determining, panels
from core.cases.action import new_token
from core.cases.panel_opinion import Opinion, record_opinion
from core.models import Account, Attachment, Case, EvaluationRound, Result, Submission
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.case_browser import Browser, counted, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> w.World:
    return w.build(2, 3, folder=tmp_path)


@pytest.fixture
def browse(app: Flask, sign_in: SignIn) -> Any:
    return lambda account: Browser(app, sign_in, account)


def page_of(case: Case) -> str:
    return f"/cases/{case.id}"


def test_only_people_with_business_there_open_it(world: w.World, browse: Any, client: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    assert client.get(page_of(case)).headers["Location"].startswith("/sign-in")
    allowed = [world.clerks[0], world.district_reviewer, world.city_reviewer]
    assert [browse(one).get(page_of(case)).status_code for one in allowed] == [200, 200, 200]
    refused = [world.clerks[1], world.other_district_reviewer, world.finance, world.experts[0], world.policy_officer]
    assert {browse(one).get(page_of(case)).status_code for one in refused} == {404}


def test_an_expert_is_sent_to_the_sheet(world: w.World, browse: Any) -> None:
    w.to_panel(world, world.cases[0])
    answer = browse(world.experts[0]).get(page_of(world.cases[0]))
    assert answer.headers["Location"] == f"/expert/cases/{world.cases[0].id}"


def test_before_submission_reviewers_see_no_draft(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.fill(world, case, area_m2="4321")
    text = plain(browse(world.district_reviewer).get(page_of(case)))
    assert "单位还没有提交" in text
    assert "4,321" not in text


def _scored_in_secret(world: w.World, case: Case) -> None:
    """Everything that happens behind the panel's door, with words that must not come out."""
    for number, expert in enumerate(world.experts):
        Account.update(display_name=f"专家姓名{number}").where(Account.id == expert.id).execute()
    extra = factories.account("expert", region=world.region, display_name="专家姓名9")
    panels.form_panel(w.viewer(world.city_reviewer), world.round.id, [*[e.id for e in world.experts], extra.id])
    w.submit(world, case, 3, area_m2="100")
    w.forward(world, case)
    w.forward(world, case)
    w.pledge(world)
    panels.sign_pledge(w.viewer(extra), world.round.id, "我承诺保密。")
    panels.recuse(w.viewer(extra), case.id, "曾任职于该单位（密）", new_token())
    for expert in world.experts:
        w.score(world, case, expert)
    record_opinion(w.viewer(world.city_reviewer), case.id, Opinion(["desk_review"], "专家组意见（密）"), new_token())
    city = w.viewer(world.city_reviewer)
    determining.conclude_panel(city, case.id, w.fresh(case).stage_version, new_token())
    back = acting.Decision(said="退回专家组（密）")
    acting.act(city, case.id, "return_to_panel", back, w.fresh(case).stage_version, new_token())
    determining.conclude_panel(city, case.id, w.fresh(case).stage_version, new_token())
    w.determine(world, case)


SECRETS = (
    "密",
    "专家姓名",
    "评价表",
    "回避",
    "核查项",
    "认定结果",
    "评价结果",
    "专家组意见",
    "优秀",
    "良好",
    "不合格",
    "总分",
)


def test_before_publication_nothing_of_the_evaluation_comes_out(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    _scored_in_secret(world, case)
    result = determining.latest_result(case)
    assert result is not None
    for person in (world.clerks[0], world.district_reviewer):
        text = plain(browse(person).get(page_of(case)))
        main = text.split("退出登录", 1)[-1].replace("保密", "")
        assert [secret for secret in (*SECRETS, result.total) if secret in main] == []
        assert "退回“专家组评价”" not in main
    city = plain(browse(world.city_reviewer).get(page_of(case)))
    assert "评价结果" in city and result.total in city and "退回专家组（密）" in city
    assert "专家姓名" not in city


def test_after_publication_carrier_and_district_read_result_and_reasons(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.to_notice(world, case)
    result = determining.latest_result(case)
    assert result is not None
    for person in (world.clerks[0], world.district_reviewer):
        page = browse(person).get(page_of(case))
        text = plain(page)
        assert "评价结果" in text and result.total in text and "为什么是" in text and "各项得分" in text
        assert "各位专家评分" not in text and "专家组评分的平均" in text
    assert "各位专家评分" in plain(browse(world.city_reviewer).get(page_of(case)))
    reasons = plain(browse(world.clerks[0]).get(page_of(world.cases[0])))
    reasons = reasons[reasons.index("为什么是") : reasons.index("各项得分")]
    assert "档次：" in reasons
    assert not re.search(r"[a-z]{3,}", reasons), reasons


def test_a_new_determination_stays_hidden_until_it_is_published(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    notice = w.to_notice(world, case)
    shown = determining.latest_result(case)
    assert shown is not None
    Case.update(stage="determination").where(Case.id == case.id).execute()
    values = {name: getattr(shown, name) for name in ("facts", "consequences", "indicators", "trace", "clauses")}
    Result.create(
        case=case, version=2, total="12.34", grade="unqualified", ground="重新认定", determined_at=clock.now(),
        determined_on=clock.today(), **values,
    )  # fmt: skip
    text = plain(browse(world.clerks[0]).get(page_of(case)))
    assert notice.id and shown.total in text and "12.34" not in text and "正在重新认定" in text


def test_return_reasons_reach_the_carrier_and_the_changes_reach_the_reviewer(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.submit(world, case, area_m2="2100")
    w.return_case(world, case, {"area_m2": "与租赁合同不一致", "mentors": "聘书过期"})
    carrier = plain(browse(world.clerks[0]).get(page_of(case)))
    assert "退回补正，请改这 2 处" in carrier and "与租赁合同不一致" in carrier and "去补正" in carrier
    w.submit(world, case, area_m2="1860")
    text = plain(browse(world.district_reviewer).get(page_of(case)))
    assert "第 2 版比上一版改了 1 处" in text
    assert "2,100 平方米 → 1,860 平方米 （退回时指出：与租赁合同不一致）" in text
    assert "没有改：签约且在聘期内的创业导师数（退回时指出：聘书过期）" in text


def test_words_between_reviewers_stay_between_them(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    w.forward(world, case)
    back = acting.Decision(reasons={"area_m2": "请县区再核一次面积"})
    version = w.fresh(case).stage_version
    acting.act(w.viewer(world.city_reviewer), case.id, "return_to_district", back, version, new_token())
    assert "请县区再核一次面积" in plain(browse(world.district_reviewer).get(page_of(case)))
    carrier = plain(browse(world.clerks[0]).get(page_of(case)))
    assert "请县区再核一次面积" not in carrier and "退回“县区归口管理部门审核”" in carrier
    assert "演示内容，均为虚构。 办理" not in carrier and "的意见" not in carrier


def test_evidence_opens_beside_the_figures_with_and_without_the_script(world: w.World, browse: Any) -> None:
    case, other = world.cases
    w.submit(world, case)
    w.submit(world, other)
    mine = Attachment.select().where(Attachment.case == case).order_by(Attachment.id.desc()).first()
    foreign = Attachment.select().where(Attachment.case == other).first()
    browser = browse(world.district_reviewer)
    whole = browser.get(f"{page_of(case)}?file={mine.id}").text
    assert f'<iframe src="/files/{mine.id}"' in whole and "<html" in whole
    part = browser.get(f"{page_of(case)}?file={mine.id}", headers={"X-Part": "evidence"}).text
    assert f'<iframe src="/files/{mine.id}"' in part and "<html" not in part
    assert f"/files/{foreign.id}" not in browser.get(f"{page_of(case)}?file={foreign.id}").text
    assert "<iframe" not in browse(world.clerks[0]).get(page_of(case)).text


def test_last_years_figures_stand_beside(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.submit(world, case, area_m2="1860")
    answers = {**Submission.get(Submission.case == case).answers, "area_m2": "1555"}
    before = EvaluationRound.create(
        region=world.region, procedure=world.round.procedure, year=world.round.year - 1, title="上年", status="closed",
        pinned=world.round.pinned, created_at=clock.now(),
    )  # fmt: skip
    old = Case.create(
        number="旧", region=world.region, district=case.district, round=before, carrier=case.carrier, stage="closed",
        procedure=case.procedure, entered_stage_on=clock.today(), created_at=clock.now(),
    )  # fmt: skip
    Submission.create(
        case=old, number=1, answers=answers, files={}, digest="", submitted_at=clock.now(), submitted_on=clock.today()
    )
    text = plain(browse(world.district_reviewer).get(page_of(case)))
    assert "上年 1,555 平方米" in text
    assert "上年 演示内容" not in text


def test_trial_score_is_for_the_city_with_its_reasons_in_words(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    w.forward(world, case)
    assert "按细则试算" not in plain(browse(world.district_reviewer).get(f"{page_of(case)}?trial=1"))
    city = browse(world.city_reviewer)
    assert "为什么是 5.00 分" not in plain(city.get(page_of(case)))
    page = city.get(f"{page_of(case)}?trial=1").text
    trial = plain(page[page.index('id="trial-title">') + 17 : page.index("<h2>经过")])
    assert "为什么是 3.00 分" in trial and "当年最好值" in trial and "由专家组评分" in trial
    # codes of indicators (F1 …) are the policy's own; names of fields and settings are not
    assert re.findall(r"[a-z_]{3,}", trial) == []


def test_the_path_says_who_when_and_how_long(world: w.World, browse: Any) -> None:
    case = world.cases[0]
    w.submit(world, case)
    text = plain(browse(world.district_reviewer).get(page_of(case)))
    assert "单位填报 单位 6月1日提交" in text
    assert "县区归口管理部门审核 您在办理 还剩 5 个工作日" in text
    assert "市科技局复审 秦皇岛市科学技术局 约 5 个工作日" in text
    assert "专家组评价 专家组 3 人以上" in text


def test_a_demo_tells_days_only_since_the_clock_on_the_wall_is_of_another_day(
    world: w.World, browse: Any, app: Flask
) -> None:
    case = world.cases[0]
    w.submit(world, case)
    times = re.compile(r"<time>[^<]*\d\d:\d\d</time>")
    assert times.search(browse(world.city_reviewer).get(page_of(case)).text)
    app.config["DEMO"] = True
    shown = browse(world.city_reviewer).get(page_of(case)).text
    assert "<time>" in shown
    assert not times.search(shown)


def test_statements_do_not_grow_with_what_has_happened(world: w.World, browse: Any) -> None:
    first, second = world.cases
    w.submit(world, first)
    w.submit(world, second)
    for area in ("1", "2", "3"):
        w.return_case(world, second)
        w.submit(world, second, area_m2=area)
    browser = browse(world.district_reviewer)
    browser.get(page_of(first))
    counts = []
    for case in (first, second):
        with counted() as statements:
            assert browser.get(page_of(case)).status_code == 200
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1  # the reasons of the last return
    assert counts[0] <= 45
