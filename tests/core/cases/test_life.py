"""A case's whole life through the verbs, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.cases import awarding, events
from core.models import Award, NoticeEntry, Result
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


def test_from_the_notice_of_the_round_to_a_paid_award() -> None:
    world = w.build()
    a, b, c = world.cases
    notice = w.to_closed(world, a, b)

    result = Result.get(Result.case == b)
    assert result.grade in ("excellent", "good")
    assert w.fresh(a).stage == "closed"
    assert w.fresh(a).outcome == "finished"
    assert w.fresh(c).stage == "fill"
    assert notice.last_day == date(2023, 6, 8)

    award = Award.get(Award.case == b)
    assert (award.status, award.amount_fen) == ("waiting", None)
    changed = awarding.enter_parameter(
        w.viewer(world.policy_officer), world.region, f"award_{award.grade}_yuan", "100000", "演示文件第一条", clock.today()
    )
    assert changed >= 1
    award = Award.get_by_id(award.id)
    assert (award.status, award.amount_fen) == ("payable", 100_000_00)
    awarding.release(w.viewer(world.finance), award.id, award.version, w.new_token())
    assert awarding.balance_fen(award) == 100_000_00
    for case in (a, b, c):
        assert events.verify(w.fresh(case)) is None
        state = events.replay(w.fresh(case))
        assert (state["stage"], state["stage_version"]) == (w.fresh(case).stage, w.fresh(case).stage_version)
    assert {entry.status for entry in NoticeEntry.select()} == {"final"}
