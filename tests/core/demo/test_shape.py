"""A demo that is written wrong is refused with file, place and what is allowed, before anything is played."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from core import demo, storage
from core.cases import demo_date
from core.cases.importing import import_region
from core.demo.loading import load_region
from core.demo.timeline import DemoFault
from core.models import Account, Carrier, Case, Region, StoredSetting
from core.policy.pack import load_region as read_pack
from tests.world import PACK

PEOPLE = """
[[people]]
username = "a-shi"
name = "市级审核员"
role = "city_reviewer"
[[people]]
username = "a-haigang"
name = "海港区审核员"
role = "district_reviewer"
district = "haigang"
[[people]]
username = "a-zhuanjia"
name = "专家甲"
role = "expert"
[[people]]
username = "a-zhuanjia2"
name = "专家乙"
role = "expert"
[[people]]
username = "a-zhuanjia3"
name = "专家丙"
role = "expert"
"""
TOP = 'today = 2023-07-20\ncredit_code_stem = "91130300MA0TQT"\n'
CARRIER = """
[[carriers]]
key = "one"
name = "一号众创空间"
district = "haigang"
recognised_on = 2019-01-01
"""
ROUND = """
[[rounds]]
key = "r"
procedure = "makerspace_evaluation"
year = 2023
title = "评价"
opened_on = 2023-05-15
plan = { cutoff = 2023-05-15, period_from = 2022-01-01, period_to = 2022-12-31, submission_deadline = 2023-06-30, schedule = "夏天", material_format = "网上" }
"""
CASE = '\n[[cases]]\nround = "r"\ncarrier = "one"\npath = [{ on = 2023-06-01, do = "fill" }]\n'
WHOLE = TOP + PEOPLE + CARRIER + ROUND + CASE

Written = Callable[[str], Path]


@pytest.fixture
def region(database: str, tmp_path: Path) -> Region:
    storage.use(f"file://{tmp_path / 'files'}")
    StoredSetting.create(key="demo", value="1")
    return import_region(read_pack(PACK))


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        file = tmp_path / "demo.toml"
        file.write_text(text, encoding="utf-8")
        return file

    from core.demo import loading

    loading._read.cache_clear()
    return write


def test_a_sound_one_is_played(region: Region, written: Written) -> None:
    load_region(region, written(WHOLE))
    assert Case.get().drafts.get().answers["contact_person"]  # invented where the demo says nothing
    assert demo_date._read(region.key) == date(2023, 7, 20)
    assert Account.get(Account.username == "zaiti-one")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("today =", "todday =", "todday: 没有“todday”这个键"),
        ('name = "一号众创空间"\n', "", "carriers.0.name: 缺少“name”"),
        ("opened_on = 2023-05-15", 'opened_on = "2023-05-15"', "rounds.0.opened_on: “2023-05-15”的类型不对"),
        ('role = "city_reviewer"', 'role = "mayor"', "people.0.role: 不能是“mayor”"),
        ('district = "haigang"', 'district = "mars"', "district: 没有“mars”"),
        ('carrier = "one"', 'carrier = "two"', "cases.0.carrier: 没有“two”；允许：one"),
        ('round = "r"', 'round = "s"', "cases.0.round: 没有“s”"),
        ('do = "fill"', 'do = "fly"', "cases.0.path.0.do: 没有“fly”这一步；允许：fill、submit"),
        ('do = "fill"', 'do = "fill", by = "nobody"', "cases.0.path.0.by: 没有“nobody”"),
        ('do = "fill"', 'do = "fill", wings = 2', "cases.0.path.0.wings: 没有“wings”这个键"),
        ("on = 2023-06-01", "on = 2024-06-01", "cases.0.path.0.on: 2024-06-01 晚于 today（2023-07-20）"),
        ("path =", 'way = "far"\npath =', "cases.0.way: 没有“far”"),
        ("MA0TQT", "MA0TST", "credit_code_stem: 要 14 位"),
        ('round = "r"\ncarrier', "carrier", "cases.0: 要写 round"),
    ],
)
def test_a_fault_is_named_with_its_place(region: Region, written: Written, old: str, new: str, told: str) -> None:
    assert old in WHOLE
    with pytest.raises(DemoFault) as fault:
        load_region(region, written(WHOLE.replace(old, new)))
    assert told in str(fault.value)
    assert "demo.toml" in str(fault.value)
    assert Carrier.select().count() == 0


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ('{ on = 2023-06-01, do = "submit" }', "cases.0.path.0 one submit（2023-06-01）："),
        ('{ on = 2023-06-01, do = "act:leap" }', "没有动作 leap"),
        ('{ on = 2023-06-01, do = "determine" }', "cases.0.path.0 one determine"),
    ],
)
def test_what_an_office_would_refuse_is_refused_and_told(
    region: Region, written: Written, path: str, told: str
) -> None:
    with pytest.raises(DemoFault) as fault:
        load_region(region, written(WHOLE.replace('{ on = 2023-06-01, do = "fill" }', path)))
    assert told in str(fault.value)


def test_a_name_that_another_region_has_is_refused(region: Region, written: Written) -> None:
    load_region(region, written(WHOLE))
    with pytest.raises(DemoFault, match="账号名别的地区已用：a-haigang、a-shi、"):
        load_region(region, written(WHOLE))


def test_one_regions_fault_leaves_the_others_alone(
    region: Region, written: Written, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from core.demo import loading

    other = Region.create(key="elsewhere", name="别处")
    broken = tmp_path / "elsewhere.toml"
    broken.write_text(TOP + PEOPLE.replace("a-", "b-").replace('district = "haigang"', 'district = "x"'), encoding="utf-8")
    monkeypatch.setattr(loading, "_files", lambda: {region.key: written(WHOLE), other.key: broken})
    problems = demo.load()
    assert len(problems) == 1 and "district: 没有“x”" in problems[0]
    assert Case.select().count() == 1
    assert Account.get_or_none(Account.username == "b-shi") is None
