"""A form that an authority fills, checks of a submission, and what a case decided: as people see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from core import clock
from core.cases import standing, submitting
from core.cases.action import new_token
from core.errors import Refused
from core.models import Account, Carrier, Case
from core.people.scope import viewer_of
from core.policy import builtins
from core.policy.submission_checks import Checked, CheckFinding, SubmissionCheck
from core.web.carrier import filling
from tests import factories
from tests.conftest import SignIn
from tests.core.cases import standing_world as s
from tests.core.cases.test_settling import MEETS, _Plenty, opinion
from tests.core.web.case_browser import Browser, plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[s.Place]:
    for module in (submitting, filling):
        monkeypatch.setattr(module, "evidence_of", lambda case: _Plenty())
    with clock.policy_date(date(2019, 6, 3)):
        yield s.build("tianjin", 2, "productivity_centre")


def yearly_check(place: s.Place) -> Case:
    assert place.district is not None
    person = viewer_of(place.district)
    receipt = standing.open_case(person, "yearly_check", place.carriers[0].id, new_token())
    return s.fresh(receipt["case"])


def fields(case: Case, **typed: str) -> dict[str, str]:
    return {"checked_on": "2019-06-03", "way": "on_site", "situation": "现场看过", **typed}


def test_a_district_fills_its_own_form_and_its_words_are_not_a_carriers(
    app: Flask, place: s.Place, sign_in: SignIn
) -> None:
    case = yearly_check(place)
    assert place.district is not None
    district = Browser(app, sign_in, place.district)
    tasks = plain(district.get(f"/carrier/cases/{case.id}/fill/"))
    assert "我的填报" not in tasks and "看不到这里填的内容" in tasks
    page = f"/carrier/cases/{case.id}/fill/visit"
    district.send(page, page, **fields(case, operates="no", finding="lost_contact", proposal="建议退出"))
    s.fill(case, operates=False, finding="lost_contact", proposal="建议退出")
    check = plain(district.get(f"/carrier/cases/{case.id}/check"))
    assert "提出初步意见，报市科委核准" in check and "和平区科技行政管理部门填写" in check
    assert "演示载体1提供" not in check and "提交审核" not in check
    own = f"/carrier/cases/{case.id}/check"
    sent = district.send(own, own, declared="yes")
    assert sent.status_code == 302 and s.fresh(case).stage == "city_review"
    receipt = plain(district.get(sent.location))
    assert "“我的填报”" not in receipt and "您的待办" in receipt


def test_the_button_follows_the_answers(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    case = yearly_check(place)
    assert place.district is not None
    district = Browser(app, sign_in, place.district)
    own = f"/carrier/cases/{case.id}/check"
    s.fill(case, operates=True)
    told = plain(district.get(own))
    assert "运营正常，存档" in told and "提交后直接到“核查办结”" in told
    assert district.send(own, own, declared="yes").status_code == 302
    page = plain(district.get(f"/cases/{case.id}"))
    assert "办理结果" not in page and "和平区科技行政管理部门提交第 1 版" in page


def test_before_it_is_submitted_the_carrier_finds_nothing_and_others_no_draft(
    app: Flask, place: s.Place, sign_in: SignIn
) -> None:
    case = yearly_check(place)
    clerk, city = Browser(app, sign_in, place.clerks[0]), Browser(app, sign_in, place.city)
    other = factories.account("district_reviewer", district=factories.district(place.region, "hedong", "河东区"))
    for browser in (clerk, city, Browser(app, sign_in, other)):
        for end in ("fill/", "fill/visit", "check", "receipt"):
            assert browser.get(f"/carrier/cases/{case.id}/{end}").status_code == 404
    assert clerk.get(f"/cases/{case.id}").status_code == 404
    assert "年度核查" not in plain(clerk.get("/carrier/"))
    seen = plain(city.get(f"/cases/{case.id}"))
    assert "和平区科技行政管理部门还没有提交" in seen and "催办" not in seen
    s.fill(case, operates=False, finding="lost_contact", proposal="建议退出")
    assert place.district is not None
    submitting.submit(viewer_of(place.district), case.id, 1, new_token())
    assert clerk.get(f"/cases/{case.id}").status_code == 200
    s.act(place.city, case, "return", reasons={"situation": "请写明日期"})
    assert clerk.get(f"/carrier/cases/{case.id}/fill/").status_code == 404
    desk = plain(clerk.get("/carrier/"))
    assert "年度核查" in desk and f"/carrier/cases/{case.id}/fill/" not in clerk.get("/carrier/").text


def applicant(place: s.Place, **answers: Any) -> Case:
    Carrier.update(title_status="applicant").where(Carrier.id == place.carriers[0].id).execute()
    receipt = standing.open_case(place.clerk(), "entry_application", place.carriers[0].id, new_token())
    s.fill(s.fresh(receipt["case"]), **{**MEETS, **answers})
    return s.fresh(receipt["case"])


def test_every_failed_condition_stands_before_both_with_its_clause(
    app: Flask, place: s.Place, sign_in: SignIn
) -> None:
    case = applicant(place, bachelor_or_above=5, registered_in="河北省")
    own = f"/carrier/cases/{case.id}/check"
    clerk = Browser(app, sign_in, place.clerks[0])
    told = plain(clerk.get(own))
    assert "核对：纳入条件" in told and "2 处" in told and "不挡住提交" in told
    assert "从业人员本科以上学历占70%以上" in told and "依法在天津市登记注册" in told and "二(一)3(2)" in told
    assert "逐条怎么核对" in told and "bachelor_or_above" not in told
    assert clerk.send(own, own, declared="yes").status_code == 302
    assert place.district is not None
    reviewer = Browser(app, sign_in, place.district)
    page = reviewer.get(f"/cases/{case.id}")
    seen = plain(page)
    assert "核对：纳入条件" in seen and "本科以上学历占70%以上" in seen
    assert "有条件不符合，说明理由仍推荐" in seen and "审核通过，推荐" not in seen
    assert page.text.count('name="said"') == 1
    typed = {key: "true" for key in opinion() if key != "opinion"}
    again = reviewer.send(f"/cases/{case.id}", f"/cases/{case.id}/act/forward_override", **typed, opinion="仍推荐")
    assert again.status_code == 422 and "请写明理由" in plain(again) and "仍推荐" in again.text
    refused = reviewer.send(f"/cases/{case.id}", f"/cases/{case.id}/act/forward", **typed, opinion="推荐")
    assert refused.status_code == 422 and "不符合条件：从业人员本科以上学历占70%以上" in plain(refused)
    assert "eligible" not in plain(refused)


def test_what_was_decided_stands_on_the_page_of_everybody(app: Flask, place: s.Place, sign_in: SignIn) -> None:
    case = applicant(place)
    s.submit(place, case, **MEETS)
    s.act(place.district, case, opinion=opinion())
    s.act(place.city, case, "approve", opinion=opinion())
    accounts: list[Account | None] = [place.clerks[0], place.district, place.city]
    for account in accounts:
        assert account is not None
        told = plain(Browser(app, sign_in, account).get(f"/cases/{case.id}"))
        assert "办理结果" in told and "从2019年6月3日起有资格" in told and "为什么这样决定" in told
        assert "评价结果" not in told and "天津市科学技术委员会：复审合格，纳入培育体系" in told
        assert "city_approved" not in told


def test_a_blocking_finding_stands_at_its_field_and_bars_submitting(
    app: Flask, place: s.Place, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_: Any) -> Checked:
        return Checked((CheckFinding("人员和花名册对不上", "staff", blocks=True), CheckFinding("总表没有盖章", blocks=True)))

    case = applicant(place)
    monkeypatch.setitem(builtins.SUBMISSION_CHECKS, "eligibility", SubmissionCheck("eligibility", "花名册", run))
    own = f"/carrier/cases/{case.id}/check"
    clerk = Browser(app, sign_in, place.clerks[0])
    page = clerk.get(own)
    assert "还有 2 处要填或要改" in plain(page) and "#f-staff" in page.text and 'href="#check-eligibility"' in page.text
    assert "人员和花名册对不上" in plain(clerk.get(f"/carrier/cases/{case.id}/fill/conditions?show=all"))
    with pytest.raises(Refused, match="还有 2 处") as refusal:
        submitting.submit(place.clerk(), case.id, 1, new_token())
    assert refusal.value.fields["staff"] == "人员和花名册对不上"
    assert s.fresh(case).stage == "fill"


def test_a_check_of_a_plugin_that_raises_is_told_and_bars_nothing(
    app: Flask, place: s.Place, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.contributions import CONTRIBUTIONS

    def run(_: Any) -> Checked:
        raise ZeroDivisionError("x")

    hook = next(c for c in CONTRIBUTIONS if c.hook == "kaoping_submission_checks")
    broken = hook.wrapped(SubmissionCheck("eligibility", "花名册", run), "jiashi")
    mistaken = hook.wrapped(replace(broken, run=lambda _: "好"), "jiashi")
    case = applicant(place)
    for check in (broken, mistaken):
        monkeypatch.setitem(builtins.SUBMISSION_CHECKS, "eligibility", check)
        told = plain(Browser(app, sign_in, place.clerks[0]).get(f"/carrier/cases/{case.id}/check"))
        assert "插件 jiashi 的提交核对“花名册”出错" in told and "没有核对成" in told
    submitting.submit(place.clerk(), case.id, 1, new_token())
    with pytest.raises(Refused, match="插件 jiashi"):
        s.act(place.district, case, opinion=opinion())
