"""The demo: every way a case can go is there, nothing is left half done, and its names say they are invented."""

from __future__ import annotations

from collections import Counter

import pytest

from core import clock, demo, migrations, storage
from core.cases import demo_date, events
from core.cases.importing import import_region
from core.models import Award, Case, NoticeEntry, Objection, Organisation, Recusal, Result, StoredSetting, connect
from core.policy.pack import load_region
from tests.world import PACK


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("demo")
    storage.use(f"file://{folder / 'files'}")
    opened = connect(f"sqlite:///{folder / 'kaoping.db'}")
    migrations.create()
    import_region(load_region(PACK))
    StoredSetting.create(key="demo", value="1")
    assert demo.load() == []
    yield
    opened.close()


def test_the_round_has_24_carriers_at_every_stage(loaded: None) -> None:
    stages = Counter(case.stage for case in Case.select())
    assert sum(stages.values()) == 24
    assert set(stages) == {
        "fill", "district_review", "city_review", "expert_panel", "determination", "public_notice", "closed",
    }  # fmt: skip


def test_veto_ceiling_recusal_absence_and_objection_are_there(loaded: None) -> None:
    results = {result.case.carrier.name: result for result in Result.select()}
    assert results["南岸众创空间"].grade == "unqualified"
    assert float(results["南岸众创空间"].total) >= 60  # the veto, not the points
    assert results["信合众创空间"].grade == "qualified"
    assert float(results["信合众创空间"].total) >= 85  # the ceiling, not the points
    assert Recusal.select().count() == 1
    assert Case.select().where(Case.outcome == "absent").count() == 1
    assert Objection.get().status == "open"
    assert NoticeEntry.select().where(NoticeEntry.status == "frozen").count() == 1
    assert {award.status for award in Award.select()} == {"waiting"}


def test_all_grades_occur(loaded: None) -> None:
    assert {result.grade for result in Result.select()} == {"excellent", "good", "qualified", "unqualified"}


def test_every_chain_holds(loaded: None) -> None:
    assert [events.verify(case) for case in Case.select()] == [None] * 24


def test_its_policy_date_is_kept_and_shown(loaded: None) -> None:
    with clock.policy_date(clock.today()):
        assert demo_date.follow()
        assert clock.today("qinhuangdao").isoformat() == "2023-07-20"


def test_organisations_say_that_they_are_invented(loaded: None) -> None:
    assert all("虚构" in organisation.name for organisation in Organisation.select())


def test_accounts_shown_can_be_used(loaded: None) -> None:
    from core.people.accounts import authenticate

    shown = demo.accounts()
    assert {name for name, _, _ in shown} >= {"qihang", "haigang", "shi", "zhuanjia1", "caiwu"}
    name, password, _ = shown[0]
    assert authenticate(name, password).username == name
