"""Reviews that several people sign: who counts, whose turn it is, and that the case moves exactly once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cases import acting, definitions, events, intervening, signing
from core.cases.action import Receipt, new_token
from core.errors import OutOfScope, Refused, Stale
from core.jobs import handlers, messages, outbox
from core.models import Account, Case, CaseEvent, Message, Review
from core.web import case_queue
from core.workflow.definition import Signing, Stage, Workflow
from core.workflow.signing import Signed, is_complete
from tests import factories
from tests import world as w

STAGE = "city_review"


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Signing | None]]:
    """The signing of the city's review: change the one entry."""
    real = definitions.workflow_in
    now: list[Signing | None] = [Signing("all", basis="practice")]

    def changed(policy: object, procedure: str) -> Workflow:
        workflow = real(policy, procedure)  # type: ignore[arg-type]
        stages = tuple(replace(s, signing=now[0]) if s.key == STAGE else s for s in workflow.stages)
        return replace(workflow, stages=stages, by_key={s.key: s for s in stages})

    monkeypatch.setattr(definitions, "workflow_in", changed)
    yield now


@pytest.fixture
def world(database: str, tmp_path: Path, rule: list[Signing | None]) -> w.World:
    return w.build(carriers=1, folder=tmp_path)


@pytest.fixture
def city(world: w.World) -> list[Account]:
    """Three reviewers of the city; the case stands before them."""
    people = [world.city_reviewer, *(factories.account("city_reviewer", region=world.region) for _ in range(2))]
    w.submit(world, world.cases[0])
    w.forward(world, world.cases[0])
    return people


def act(world: w.World, person: Account, action: str = "forward", version: int | None = None) -> Receipt:
    case = w.fresh(world.cases[0])
    reasons = {"area_m2": "不一致"} if action.startswith("return") else {}
    decision = acting.Decision(reasons=reasons)
    seen = case.stage_version if version is None else version
    return acting.act(w.viewer(person), case.id, action, decision, seen, new_token())


def stage(world: w.World) -> str:
    """Where the case stands."""
    return str(w.fresh(world.cases[0]).stage)


def queue(person: Account) -> list[int]:
    return [case.id for case in case_queue.waiting(w.viewer(person), next(iter(w.viewer(person).roles)))]


def test_everybody_must_agree(world: w.World, city: list[Account]) -> None:
    case = world.cases[0]
    for person in city[:2]:
        told = act(world, person)
        assert stage(world) == STAGE
        assert city[2].display_name in told["message"]
    assert [queue(person) for person in city] == [[], [], [case.id]]
    assert messages.who_must_act(w.fresh(case), "city_reviewer") == [city[2]]

    act(world, city[2])

    assert stage(world) == "expert_panel"
    kept = Review.select().where((Review.case == case) & (Review.stage == STAGE))
    assert [row.reviewer_id for row in kept.order_by(Review.id)] == [person.id for person in city]
    rows = CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.sequence)
    moves = [e.kind for e in rows if e.kind in ("signed", "forwarded")]
    assert moves == ["forwarded", "signed", "signed", "signed", "forwarded"]
    assert events.verify(w.fresh(case)) is None


def test_a_second_signature_of_the_same_person_is_refused_and_told(world: w.World, city: list[Account]) -> None:
    act(world, city[0])
    with pytest.raises(Refused, match=r"已于 .*签署，不用再签"):
        act(world, city[0])
    shown = acting.actions_for(w.viewer(city[0]), w.fresh(world.cases[0]))
    assert [action.effect for action in shown] == ["return", "return"], "only the ways back are left"


def test_a_repeated_form_is_answered_with_its_receipt(world: w.World, city: list[Account]) -> None:
    case, form = w.fresh(world.cases[0]), new_token()
    given = (w.viewer(city[0]), case.id, "forward", acting.Decision(), case.stage_version, form)
    first, second = acting.act(*given), acting.act(*given)
    assert second == {**first, "repeated": True}
    assert CaseEvent.select().where((CaseEvent.case == case) & (CaseEvent.kind == "signed")).count() == 1


def test_a_colleagues_signature_makes_no_page_stale_but_a_move_does(world: w.World, city: list[Account]) -> None:
    seen = w.fresh(world.cases[0]).stage_version
    act(world, city[0], version=seen)
    act(world, city[1], version=seen)
    act(world, city[2], version=seen)
    with pytest.raises(Stale):
        act(world, city[1], version=seen)


def test_one_return_moves_it_at_once_and_the_next_time_all_are_asked_again(world: w.World, city: list[Account]) -> None:
    act(world, city[0])
    act(world, city[1], "return")
    assert stage(world) == "fill"

    w.submit(world, world.cases[0])
    w.forward(world, world.cases[0])
    assert signing.signatures_of(w.fresh(world.cases[0]), _stage(world)).given == ()
    act(world, city[0])
    assert stage(world) == STAGE


def _stage(world: w.World) -> Stage:
    return definitions.workflow_of(w.fresh(world.cases[0])).stage(STAGE)


def test_who_leaves_no_longer_holds_it_up(world: w.World, city: list[Account]) -> None:
    act(world, city[0])
    act(world, city[1])
    Account.update(is_active=False).where(Account.id == city[2].id).execute()

    act(world, city[0])  # nobody is asked any more: who signed sends it on

    assert stage(world) == "expert_panel"
    assert Review.select().where((Review.case == world.cases[0]) & (Review.stage == STAGE)).count() == 2


