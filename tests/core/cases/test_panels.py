"""The panel: pledge, declaration, stepping back, who may score, the panel's opinion."""

from __future__ import annotations

import pytest

from core.cases import acting, determining, panels, scoring
from core.cases.panel_opinion import Opinion, record_opinion
from core.errors import OutOfScope, Refused
from core.models import AdminEvent, Case, CaseEvent, NoConflict, PanelMember, PanelOpinion, Recusal, ScoreSheet
from core.people.scope import visible_cases
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world() -> w.World:
    """One carrier before a panel of four that has not pledged."""
    made = w.build(1, 4)
    w.to_panel(made, made.cases[0])
    return made


def seat(world: w.World, number: int) -> PanelMember:
    return PanelMember.get((PanelMember.round == world.round) & (PanelMember.account == world.experts[number]))


def test_nothing_opens_before_the_pledge(world: w.World) -> None:
    person, case = w.viewer(world.experts[0]), world.cases[0]
    for open_something in (
        lambda: panels.expert_case(person, case.id),
        lambda: panels.declare_no_conflict(person, case.id, w.new_token()),
        lambda: scoring.open_sheet(person, case.id),
    ):
        with pytest.raises(Refused, match="承诺"):
            open_something()
    assert not NoConflict.select().exists()
    assert not ScoreSheet.select().exists()


def test_the_pledge_is_signed_once_with_its_words(world: w.World) -> None:
    person = w.viewer(world.experts[0])
    panels.sign_pledge(person, world.round.id, "第一次的文字")
    at = seat(world, 0).pledged_at
    panels.sign_pledge(person, world.round.id, "第二次的文字")
    assert (seat(world, 0).pledge_text, seat(world, 0).pledged_at) == ("第一次的文字", at)
    assert AdminEvent.select().where(AdminEvent.kind == "pledge_signed").count() == 1
    assert list(visible_cases(person, "expert").order_by(Case.number)) == world.cases


def test_no_sheet_before_the_declaration(world: w.World) -> None:
    w.pledge(world)
    person, case = w.viewer(world.experts[0]), world.cases[0]
    with pytest.raises(Refused, match="利害关系"):
        scoring.open_sheet(person, case.id)
    with pytest.raises(Refused, match="利害关系"):
        scoring.save_sheet(person, case.id, {}, 1)
    panels.declare_no_conflict(person, case.id, w.new_token())
    assert scoring.open_sheet(person, case.id)[2].status == "draft"


def test_who_steps_back_sees_nothing_of_the_carrier_any_more(world: w.World) -> None:
    w.pledge(world)
    person, case = w.viewer(world.experts[0]), world.cases[0]
    with pytest.raises(Refused, match="原因"):
        panels.recuse(person, case.id, " ", w.new_token())
    panels.declare_no_conflict(person, case.id, w.new_token())
    panels.recuse(person, case.id, "曾任职", w.new_token())
    assert not NoConflict.select().exists()
    assert list(visible_cases(person, "expert").order_by(Case.number)) == []
    for look in (panels.expert_case, scoring.open_sheet):
        with pytest.raises(OutOfScope):
            look(person, case.id)
    assert seat(world, 0) not in panels.active_members(w.fresh(case))


def test_a_signed_sheet_of_who_is_ordered_back_no_longer_counts(world: w.World) -> None:
    w.pledge(world)
    case = world.cases[0]
    for expert in world.experts:
        w.score(world, case, expert)
    assert len(panels.counting_sheets(w.fresh(case))) == 4
    city = w.viewer(world.city_reviewer)
    panels.order_recusal(city, case.id, seat(world, 1).id, "被举报有合作关系", w.new_token())
    assert [s.member_id for s in panels.counting_sheets(w.fresh(case))] == [seat(world, n).id for n in (0, 2, 3)]
    assert scoring.panel_state(w.fresh(case), 3).complete
    assert Recusal.get().declared_by_id == world.city_reviewer.id


def test_with_fewer_than_three_left_the_panel_cannot_conclude(world: w.World) -> None:
    w.pledge(world)
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    for expert in world.experts:
        w.score(world, case, expert)
    record_opinion(city, case.id, Opinion(["desk_review"], "意见"), w.new_token())
    for number in (0, 1):
        panels.order_recusal(city, case.id, seat(world, number).id, "回避", w.new_token())
    assert not scoring.panel_state(w.fresh(case), 3).complete
    with pytest.raises(Refused, match="只有 2 位，至少要 3 位"):
        determining.conclude_panel(city, case.id, w.fresh(case).stage_version, w.new_token())
    assert w.fresh(case).stage == "expert_panel"


def test_only_the_bureau_orders_and_only_members_of_this_round(world: w.World) -> None:
    case = world.cases[0]
    for stranger in (world.experts[0], world.clerks[0], world.district_reviewer):
        with pytest.raises(OutOfScope):
            panels.order_recusal(w.viewer(stranger), case.id, seat(world, 1).id, "理由", w.new_token())
    with pytest.raises(OutOfScope):
        panels.order_recusal(w.viewer(world.city_reviewer), case.id, 999, "理由", w.new_token())


