"""Closing a round: never over open cases unless each is named with a reason; afterwards it only reads."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.cases import closing_rounds, events, rounds
from core.cases.action import new_token
from core.errors import OutOfScope, Refused, Stale
from core.models import AdminEvent, CaseEvent, EvaluationRound
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(database: str, tmp_path: Any) -> w.World:
    return w.build(3, 3, tmp_path / "files")


def round_of(world: w.World) -> EvaluationRound:
    return EvaluationRound.get_by_id(world.round.id)


def close(world: w.World, reasons: dict[int, str], **more: Any) -> Any:
    person = more.pop("by", w.viewer(world.city_reviewer))
    version = more.pop("version", round_of(world).version)
    return closing_rounds.close_round(person, world.round.id, reasons, version, new_token())


def every(world: w.World, said: str = "企业已注销") -> dict[int, str]:
    return {case.id: said for case in world.cases}


def test_each_open_case_must_be_named_with_its_reason(world: w.World) -> None:
    reasons = every(world)
    reasons[world.cases[1].id] = " "
    with pytest.raises(Refused) as told:
        close(world, reasons)
    assert list(told.value.fields) == [f"why-{world.cases[1].id}"]
    assert round_of(world).status == "open" and w.fresh(world.cases[0]).stage == "fill"


def test_a_closed_round_ends_what_was_open_with_its_reason_in_the_chain(world: w.World) -> None:
    w.submit(world, world.cases[0])
    assert "3 件" in close(world, every(world))["message"]
    assert round_of(world).status == "closed"
    for case in map(w.fresh, world.cases):
        assert (case.stage, case.outcome) == ("closed", "withdrawn")
        last = CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.sequence.desc()).get()
        assert (last.kind, last.said) == ("closed_unfinished", "企业已注销")
        assert events.verify(case) is None
        state = events.replay(case)
        assert (state["stage"], state["outcome"], state["stage_version"]) == ("closed", "withdrawn", case.stage_version)
    assert AdminEvent.select().where(AdminEvent.kind == "round_closed").count() == 1
    assert closing_rounds.closed_on(round_of(world)) is not None
    assert [said for _, said in closing_rounds.left_unfinished(round_of(world))] == ["企业已注销"] * 3


def test_afterwards_plan_list_and_cases_stand(world: w.World) -> None:
    plan = dict(round_of(world).plan)
    close(world, every(world))
    with pytest.raises(Refused, match="已经结束"):
        rounds.save_plan(w.viewer(world.city_reviewer), world.round.id, plan, round_of(world).version, "再延")
    with pytest.raises(Refused):
        rounds.set_participants(w.viewer(world.city_reviewer), world.round.id, {})
    with pytest.raises(Refused, match="已经结束"):
        close(world, {})
    with pytest.raises(Refused):
        w.submit(world, world.cases[0])


def test_a_finished_round_closes_without_reasons(world: w.World) -> None:
    w.to_closed(world, *world.cases)
    assert closing_rounds.open_cases(round_of(world)) == []
    close(world, {})
    assert round_of(world).status == "closed" and {w.fresh(case).outcome for case in world.cases} == {"finished"}


def test_a_running_notice_must_end_first(world: w.World) -> None:
    w.to_notice(world, world.cases[0])
    with pytest.raises(Refused, match="先结束公示"):
        close(world, every(world))


def test_a_round_that_changed_meanwhile_is_told(world: w.World) -> None:
    with pytest.raises(Stale):
        close(world, every(world), version=round_of(world).version - 1)
    assert round_of(world).status == "open" and w.fresh(world.cases[0]).stage == "fill"


def test_only_the_citys_reviewer_closes(world: w.World) -> None:
    other = factories.account("city_reviewer", region=factories.region("elsewhere", "外市"))
    for account in (other, world.district_reviewer, world.policy_officer, factories.account("system_admin")):
        with pytest.raises(OutOfScope):
            close(world, every(world), by=w.viewer(account))


def test_the_page_asks_for_each_reason_and_the_board_says_closed(
    client: FlaskClient, sign_in: Any, seal: Any, world: w.World
) -> None:
    sign_in(client, world.city_reviewer)
    address = f"/city/rounds/{world.round.id}/close"
    assert address in client.get(f"/city/rounds/{world.round.id}").text
    page = client.get(address).text
    assert all(f"why-{case.id}" in page for case in world.cases)
    form = {"csrf_token": seal(), "form_token": new_token(), "stage_version": str(round_of(world).version)}
    form[f"why-{world.cases[0].id}"] = "企业已注销"
    answer = client.post(address, data=form)
    assert answer.status_code == 422 and "企业已注销" in answer.text and "请写明为什么不再办" in answer.text
    form |= {f"why-{case.id}": "企业已注销" for case in world.cases}
    assert client.post(address, data=form).status_code == 302
    board = client.get(f"/city/rounds/{world.round.id}").text
    assert "已结束" in board and "结束时没有办结" in board and "延后截止日" not in board
    assert "已结束" in client.get("/city/rounds").text
    case = client.get(f"/cases/{world.cases[0].id}").text
    assert "没有办结" in case and "企业已注销" in case
