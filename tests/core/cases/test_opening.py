"""Who may open what for whom, and what a result opens by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core import clock
from core.cases import definitions, noticing, periods, standing
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.models import Carrier, Case, DefinitionVersion, Draft, NoticeEntry, OutboxRow, PublicNotice, Result
from core.people.scope import Viewer, viewer_of
from tests import factories
from tests import world as w
from tests.core.cases import standing_world as s

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def place(database: str) -> Iterator[s.Place]:
    with clock.policy_date(date(2019, 6, 3)):
        yield s.build("tianjin", 2, "productivity_centre")


def keys(person: Viewer) -> dict[str, list[str]]:
    return {o.procedure["key"]: [c.name for c in o.carriers] for o in standing.openable(person)}


def test_everybody_is_offered_what_their_role_opens_for_the_right_standing(place: s.Place) -> None:
    Carrier.update(title_status="applicant").where(Carrier.id == place.carriers[1].id).execute()
    assert place.district is not None
    assert keys(viewer_of(place.district)) == {"yearly_check": ["演示载体1"]}
    assert keys(viewer_of(place.city)) == {
        "direct_entry": ["演示载体2"], "false_materials": ["演示载体1", "演示载体2"],
    }  # fmt: skip
    own, applicants = keys(place.clerk(0)), keys(place.clerk(1))
    assert own["annual_statistics"] == own["change_report"] == ["演示载体1"] and "entry_application" not in own
    assert applicants["entry_application"] == ["演示载体2"] and "change_report" not in applicants
    assert standing.openable(place.clerk(0), ("city_reviewer",)) == []
    offered = {o.procedure["key"]: o for o in standing.openable(place.clerk(0))}
    assert offered["annual_statistics"].period == "2019" and offered["change_report"].since == "变更或条件变化日"


def test_another_district_opens_nothing_here(place: s.Place) -> None:
    other = factories.account("district_reviewer", district=factories.district(place.region, "hedong", "河东区"))
    assert keys(viewer_of(other)) == {}
    for procedure in ("yearly_check", "direct_entry"):
        with pytest.raises(OutOfScope):
            standing.open_case(viewer_of(other), procedure, place.carriers[0].id, new_token())
    with pytest.raises(OutOfScope):
        standing.open_case(place.clerk(), "yearly_check", place.carriers[0].id, new_token())
    assert not Case.select().exists()


def test_the_standing_is_asked_for(place: s.Place) -> None:
    with pytest.raises(Refused, match="演示载体1有资格，不能办“申请纳入培育体系”；这件事要还在申请或已退出的单位"):
        standing.open_case(place.clerk(), "entry_application", place.carriers[0].id, new_token())


def test_a_case_may_follow_from_another_of_the_same_organisation_only(place: s.Place) -> None:
    person = viewer_of(place.city)
    first = standing.open_case(person, "false_materials", place.carriers[0].id, new_token())["case"]
    follows = standing.open_case(
        place.clerk(), "change_report", place.carriers[0].id, new_token(), date(2019, 5, 6), origin=first
    )
    assert s.fresh(follows["case"]).origin_id == first
    with pytest.raises(OutOfScope):
        standing.open_case(
            place.clerk(1), "change_report", place.carriers[1].id, new_token(), date(2019, 5, 6), origin=first
        )


def test_a_yearly_report_is_one_a_year(place: s.Place) -> None:
    def opened(period: str) -> Case:
        receipt = periods.open_report(place.clerk(), "annual_statistics", place.carriers[0].id, period, new_token())
        return s.fresh(receipt["case"])

    case = opened("2019")
    assert standing.titles([case])[case.id] == "2019年的火炬统计年报"
    with pytest.raises(Refused, match="已有一份"):
        opened("2019")
    for period, told in (("2020", "还没有开始"), ("2019Q2", "没有"), ("2019-05", "没有")):
        with pytest.raises(Refused, match=told):
            opened(period)


FORM = """key = "correction"
title = "整改报告"
version = "2023.1"
[[sections]]
key = "s"
title = "整改"
[[sections.fields]]
key = "ordered_on"
label = "通知整改日"
type = "date"
"""
WORKFLOW = """key = "correction"
name = "整改"
procedure = "correction"
start = "fill"
[[stages]]
key = "fill"
name = "整改报告"
kind = "fill"
role = "carrier_clerk"
scope = "carrier"
form = "correction"
basis = "practice"
[[stages.actions]]
key = "submit"
name = "提交"
to = "closed"
effect = "submit"
[[stages]]
key = "closed"
name = "办结"
kind = "closed"
"""
PROCEDURE = """
[[procedures]]
key = "correction"
name = "整改"
every = "on_demand"
opened_by = []
opened_by_consequence = "title_revoked"
clock = "correction"
since = "ordered_on"
form = "correction"
workflow = "correction"
clause = "第二十一条"
basis = "practice"
"""
CLOCK = """
[[clocks]]
key = "correction"
name = "整改期限"
kind = "calendar_days"
days = 30
clause = "第二十一条"
basis = "practice"
"""


@pytest.fixture
def world(database: str) -> Iterator[w.World]:
    with clock.policy_date(date(2023, 6, 1)):
        made = w.build(carriers=1)
        _amend(made)
        yield made


def _amend(world: w.World) -> None:
    """A later version of the region's procedures, with one that a revoked title opens."""
    rows = {r.kind: r for r in DefinitionVersion.select().where(DefinitionVersion.kind.in_(["procedures", "clocks"]))}
    texts = [("procedures", rows["procedures"].key, rows["procedures"].text + PROCEDURE)]
    texts += [("clocks", rows["clocks"].key, rows["clocks"].text + CLOCK)]
    texts += [("form", "correction", FORM), ("workflow", "correction", WORKFLOW)]
    for kind, key, text in texts:
        DefinitionVersion.create(
            region=world.region, kind=kind, key=key, version="2023.1", digest=kind, origin="administrator", text=text,
            created_at=clock.now(), published_at=clock.now(),
        )  # fmt: skip


