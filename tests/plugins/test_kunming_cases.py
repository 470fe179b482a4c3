"""Kunming's procedures at work: which way each case goes, who acts, what its end does to the register, and the end of
the measure itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from core import clock
from core.cases import acting, known_facts, periods, rounds, standing, submitting
from core.cases.action import new_token, transaction
from core.cases.opening_many import Beginning, open_many
from core.errors import OutOfScope, Refused
from core.models import Account, Carrier, CarrierMark, Case, District, Draft, Region
from core.people.scope import viewer_of, visible_cases
from tests import factories
from tests.core.cases import standing_world as s

DAY = date(2022, 9, 19)
PARTS = ("notice", "sign_in", "photos", "bulletin", "summary")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class City:
    """The region with a person of each role; districts with a centre (wuhua) and without (dongchuan)."""

    def __init__(self) -> None:
        self.region: Region = s.build("kunming", 0).region
        self.with_centre = District.get((District.region == self.region) & (District.key == "wuhua"))
        self.without = District.get((District.region == self.region) & (District.key == "dongchuan"))
        self.people: dict[str, Account] = {
            "city_reviewer": factories.account("city_reviewer", region=self.region),
            "city_centre": factories.account("city_centre", region=self.region),
            "district_reviewer": factories.account("district_reviewer", district=self.with_centre),
            "district_centre": factories.account("district_centre", district=self.with_centre),
            "other_reviewer": factories.account("district_reviewer", district=self.without),
        }

    def carrier(self, kind: str, district: District | None = None) -> Carrier:
        """A carrier of a kind with its clerk, who is `people[kind]` from then on."""
        row = factories.carrier(district or self.with_centre, kind=kind)
        self.people[kind] = factories.account("carrier_clerk", carrier=row)
        return row

    def act(self, who: str, case: Case, action: str = "forward", **decision: Any) -> Case:
        """Take an action of the stage the case is in."""
        given = acting.Decision(**decision)
        acting.act(viewer_of(self.people[who]), case.id, action, given, s.fresh(case).stage_version, new_token())
        return s.fresh(case)

    def submit(self, who: str, case: Case, **answers: Any) -> Case:
        """Fill the draft, evidence left out, and submit."""
        s.fill(case, **answers)
        submitting.submit(viewer_of(self.people[who]), case.id, s.fresh(case).stage_version, new_token())
        return s.fresh(case)

    def open(self, who: str, procedure: str, carrier: Carrier, **more: Any) -> Case:
        """Open a case outside rounds."""
        receipt = standing.open_case(viewer_of(self.people[who]), procedure, carrier.id, new_token(), **more)
        return s.fresh(receipt["case"])

    def report(self, who: str, procedure: str, carrier: Carrier, period: str = "2022Q3") -> Case:
        """Open a quarter's report."""
        receipt = periods.open_report(viewer_of(self.people[who]), procedure, carrier.id, period, new_token())
        return s.fresh(receipt["case"])


