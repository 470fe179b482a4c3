"""Districts and authorities from a spreadsheet: new ones, changes told first, the exported list again."""

from __future__ import annotations

import io

import openpyxl
import pytest

from core.cases import importing_districts
from core.cases.action import new_token
from core.cases.sheet_rows import UNCHANGED
from core.errors import OutOfScope, Refused
from core.models import AdminEvent, District, Region
from core.people.scope import Viewer
from tests import factories
from tests import world as w

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def region(database: str) -> Region:
    found = factories.region("somewhere", "某市")
    District.create(region=found, key="east", name="东区", authority="东区科技局")
    return found


def officer(region: Region) -> Viewer:
    return w.viewer(factories.account("policy_officer", region=region))


def book(*rows: list[str]) -> bytes:
    made = openpyxl.Workbook()
    for row in (list(importing_districts.COLUMNS.values()), *rows):
        made.worksheets[0].append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_new_ones_are_registered_and_changes_are_told_before_they_are_taken(region: Region) -> None:
    person = officer(region)
    file = book(["east", "东区", "东区工信局", ""], ["west", "西区", "西区科技局", "西区服务中心"])
    tried = importing_districts.try_sheet(person, region, file)
    assert [line.told for line in tried.lines] == ["归口管理部门：东区科技局 改为 东区工信局", "新登记"]
    assert [row.authority for row in District.select()] == ["东区科技局"], "a trial keeps nothing"
    receipt = importing_districts.import_sheet(person, region, file, new_token())
    assert receipt["message"] == "已登记或改好 2 个区县。"
    assert [(row.key, row.authority, row.centre) for row in District.select().order_by(District.id)] == [
        ("east", "东区工信局", ""), ("west", "西区科技局", "西区服务中心"),
    ]  # fmt: skip
    assert [row.kind for row in AdminEvent.select().order_by(AdminEvent.sequence)] == [
        "district_changed", "district_registered", "districts_imported",
    ]  # fmt: skip


def test_the_exported_list_is_imported_again_and_changes_nothing(region: Region) -> None:
    person = officer(region)
    told = importing_districts.registered_sheet(person, region)
    assert [line.told for line in importing_districts.try_sheet(person, region, told).lines] == [UNCHANGED]
    with pytest.raises(Refused, match="完全相同"):
        importing_districts.import_sheet(person, region, told, new_token())


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        (["", "西区", "", ""], "A3", "小写字母"), (["West", "西区", "", ""], "A3", "小写字母"), (["west", "", "", ""], "B3", "名称"),
        (["west", "东区", "", ""], "B3", "代号是 east"), (["east", "西区", "", ""], "A3", "写了两遍"),
        (["west", "西区", "长" * 81, ""], "C3", "80"), (["west", "西" * 41, "", ""], "B3", "40"),
    ],
)  # fmt: skip
def test_every_fault_is_told_at_its_cell_and_nothing_is_done(region: Region, row: list[str], cell: str, words: str) -> None:
    person, file = officer(region), book(["east", "东区", "东区工信局", ""], row)
    [(place, text)] = importing_districts.try_sheet(person, region, file).faults
    assert place == f"Sheet!{cell}" and words in text
    with pytest.raises(Refused, match=f"什么都没有导入：Sheet!{cell}"):
        importing_districts.import_sheet(person, region, file, new_token())
    assert [one.authority for one in District.select()] == ["东区科技局"]


def test_only_the_regions_policy_officer(region: Region) -> None:
    for person in (officer(factories.region("elsewhere", "外市")), w.viewer(factories.account("city_reviewer", region=region))):
        with pytest.raises(OutOfScope):
            importing_districts.import_sheet(person, region, book(["west", "西区", "", ""]), new_token())
        with pytest.raises(OutOfScope):
            importing_districts.registered_sheet(person, region)
