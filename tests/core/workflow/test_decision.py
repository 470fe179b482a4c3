"""The pure decision: who may act, with what, under which condition."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.roles import ROLES
from core.workflow.decision import ConditionNotMet, decide, first_with_effect, open_actions
from core.workflow.definition import NEEDS, ROUND_EFFECTS, load_workflow
from forms.findings import DefinitionError

ROOT = Path(__file__).parents[3]
DEFAULT = load_workflow((ROOT / "core/workflow/default.toml").read_text(encoding="utf-8"))
QINHUANGDAO = load_workflow(
    (ROOT / "plugins/qinhuangdao/policy/2023/workflow/makerspace_evaluation.toml").read_text(encoding="utf-8")
)
DISTRICT = frozenset({"district_reviewer"})


def test_forwarding_with_an_opinion_leads_on() -> None:
    move = decide(DEFAULT, "district_review", "forward", DISTRICT, frozenset({"opinion"}), {})
    assert (move.source.key, move.target.key) == ("district_review", "city_review")


def test_what_is_missing_is_said() -> None:
    with pytest.raises(Refused, match="补正的内容") as refused:
        decide(DEFAULT, "district_review", "return", DISTRICT, frozenset(), {})
    assert set(refused.value.fields) == {"reasons"}


def test_another_role_may_not_act() -> None:
    with pytest.raises(Refused, match="不由您办理"):
        decide(DEFAULT, "district_review", "forward", frozenset({"expert"}), frozenset({"opinion"}), {})


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(Refused, match="没有这个办理动作"):
        decide(DEFAULT, "district_review", "teleport", DISTRICT, frozenset(NEEDS), {})


def test_an_actions_own_role_wins_over_the_stages() -> None:
    given_reason = frozenset({"said"})
    move = decide(QINHUANGDAO, "fill", "absent", frozenset({"city_reviewer"}), given_reason, {})
    assert move.target.key == "determination"
    with pytest.raises(Refused):
        decide(QINHUANGDAO, "fill", "absent", frozenset({"carrier_clerk"}), given_reason, {})


def test_moves_of_the_round_are_no_buttons() -> None:
    assert open_actions(QINHUANGDAO, "public_notice", frozenset({"city_reviewer"})) == []
    assert [a.key for a in open_actions(QINHUANGDAO, "district_review", DISTRICT)] == ["forward", "return"]


@given(
    stage=st.sampled_from([s.key for s in QINHUANGDAO.stages]),
    action=st.sampled_from(sorted({a.key for s in QINHUANGDAO.stages for a in s.actions})),
    roles=st.frozensets(st.sampled_from(sorted(ROLES))),
    needs=st.frozensets(st.sampled_from(NEEDS)),
)
def test_nobody_moves_a_case_without_the_role_and_what_the_action_needs(
    stage: str, action: str, roles: frozenset[str], needs: frozenset[str]
) -> None:
    try:
        move = decide(QINHUANGDAO, stage, action, roles, needs, {})
    except Refused:
        return
    assert move.action in QINHUANGDAO.stage(stage).actions
    assert (move.action.role or move.source.role) in roles
    assert set(move.action.needs) <= needs
    assert move.target is QINHUANGDAO.stage(move.action.to)


@given(roles=st.frozensets(st.sampled_from(sorted(ROLES))), stage=st.sampled_from([s.key for s in DEFAULT.stages]))
def test_every_button_offered_can_be_used(roles: frozenset[str], stage: str) -> None:
    for action in open_actions(DEFAULT, stage, roles):
        assert action.effect not in ROUND_EFFECTS
        assert decide(DEFAULT, stage, action.key, roles, frozenset(NEEDS), {}).action is action


BRANCHING = """
key = "check"
name = "核查"
procedure = "check"
start = "fill"
[[stages]]
key = "fill"
name = "核查"
kind = "fill"
role = "district_reviewer"
form = "check"
clause = "一"
{submits}
[[stages]]
key = "review"
name = "核准"
kind = "review"
role = "city_reviewer"
opinion_form = "opinion"
clause = "一"
[[stages.actions]]
key = "approve"
name = "核准"
to = "closed"
effect = "forward"
condition = "agreed and eligible"
[[stages.actions]]
key = "override"
name = "说明理由核准"
to = "closed"
effect = "forward"
needs = ["said"]
condition = "not eligible"
[[stages]]
key = "closed"
name = "办结"
kind = "closed"
"""
SUBMIT = """[[stages.actions]]
key = "{key}"
name = "{key}"
to = "{to}"
effect = "submit"
condition = "{condition}"
"""


def branching(*submits: tuple[str, str, str]) -> str:
    return BRANCHING.format(submits="\n".join(SUBMIT.format(key=k, to=to, condition=c) for k, to, c in submits))


TWO_WAYS = load_workflow(branching(("file", "closed", "operates"), ("propose", "review", "not operates")))
CITY = frozenset({"city_reviewer"})


@given(st.booleans())
def test_of_actions_with_one_effect_the_first_that_holds_is_taken(operates: bool) -> None:
    action = first_with_effect(TWO_WAYS.stage("fill"), "submit", {"operates": operates})
    assert action is not None and action.key == ("file" if operates else "propose")


def test_where_none_holds_what_is_missing_is_named_and_the_formula_is_not_told() -> None:
    with pytest.raises(ConditionNotMet) as refused:
        first_with_effect(TWO_WAYS.stage("fill"), "submit", {})
    assert refused.value.missing == ("operates",) and "operates" not in str(refused.value)
    assert first_with_effect(TWO_WAYS.stage("review"), "submit", {}) is None
    with pytest.raises(ConditionNotMet, match="还不能“核准”"):
        decide(TWO_WAYS, "review", "approve", CITY, frozenset(), {"eligible": False, "agreed": True})


@pytest.mark.parametrize(
    ("facts", "typed", "keys"),
    [
        ({"eligible": True, "agreed": True}, (), {"approve"}),
        ({"eligible": False}, (), {"override"}),
        ({"eligible": True}, (), set()),
        ({"eligible": True}, ("agreed",), {"approve"}),  # depends on what is yet to be typed
        ({}, (), set()),
        (None, (), {"approve", "override"}),
    ],
)
def test_buttons_are_those_whose_condition_holds_or_waits_for_the_opinion(
    facts: dict[str, object] | None, typed: tuple[str, ...], keys: set[str]
) -> None:
    assert {a.key for a in open_actions(TWO_WAYS, "review", CITY, facts, typed)} == keys


def test_a_submit_without_condition_may_not_hide_those_after_it() -> None:
    load_workflow(branching(("propose", "review", "not operates"), ("file", "closed", "")))  # a last one may have none
    with pytest.raises(DefinitionError) as fault:
        load_workflow(branching(("file", "closed", ""), ("propose", "review", "not operates")))
    (found,) = fault.value.findings
    assert found.key == "stages.0.actions.0.condition" and "轮不到“propose”" in found.message


def test_a_form_is_filled_by_a_role_that_fills() -> None:
    text = branching(("propose", "review", "")).replace('"district_reviewer"', '"expert"')
    with pytest.raises(DefinitionError) as fault:
        load_workflow(text)
    assert [f.key for f in fault.value.findings] == ["stages.0.role"]