def test_nobody_steps_back_after_the_scoring(world: w.World) -> None:
    w.pledge(world)
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    for expert in world.experts:
        w.score(world, case, expert)
    record_opinion(city, case.id, Opinion(["desk_review"], "意见"), w.new_token())
    determining.conclude_panel(city, case.id, w.fresh(case).stage_version, w.new_token())
    with pytest.raises(Refused, match="已经结束"):
        panels.order_recusal(city, case.id, seat(world, 0).id, "回避", w.new_token())


def test_an_expert_can_be_ordered_back_before_the_panel() -> None:
    world = w.build(1, 3)
    case = world.cases[0]
    panels.order_recusal(w.viewer(world.city_reviewer), case.id, seat(world, 0).id, "同一单位", w.new_token())
    w.to_panel(world, case)
    w.pledge(world)
    assert list(visible_cases(w.viewer(world.experts[0]), "expert").order_by(Case.number)) == []
    assert list(visible_cases(w.viewer(world.experts[1]), "expert").order_by(Case.number)) == [case]


def test_who_has_signed_stays_on_the_panel_and_others_may_come_back(world: w.World) -> None:
    w.pledge(world)
    city = w.viewer(world.city_reviewer)
    w.score(world, world.cases[0], world.experts[0])
    ids = [expert.id for expert in world.experts]
    with pytest.raises(Refused, match="已签过评价表"):
        panels.form_panel(city, world.round.id, ids[1:])
    panels.form_panel(city, world.round.id, ids[:3])
    gone = seat(world, 3).removed_at
    assert gone is not None
    panels.form_panel(city, world.round.id, ids[:3])
    assert seat(world, 3).removed_at == gone
    with pytest.raises(OutOfScope):
        panels.expert_case(w.viewer(world.experts[3]), world.cases[0].id)
    panels.form_panel(city, world.round.id, ids)
    assert seat(world, 3).removed_at is None


def test_only_experts_of_the_region_sit_on_its_panel(world: w.World) -> None:
    elsewhere = factories.account("expert", region=factories.region("jingang", "津港市"))
    for account in (elsewhere, world.clerks[0]):
        with pytest.raises(Refused, match="不是本地区的评审专家"):
            panels.form_panel(w.viewer(world.city_reviewer), world.round.id, [account.id])
    with pytest.raises(OutOfScope):
        panels.form_panel(w.viewer(world.experts[0]), world.round.id, [])


def test_the_opinion_names_ways_that_the_policy_knows(world: w.World) -> None:
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    for modes, text, field in ((["远程"], "意见", "modes"), ([], "意见", "modes"), (["desk_review"], " ", "opinion")):
        with pytest.raises(Refused) as refused:
            record_opinion(city, case.id, Opinion(modes, text), w.new_token())
        assert set(refused.value.fields) == {field}
    record_opinion(city, case.id, Opinion(["desk_review", "panel_meeting"], "第一稿"), w.new_token())
    record_opinion(city, case.id, Opinion(["desk_review"], "第二稿"), w.new_token())
    kept = PanelOpinion.get()
    assert (kept.modes, kept.opinion) == (["desk_review"], "第二稿")


def test_who_joins_later_is_not_waited_for_where_the_scoring_has_ended(world: w.World) -> None:
    w.pledge(world)
    case, city = world.cases[0], w.viewer(world.city_reviewer)
    for expert in world.experts:
        w.score(world, case, expert)
    record_opinion(city, case.id, Opinion(["desk_review"], "意见"), w.new_token())
    determining.conclude_panel(city, case.id, w.fresh(case).stage_version, w.new_token())
    late = factories.account("expert", region=world.region)
    panels.form_panel(city, world.round.id, [*[expert.id for expert in world.experts], late.id])
    w.determine(world, case)
    assert determining.latest_result(case) is not None
    decision = acting.Decision(said="重新评分")
    acting.act(city, case.id, "return_to_panel", decision, w.fresh(case).stage_version, w.new_token())
    assert not scoring.panel_state(w.fresh(case), 3).complete


def test_the_panels_opinion_is_not_written_by_who_has_not_declared(world: w.World) -> None:
    w.pledge(world)
    person, case = w.viewer(world.experts[0]), world.cases[0]
    with pytest.raises(Refused, match="利害关系"):
        record_opinion(person, case.id, Opinion(["desk_review"], "意见"), w.new_token())
    panels.declare_no_conflict(person, case.id, w.new_token())
    panels.declare_no_conflict(person, case.id, w.new_token())
    assert CaseEvent.select().where(CaseEvent.kind == "no_conflict_declared").count() == 1
    record_opinion(person, case.id, Opinion(["desk_review"], "意见"), w.new_token())


def test_nobody_steps_back_twice(world: w.World) -> None:
    city, case = w.viewer(world.city_reviewer), world.cases[0]
    panels.order_recusal(city, case.id, seat(world, 0).id, "同一单位", w.new_token())
    with pytest.raises(Refused, match="已登记回避"):
        panels.order_recusal(city, case.id, seat(world, 0).id, "又一次", w.new_token())
    assert Recusal.get().reason == "同一单位"
