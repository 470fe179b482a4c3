"""Undo and redo of drafts, and who may publish where four eyes are asked for."""

from __future__ import annotations

import pytest

from core import clock
from core.cases import authoring, authoring_history
from core.cases.action import new_token
from core.cases.importing import import_region
from core.cases.registering_days import set_four_eyes
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion, DraftStep, Region
from core.policy.pack import load_region
from tests import factories
from tests import world as w


@pytest.fixture
def region(database) -> Region:
    return import_region(load_region(w.PACK))


@pytest.fixture
def officer(region):
    return w.viewer(factories.account("policy_officer", region=region))


@pytest.fixture
def draft(region, officer) -> DefinitionVersion:
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == "grades")
    made = authoring.copy_as_draft(officer, DefinitionVersion.get(own).id, new_token())["definition"]
    return DefinitionVersion.get_by_id(made)


def _now(draft) -> DefinitionVersion:
    return DefinitionVersion.get_by_id(draft.id)


def _save(officer, draft, text):
    authoring.save_text(officer, draft.id, text, _now(draft).digest, new_token())


def _go(officer, draft, by):
    return authoring.go(officer, draft.id, by, _now(draft).digest, new_token())


def test_fifty_changes_are_undone_and_done_again(officer, draft):
    texts = [draft.text] + [f"{draft.text}# {n}\n" for n in range(55)]
    for text in texts[1:]:
        _save(officer, draft, text)
    for text in reversed(texts[:-1]):
        _go(officer, draft, -1)
        assert _now(draft).text == text
    assert authoring_history.reachable(_now(draft)) == (0, 55)
    for text in texts[1:]:
        _go(officer, draft, 1)
        assert _now(draft).text == text


def test_a_change_after_undoing_gives_up_what_was_undone(officer, draft):
    _save(officer, draft, draft.text + "# a\n")
    _go(officer, draft, -1)
    _save(officer, draft, draft.text + "# b\n")
    with pytest.raises(Refused, match="没有可以重做"):
        _go(officer, draft, 1)
    _go(officer, draft, -1)
    assert _now(draft).text == draft.text


def test_saving_the_same_text_is_no_step(officer, draft):
    _save(officer, draft, draft.text)
    assert authoring_history.reachable(_now(draft)) == (0, 0)


def test_only_the_newest_steps_are_kept(officer, draft, monkeypatch):
    monkeypatch.setattr(authoring_history, "MOST_STEPS", 5)
    for n in range(9):
        _save(officer, draft, f"{draft.text}# {n}\n")
    assert DraftStep.select().where(DraftStep.definition == draft).count() == 5


def test_undo_on_an_old_page_is_told(officer, draft):
    _save(officer, draft, draft.text + "# a\n")
    with pytest.raises(Stale):
        authoring.go(officer, draft.id, -1, draft.digest, new_token())


def test_undo_is_nobody_elses(officer, draft):
    _save(officer, draft, draft.text + "# a\n")
    other = w.viewer(factories.account("policy_officer", region=factories.region(key="elsewhere")))
    with pytest.raises(OutOfScope):
        authoring.go(other, draft.id, -1, _now(draft).digest, new_token())


def _publish(person, draft):
    return authoring.publish(person, draft.id, clock.today(), "改错字", _now(draft).digest, new_token())


def test_with_four_eyes_who_changed_a_draft_does_not_publish_it(region, officer, draft, policy_day):
    set_four_eyes(w.viewer(factories.account("system_admin")), region.id, True, "制度要求", new_token())
    _save(officer, draft, draft.text + "# a\n")
    with pytest.raises(Refused, match="双人发布"):
        _publish(officer, draft)
    second = w.viewer(factories.account("policy_officer", region=region))
    _publish(second, draft)
    assert _now(draft).status == "published"


def test_without_four_eyes_one_person_may(officer, draft, policy_day):
    _publish(officer, draft)
    assert _now(draft).status == "published"


def test_four_eyes_are_the_system_administrators_to_ask_for(region, officer):
    with pytest.raises(OutOfScope):
        set_four_eyes(officer, region.id, False, "方便", new_token())
    with pytest.raises(Refused):
        set_four_eyes(w.viewer(factories.account("system_admin")), region.id, True, " ", new_token())
