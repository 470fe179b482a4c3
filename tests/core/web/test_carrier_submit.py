"""Checking everything, declaring, submitting once, the receipt; and the desk with results only when published."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.cases import determining, intervening, noticing
from core.cases.action import new_token
from core.models import CaseEvent, Grant, Message, Submission, database
from core.web.words import grade_name
from tests import factories
from tests import world as w
from tests.conftest import SignIn
from tests.core.web.carrier_pages import posted, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Any, settings: Any) -> w.World:
    return w.build(carriers=3, folder=f"{settings.instance}/files")


@pytest.fixture
def clerk(world: w.World, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client, world.clerks[0])
    return client


def address(world: w.World, rest: str = "check") -> str:
    return f"/carrier/cases/{world.cases[0].id}/{rest}"


def declared(clerk: FlaskClient, world: w.World) -> dict[str, Any]:
    page = clerk.get(address(world)).text
    return {**posted(page, f'action="{address(world)}"'), "declared": "yes"}


def test_everything_missing_is_named_with_its_place(world: w.World, clerk: FlaskClient) -> None:
    page = clerk.get(address(world)).text
    assert "处要填或要改" in page and "请填写众创空间场地面积" in page
    assert "fill/foundation?back=check&amp;show=all#f-area_m2" in page
    assert 'name="declared"' not in page
    place = clerk.get(address(world, "fill/foundation?back=check&show=all")).text
    assert "错误：" in place and "请填写众创空间场地面积" in place


def test_a_change_comes_back_to_the_check_page(world: w.World, clerk: FlaskClient) -> None:
    w.fill(world, world.cases[0])
    page = clerk.get(address(world)).text
    assert "fill/foundation?back=check#f-area_m2" in page
    assert "保存，回到检查页" in clerk.get(address(world, "fill/foundation?back=check")).text
    answer = send(clerk, address(world, "fill/foundation?back=check"), area_m2="1860", page__go="check")
    assert answer.location.endswith(address(world))
    assert "1,860" in clerk.get(address(world)).text


def test_submitting_needs_the_declaration(world: w.World, clerk: FlaskClient) -> None:
    w.fill(world, world.cases[0])
    data = declared(clerk, world)
    del data["declared"]
    answer = clerk.post(address(world), data=data)
    assert answer.status_code == 422 and "请先勾选真实性声明" in answer.text and "<title>错误：" in answer.text
    assert Submission.select().count() == 0


def test_a_second_click_leads_to_the_same_receipt(world: w.World, clerk: FlaskClient) -> None:
    w.fill(world, world.cases[0])
    data = declared(clerk, world)
    first, second = (clerk.post(address(world), data=data) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first.location == second.location
    assert Submission.select().count() == 1
    event = CaseEvent.get((CaseEvent.case == world.cases[0]) & (CaseEvent.kind == "submitted"))
    assert '"declared":true' in event.body


def test_the_receipt_says_number_next_step_who_and_by_when(world: w.World, clerk: FlaskClient) -> None:
    w.fill(world, world.cases[0])
    page = clerk.get(clerk.post(address(world), data=declared(clerk, world)).location).text
    assert world.cases[0].number in page and "第 1 版" in page
    assert "海港区科技管理部门" in page and "县区归口管理部门审核" in page and "2023年6月8日前办完" in page
    assert "现在：" not in page
    w.forward(world, world.cases[0])
    page = clerk.get(address(world, "receipt")).text
    assert "2023年6月8日前办完" in page and "现在：市科技局复审" in page


def test_who_comes_too_late_reads_who_was_first(world: w.World, clerk: FlaskClient) -> None:
    w.fill(world, world.cases[0])
    old = declared(clerk, world)
    clerk.post(address(world), data=declared(clerk, world))
    w.return_case(world, world.cases[0])
    answer = clerk.post(address(world), data=old)
    assert answer.status_code == 409 and "退回此件" in answer.text
    assert Submission.select().count() == 1


def test_a_receipt_before_submitting_leads_to_filling(world: w.World, clerk: FlaskClient) -> None:
    assert clerk.get(address(world, "receipt")).location.endswith("/fill/")


def test_the_check_page_marks_what_changed_since_the_return(world: w.World, clerk: FlaskClient) -> None:
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0], {"area_m2": "与租赁合同不一致"})
    send(clerk, address(world, "fill/foundation"), area_m2="1860")
    page = clerk.get(address(world)).text
    assert "<del" in page and "1,860" in page and "与租赁合同不一致" in page


def test_the_desk_names_one_next_step_and_the_days_left(world: w.World, clerk: FlaskClient) -> None:
    page = clerk.get("/carrier/").text
    assert "开始填报" in page and "6月30日到期" in page and "第十三条" in page
    with clock.policy_date(clock.today().replace(month=7, day=4)):
        assert "超期 2 个工作日" in clerk.get("/carrier/").text
    w.fill(world, world.cases[0])
    assert "检查并提交" in clerk.get("/carrier/").text
    w.submit(world, world.cases[0])
    page = clerk.get("/carrier/").text
    assert "现在由 海港区科技管理部门 办理" in page and 'aria-current="step"' in page and "开始填报" not in page
    w.return_case(world, world.cases[0])
    assert "去补正" in clerk.get("/carrier/").text


def test_a_result_is_seen_only_when_it_is_published(world: w.World, clerk: FlaskClient) -> None:
    for number, case in enumerate(world.cases):
        w.to_determination(world, case, number)
    for case in world.cases:
        w.determine(world, case)
    grade = determining.latest_result(world.cases[0])
    assert grade is not None
    assert grade_name(grade.grade) not in clerk.get("/carrier/").text
    assert "结果在公示以后才能看到" in clerk.get("/carrier/").text
    city = w.viewer(world.city_reviewer)
    noticing.publish_notice(city, world.round.id, [c.id for c in world.cases], "市科技局（虚构）", new_token())
    page = clerk.get("/carrier/").text
    assert grade_name(grade.grade) in page and "公示中" in page and "查看公示" in page


def test_a_carrier_that_did_not_take_part_reads_so(world: w.World, clerk: FlaskClient) -> None:
    with clock.policy_date(clock.today().replace(month=7, day=10)):
        intervening.mark_absent(
            w.viewer(world.city_reviewer),
            world.cases[0].id,
            False,
            "到期未提交",
            w.fresh(world.cases[0]).stage_version,
            new_token(),
        )
        page = clerk.get("/carrier/").text
    assert "未参加" in page and "第二十一条" in page and "截止日前没有提交材料" in page


def test_messages_are_this_persons_own(world: w.World, clerk: FlaskClient) -> None:
    for number, account in enumerate(world.clerks):
        Message.create(
            account=account, text=f"第{number}位的消息", source=f"t{number}", sent_at=clock.now(), sent_on=clock.today()
        )
    page = clerk.get("/carrier/").text
    assert "第0位的消息" in page and "第1位的消息" not in page


def test_the_desk_takes_the_same_number_of_statements_for_one_and_three_cases(
    world: w.World, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count() -> int:
        seen: list[str] = []
        real = type(database.obj).execute_sql
        with monkeypatch.context() as patch:
            patch.setattr(
                type(database.obj), "execute_sql", lambda self, sql, *a: (seen.append(sql), real(self, sql, *a))[1]
            )
            assert clerk.get("/carrier/").status_code == 200
        return len([sql for sql in seen if sql.startswith("SELECT")])

    clerk.get("/carrier/")  # policies are read once per process
    one = count()
    for carrier in world.carriers[1:]:
        factories.grant(world.clerks[0], "carrier_clerk", carrier=carrier)
    assert Grant.select().where(Grant.account == world.clerks[0]).count() == 3
    assert clerk.get("/carrier/").text.count("开始填报") == 3
    assert count() == one
