"""The register of carriers: who opens what, what stands on a carrier's page, and that nothing leaks before it is final."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from core import clock
from core.cases import noticing, published, registering
from core.cases.action import new_token
from core.models import Carrier, CarrierMark, Case, Result, database
from core.people.scope import NOBODY
from core.web.register import record
from core.web.register.directory import Sought, directory
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(database: str) -> w.World:
    return w.build(carriers=3, experts=3)


def test_who_opens_which_entry(app, world: w.World, sign_in) -> None:
    own, other = world.carriers[0].id, world.carriers[1].id
    region, haigang = world.region, world.carriers[0].district
    elsewhere = factories.region("elsewhere", "外市")
    people = {
        world.city_reviewer: {own, other},
        world.district_reviewer: {own, other},
        world.other_district_reviewer: set(),
        world.clerks[0]: {own},
        factories.account("city_centre", region=region): {own, other},
        factories.account("district_centre", district=haigang): {own, other},
        factories.account("city_reviewer", region=elsewhere): set(),
        factories.account("auditor"): set(),
        world.experts[0]: set(),
        world.policy_officer: set(),
        world.finance: set(),
    }
    for account, opens in people.items():
        client = app.test_client()
        sign_in(client, account)
        for number in (own, other):
            for address in (f"/register/{number}", f"/register/{number}/archive.zip"):
                assert client.get(address).status_code == (200 if number in opens else 404), (account.username, address)
        assert client.get("/register/999999").status_code == 404
    assert app.test_client().get(f"/register/{own}").status_code == 302


def test_the_list_is_searched_filtered_and_paged(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = w.viewer(world.city_reviewer)
    changli = factories.district(world.region, "changli", "昌黎县")
    far = factories.carrier(changli, "远方孵化器", kind="incubator", title_status="exited")
    assert [row.name for row in directory(person, Sought("远方")).rows] == ["远方孵化器"]
    assert [row.id for row in directory(person, Sought(far.organisation.name)).rows] == [far.id]
    assert [row.id for row in directory(person, Sought(district=changli.id)).rows] == [far.id]
    assert [row.id for row in directory(person, Sought(kind="incubator")).rows] == [far.id]
    everything = directory(person, Sought())
    assert everything.counts == {"held": 3, "exited": 1} and everything.after is None
    assert [row.id for row in directory(person, Sought(standing="exited")).rows] == [far.id]
    assert directory(person, Sought("%")).rows == []
    assert directory(NOBODY, Sought()).rows == []
    monkeypatch.setattr("core.web.register.directory.PAGE", 3)
    first = directory(person, Sought())
    second = directory(person, Sought(), first.after or 0)
    assert len(first.rows) == 3 and [row.id for row in second.rows] == [far.id] and second.after is None


def test_a_clerk_is_taken_to_the_own_entry(client: FlaskClient, world: w.World, sign_in) -> None:
    sign_in(client, world.clerks[0])
    assert client.get("/register/").headers["Location"] == f"/register/{world.carriers[0].id}"


GRADES = ("优秀", "良好", "合格", "不合格")


def _grade_cells(page: str) -> str:
    return page.split("历年结果")[1].split("</section>", maxsplit=1)[0]


def test_no_grade_before_it_is_final(app, world: w.World, sign_in) -> None:
    case = world.cases[0]
    w.to_determination(world, case)
    people = (world.city_reviewer, world.district_reviewer, world.clerks[0])

    def shown() -> list[bool]:
        found = []
        for account in people:
            client = app.test_client()
            sign_in(client, account)
            page = client.get(f"/register/{case.carrier_id}").text
            found.append(any(grade in _grade_cells(page) for grade in GRADES))
        return found

    assert shown() == [False] * 3
    notice = w.to_notice(world, case)
    assert Result.select().where(Result.case == case).exists()
    assert shown() == [False] * 3  # noticed, not yet final
    with clock.policy_date(notice.last_day + timedelta(days=1)):
        noticing.close_notice(w.viewer(world.city_reviewer), notice.id, new_token())
    assert shown() == [True] * 3


def test_without_the_rule_of_final_results_a_grade_would_show(
    client: FlaskClient, world: w.World, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.cases[0]
    w.to_notice(world, case)
    newest = {case.id: Result.get(Result.case == case)}
    monkeypatch.setattr(record, "final_results", lambda cases: newest)
    sign_in(client, world.clerks[0])
    assert any(grade in _grade_cells(client.get(f"/register/{case.carrier_id}").text) for grade in GRADES)


def test_final_results_follow_what_became_of_a_closed_case(world: w.World) -> None:
    case = world.cases[0]
    w.to_closed(world, case)
    result = published.final_results([w.fresh(case)])[case.id]
    later = Result.create(
        case=case, version=result.version + 1, grade="unqualified", ground="弄虚作假",
        determined_at=clock.now(), determined_on=clock.today(),
    )  # fmt: skip
    assert published.final_results([w.fresh(case)])[case.id].id == later.id
    assert published.final_results(world.cases[1:]) == {}


def test_a_retroactive_exit_is_shown_as_such_and_the_clerk_reads_no_notes(
    app, world: w.World, sign_in
) -> None:
    carrier = world.carriers[0]
    officer = w.viewer(world.policy_officer)
    registering.change_title(
        officer, carrier.id, "exited", date(2023, 1, 1), "第九条", "内部说明：来信反映", new_token()
    )
    city, clerk = app.test_client(), app.test_client()
    sign_in(city, world.city_reviewer)
    sign_in(clerk, world.clerks[0])
    page = city.get(f"/register/{carrier.id}").text
    assert "已退出" in page and "从 2023年1月1日 起（2023年6月1日决定，追溯）" in page and "内部说明" in page
    own = clerk.get(f"/register/{carrier.id}").text
    assert "第九条" in own and "从 2023-01-01 起" in own and "内部说明" not in own


def test_titles_of_one_organisation_stand_together(app, world: w.World, sign_in) -> None:
    first = world.carriers[0]
    second = factories.carrier(first.district, "同一单位孵化器", organisation=first.organisation)
    city, clerk = app.test_client(), app.test_client()
    sign_in(city, world.city_reviewer)
    sign_in(clerk, world.clerks[0])
    assert "同一单位孵化器" in city.get(f"/register/{first.id}").text
    assert "同一单位孵化器" not in clerk.get(f"/register/{first.id}").text
    assert clerk.get(f"/register/{second.id}").status_code == 404


def test_a_lifted_mark_says_so(client: FlaskClient, world: w.World, sign_in) -> None:
    carrier = world.carriers[0]
    CarrierMark.create(
        carrier=carrier, kind="research_dishonesty_record", clause="第十条", reason="", set_on=date(2023, 5, 1),
        set_at=clock.now(), lifted_on=date(2023, 5, 20),
    )  # fmt: skip
    sign_in(client, world.city_reviewer)
    page = client.get(f"/register/{carrier.id}").text
    assert "科研失信记录" in page and "2023-05-20 解除" in page
    assert Carrier.get_by_id(carrier.id).title_status == "held"


def test_a_carrier_with_many_cases_takes_no_more_statements(
    client: FlaskClient, world: w.World, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier, seed = world.carriers[0], world.cases[0]
    w.submit(world, seed)
    sign_in(client, world.city_reviewer)

    def statements() -> int:
        count = 0
        run = database.execute_sql

        def counted(*given: object, **named: object) -> object:
            nonlocal count
            count += 1
            return run(*given, **named)

        with monkeypatch.context() as patched:
            patched.setattr(database.obj, "execute_sql", counted)
            assert client.get(f"/register/{carrier.id}").status_code == 200
        return count

    def more(number: int) -> None:
        given = {**w.fresh(seed).__data__, "round": None, "pinned": world.round.pinned, "outcome": "finished"}
        given.pop("id")
        Case.create(**{**given, "number": f"多-{number}"})

    more(0)
    statements()  # what a process reads once
    few = statements()
    for number in range(1, 60):
        more(number)
    assert statements() == few
    page = client.get(f"/register/{carrier.id}").text
    assert page.count("多-") == record.MOST_CASES and "更早的" in page
    older = re.search(rf'href="(/register/{carrier.id}\?before=\d+)"', page)
    assert older and client.get(older[1]).text.count("多-") == 60 - record.MOST_CASES
