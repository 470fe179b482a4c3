"""The demo of every region in this tree is played beside the others: no fault, no shared name, its own date, chains whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clock, demo, migrations, storage
from core.cases import demo_date, events
from core.cli.starting import import_regions
from core.models import Case, Region, StoredSetting, connect
from core.roles import OFFICERS

PLUGINS = Path(__file__).parents[3] / "plugins"
WITH_DEMO = sorted(file.parent.name for file in PLUGINS.glob("*/demo.toml"))


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    folder = tmp_path_factory.mktemp("demos")
    storage.use(f"file://{folder / 'files'}")
    opened = connect(f"sqlite:///{folder / 'kaoping.db'}")
    with opened.atomic():
        migrations.create()
        import_regions()
        StoredSetting.create(key="demo", value="1")
        told = demo.load()
    yield told
    opened.close()


def test_none_has_a_fault(problems: list[str]) -> None:
    assert problems == []


@pytest.mark.parametrize("key", WITH_DEMO)
def test_each_has_cases_a_date_and_accounts_of_its_own(problems: list[str], key: str) -> None:
    region = Region.get(Region.key == key)
    cases = list(Case.select().where(Case.region == region))
    assert cases
    with clock.policy_date(clock.today()):
        assert demo_date.follow()
        day = clock.today(key)
    assert all(event.policy_date <= day for case in cases for event in case.events)
    assert [events.verify(case) for case in cases] == [None] * len(cases)
    shown = demo.accounts_by_region()[key]
    assert {account.role for account in shown} >= {"carrier_clerk", "city_reviewer"}
    assert key == "qinhuangdao" or not {account.role for account in shown} & set(OFFICERS)
