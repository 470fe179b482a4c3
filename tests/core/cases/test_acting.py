"""Reviewers' actions: opinion and reasons, scope, reassigning, site visits."""

from __future__ import annotations

from typing import Any

import pytest

from core.cases import acting, events, submitting
from core.cases.action import new_token
from core.errors import OutOfScope, Refused, Stale
from core.models import Account, Review, SiteVisit, Submission
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world() -> w.World:
    made = w.build(carriers=1)
    w.submit(made, made.cases[0])
    return made


def act(world: w.World, person: Account, action: str, **decision: Any) -> dict[str, Any]:
    case = w.fresh(world.cases[0])
    return acting.act(
        w.viewer(person), case.id, action, acting.Decision(**decision), case.stage_version, new_token()
    )


def test_returning_names_the_fields_and_opens_the_draft_again(world: w.World) -> None:
    act(world, world.district_reviewer, "return", reasons={"area_m2": "与合同不一致"})
    assert w.fresh(world.cases[0]).stage == "fill"
    assert Review.get().reasons == {"area_m2": "与合同不一致"}
    clerk = w.viewer(world.clerks[0])
    w.fill(world, world.cases[0], area_m2="1860")
    submitting.submit(clerk, world.cases[0].id, w.fresh(world.cases[0]).stage_version, new_token())
    numbers = [s.number for s in Submission.select().order_by(Submission.number)]
    assert numbers == [1, 2]
    assert Submission.get(Submission.number == 1).answers["area_m2"] != "1860"


def test_forwarding_asks_for_a_complete_opinion(world: w.World) -> None:
    with pytest.raises(Refused, match="意见"):
        act(world, world.district_reviewer, "forward")
    with pytest.raises(Refused) as refused:
        act(world, world.district_reviewer, "forward", opinion={"complete": None})
    assert refused.value.fields


@pytest.mark.parametrize("who", ["other_district_reviewer", "finance", "policy_officer"])
def test_out_of_scope_it_does_not_exist(world: w.World, who: str) -> None:
    with pytest.raises(OutOfScope):
        act(world, getattr(world, who), "forward", opinion={"x": 1})


def test_the_city_may_look_but_not_act_for_the_district(world: w.World) -> None:
    with pytest.raises(Refused, match="不由您办理"):
        act(world, world.city_reviewer, "forward", opinion=w.opinion_for(world.cases[0]))
    assert acting.actions_for(w.viewer(world.city_reviewer), w.fresh(world.cases[0])) == []


def test_moves_of_the_round_cannot_be_posted_to_a_case(world: w.World) -> None:
    w.forward(world, world.cases[0])
    w.forward(world, world.cases[0])
    with pytest.raises(Refused):
        act(world, world.city_reviewer, "determine")
    assert w.fresh(world.cases[0]).stage == "expert_panel"


def test_a_site_visit_is_recorded_for_the_stage(world: w.World) -> None:
    case = w.fresh(world.cases[0])
    from core.cases import definitions

    form = definitions.form_in(definitions.policy_of(case), "site_visit").definition
    answers = {
        asked.key: w.value_for(asked, 0)
        for section in form.sections
        for asked in section.fields
        if asked.type not in ("files", "calculated")
    }
    acting.record_site_visit(w.viewer(world.district_reviewer), case.id, answers, new_token())
    assert SiteVisit.get().stage == "district_review"
    with pytest.raises(Refused):
        acting.record_site_visit(w.viewer(world.district_reviewer), case.id, {}, new_token())
    with pytest.raises(OutOfScope):
        acting.record_site_visit(w.viewer(world.other_district_reviewer), case.id, answers, new_token())


def test_a_reassigned_case_is_handled_by_the_colleague_only(world: w.World) -> None:
    case = w.fresh(world.cases[0])
    colleague = factories.account("district_reviewer", district=world.district_reviewer.grants[0].district)
    boss = w.viewer(world.district_reviewer)
    with pytest.raises(Refused, match="不能办理"):
        acting.reassign(boss, case.id, world.other_district_reviewer.id, "出差", case.stage_version, new_token())
    with pytest.raises(Refused, match="原因"):
        acting.reassign(boss, case.id, colleague.id, " ", case.stage_version, new_token())
    acting.reassign(boss, case.id, colleague.id, "出差", case.stage_version, new_token())
    with pytest.raises(Refused, match=colleague.display_name):
        act(world, world.district_reviewer, "forward", opinion=w.opinion_for(case))
    act(world, colleague, "forward", opinion=w.opinion_for(case))
    assert w.fresh(case).stage == "city_review"
    assert w.fresh(case).assignee is None


def test_a_condition_reads_the_figures_of_the_form(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decimal is kept as text; a condition over it must see the number."""
    from dataclasses import replace

    from core.cases import definitions

    workflow = definitions.workflow_of(w.fresh(world.cases[0]))
    stage = workflow.stage("district_review")
    for condition, allowed in (("area_m2 > 10000", False), ("area_m2 > 1", True)):
        actions = tuple(replace(a, condition=condition) if a.key == "forward" else a for a in stage.actions)
        held = {**workflow.by_key, stage.key: replace(stage, actions=actions)}
        changed = replace(workflow, by_key=held)
        monkeypatch.setattr(definitions, "workflow_of", lambda case, changed=changed: changed)
        if allowed:
            act(world, world.district_reviewer, "forward", opinion=w.opinion_for(world.cases[0]))
        else:
            with pytest.raises(Refused, match="不符合这个动作的条件"):
                act(world, world.district_reviewer, "forward", opinion=w.opinion_for(world.cases[0]))


def test_who_may_not_see_a_case_is_not_told_who_moved_it() -> None:
    world = w.build(2)
    case = world.cases[0]
    w.submit(world, case)
    for number in (case.id, 999_999):
        with pytest.raises(OutOfScope):
            submitting.submit(w.viewer(world.clerks[1]), number, 1, w.new_token())
        with pytest.raises(OutOfScope):
            acting.act(w.viewer(world.clerks[1]), number, "forward", acting.Decision(), 1, w.new_token())


def test_a_case_that_was_handed_on_is_stale_to_who_had_it() -> None:
    world = w.build(1)
    case = world.cases[0]
    w.submit(world, case)
    seen, person = w.fresh(case).stage_version, w.viewer(world.district_reviewer)
    colleague = factories.account("district_reviewer", district=world.carriers[0].district)
    acting.reassign(person, case.id, colleague.id, "休假", seen, w.new_token())
    with pytest.raises(Stale, match="转办此件"):
        acting.reassign(person, case.id, colleague.id, "再转", seen, w.new_token())
    assert events.replay(w.fresh(case))["stage_version"] == w.fresh(case).stage_version == seen + 1
    assert events.verify(w.fresh(case)) is None