def test_a_correction_asks_for_all_signatures_anew(world: w.World, city: list[Account]) -> None:
    act(world, city[0])
    case = w.fresh(world.cases[0])
    intervening.correct_submission(
        w.viewer(city[1]), case.id, {"area_m2": "501"}, "现场核对", case.stage_version, new_token()
    )
    act(world, city[1])
    act(world, city[2])
    assert stage(world) == STAGE
    act(world, city[0])
    assert stage(world) == "expert_panel"


def test_it_cannot_be_handed_to_one_person(world: w.World, city: list[Account]) -> None:
    case = w.fresh(world.cases[0])
    with pytest.raises(Refused, match="分别签署"):
        acting.reassign(w.viewer(city[0]), case.id, city[1].id, "出差", case.stage_version, new_token())


def test_any_of_them_suffices_up_to_the_quorum(world: w.World, city: list[Account], rule: list[Signing | None]) -> None:
    rule[0] = Signing("any", quorum=2, basis="practice")
    assert "还要 1 人签署" in act(world, city[2])["message"]
    act(world, city[0])
    assert stage(world) == "expert_panel"


def test_bodies_sign_in_order(world: w.World, city: list[Account], rule: list[Signing | None]) -> None:
    rule[0] = Signing("in_order", roles=("district_reviewer", "city_reviewer"), basis="practice")
    case, district = world.cases[0], world.district_reviewer
    assert queue(district) == [case.id]
    assert queue(city[0]) == []
    assert acting.actions_for(w.viewer(city[0]), w.fresh(case)) == []
    with pytest.raises(Refused, match="还没有轮到您"):
        act(world, city[0])

    Message.delete().execute()
    act(world, district)
    assert (queue(district), queue(city[0])) == ([], [case.id])
    outbox.drain(handlers.HANDLERS)
    asked = Message.select().where(Message.text.contains("轮到您签署"))
    assert {row.account_id for row in asked} == {person.id for person in city}

    act(world, city[1])
    assert stage(world) == "expert_panel"


def test_who_is_not_asked_cannot_sign(world: w.World, city: list[Account]) -> None:
    with pytest.raises(Refused, match="不由您办理"):
        act(world, world.district_reviewer)
    with pytest.raises(OutOfScope):
        act(world, world.other_district_reviewer)


def test_control_without_signing_one_is_enough(world: w.World, city: list[Account], rule: list[Signing | None]) -> None:
    rule[0] = None
    act(world, city[0])
    assert stage(world) == "expert_panel"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.sampled_from([("all", 0), ("all", 3), ("any", 1), ("any", 2), ("any", 3)]))
def test_whatever_the_order_of_clicks_the_case_moves_once_and_only_with_its_quorum(
    kept: w.World, rule: list[Signing | None], seed: int, kind: tuple[str, int]
) -> None:
    rule[0] = Signing(kind[0], quorum=kind[1], basis="practice")
    case, people, chance = kept.cases[0], list(Account.select()), random.Random(seed)
    w.submit(kept, case)
    w.forward(kept, case)
    seen, began = w.fresh(case).stage_version, w.fresh(case).head_sequence
    signed: set[int] = set()
    tokens = [new_token() for _ in range(4)]
    city = {a.id for a in people if w.viewer(a).has("city_reviewer", kept.region.id)}
    needed = len(city) if kind[0] == "all" else kind[1]
    for _ in range(25):
        person = chance.choice(people)
        before = stage(kept)
        try:
            acting.act(w.viewer(person), case.id, "forward", acting.Decision(), seen, chance.choice([*tokens, new_token()]))
        except (Refused, Stale, OutOfScope):
            assert stage(kept) == before
        signed = {
            e.actor_id for e in CaseEvent.select().where((CaseEvent.case == case) & (CaseEvent.sequence > began))
            if e.kind == "signed"
        }  # fmt: skip
        assert (stage(kept) != STAGE) == (len(signed) >= needed)
        assert signed <= city
    after = CaseEvent.select().where((CaseEvent.case == case) & (CaseEvent.sequence > began))
    assert sum(e.kind == "forwarded" for e in after) == int(len(signed) >= needed)
    assert events.verify(w.fresh(case)) is None
    if stage(kept) == STAGE:
        act(kept, kept.city_reviewer, "return")
    else:
        _back(kept)


def _back(kept: w.World) -> None:
    """Set the case back to be filled in, as a return would."""
    Case.update(stage="fill", stage_version=Case.stage_version + 1).where(Case.id == kept.cases[0].id).execute()


@pytest.fixture
def kept(world: w.World) -> w.World:
    for _ in range(2):
        factories.account("city_reviewer", region=world.region)
    return world


def test_the_rule_alone() -> None:
    """Every role must be among the signatures of 会签, and people are counted once."""
    made = review(Signing("all", roles=("city_reviewer", "city_centre"), basis="practice"))
    city, centre = Signed(1, ("city_reviewer",)), Signed(2, ("city_centre",))
    assert not is_complete(made, [city], {1}), "nobody of the centre is left, but its agreement is asked for"
    assert is_complete(made, [city, centre], {1, 2})
    assert not is_complete(made, [city, centre], {1, 2, 3})
    assert is_complete(review(Signing("any", quorum=2, basis="practice")), [city, centre], {1, 2, 3})
    assert not is_complete(review(Signing("any", quorum=2, basis="practice")), [city, city], {1})


def review(rule: Signing) -> Stage:
    return Stage("s", "审", "review", role="city_reviewer", signing=rule)
