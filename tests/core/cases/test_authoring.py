"""Drafts of definitions: copied, changed, checked, published for good; rounds stay with what they opened under."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.cases import (
    admin_events,
    authoring,
    authoring_diff,
    authoring_faults,
    authoring_items,
    authoring_scheme,
    definitions,
)
from core.cases.action import new_token
from core.cases.importing import import_region
from core.errors import OutOfScope, Refused, Stale
from core.models import AdminEvent, DefinitionVersion, ParameterEntry, Region
from core.people.scope import Viewer, viewer_of
from core.policy.pack import load_region
from core.policy.source import parse
from tests import factories, world

pytestmark = pytest.mark.usefixtures("database")
PACK_FILES = sorted(world.PACK.rglob("*.toml")) + sorted(Path("core/workflow").rglob("*.toml"))


@pytest.fixture
def region() -> Region:
    return import_region(load_region(world.PACK))


@pytest.fixture
def officer(region: Region) -> Viewer:
    return viewer_of(factories.account("policy_officer", region=region))


def published(region: Region, kind: str) -> DefinitionVersion:
    """The plugin's definition of a kind; of workflows and forms one of the evaluation's own."""
    own = (DefinitionVersion.region == region) & (DefinitionVersion.kind == kind) & (DefinitionVersion.origin == "plugin")
    return DefinitionVersion.get(own & (DefinitionVersion.key != "award_use"))


def draft(officer: Viewer, region: Region, kind: str) -> DefinitionVersion:
    made = authoring.copy_as_draft(officer, published(region, kind).id, new_token())
    return DefinitionVersion.get_by_id(made["definition"])


def change(officer: Viewer, row: DefinitionVersion, how) -> DefinitionVersion:
    authoring.change_draft(officer, row.id, how, DefinitionVersion.get_by_id(row.id).digest, new_token())
    return DefinitionVersion.get_by_id(row.id)


def publish(officer: Viewer, row: DefinitionVersion, day: date | None = None, reason: str = "年度细则") -> None:
    row = DefinitionVersion.get_by_id(row.id)
    authoring.publish(officer, row.id, day or clock.today(), reason, row.digest, new_token())


def test_a_copy_is_the_next_version_and_the_original_stays(region: Region, officer: Viewer) -> None:
    original = published(region, "workflow")
    first, second = draft(officer, region, "workflow"), draft(officer, region, "workflow")
    assert (first.version, second.version, first.status) == ("2023.1", "2023.2", "draft")
    assert first.text == DefinitionVersion.get_by_id(original.id).text


def test_the_same_form_twice_makes_one_draft(region: Region, officer: Viewer) -> None:
    token = new_token()
    first = authoring.copy_as_draft(officer, published(region, "grades").id, token)
    again = authoring.copy_as_draft(officer, published(region, "grades").id, token)
    assert again["definition"] == first["definition"]
    assert DefinitionVersion.select().where(DefinitionVersion.status == "draft").count() == 1


def test_definitions_are_out_of_scope_for_everybody_else(region: Region) -> None:
    row = published(region, "grades")
    elsewhere = factories.region("elsewhere", "别处")
    others = [factories.account("policy_officer", region=elsewhere), factories.account("city_reviewer", region=region)]
    for person in [*others, factories.account("system_admin")]:
        with pytest.raises(OutOfScope):
            authoring.copy_as_draft(viewer_of(person), row.id, new_token())


def test_a_published_version_cannot_be_changed(region: Region, officer: Viewer) -> None:
    row = published(region, "grades")
    for attempt in (
        lambda: authoring.save_text(officer, row.id, "key = 'x'", row.digest, new_token()),
        lambda: authoring.change_draft(officer, row.id, dict.clear, row.digest, new_token()),
        lambda: authoring.withdraw(officer, row.id, "不要了", new_token()),
        lambda: authoring.publish(officer, row.id, clock.today(), "再发", row.digest, new_token()),
    ):
        with pytest.raises(Refused, match="不能再改"):
            attempt()
    assert DefinitionVersion.get_by_id(row.id).text == row.text


def test_who_saw_an_older_text_is_told(region: Region, officer: Viewer) -> None:
    row = draft(officer, region, "grades")
    authoring.save_text(officer, row.id, row.text + "# 备注\n", row.digest, new_token())
    with pytest.raises(Stale):
        authoring.save_text(officer, row.id, row.text, row.digest, new_token())
    assert "备注" in DefinitionVersion.get_by_id(row.id).text


def test_a_removed_stage_is_found_where_it_is_still_named(region: Region, officer: Viewer) -> None:
    row = change(
        officer, draft(officer, region, "workflow"), lambda data: authoring_items.remove_item(data, "stages.2")
    )
    faults = authoring_faults.faults_of(row)
    assert next((f.own, f.place) for f in faults) == (
        True,
        "环节“县区归口管理部门审核” › 动作“同意，送市级复审” › 到哪个环节",
    )
    line = row.text.splitlines()[faults[0].line - 1]
    assert line == 'to = "city_review"'
    assert "专家组评价" in faults[0].allowed
    with pytest.raises(Refused, match="没有改好"):
        publish(officer, row)


def test_a_form_that_is_not_there_is_found(region: Region, officer: Viewer) -> None:
    row = change(
        officer,
        draft(officer, region, "workflow"),
        lambda data: authoring_items.put_values(data, "stages.1", {"opinion_form": "nothing"}),
    )
    assert any("nothing" in fault.message for fault in authoring_faults.faults_of(row))


def test_a_text_that_is_no_toml_is_kept_and_placed(region: Region, officer: Viewer) -> None:
    row = draft(officer, region, "grades")
    authoring.save_text(officer, row.id, "key = 'makerspace_evaluation'\n线 = = 3\n", row.digest, new_token())
    row = DefinitionVersion.get_by_id(row.id)
    fault = authoring_faults.faults_of(row)[0]
    assert (fault.line, fault.own) == (2, True)
    assert "TOML" not in fault.message
    with pytest.raises(Refused, match="先在原文里改好"):
        authoring.data_of(row)


def test_weights_that_do_not_add_up_cannot_be_published_until_they_do(region: Region, officer: Viewer) -> None:
    row = change(officer, draft(officer, region, "indicators"), lambda data: authoring_scheme.put_weights(data, {0: "5"}))
    with pytest.raises(Refused):
        publish(officer, row)
    row = change(officer, row, lambda data: authoring_scheme.put_weights(data, {3: "4", 4: "4"}))
    publish(officer, row)
    assert definitions.in_force(region, clock.today())["indicators/makerspace_evaluation"] == row.id


def test_another_method_takes_only_its_own_settings(region: Region, officer: Viewer) -> None:
    slots = authoring_items.items_at("indicators", "indicators.0").slots
    kept = {
        slot.path: authoring_items.typed_form(slot, authoring.data_of(published(region, "indicators"))["indicators"][0])
        for slot in slots
    }
    posted = {**kept, "method.key": "linear_to_target", "method.target": "1500.5", "method.floor": "3"}
    values = authoring_items.read_slots(slots, posted)
    row = change(
        officer, draft(officer, region, "indicators"), lambda d: authoring_items.put_values(d, "indicators.0", values)
    )
    method = authoring.data_of(row)["indicators"][0]["method"]
    assert (method["key"], str(method["target"]), "floor" in method) == ("linear_to_target", "1500.5", False)
    assert authoring_faults.faults_of(row) == []


def test_a_published_draft_counts_from_its_day_and_open_rounds_stay(region: Region) -> None:
    made = world.build(1, 3)
    officer = world.viewer(made.policy_officer)
    before = definitions.pinned_policy(made.round).sources[("workflow", "makerspace_evaluation")]
    row = change(
        officer,
        draft(officer, made.region, "workflow"),
        lambda data: authoring_items.put_values(data, "stages.1", {"name": "新的名称"}),
    )
    later = clock.today() + timedelta(days=10)
    publish(officer, row, later)
    assert definitions.in_force(made.region, clock.today())["workflow/makerspace_evaluation"] != row.id
    assert definitions.in_force(made.region, later)["workflow/makerspace_evaluation"] == row.id
    assert definitions.pinned_policy(made.round).sources[("workflow", "makerspace_evaluation")] == before
    current = definitions.current_policy(made.region, later)
    assert current is not None and current.document is not None, "an amended version still implements its document"


@pytest.mark.parametrize(("days", "reason", "field"), [(-1, "改", "in_force_from"), (0, " ", "reason")])
def test_publishing_asks_for_a_day_to_come_and_a_reason(
    region: Region, officer: Viewer, days: int, reason: str, field: str
) -> None:
    row = draft(officer, region, "grades")
    with pytest.raises(Refused) as refusal:
        publish(officer, row, clock.today() + timedelta(days=days), reason)
    assert set(refusal.value.fields) == {field}
    assert DefinitionVersion.get_by_id(row.id).status == "draft"


def test_what_was_changed_after_it_was_looked_at_is_not_published(region: Region, officer: Viewer) -> None:
    row = draft(officer, region, "grades")
    change(officer, row, lambda data: authoring_items.put_values(data, "lines.0", {"name": "特优"}))
    with pytest.raises(Stale):
        authoring.publish(officer, row.id, clock.today(), "改", row.digest, new_token())


def test_a_withdrawn_draft_is_kept_and_its_number_is_not_used_again(region: Region, officer: Viewer) -> None:
    row = draft(officer, region, "grades")
    authoring.withdraw(officer, row.id, "另行研究", new_token())
    assert DefinitionVersion.get_by_id(row.id).status == "withdrawn"
    assert draft(officer, region, "grades").version == "2023.2"


def test_every_step_is_in_the_chain(region: Region, officer: Viewer) -> None:
    row = change(officer, draft(officer, region, "grades"), lambda data: authoring_items.move_item(data, "lines.0", 1))
    publish(officer, row)
    kinds = [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)]
    assert kinds[-3:] == ["definition_drafted", "definition_draft_saved", "definition_published"]
    assert admin_events.first_fault() is None


def test_a_difference_is_told_in_words(region: Region, officer: Viewer) -> None:
    old = authoring.data_of(published(region, "workflow"))
    new = authoring.data_of(published(region, "workflow"))
    authoring_items.put_values(new, "stages.1", {"clock.days": 7, "role": "city_reviewer"})
    authoring_items.remove_item(new, "stages.2")
    authoring_items.move_item(new, "stages.2", 1)
    found = {(c.place, c.what): (c.before, c.after) for c in authoring_diff.changes(old, new)}
    name = "环节“县区归口管理部门审核”"
    assert found[(f"{name} › 期限", "天数或月数")] == ("5", "7")
    assert any(before == "区级审核员" and after == "市级审核员" for before, after in found.values())
    assert found[("环节“市科技局复审”", "去掉")][1] == ""
    assert any(what == "环节的次序" for _, what in found)
    assert authoring_diff.changes(old, old) == []


def test_a_value_is_entered_once_a_form(region: Region, officer: Viewer) -> None:
    token = new_token()
    for _ in range(2):
        authoring.enter_value(officer, region.id, "award_good_yuan", "200000", "某文件第三条", clock.today(), token)
    assert ParameterEntry.select().count() == 1
    with pytest.raises(Refused, match="已有取值"):
        authoring.enter_value(officer, region.id, "notice_working_days", "7", "某文件", clock.today(), new_token())


@pytest.mark.parametrize("file", PACK_FILES, ids=lambda file: file.stem)
def test_what_is_written_back_says_the_same(file: Path) -> None:
    data = parse(file.read_text(encoding="utf-8"), file.name)
    assert parse(tomli_w.dumps(data), file.name) == data


@pytest.mark.parametrize("file", PACK_FILES, ids=lambda file: file.stem)
def test_every_key_of_a_text_is_found_at_its_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = authoring_faults.lines_of(text)
    data = parse(text, file.name)
    for key, number in lines.items():
        authoring_items.item_at(data, key)  # raises when the place does not exist
        last = key.rpartition(".")[2]
        assert last.isdigit() or last in text.splitlines()[number - 1]


@given(st.lists(st.integers(), min_size=1, max_size=8, unique=True), st.data())
def test_moving_loses_nothing_and_can_be_undone(values: list[int], picked: st.DataObject) -> None:
    data = {"lines": [{"grade": value} for value in values]}
    place = picked.draw(st.integers(0, len(values) - 1))
    step = picked.draw(st.sampled_from([-1, 1]))
    authoring_items.move_item(data, f"lines.{place}", step)
    assert sorted(entry["grade"] for entry in data["lines"]) == sorted(values)
    if 0 <= place + step < len(values):
        assert data["lines"][place + step]["grade"] == values[place]
        authoring_items.move_item(data, f"lines.{place + step}", -step)
    assert [entry["grade"] for entry in data["lines"]] == values


@pytest.mark.parametrize(
    ("typed", "fault"),
    [({"weight_points": "三"}, "weight_points"), ({"name": " "}, "name"), ({"method.bands": "1 2 3"}, "method.bands")],
)
def test_what_cannot_be_read_is_named_at_its_place(typed: dict[str, str], fault: str) -> None:
    good = {"name": "指标", "code": "F1", "group": "g", "type": "quantitative"}
    with pytest.raises(Refused) as refusal:
        authoring_items.read_slots(authoring_items.items_at("indicators", "indicators.3").slots, {**good, **typed})
    assert set(refusal.value.fields) == {fault}
