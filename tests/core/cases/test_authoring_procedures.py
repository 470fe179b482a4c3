"""A whole procedure begun by one press: drafts that name each other, judged together and published in one step."""

from __future__ import annotations

import pytest

from core import clock
from core.cases import authoring
from core.cases.action import new_token
from core.cases.authoring_checks import findings_of, findings_together, sources_around, sources_of
from core.cases.authoring_company import company_of, open_drafts
from core.cases.authoring_new import new_definition
from core.cases.authoring_procedures import Wanted, begin_procedure
from core.cases.importing import import_region
from core.errors import OutOfScope, Refused, Stale
from core.models import DefinitionVersion, Region
from core.people.scope import Viewer, viewer_of
from core.policy.pack import load_region
from tests import factories, world

pytestmark = pytest.mark.usefixtures("database")
WANTED = Wanted("季度活动补贴", "on_demand", "filing", ("makerspace",))


@pytest.fixture
def region() -> Region:
    return import_region(load_region(world.PACK))


@pytest.fixture
def officer(region: Region) -> Viewer:
    return viewer_of(factories.account("policy_officer", region=region))


def drafts(region: Region) -> dict[str, DefinitionVersion]:
    return {row.kind: row for row in open_drafts(region)}


def publish(officer: Viewer, first: DefinitionVersion, *others: DefinitionVersion) -> None:
    together = {one.id: one.digest for one in others}
    authoring.publish(officer, first.id, clock.today(), "年度细则", first.digest, new_token(), together)


def test_one_press_makes_three_drafts_that_fit_each_other(region: Region, officer: Viewer) -> None:
    begin_procedure(officer, region.id, WANTED, new_token())
    made = drafts(region)
    assert set(made) == {"form", "workflow", "procedures"}
    assert [findings_of(row) for row in made.values()] == [[], [], []]
    # each alone names what is not there: only together can they be published
    assert findings_together([made["workflow"]]) and findings_together([made["procedures"]])
    for row in made.values():
        others = {one.kind for one in company_of(row, sources_of(region))}
        assert others == set(made) - {row.kind}


def test_the_three_are_published_in_one_step_or_not_at_all(region: Region, officer: Viewer) -> None:
    begin_procedure(officer, region.id, WANTED, new_token())
    made = drafts(region)
    with pytest.raises(Refused, match="没有改好"):
        publish(officer, made["workflow"])
    old = made["form"]
    authoring.change_draft(officer, old.id, lambda data: data.update(title="申请表"), old.digest, new_token())
    with pytest.raises(Stale):
        publish(officer, made["workflow"], made["procedures"], old)
    assert set(drafts(region)) == set(made)  # nothing of it was published
    publish(officer, *drafts(region).values())
    assert not drafts(region)


def test_a_second_click_is_told_the_same(region: Region, officer: Viewer) -> None:
    begin_procedure(officer, region.id, WANTED, new_token())
    first, *others = drafts(region).values()
    token, together = new_token(), {one.id: one.digest for one in others}
    said = [
        authoring.publish(officer, first.id, clock.today(), "年度细则", first.digest, token, together)["message"]
        for _ in range(2)
    ]
    assert said[0] == said[1] and "3 份" in said[0]


def test_four_eyes_hold_for_each_of_them(region: Region, officer: Viewer) -> None:
    Region.update(four_eyes=True).execute()
    other = viewer_of(factories.account("policy_officer", region=region))
    begin_procedure(officer, region.id, WANTED, new_token())
    made = drafts(region)
    form = made["form"]
    authoring.change_draft(other, form.id, lambda data: data.update(title="申请表"), form.digest, new_token())
    with pytest.raises(Refused, match="双人发布"):
        publish(other, *drafts(region).values())
    third = viewer_of(factories.account("policy_officer", region=region))
    publish(third, *drafts(region).values())


