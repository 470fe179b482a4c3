"""A region without a plugin runs a round by the default workflow, from filling to closed, objections included."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from core import clock, storage
from core.cases import acting, drafts, events, files, noticing, objecting, rounds, submitting
from core.cases.action import new_token
from core.cases.authoring_regions import create_region, read_districts
from core.errors import OutOfScope, Refused
from core.models import (
    Carrier,
    Case,
    DefinitionVersion,
    District,
    Draft,
    EvaluationRound,
    NoticeEntry,
    Objection,
    OutboxRow,
    PublicNotice,
    Region,
    Result,
)
from core.people.scope import Viewer, viewer_of
from tests import factories
from tests.world import PDF, credit_code

pytestmark = pytest.mark.usefixtures("database")


def system_admin() -> Viewer:
    return viewer_of(factories.account("system_admin"))


def make(key: str = "anywhere") -> Region:
    districts = read_districts("east 东区 东区科技局\n\nwest 西区")
    made = create_region(system_admin(), key, "某市", "某市科学技术局", districts, new_token())
    return Region.get_by_id(made["region"])


class Place:
    """The region, its people and one case in an open round."""

    def __init__(self, folder: str) -> None:
        storage.use(f"file://{folder}")
        self.region = make()
        east = District.get((District.region == self.region) & (District.key == "east"))
        self.carrier: Carrier = factories.carrier(east, "某众创空间")
        self.clerk = viewer_of(factories.account("carrier_clerk", carrier=self.carrier))
        self.district = viewer_of(factories.account("district_reviewer", district=east))
        self.city = viewer_of(factories.account("city_reviewer", region=self.region))
        made = rounds.create_round(self.city, self.region, "default", 2023, "2023 年度绩效评价")
        rounds.save_plan(self.city, made.id, {"submission_deadline": "2023-06-30"}, made.version)
        rounds.set_participants(self.city, made.id, {self.carrier.id: (True, "")})
        rounds.open_round(self.city, made.id, new_token())
        self.round = EvaluationRound.get_by_id(made.id)
        self.case_id = Case.get(Case.round == made.id).id

    @property
    def case(self) -> Case:
        return Case.get_by_id(self.case_id)

    def submit(self) -> None:
        answers = {
            "operator_name": "某某公司",
            "operator_code": credit_code("91130300MA07Q3BE4"),
            "contact_person": "张三",
            "contact_phone": "0335-3000000",
            "summary": "情况说明。",
        }
        files.attach(self.clerk, self.case_id, "material_files", "a.pdf", io.BytesIO(PDF))
        Draft.update(answers=answers, raw={}).where(Draft.case == self.case_id).execute()
        submitting.submit(self.clerk, self.case_id, self.case.stage_version, new_token())

    def agree(self, person: Viewer) -> str:
        token = new_token()
        decision = acting.Decision(opinion={"opinion": "同意。"})
        acting.act(person, self.case_id, "forward", decision, self.case.stage_version, token)
        return token

    def to_notice(self) -> PublicNotice:
        self.submit()
        self.agree(self.district)
        self.agree(self.city)
        return NoticeEntry.select().order_by(NoticeEntry.id.desc()).first().notice


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(str(tmp_path / "files"))


def test_a_case_runs_from_filling_to_closed(place: Place) -> None:
    notice = place.to_notice()
    entry = NoticeEntry.get(NoticeEntry.notice == notice)
    assert (place.case.stage, place.case.due_on) == ("public_notice", notice.last_day)
    assert (entry.result.grade, entry.result.total) == ("passed", "")
    assert notice.contact == "某市科学技术局" and "某众创空间" in notice.title
    kinds = {row.kind for row in OutboxRow.select()}
    assert "notice_published" in kinds and "notice_due" not in kinds
    with pytest.raises(Refused):
        noticing.close_notice(place.city, notice.id, new_token())
    with clock.policy_date(notice.last_day + timedelta(days=1)):
        noticing.close_notice(place.city, notice.id, new_token())
    assert (place.case.stage, place.case.outcome) == ("closed", "finished")
    assert events.verify(place.case) is None
    assert events.replay(place.case)["stage"] == "closed"


def test_a_repeated_approval_makes_one_notice(place: Place) -> None:
    place.submit()
    place.agree(place.district)
    version, token = place.case.stage_version, new_token()
    decision = acting.Decision(opinion={"opinion": "同意。"})
    for _ in range(2):
        acting.act(place.city, place.case_id, "forward", decision, version, token)
    assert (PublicNotice.select().count(), Result.select().count()) == (1, 1)


def test_a_fault_in_the_notice_leaves_the_case_where_it_was(place: Place, monkeypatch) -> None:
    place.submit()
    place.agree(place.district)
    before = place.case

    def refuse(*_: object) -> None:
        raise Refused("没有日历")

    monkeypatch.setattr(noticing, "notice_last_day", refuse)
    with pytest.raises(Refused, match="没有日历"):
        place.agree(place.city)
    assert (place.case.stage, place.case.stage_version) == (before.stage, before.stage_version)
    assert Result.select().count() == 0


def test_an_objection_that_holds_leads_back_to_the_city_and_to_a_new_notice(place: Place) -> None:
    first = place.to_notice()
    entry = NoticeEntry.get(NoticeEntry.notice == first)
    objecting.object_to(
        entry.id,
        kind="person",
        name="李四",
        contact="0335-3000001",
        sealed=False,
        text="材料与实际不符。",
        token=new_token(),
    )
    objection = Objection.get()
    objecting.rule(place.city, objection.id, "rescored", "经核实成立。", place.case.stage_version, new_token())
    assert place.case.stage == "city_review"
    place.agree(place.city)
    second = NoticeEntry.select().order_by(NoticeEntry.id.desc()).first()
    assert second.notice_id != first.id
    assert (second.result.version, second.result.grade) == (2, "passed")
    with clock.policy_date(second.notice.last_day + timedelta(days=1)):
        noticing.close_notice(place.city, second.notice_id, new_token())
    assert place.case.stage == "closed"


def test_drafts_of_the_generic_form_open(place: Place) -> None:
    case, draft = drafts.open_draft(place.clerk, place.case_id)
    assert case.id == place.case_id and draft.answers is not None


def test_definitions_are_the_administrators(place: Place) -> None:
    rows = list(DefinitionVersion.select().where(DefinitionVersion.region == place.region))
    assert {row.origin for row in rows} == {"administrator"}
    assert ("form", "generic") in {(row.kind, row.key) for row in rows}


@pytest.mark.parametrize(
    ("key", "name", "bureau", "lines", "field"),
    [
        ("X", "某市", "局", "east 东区", "key"),
        ("anywhere", "", "局", "east 东区", "name"),
        ("anywhere", "某市", " ", "east 东区", "bureau"),
        ("anywhere", "某市", "局", "", "districts"),
        ("anywhere", "某市", "局", "east 东区\neast 西区", "districts"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(key: str, name: str, bureau: str, lines: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        create_region(system_admin(), key, name, bureau, read_districts(lines), new_token())
    assert field in refusal.value.fields
    assert Region.select().count() == 0


def test_only_the_system_administrator_and_only_once() -> None:
    districts = read_districts("east 东区")
    officer = viewer_of(factories.account("security_admin"))
    with pytest.raises(OutOfScope):
        create_region(officer, "anywhere", "某市", "局", districts, new_token())
    make()
    with pytest.raises(Refused, match="已经有"):
        make()


def test_a_line_without_a_name_is_named() -> None:
    with pytest.raises(Refused, match="第 2 行"):
        read_districts("east 东区\nwest")
