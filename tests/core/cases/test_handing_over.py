"""Handing work over: who may, to whom, everything or nothing, stale told, and officers see numbers only."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.cases import acting, events, handing_over
from core.cases.action import new_token
from core.cases.handing_over import HandOver
from core.errors import OutOfScope, Refused, Stale
from core.models import Account, AdminEvent, Case, CaseEvent, OutboxRow
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Scene:
    def __init__(self, world: w.World) -> None:
        self.world = world
        district = world.carriers[0].district
        for case in world.cases:
            w.submit(world, case)
        self.leaving = world.district_reviewer
        self.staying = factories.account("district_reviewer", district=district, display_name="留下的")
        self.officer = w.viewer(factories.account("system_admin"))
        first = w.fresh(world.cases[0])
        acting.reassign(w.viewer(self.staying), first.id, self.leaving.id, "分工", first.stage_version, new_token())
        self.key = f"district_reviewer-{world.region.id}-{district.id}"

    def ask(self, **more: Any) -> HandOver:
        return HandOver(**{"to": {self.key: self.staying.id}, "reason": "岗位调整", **more})

    def seen(self, viewer: Any) -> str:
        return handing_over.seen(handing_over.works_of(viewer, Account.get_by_id(self.leaving.id)))

    def go(self, viewer: Any, asked: HandOver) -> Any:
        return handing_over.hand_over(viewer, self.leaving.id, asked, self.seen(viewer), new_token())


@pytest.fixture
def scene(database: str, tmp_path: Any) -> Scene:
    return Scene(w.build(3, 3, tmp_path / "files"))


def holders(scene: Scene) -> list[int | None]:
    return [w.fresh(case).assignee_id for case in scene.world.cases]


def test_the_system_administrator_hands_over_what_was_handed_to_a_person(scene: Scene) -> None:
    told = scene.go(scene.officer, scene.ask(disable=True))
    assert told["cases"] == 1 and holders(scene) == [scene.staying.id, None, None]
    assert not Account.get_by_id(scene.leaving.id).is_active
    last = CaseEvent.select().where(CaseEvent.case == scene.world.cases[0]).order_by(CaseEvent.sequence.desc()).get()
    assert (last.kind, last.said, last.actor_id) == ("reassigned", "岗位调整", scene.officer.account)
    assert events.verify(w.fresh(scene.world.cases[0])) is None
    assert {"tasks_handed_over", "account_disabled"} <= {row.kind for row in AdminEvent.select()}
    assert OutboxRow.select().where(OutboxRow.kind == "case_reassigned").count() == 2


def test_all_work_of_the_role_goes_when_that_is_asked_for(scene: Scene) -> None:
    told = scene.go(w.viewer(scene.staying), scene.ask(everything=True))
    assert told["cases"] == 3 and holders(scene) == [scene.staying.id] * 3
    assert Account.get_by_id(scene.leaving.id).is_active


def test_what_a_former_reviewer_left_behind_can_still_be_handed_over(scene: Scene) -> None:
    Account.update(is_active=False).where(Account.id == scene.leaving.id).execute()
    assert scene.go(w.viewer(scene.staying), scene.ask())["cases"] == 1
    assert holders(scene)[0] == scene.staying.id


def test_a_move_meanwhile_is_told_and_nothing_goes(scene: Scene) -> None:
    seen = scene.seen(scene.officer)
    w.forward(scene.world, scene.world.cases[0])
    with pytest.raises(Stale, match="没有移交"):
        handing_over.hand_over(scene.officer, scene.leaving.id, scene.ask(everything=True), seen, new_token())
    assert holders(scene) == [None, None, None]


def test_one_case_that_moves_while_it_is_done_takes_everything_back(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, seen = handing_over.events.append, scene.seen(scene.officer)

    def fails_later(row: Any, *rest: Any, **more: Any) -> int:
        if row.id == scene.world.cases[2].id:
            raise Stale("刚有变化")
        return plain(row, *rest, **more)

    monkeypatch.setattr(handing_over.events, "append", fails_later)
    with pytest.raises(Stale):
        handing_over.hand_over(scene.officer, scene.leaving.id, scene.ask(everything=True), seen, new_token())
    assert holders(scene) == [scene.leaving.id, None, None]


def test_only_a_colleague_of_the_same_role_and_place_may_take_it(scene: Scene) -> None:
    for other in (scene.world.other_district_reviewer, scene.world.city_reviewer, scene.leaving):
        with pytest.raises(Refused, match="另选一位"):
            scene.go(scene.officer, scene.ask(to={scene.key: other.id}))
    Account.update(is_active=False).where(Account.id == scene.staying.id).execute()
    with pytest.raises(Refused, match="另选一位"):
        scene.go(scene.officer, scene.ask())


def test_the_reason_and_every_place_are_asked_for(scene: Scene) -> None:
    with pytest.raises(Refused, match="原因"):
        scene.go(scene.officer, scene.ask(reason=" "))
    with pytest.raises(Refused, match="停用以前"):
        scene.go(scene.officer, scene.ask(to={}, disable=True))
    with pytest.raises(Refused, match="没有要移交的"):
        scene.go(scene.officer, scene.ask(to={}))
    assert holders(scene)[0] == scene.leaving.id


def test_who_shares_neither_role_nor_place_may_not(scene: Scene) -> None:
    world, seen = scene.world, scene.seen(scene.officer)
    others = [world.other_district_reviewer, world.city_reviewer, world.clerks[0], world.policy_officer, world.finance]
    others += [factories.account("security_admin"), factories.account("auditor")]
    for other in others:
        with pytest.raises(OutOfScope):
            handing_over.hand_over(w.viewer(other), scene.leaving.id, scene.ask(), seen, new_token())
    with pytest.raises(OutOfScope):  # a reviewer disables nobody
        scene.go(w.viewer(scene.staying), scene.ask(disable=True))
    assert holders(scene)[0] == scene.leaving.id


def test_the_officers_page_tells_numbers_and_never_a_case(client: FlaskClient, sign_in: Any, scene: Scene) -> None:
    sign_in(client, factories.account("system_admin"))
    page = client.get(f"/admin/hand_over/{scene.leaving.id}/").text
    assert "海港区区级审核员" in page and "留下的" in page
    for case in Case.select():
        assert case.number not in page and case.carrier.name not in page and f"/cases/{case.id}" not in page


def test_a_reviewer_hands_over_on_a_page_of_the_own_desk(
    client: FlaskClient, sign_in: Any, seal: Any, scene: Scene
) -> None:
    sign_in(client, scene.staying)
    assert f"/hand-over/{scene.leaving.id}" in client.get("/hand-over/").text
    page = client.get(f"/hand-over/{scene.leaving.id}").text
    assert scene.world.cases[0].number in page
    form = {"csrf_token": seal(), "form_token": new_token(), "seen": scene.seen(w.viewer(scene.staying))}
    form |= {f"to-{scene.key}": str(scene.staying.id), "what": "assigned"}
    answer = client.post(f"/hand-over/{scene.leaving.id}", data=form)
    assert answer.status_code == 422 and "请写明交接的原因" in answer.text
    done = client.post(f"/hand-over/{scene.leaving.id}", data={**form, "reason": "请假"})
    assert done.status_code == 302 and holders(scene)[0] == scene.staying.id
    stale = client.post(f"/hand-over/{scene.leaving.id}", data={**form, "form_token": new_token(), "reason": "请假"})
    assert stale.status_code == 409 and "没有移交" in stale.text
    assert client.get(f"/hand-over/{scene.world.city_reviewer.id}").status_code == 404