def test_drafts_of_other_regions_are_not_taken_along(region: Region, officer: Viewer) -> None:
    begin_procedure(officer, region.id, WANTED, new_token())
    foreign = factories.region("elsewhere", "别处")
    row = DefinitionVersion.create(
        region=foreign, kind="form", key="f", version="2023", digest="d", origin="administrator", text="", status="draft",
        created_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(OutOfScope):
        publish(officer, *drafts(region).values(), row)


def test_what_can_be_chosen_has_the_drafts_but_not_the_unreadable(region: Region, officer: Viewer) -> None:
    begin_procedure(officer, region.id, WANTED, new_token())
    made = drafts(region)
    assert ("form", made["form"].key) in sources_around(made["procedures"])
    authoring.save_text(officer, made["form"].id, "a = = 1", made["form"].digest, new_token())
    assert ("form", made["form"].key) not in sources_around(made["procedures"])


def test_the_entry_joins_the_draft_that_is_open(region: Region, officer: Viewer) -> None:
    begin_procedure(officer, region.id, WANTED, new_token())
    begin_procedure(officer, region.id, Wanted("现场检查", "on_demand", "on_site_check"), new_token())
    entries = authoring.data_of(drafts(region)["procedures"])["procedures"]
    assert [one["name"] for one in entries][-2:] == ["季度活动补贴", "现场检查"]
    assert entries[-2]["carrier_kinds"] == ["makerspace"] and "opened_by" not in entries[-2]
    assert entries[-1]["opened_by"] == ["district_reviewer"] and "carrier_kinds" not in entries[-1]


@pytest.mark.parametrize("template", ["default", "report", "filing", "corrective_action", "on_site_check"])
def test_every_template_begins_without_a_fault(region: Region, officer: Viewer, template: str) -> None:
    every = "year" if template == "default" else "on_demand"  # its notice belongs to a round
    begin_procedure(officer, region.id, Wanted("新的事项", every, template), new_token())
    assert findings_of(drafts(region)["workflow"]) == []


def test_a_notice_outside_a_round_is_found_at_its_stage(region: Region, officer: Viewer) -> None:
    """Such a case could never leave the stage before it."""
    begin_procedure(officer, region.id, Wanted("新的事项", "year", "default"), new_token())
    row = drafts(region)["procedures"]
    authoring.change_draft(
        officer, row.id, lambda data: data["procedures"][-1].update(every="on_demand"), row.digest, new_token()
    )
    found = findings_of(drafts(region)["workflow"])
    assert [(one.key, "一年一次的批次" in one.message) for one in found] == [("stages.3.kind", True)]


def test_a_round_gets_a_plan_of_its_own(region: Region, officer: Viewer) -> None:
    """Else its plan would be the one of the other procedure, which asks for that one's scheme and experts."""
    begin_procedure(officer, region.id, Wanted("新的事项", "year", "default"), new_token())
    made = drafts(region)
    assert made["plan"].key == made["workflow"].key
    assert [one["key"] for one in authoring.data_of(made["plan"])["items"]] == ["cutoff", "due_on"]
    assert [findings_of(row) for row in made.values()] == [[], [], [], []]
    assert {one.kind for one in company_of(made["workflow"], sources_of(region))} == {"form", "plan", "procedures"}
    publish(officer, *made.values())


def test_a_plan_that_all_share_stays_the_only_one(region: Region, officer: Viewer) -> None:
    DefinitionVersion.update(key="shared").where(DefinitionVersion.kind == "plan").execute()
    begin_procedure(officer, region.id, Wanted("新的事项", "year", "default"), new_token())
    assert "plan" not in drafts(region)


def test_a_region_without_any_procedure_gets_its_first(officer: Viewer) -> None:
    empty = factories.region("elsewhere", "别处")
    own = viewer_of(factories.account("policy_officer", region=empty))
    begin_procedure(own, empty.id, WANTED, new_token())
    assert set(drafts(empty)) == {"form", "workflow", "procedures"}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("", "on_demand", "filing"), "name"),
        (Wanted("众创空间年度绩效评价", "on_demand", "filing"), "name"),
        (Wanted("新的事项", "on_demand", "nothing"), "template"),
        (Wanted("新的事项", "quarter", "default"), "template"),
    ],
)
def test_what_is_missing_is_told_at_its_field(region: Region, officer: Viewer, wanted: Wanted, field: str) -> None:
    with pytest.raises(Refused) as told:
        begin_procedure(officer, region.id, wanted, new_token())
    assert field in told.value.fields and not drafts(region)


def test_strangers_begin_nothing(region: Region) -> None:
    with pytest.raises(OutOfScope):
        begin_procedure(viewer_of(factories.account("city_reviewer", region=region)), region.id, WANTED, new_token())


def test_a_second_scheme_does_not_lengthen_the_grade_lines(region: Region, officer: Viewer) -> None:
    new_definition(officer, region.id, "indicators", "second", "第二套指标", new_token())
    assert findings_of(drafts(region)["indicators"]) == []  # not: the best grade must reach 200
