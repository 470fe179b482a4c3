"""Drafts keep what was typed, readable or not, and two tabs never overwrite each other in silence."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from core.cases import drafts
from core.errors import OutOfScope, Refused
from core.models import Draft
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world() -> w.World:
    return w.build(carriers=2)


def save(world: w.World, revision: int, **typed: str) -> drafts.Saved:
    clerk = w.viewer(world.clerks[0])
    return drafts.save_section(clerk, world.cases[0].id, "foundation", MultiDict(typed), revision)


def test_what_cannot_be_read_is_kept_as_typed(world: w.World) -> None:
    saved = save(world, 0, area_m2="一千平", service_staff="6")
    assert saved.errors["area_m2"]
    kept = Draft.get(Draft.case == world.cases[0])
    assert kept.raw["area_m2"] == "一千平"
    assert kept.answers["service_staff"] == 6
    mended = save(world, kept.revision, area_m2="1860", service_staff="6")
    assert mended.draft.raw.get("area_m2") is None
    assert mended.draft.answers["area_m2"] == "1860"


def test_an_older_tab_is_shown_both_texts(world: w.World) -> None:
    first = save(world, 0, area_m2="100")
    save(world, first.draft.revision, area_m2="200")
    late = save(world, first.draft.revision, area_m2="300", service_staff="7")
    assert [(c.field, c.kept, c.typed) for c in late.conflicts] == [("area_m2", "200", "300")]
    assert late.draft.answers["area_m2"] == "200"
    assert late.draft.answers["service_staff"] == 7


def test_the_same_text_from_two_tabs_is_no_conflict(world: w.World) -> None:
    first = save(world, 0, area_m2="100")
    assert save(world, 0, area_m2="100").conflicts == []
    assert Draft.get(Draft.case == world.cases[0]).revision == first.draft.revision


def test_another_carriers_draft_does_not_exist(world: w.World) -> None:
    with pytest.raises(OutOfScope):
        drafts.open_draft(w.viewer(world.clerks[1]), world.cases[0].id)


def test_after_submitting_the_draft_is_closed(world: w.World) -> None:
    w.submit(world, world.cases[0])
    with pytest.raises(Refused, match="已经提交"):
        save(world, 99, area_m2="1")
