"""The pure decision: who may act, with what, under which condition."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.roles import ROLES
from core.workflow.decision import decide, open_actions
from core.workflow.definition import NEEDS, ROUND_EFFECTS, load_workflow

ROOT = Path(__file__).parents[3]
DEFAULT = load_workflow((ROOT / "core/workflow/default.toml").read_text(encoding="utf-8"))
QINHUANGDAO = load_workflow(
    (ROOT / "plugins/qinhuangdao/policy/2023/workflow.toml").read_text(encoding="utf-8")
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
