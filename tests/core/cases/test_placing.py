"""Grades by share of the round: places come from the round, and are settled before anything is published."""

from __future__ import annotations

import shutil

import pytest

from core.cases import definitions, determining, noticing, placing
from core.errors import Refused
from core.models import Result
from core.policy.pack import load_region
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")

FACT = '\n[[facts]]\nkey = "{}"\nname = "{}"\ntype = "whole"\nclause = "第十七条"\n'
CEILING = """
[[ceilings]]
key = "quota"
name = "不在前二分之一，不得定为优秀"
when = "rank > round_size * 50 / 100"
at_most = "qualified"
clause = "第十七条"
"""


@pytest.fixture
def world(tmp_path, monkeypatch) -> w.World:
    """Two carriers in a region that keeps its best grade to the better half."""
    folder = shutil.copytree(w.PACK, tmp_path / "pack")
    rules = folder / "policy" / "2023"
    with (rules / "vetoes.toml").open("a", encoding="utf-8") as file:
        file.write(CEILING)
    with (rules / "facts.toml").open("a", encoding="utf-8") as file:
        file.write(FACT.format("rank", "名次") + FACT.format("round_size", "参评家数"))
    monkeypatch.setattr(w, "pack", lambda: load_region(folder))
    return w.build(2, 3)


def _newest(case) -> Result:
    found = determining.latest_result(case)
    assert found is not None
    return found


def test_the_lower_half_is_kept_down_and_says_why(world):
    better, worse = world.cases
    w.to_determination(world, better, 0, "1")
    with pytest.raises(Refused, match="要等本批次各家都评完分"):
        w.determine(world, better)
    w.to_determination(world, worse, 1, "0.9")
    for case in world.cases:
        w.determine(world, case)
    assert [_newest(case).facts["rank"] for case in world.cases] == [1, 2]
    assert _newest(worse).grade == "qualified"
    assert any("quota" in str(step) or "前二分之一" in str(step) for step in _newest(worse).trace)
    assert not determining.is_outdated(_newest(worse))


def test_places_that_moved_are_told_before_publishing(world):
    for number, case in enumerate(world.cases):
        w.to_determination(world, case, number)
        w.check(world, case)
    receipt = determining.determine_round(w.viewer(world.city_reviewer), world.round.id, w.new_token())
    assert receipt["waiting"] == []
    stale = _newest(world.cases[0])
    Result.update(facts={**stale.facts, "rank": 2 if stale.facts["rank"] == 1 else 1}).where(Result.id == stale.id).execute()
    with pytest.raises(Refused, match="名次有变动"):
        noticing.publish_notice(
            w.viewer(world.city_reviewer), world.round.id, [world.cases[0].id], "市科技局，电话 0335-3000000（虚构）", w.new_token()
        )


def test_who_took_no_part_has_no_place(world):
    policy = definitions.pinned_policy(world.round)
    assert placing.asks_for_places(policy)
    w.to_determination(world, world.cases[0])
    world.cases[1].outcome = "absent"
    world.cases[1].save()
    placed = placing.places_in(world.round)
    assert placed == {world.cases[0].id: {"rank": 1, "round_size": 1}}
