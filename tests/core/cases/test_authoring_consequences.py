"""Everything that the system does by itself after a result is offered in words, and so is what waits for a consequence."""

from __future__ import annotations

from core.cases import noticing
from core.cases.authoring_consequences import EFFECTS, effects
from core.policy.award_recall import RECOVERED


def test_every_effect_of_the_system_is_in_words() -> None:
    assert set(EFFECTS) == {*noticing.MARKS, RECOVERED}


def test_procedures_that_wait_for_a_consequence_are_offered() -> None:
    offered = dict(effects([{"name": "整改", "opened_by_consequence": "corrective_action"}, {"name": "别的"}]))
    assert offered["corrective_action"] == "自动发起“整改”" and len(offered) == len(EFFECTS) + 1
