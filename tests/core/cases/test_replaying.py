"""Replay: the same rules give the same results, other rules what `policy ask` would say, and nothing is touched."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
import tomli_w

from core.cases import authoring, replaying
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.jobs.handlers import HANDLERS
from core.models import CaseEvent, DefinitionVersion, OutboxRow, ReplayLine, ReplayRun, Result
from core.policy.questions import ask
from tests import factories
from tests import world as w


@pytest.fixture
def closed(database) -> w.World:
    """A round of three whose results are final: shares of the panel's points differ."""
    world = w.build()
    for seed, (case, share) in enumerate(zip(world.cases, ("0.95", "0.8", "0.5"), strict=True)):
        w.to_determination(world, case, seed=seed, share=share)
    w.to_closed(world, *world.cases)
    return world


@pytest.fixture
def officer(closed):
    return w.viewer(factories.account("policy_officer", region=closed.region))


def _draft(officer, region, kind, *changes) -> DefinitionVersion:
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind)
    row = DefinitionVersion.select().where(own).order_by(DefinitionVersion.id.desc()).get()
    receipt = authoring.copy_as_draft(officer, row.id, new_token())
    made = DefinitionVersion.get_by_id(receipt["definition"])
    text = made.text
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    authoring.save_text(officer, made.id, text, made.digest, new_token())
    return DefinitionVersion.get_by_id(made.id)


def _replay(officer, world, *drafts) -> list[ReplayLine]:
    receipt = replaying.start(officer, world.round.id, [row.id for row in drafts], new_token())
    assert ReplayRun.get_by_id(receipt["run"]).status == "done"
    return list(ReplayLine.select().where(ReplayLine.run == receipt["run"]).order_by(ReplayLine.case))


def test_the_same_rules_give_the_recorded_results(closed, officer):
    lines = _replay(officer, closed, _draft(officer, closed.region, "grades"))
    recorded = {row.case_id: (row.total, row.grade) for row in Result.select()}
    assert {line.case_id: (line.before["total"], line.before["grade"]) for line in lines} == recorded
    assert all(line.after == line.before and not line.moved and not line.reasons for line in lines)


def test_another_line_flips_the_grade_and_says_why(closed, officer):
    best = max(Result.select(), key=lambda row: Decimal(row.total))
    line = Decimal(best.total) + Decimal("0.01")
    assert best.grade == "excellent" and line <= 100
    draft = _draft(
        officer, closed.region, "grades", ("at_least = 85", f"at_least = {line}"), ("below = 85", f"below = {line}")
    )
    found = next(one for one in _replay(officer, closed, draft) if one.case_id == best.case_id)
    assert found.after["grade"] != found.before["grade"]
    assert found.after["total"] == found.before["total"] and not found.moved
    assert any("四舍五入" in reason for reason in found.reasons)


def test_another_weight_is_what_ask_says_of_the_same_points(closed, officer):
    draft = _draft(officer, closed.region, "indicators")
    data = authoring.data_of(draft)
    weights = {one["code"]: one for one in data["indicators"]}
    weights["C1"]["weight_points"], weights["C2"]["weight_points"] = 5, 5
    authoring.save_text(officer, draft.id, tomli_w.dumps(data), draft.digest, new_token())
    draft = DefinitionVersion.get_by_id(draft.id)
    lines = _replay(officer, closed, draft)
    policy = replaying._policy(closed.round, [draft])
    for line in lines:
        result = Result.get(Result.case == line.case_id)
        points = {code: Fraction(one["points"]) for code, one in result.indicators.items()}
        points["C1"] = points["C1"] / 6 * 5
        points["C2"] = points["C2"] / 4 * 5
        said = ask(policy, "determination", {**result.facts, "total": str(sum(points.values()))})
        assert (line.after["grade"], line.after["total"]) == (said["grade"], str(said["total"]))
        assert {one["code"] for one in line.moved} <= {"C1", "C2"}


def test_an_indicator_that_no_expert_scored_is_named(closed, officer):
    draft = _draft(officer, closed.region, "indicators", ('code = "C2"', 'code = "C9"'))
    lines = _replay(officer, closed, draft)
    assert all("C9" in line.after["problem"] for line in lines)


def test_nothing_of_the_round_is_touched(closed, officer):
    before = (Result.select().count(), CaseEvent.select().count(), w.fresh(closed.cases[0]).round.reference)
    _replay(officer, closed, _draft(officer, closed.region, "grades"))
    assert (Result.select().count(), CaseEvent.select().count(), w.fresh(closed.cases[0]).round.reference) == before


def test_results_that_are_not_public_are_not_replayed(database):
    world = w.build()
    w.to_determination(world, world.cases[0])
    w.determine(world, world.cases[0])
    officer = w.viewer(factories.account("policy_officer", region=world.region))
    draft = _draft(officer, world.region, "grades")
    with pytest.raises(Refused, match="还没有公布"):
        replaying.start(officer, world.round.id, [draft.id], new_token())
    assert replaying.rounds_to_replay(world.region.id) == []


def test_a_draft_with_a_fault_is_refused_before_anything_is_written(closed, officer):
    draft = _draft(officer, closed.region, "grades", ("at_least = 85", 'at_least = "x"'))
    with pytest.raises(Refused, match="毛病"):
        replaying.start(officer, closed.round.id, [draft.id], new_token())
    assert not ReplayRun.select().exists()


def test_other_regions_rounds_and_drafts_do_not_exist(closed, officer):
    other = w.viewer(factories.account("policy_officer", region=factories.region(key="elsewhere")))
    draft = _draft(officer, closed.region, "grades")
    with pytest.raises(OutOfScope):
        replaying.start(other, closed.round.id, [draft.id], new_token())


def test_a_large_round_goes_step_by_step_and_can_be_stopped(closed, officer, monkeypatch):
    monkeypatch.setattr(replaying, "AT_ONCE", 0)
    monkeypatch.setattr(replaying, "STEP", 1)
    draft = _draft(officer, closed.region, "grades")
    whole = replaying.start(officer, closed.round.id, [draft.id], new_token())["run"]
    for _ in range(3):
        row = OutboxRow.select().where(OutboxRow.kind == "replay_step").order_by(OutboxRow.id.desc()).get()
        monkeypatch.setattr(replaying.step, "__defaults__", (1,))
        HANDLERS["replay_step"](row)
    assert (ReplayRun.get_by_id(whole).status, ReplayRun.get_by_id(whole).done) == ("done", 3)
    stopped = replaying.start(officer, closed.round.id, [draft.id], new_token())["run"]
    replaying.step(stopped, 1)
    replaying.stop(officer, stopped)
    assert replaying.step(stopped, 1) is False
    assert (ReplayRun.get_by_id(stopped).status, ReplayRun.get_by_id(stopped).done) == ("cancelled", 1)


def test_a_draft_changed_midway_ends_the_replay(closed, officer, monkeypatch):
    monkeypatch.setattr(replaying, "AT_ONCE", 0)
    draft = _draft(officer, closed.region, "grades")
    run = replaying.start(officer, closed.round.id, [draft.id], new_token())["run"]
    replaying.step(run, 1)
    authoring.save_text(officer, draft.id, draft.text + "\n# x\n", draft.digest, new_token())
    assert replaying.step(run, 1) is False
    assert "请重新试算" in ReplayRun.get_by_id(run).problem
