"""Done once: a repeated form gets the first receipt; a stale one is told who acted."""

from __future__ import annotations

import pytest

from core.cases import acting, submitting
from core.cases.action import _doorbells, new_token, on_commit, once
from core.errors import Refused, Stale
from core.models import CaseEvent, FormToken, Submission
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


def test_a_repeat_gets_the_first_receipt_even_after_the_case_moved_on() -> None:
    world = w.build(carriers=1)
    case = world.cases[0]
    w.fill(world, case)
    clerk, token = w.viewer(world.clerks[0]), new_token()
    first = submitting.submit(clerk, case.id, 1, token)
    w.forward(world, case)
    again = submitting.submit(clerk, case.id, 1, token)
    assert again.pop("repeated")
    assert again == first
    assert Submission.select().where(Submission.case == case).count() == 1


def test_a_stale_form_is_told_who_acted() -> None:
    world = w.build(carriers=1)
    case = world.cases[0]
    w.submit(world, case)
    version = w.fresh(case).stage_version
    w.forward(world, case)
    decision = acting.Decision(opinion=w.opinion_for(case))
    with pytest.raises(Stale, match=world.district_reviewer.display_name):
        acting.act(w.viewer(world.district_reviewer), case.id, "forward", decision, version, new_token())


def test_a_refused_action_leaves_nothing_behind() -> None:
    world = w.build(carriers=1)
    case = world.cases[0]
    before = CaseEvent.select().count()
    token = new_token()
    with pytest.raises(Refused):
        submitting.submit(w.viewer(world.clerks[0]), case.id, 1, token)
    assert CaseEvent.select().count() == before
    assert FormToken.get_or_none(FormToken.token == token) is None
    w.submit(world, case)  # and the way stays open


def test_a_form_without_token_is_refused() -> None:
    with pytest.raises(Refused, match="刷新"):
        once("", dict)


def test_the_doorbell_rings_after_a_commit_only() -> None:
    rung: list[int] = []

    def ring() -> None:
        rung.append(1)

    on_commit(ring)
    try:
        with pytest.raises(Refused):
            once(new_token(), _refuse)
        assert rung == []
        once(new_token(), dict)
        assert rung == [1]
    finally:
        _doorbells.remove(ring)


def _refuse() -> dict[str, object]:
    raise Refused("不行")
