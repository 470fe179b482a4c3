"""The finance pages: what can be paid, why the rest waits, releasing once, the ledger."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.cases import awarding
from core.models import Award, AwardEntry, EvaluationRound
from core.web import finance_board
from tests import factories
from tests import world as w
from tests.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, tmp_path: Any) -> w.World:
    """Two carriers whose results are final; nobody has entered what a grade earns."""
    made = w.build(2, 3, folder=tmp_path)
    w.to_closed(made, *made.cases)
    return made


@pytest.fixture
def finance(client: FlaskClient, world: w.World, sign_in: SignIn) -> FlaskClient:
    """The region's finance clerk, signed in."""
    sign_in(client, world.finance)
    return client


def enter_amounts(world: w.World, yuan: str = "200000") -> None:
    """The policy officer enters what each grade earns."""
    for grade in ("excellent", "good"):
        awarding.enter_parameter(
            w.viewer(world.policy_officer), world.region, f"award_{grade}_yuan", yuan, "演示文件第一条", clock.today()
        )


def form_of(client: FlaskClient, page: str) -> dict[str, str]:
    """The guard of the last form on a page."""
    text = client.get(page).text
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', text)[-1]
        for name in ("csrf_token", "form_token", "stage_version")
    }


def test_an_award_without_amount_says_what_is_missing_and_whom_to_ask(finance: FlaskClient, world: w.World) -> None:
    page = finance.get("/finance/").text
    name = world.policy_officer.display_name
    grade = Award.select().first().grade
    missing = {"excellent": "优秀档次奖励金额", "good": "良好档次奖励金额"}[grade]
    assert f"缺“{missing}”" in page
    assert "第十八条" in page
    assert f"请找政策管理员（{name}" in page
    assert "另有 2 笔金额未定" in page
    assert "未定" in page
    award = Award.select().first()
    assert finance.get(f"/finance/awards/{award.id}/release").location == f"/finance/awards/{award.id}"


def test_the_page_holds_nothing_of_a_cases_content(finance: FlaskClient, world: w.World) -> None:
    award = Award.select().first()
    texts = finance.get("/finance/").text + finance.get(f"/finance/awards/{award.id}").text
    assert world.carriers[0].name in texts
    assert "演示内容" not in texts
    assert "总体良好" not in texts
    assert re.search(r"makerspace|[a-z]+_yuan", re.sub(r"<[^>]+>", "", texts)) is None


def test_releasing_asks_first_and_happens_once(finance: FlaskClient, world: w.World) -> None:
    enter_amounts(world)
    award = Award.select().first()
    address = f"/finance/awards/{award.id}/release"
    confirm = finance.get(address).text
    assert "登记发放 200,000.00 元" in confirm
    form = form_of(finance, address)
    first = finance.post(address, data=form, follow_redirects=True).text
    second = finance.post(address, data=form, follow_redirects=True).text
    assert "已发放 200000 元" in first
    assert "已发放 200000 元" in second
    assert AwardEntry.select().where(AwardEntry.award == award).count() == 1
    assert "已发放" in finance.get("/finance/?status=released").text


def test_an_old_page_cannot_release(finance: FlaskClient, world: w.World) -> None:
    enter_amounts(world)
    award = Award.select().first()
    address = f"/finance/awards/{award.id}/release"
    form = form_of(finance, address)
    Award.update(version=Award.version + 1).where(Award.id == award.id).execute()
    assert finance.post(address, data=form).status_code == 409
    assert not AwardEntry.select().exists()


def test_a_held_award_says_why_and_is_not_released(finance: FlaskClient, world: w.World) -> None:
    enter_amounts(world)
    award = Award.select().first()
    address = f"/finance/awards/{award.id}/release"
    form = form_of(finance, address)
    awarding.hold(award.case, "公示异议尚未处理完")
    answer = finance.post(address, data=form, follow_redirects=True).text
    assert "还不能发放" in answer
    assert "公示异议尚未处理完" in answer
    assert not AwardEntry.select().exists()


def test_totals_and_ledger_add_up(finance: FlaskClient, world: w.World) -> None:
    enter_amounts(world)
    person = w.viewer(world.finance)
    one, two = Award.select().order_by(Award.id)
    awarding.release(person, one.id, one.version, w.new_token())
    awarding.release(person, two.id, two.version, w.new_token())
    awarding.recover(w.viewer(world.city_reviewer), two.case_id, "租赁合同系伪造", w.new_token())

    sums = finance_board.totals(world.round)
    assert (sums.budget, sums.unknown) == (200_000_00, 0)
    assert sums.fen == {"released": 200_000_00, "reversed": 200_000_00}
    book = finance_board.ledger(world.round, 0)
    assert [p.entry.amount_fen for p in book.postings] == [200_000_00, 200_000_00, -200_000_00]
    assert [p.balance for p in book.postings] == [200_000_00, 400_000_00, 200_000_00]
    assert (book.released, book.reversed, book.balance) == (400_000_00, -200_000_00, 200_000_00)
    rest = finance_board.ledger(world.round, book.postings[1].entry.id)
    assert (rest.carried, rest.postings[0].balance) == (400_000_00, 200_000_00)
    page = finance.get("/finance/ledger").text
    assert "-200,000.00" in page
    assert "租赁合同系伪造" in page


def test_money_of_another_region_does_not_exist(app: Flask, world: w.World, sign_in: SignIn) -> None:
    elsewhere = factories.region("jingang", "津港市")
    stranger = factories.account("finance", region=elsewhere)
    client = app.test_client()
    sign_in(client, stranger)
    award = Award.select().first()
    for address in (f"/finance/?round={world.round.id}", f"/finance/awards/{award.id}",
                    f"/finance/awards/{award.id}/release", f"/finance/ledger?round={world.round.id}"):  # fmt: skip
        assert client.get(address).status_code == 404
    page = client.get("/finance/").text
    assert "还没有评价批次" in page
    assert finance_board.payable(w.viewer(stranger)) == 0


def test_only_those_who_handle_the_money_come_in(app: Flask, world: w.World, sign_in: SignIn) -> None:
    client = app.test_client()
    sign_in(client, world.city_reviewer)
    assert client.get("/finance/").status_code == 404
    assert client.get("/finance/ledger").status_code == 404


def test_a_round_takes_as_many_statements_with_two_awards_as_with_one(
    world: w.World, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="peewee")
    round_ = EvaluationRound.get_by_id(world.round.id)
    caplog.clear()
    assert len(finance_board.lines(round_, "", 0)[0]) == 2
    two = len(caplog.records)
    first = Award.select().order_by(Award.id).first()
    round_ = EvaluationRound.get_by_id(world.round.id)
    caplog.clear()
    assert len(finance_board.lines(round_, "", first.id)[0]) == 1
    assert two == len(caplog.records) > 0


def test_pages_go_on_after_the_last_award(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finance_board, "PAGE", 1)
    page, after = finance_board.lines(world.round, "waiting", 0)
    assert [len(page), after] == [1, page[0].award.id]
    rest, end = finance_board.lines(world.round, "waiting", after or 0)
    assert [line.award.id for line in rest] != [line.award.id for line in page]
    assert (len(rest), end) == (1, None)
    assert finance_board.lines(world.round, "payable", 0) == ([], None)