@pytest.fixture
def city(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    # the ways are looked at here, not the evidence: it is tested with the forms
    monkeypatch.setattr(submitting, "faults", lambda *_: {})
    with clock.policy_date(DAY):
        yield City()


@pytest.mark.parametrize(
    ("kind", "with_centre", "first"),
    [
        ("demonstration_platform", True, "district_centre"),
        ("demonstration_base", True, "district_centre"),
        ("demonstration_platform", False, "district_review"),
        ("service_centre", True, "district_review"),
    ],
)
def test_whom_a_quarters_report_goes_to_first(city: City, kind: str, with_centre: bool, first: str) -> None:
    carrier = city.carrier(kind, city.with_centre if with_centre else city.without)
    assert city.submit(kind, city.report(kind, "quarterly_report", carrier)).stage == first


def test_a_report_passes_centre_authority_and_the_citys_centre(city: City) -> None:
    carrier = city.carrier("demonstration_platform")
    case = city.submit("demonstration_platform", city.report("demonstration_platform", "quarterly_report", carrier))
    for who in ("city_centre", "district_reviewer", "city_reviewer"):
        with pytest.raises(Refused):
            city.act(who, case)
    for who, stage in (
        ("district_centre", "district_review"),
        ("district_reviewer", "city_centre"),
        ("city_centre", "closed"),
    ):
        case = city.act(who, case)
        assert case.stage == stage
    assert case.outcome == "finished"


def test_an_area_without_a_centre_reports_itself_by_the_25th(city: City) -> None:
    carrier = city.carrier("district_authority", city.without)
    case = city.report("district_authority", "district_quarterly_report", carrier)
    assert case.due_on == date(2022, 9, 25)
    case = city.submit("district_authority", case)
    assert case.stage == "city_centre" and city.act("city_centre", case).outcome == "finished"
    with pytest.raises(Refused, match="不能由这家单位"):
        city.report("district_authority", "quarterly_report", carrier)


def test_three_sign_the_letter(city: City) -> None:
    centre, platform = city.carrier("service_centre"), city.carrier("demonstration_platform")
    with pytest.raises(OutOfScope):
        city.open("city_reviewer", "responsibility_letter", centre)
    with pytest.raises(Refused):
        city.open("city_centre", "responsibility_letter", platform)
    case = city.submit("service_centre", city.open("city_centre", "responsibility_letter", centre))
    assert city.act("district_reviewer", case).stage == "city_centre"
    assert city.act("city_centre", case).outcome == "finished"


def test_targets_go_down_to_many_and_come_back_with_figures(city: City) -> None:
    kinds = ("service_centre", "demonstration_platform", "demonstration_base")
    carriers = [city.carrier(kind) for kind in kinds]
    start = Beginning(answers={"target_year": "y2022", "target_sessions": 30}, submit=True)
    bureau = viewer_of(city.people["city_reviewer"])
    receipt = open_many(bureau, "annual_targets", [row.id for row in carriers], start, new_token())
    cases = [s.fresh(case) for case in receipt["cases"]]
    assert {case.stage for case in cases} == {"confirm"}
    case = next(case for case in cases if case.carrier.kind == "demonstration_base")
    with pytest.raises(OutOfScope):
        city.act("demonstration_platform", case)
    assert city.act("demonstration_base", case).stage == "year_end"
    case = city.act("demonstration_base", case, opinion={"done_sessions": 28})
    opinion = {"reached": "part", "unreached": "疫情影响，少办两场。"}
    assert city.act("city_reviewer", case, opinion=opinion).outcome == "finished"
    assert known_facts.of_case(s.fresh(case)).facts["done_sessions"] == 28


def test_an_archive_says_whether_it_is_complete(city: City) -> None:
    carrier = city.carrier("demonstration_platform")
    whole = {f"has_{part}": True for part in PARTS}
    for answers, action, end in (
        (whole, "forward", "closed"),
        ({**whole, "has_summary": False, "no_summary": "没有写"}, "forward_incomplete", "closed_incomplete"),
    ):
        case = city.open("demonstration_platform", "service_archive", carrier)
        case = city.submit("demonstration_platform", case, **answers)
        wrong = "forward" if action == "forward_incomplete" else "forward_incomplete"
        with pytest.raises(Refused):
            city.act("district_centre", case, wrong, said="照实办结")
        case = city.act("district_centre", case, action, said="照实办结")
        assert (case.stage, case.outcome) == (end, "finished")


@pytest.mark.parametrize(
    ("procedure", "who"), [("inspection", "city_centre"), ("district_inspection", "district_centre")]
)
def test_an_inspection_with_problems_waits_for_improvement(city: City, procedure: str, who: str) -> None:
    carrier = city.carrier("demonstration_platform")
    clean = city.submit(who, city.open(who, procedure, carrier), has_problems=False)
    assert clean.outcome == "finished"
    case = city.open(who, procedure, carrier)
    clerk = viewer_of(city.people["demonstration_platform"])
    assert case not in visible_cases(clerk), "the carrier sees an inspection once it is handed in"
    case = city.submit(who, case, has_problems=True, problems=[{"problem": "收费没有公开", "advice": "上墙"}])
    assert case.stage == "improve" and case in visible_cases(clerk)
    case = city.act("demonstration_platform", case, opinion={"improved": "已上墙"})
    assert city.act(who, case, "return_to_improve", said="照片没有拍到").stage == "improve"
    case = city.act("demonstration_platform", case, opinion={"improved": "已补拍"})
    assert city.act(who, case).outcome == "finished"


def mending(city: City, kind: str) -> Case:
    """A rectification as a result opens it."""
    carrier = city.carrier(kind)
    with transaction():
        ground = standing.ground_of(city.region, kind, "corrective_action")
        return s.fresh(standing.open_under(viewer_of(city.people["city_reviewer"]), ground, carrier, None))


@pytest.mark.parametrize(
    ("kind", "outcome", "status", "marks"),
    [
        ("demonstration_platform", "pass", "held", set()),
        ("demonstration_platform", "fail", "revoked", {"title_cancelled"}),
        ("demonstration_base", "refuse", "revoked", {"title_cancelled"}),
        ("service_centre", "fail", "held", {"notify_local_government", "advise_change_of_operator"}),
        ("service_centre", "refuse", "held", {"notify_local_government", "advise_change_of_operator"}),
        ("service_centre", "pass", "held", set()),
    ],
)
def test_the_ends_of_a_rectification(city: City, kind: str, outcome: str, status: str, marks: set[str]) -> None:
    case = mending(city, kind)
    if outcome == "refuse":
        case = city.act("city_reviewer", case, "refuse", said="书面答复不整改")
    else:
        case = city.submit(kind, case)
        case = city.act("city_reviewer", case, outcome, opinion={"opinion": "到现场看过。"})
    assert case.outcome == "finished"
    carrier = Carrier.get_by_id(case.carrier_id)
    assert carrier.title_status == status
    assert {mark.kind for mark in CarrierMark.select().where(CarrierMark.carrier == carrier)} == marks
    assert {mark.clause for mark in CarrierMark.select()} <= {"第十九条"}


def test_only_the_bureau_records_a_refusal_and_nobody_opens_one(city: City) -> None:
    case = mending(city, "demonstration_platform")
    for who in ("demonstration_platform", "district_reviewer", "city_centre"):
        with pytest.raises((Refused, OutOfScope)):
            city.act(who, case, "refuse", said="不整改")
    with pytest.raises((Refused, OutOfScope)):
        city.open("city_reviewer", "corrective_action", case.carrier)


def test_after_the_last_day_nothing_new_begins_and_what_runs_comes_to_its_end(city: City) -> None:
    carrier = city.carrier("demonstration_platform")
    with clock.policy_date(date(2022, 12, 31)):
        case = city.open("demonstration_platform", "change_filing", carrier, since=date(2022, 12, 30))
    with clock.policy_date(date(2023, 1, 3)):
        clerk, bureau = viewer_of(city.people["demonstration_platform"]), viewer_of(city.people["city_reviewer"])
        with pytest.raises(Refused, match="不在有效期内"):
            city.open("demonstration_platform", "five_disclosures", carrier)
        with pytest.raises(Refused, match="不在有效期内"):
            city.report("demonstration_platform", "quarterly_report", carrier, "2022Q4")
        with pytest.raises(Refused):
            rounds.create_round(bureau, city.region, "platform_evaluation", 2023, "2023 年度")
        assert standing.openable(bureau) == [] and standing.openable(clerk) == []
        case = city.submit("demonstration_platform", case)
        case = city.act("district_reviewer", case)
        assert city.act("city_centre", case).outcome == "finished"
        assert case in visible_cases(clerk) and Draft.get(Draft.case == case).answers
