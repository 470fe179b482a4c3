"""Holds: earned and not paid for the time being; an open objection holds in every region."""

from __future__ import annotations

from dataclasses import replace

from core.policy.award_claims import Claim, standing_of
from core.policy.award_holds import OBJECTED, RUNNING, holds_on
from core.policy.awards import AwardAmount, AwardTerms
from core.policy.rules import Rule

TERMS = AwardTerms((AwardAmount("makerspace", "good", 30_000, "一", "text"),), ())
HOLD = Rule("hold_1", "整改没有办结的暂缓发放", "二", "text", "corrective_action_open")


def standing(terms: AwardTerms, grade: str = "good", **running: bool):
    claim = Claim("1", 2024, "makerspace", "甲", grade, {"grade": grade, **running})
    return standing_of(terms, [claim], {}, "1")


def test_what_runs_holds_an_award_and_keeps_its_amount() -> None:
    held = standing(replace(TERMS, holds=(HOLD,)), corrective_action_open=True)
    assert (held.yuan, held.holds) == (30_000, (HOLD.name,))
    assert [(step.text, step.clause, step.result) for step in held.trace][-1] == (HOLD.name, "二", "暂缓发放")
    assert standing(replace(TERMS, holds=(HOLD,)), corrective_action_open=False).holds == ()
    assert standing(TERMS, corrective_action_open=True).holds == (), "no region's rule, no hold"


def test_an_open_objection_holds_without_any_rule_and_what_is_not_earned_is_not_held() -> None:
    assert standing(TERMS, objection_open=True).holds == (OBJECTED,)
    assert standing(TERMS, "qualified", objection_open=True).holds == ()


def test_a_hold_may_ask_for_the_title_and_for_what_was_determined() -> None:
    rule = Rule("hold_2", "乙", "", "practice", 'title == "makerspace" and integrity_breach and not objection_open')
    terms = replace(TERMS, holds=(rule,))
    assert [step.text for step in holds_on(terms, {"integrity_breach": True}, "makerspace")] == ["乙"]
    assert not holds_on(terms, {"integrity_breach": True}, "incubator")
    assert set(RUNNING) == {"objection_open", "corrective_action_open"}
