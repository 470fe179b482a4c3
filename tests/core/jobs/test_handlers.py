"""Who is told what when something happened; telling again adds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.cases import acting, closing_rounds, objecting, outcome_words, urging
from core.cases.action import new_token
from core.jobs import outbox
from core.jobs.handlers import HANDLERS, handles
from core.models import Account, Award, Case, Message, NoticeEntry, OutboxRow
from core.people import accounts
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world(tmp_path: Path) -> w.World:
    return w.build(carriers=2, folder=tmp_path)


def _told(person: Account) -> list[str]:
    """The new messages of a person, after everything that waits was done; earlier ones are cleared away."""
    outbox.drain(HANDLERS)
    texts = [m.text for m in Message.select().where(Message.account == person).order_by(Message.id)]
    Message.delete().where(Message.account == person).execute()
    return texts


def test_the_kinds_that_the_verbs_write_all_have_a_handler() -> None:
    root = Path(__file__).parents[3] / "core" / "cases"
    written = {
        kind for file in root.glob("*.py") for kind in re.findall(r'append_outbox\(\s*"(\w+)"', file.read_text("utf-8"))
    }
    assert len(written) >= 8
    assert written <= set(HANDLERS)


def test_a_kind_has_one_handler() -> None:
    with pytest.raises(ValueError):
        handles("case_moved")(lambda row: None)


def test_opening_tells_each_carrier_its_own(world: w.World) -> None:
    (said,) = _told(world.clerks[0])
    assert "已开始填报" in said
    assert "2023 年 6 月 30 日" in said
    assert len(_told(world.clerks[1])) == 1
    assert _told(world.district_reviewer) == []


def test_a_move_tells_who_must_act_and_the_carrier_nobody_else(world: w.World) -> None:
    _told(world.clerks[0])
    left = factories.account("district_reviewer", district=world.carriers[0].district)
    accounts.set_active(left, False)
    w.submit(world, world.cases[0])

    (asked,) = _told(world.district_reviewer)
    assert world.cases[0].number in asked
    assert "县区归口管理部门审核" in asked
    assert "请在" in asked
    (informed,) = _told(world.clerks[0])
    assert "县区归口管理部门审核" in informed
    for person in (world.other_district_reviewer, world.city_reviewer, world.experts[0], left):
        assert _told(person) == []


def test_a_return_says_so(world: w.World) -> None:
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0])
    assert "退回补正" in _told(world.clerks[0])[-1]


def test_nobody_is_asked_to_act_on_what_has_gone_on(world: w.World) -> None:
    w.submit(world, world.cases[0])
    w.forward(world, world.cases[0])
    assert _told(world.district_reviewer) == []


def test_doing_a_row_again_adds_nothing(world: w.World) -> None:
    w.submit(world, world.cases[0])
    outbox.drain(HANDLERS)
    before = Message.select().count()
    OutboxRow.update(done_at=None).execute()

    assert outbox.drain(HANDLERS) == OutboxRow.select().count()
    assert Message.select().count() == before


def test_a_handed_over_case(world: w.World) -> None:
    colleague = factories.account("district_reviewer", district=world.carriers[0].district)
    w.submit(world, world.cases[0])
    _told(colleague)
    case = w.fresh(world.cases[0])
    acting.reassign(w.viewer(world.district_reviewer), case.id, colleague.id, "出差", case.stage_version, new_token())
    (said,) = _told(colleague)
    assert "已转给您" in said


def test_urging(world: w.World) -> None:
    _told(world.clerks[0])
    urging.urge(w.viewer(world.city_reviewer), [world.cases[0].id], new_token())
    (said,) = _told(world.clerks[0])
    assert "还没有提交" in said


def test_notice_objection_ruling_and_award(world: w.World) -> None:
    notice = w.to_notice(world, world.cases[0])
    assert "公示到 2023 年 6 月 8 日" in _told(world.clerks[0])[-1]
    _told(world.city_reviewer)
    _told(world.finance)
    entry = NoticeEntry.get(NoticeEntry.notice == notice)
    filed = objecting.object_to(
        entry.id, kind="person", name="赵某某", contact="0335-3000000", sealed=False, text="面积与实际不符。", token=new_token()
    )
    assert filed["admissible"], filed
    (asked,) = _told(world.city_reviewer)
    assert "异议" in asked
    assert "赵" not in asked
    case = w.fresh(world.cases[0])
    objection = entry.objections.first()
    objecting.rule(w.viewer(world.city_reviewer), objection.id, "stands", "经核实属实。", case.stage_version, new_token())
    assert any("处理结论" in text for text in _told(world.clerks[0]))
    assert any("处理结论" in text for text in _told(world.finance))


def test_at_closing_the_carrier_hears_the_result_and_what_comes_next(world: w.World) -> None:
    first, second = world.cases
    w.to_notice(world, first)
    before = _told(world.clerks[0])
    assert not [text for text in before if "评价结果" in text], "nothing of a result before it is final"
    w.to_closed(world, second)
    (said,) = [text for text in _told(world.clerks[1]) if "已办结" in text]
    word = {"excellent": "优秀", "good": "良好", "qualified": "合格", "unqualified": "不合格"}[Award.get().grade]
    assert said.endswith(f"已办结。评价结果为{word}。奖补另行办理，发放时再通知您。")
    Award.delete().execute()
    assert outcome_words.told_at_closing(w.fresh(second)).endswith("不用再办什么。")


def test_a_case_that_ended_with_its_round_is_told_so(world: w.World) -> None:
    case = world.cases[0]
    Case.update(outcome=closing_rounds.ENDED, stage="closed").where(Case.id == case.id).execute()
    assert "没有办结" in outcome_words.told_at_closing(w.fresh(case))


def test_no_message_names_a_carrier_to_an_expert(world: w.World) -> None:
    case = world.cases[0]
    w.to_panel(world, case)
    outbox.drain(HANDLERS)
    said = Message.get(Message.account == world.experts[0])
    assert "专家组评价" in said.text
    assert case.carrier.name not in said.text
    assert case.number not in said.text
    assert said.link == "/expert/"