def _entry(world: w.World, **consequences: bool) -> NoticeEntry:
    case = world.cases[0]
    result = Result.create(
        case=case, version=1, grade="unqualified", consequences=consequences, trace=[], ground="认定",
        determined_at=clock.now(), determined_on=clock.today(),
    )  # fmt: skip
    notice = PublicNotice.create(
        round=world.round, title="公示", opened_on=clock.today(), last_day=clock.today(), working_days=5, basis="text",
        published_at=clock.now(),
    )  # fmt: skip
    Case.update(stage="public_notice").where(Case.id == case.id).execute()
    return NoticeEntry.create(notice=notice, case=case, result=result)


def test_a_final_result_opens_what_follows_from_it_once(world: w.World) -> None:
    entry, person = _entry(world, title_revoked=True), w.viewer(world.city_reviewer)
    with clock.policy_date(date(2023, 6, 20)):
        noticing.finalise(person, entry)
        again = standing.open_following(person, entry.case, entry.result)
        (case,) = Case.select().where(Case.origin == entry.case_id)
        assert again == [] and case.procedure == "correction" and case.round_id is None
        assert case.due_on == date(2023, 7, 20)  # 30 days after that day
        assert Draft.get(Draft.case == case).answers == {"ordered_on": "2023-06-20"}
        assert definitions.workflow_of(case).key == "correction"
        rows = OutboxRow.select().where(OutboxRow.kind == "case_moved")
        assert any(row.payload["case"] == case.id for row in rows)
    with pytest.raises(Refused, match="由系统按结果发起"):
        standing.open_case(w.viewer(world.clerks[0]), "correction", world.carriers[0].id, new_token())
    assert "correction" not in keys(w.viewer(world.clerks[0]))


@pytest.mark.parametrize("consequences", [{"title_revoked": False}, {"priority_recommendation": True}, {}])
def test_another_result_opens_nothing(world: w.World, consequences: dict[str, bool]) -> None:
    noticing.finalise(w.viewer(world.city_reviewer), _entry(world, **consequences))
    assert not Case.select().where(Case.origin.is_null(False)).exists()
