"""Replay in the browser: choose, look, download; nobody else's; progress for a large one."""

from __future__ import annotations

import io

import openpyxl
import pytest

from core.admin.replay_figures import figures_of
from core.cases import authoring, replaying
from core.cases.action import new_token
from core.models import DefinitionVersion, ReplayRun, Result
from tests import factories
from tests import world as w


@pytest.fixture
def closed(database) -> w.World:
    world = w.build()
    for seed, (case, share) in enumerate(zip(world.cases, ("0.95", "0.8", "0.5"), strict=True)):
        w.to_determination(world, case, seed=seed, share=share)
    w.to_closed(world, *world.cases)
    return world


@pytest.fixture
def draft(closed) -> DefinitionVersion:
    """Everybody excellent below 99 is only good."""
    person = w.viewer(closed.policy_officer)
    own = (DefinitionVersion.region == closed.region) & (DefinitionVersion.kind == "grades")
    made = authoring.copy_as_draft(person, DefinitionVersion.get(own).id, new_token())["definition"]
    row = DefinitionVersion.get_by_id(made)
    text = row.text.replace("at_least = 85", "at_least = 99").replace("below = 85", "below = 99")
    authoring.save_text(person, row.id, text, row.digest, new_token())
    return DefinitionVersion.get_by_id(row.id)


def _start(client, seal, closed, *drafts):
    given = {"csrf_token": seal(), "form_token": new_token(), "round": closed.round.id, "drafts": [d.id for d in drafts]}
    return client.post("/admin/replays/start", data=given)


def test_who_changes_grade_and_why_with_the_awards(client, sign_in, seal, closed, draft):
    sign_in(client, closed.policy_officer)
    assert "档次线" in client.get("/admin/replays/").text
    answer = _start(client, seal, closed, draft)
    page = client.get(answer.location).text
    excellent = Result.select().where(Result.grade == "excellent").count()
    assert excellent and f"{excellent} 家的档次会变" in page
    told = figures_of(ReplayRun.get())
    assert [bar.after for bar in told.grades if bar.name == "优秀"] == [0]
    assert [bar.before for bar in told.grades if bar.name == "优秀"] == [excellent]
    assert "为什么" in page and "奖励合计" in page


def test_the_workbook_has_a_row_for_each_carrier(client, sign_in, seal, closed, draft):
    sign_in(client, closed.policy_officer)
    location = _start(client, seal, closed, draft).location
    data = client.get(location.rstrip("/") + ".xlsx").data
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 1 + len(closed.cases)
    assert {row[0] for row in rows[1:]} == {case.carrier.name for case in closed.cases}


def test_without_a_draft_it_is_refused_and_the_page_comes_again(client, sign_in, seal, closed, draft):
    sign_in(client, closed.policy_officer)
    answer = _start(client, seal, closed)
    assert (answer.status_code, "请至少选一份草稿" in answer.text) == (422, True)


def test_another_officer_finds_nothing(client, sign_in, seal, closed, draft):
    run = replaying.start(w.viewer(closed.policy_officer), closed.round.id, [draft.id], new_token())["run"]
    sign_in(client, factories.account("policy_officer", region=factories.region(key="elsewhere")))
    assert _start(client, seal, closed, draft).status_code == 404
    for address in (f"/admin/replays/{run}/", f"/admin/replays/{run}.xlsx"):
        assert client.get(address).status_code == 404
    given = {"csrf_token": seal(), "form_token": new_token()}
    assert client.post(f"/admin/replays/{run}/stop", data=given).status_code == 404


def test_a_large_one_shows_its_progress_and_can_be_stopped(client, sign_in, seal, closed, draft, monkeypatch):
    monkeypatch.setattr(replaying, "AT_ONCE", 0)
    sign_in(client, closed.policy_officer)
    location = _start(client, seal, closed, draft).location
    replaying.step(ReplayRun.get().id, 1)
    assert "已算 1 家，共 3 家" in client.get(location).text
    client.post(location.rstrip("/") + "/stop", data={"csrf_token": seal(), "form_token": new_token()})
    assert "已停止" in client.get(location).text
