"""Carriers from a spreadsheet: tried and taken back, every fault with its cell, all or nothing, the region's own facts."""

from __future__ import annotations

import io
from typing import Any

import pytest

from core.cases import importing_carriers, importing_titles, register_facts, registering
from core.cases.action import new_token
from core.cases.importing import import_region
from core.cases.sheet_rows import UNCHANGED
from core.errors import OutOfScope, Refused
from core.models import AdminEvent, Carrier, Organisation, Region
from core.policy.facts import read_facts
from tests import factories
from tests import world as w

openpyxl = pytest.importorskip("openpyxl")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FACTS = read_facts([
    {"key": "floor_area", "name": "场地面积", "type": "number", "clause": "第四条", "unit": "平方米"},
    {"key": "seats", "name": "工位数", "type": "whole", "clause": "第四条"},
    {"key": "self_run", "name": "自有场地", "type": "yes_no", "clause": "第四条"},
    {"key": "filed_on", "name": "备案日", "type": "date", "clause": "第五条"},
    {"key": "batch", "name": "批次", "type": "choice", "clause": "第五条", "allowed": ["第一批", "第二批"]},
    {"key": "note", "name": "说明", "type": "text", "clause": "第五条"},
])  # fmt: skip


@pytest.fixture
def region(database: str, monkeypatch: pytest.MonkeyPatch) -> Region:
    found = import_region(w.pack())
    monkeypatch.setattr(register_facts, "declared", lambda region: FACTS)
    monkeypatch.setattr(registering, "declared", lambda region: FACTS)
    return found


def officer(region: Region) -> Any:
    return w.viewer(factories.account("policy_officer", region=region))


def book(*rows: list[object], heads: list[str] | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "载体"
    sheet.append(heads or [*importing_carriers.COLUMNS.values(), *(fact.name for fact in FACTS.values())])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


GOOD = ["新空间", "众创空间", "市级", "新公司", "", "海港区", "有效", "2020-05-06", "", 300.5, 12, "是", "2021/3/4", "第一批", "好"]


def test_a_sheet_brings_carriers_organisations_and_facts(region: Region) -> None:
    person, file = officer(region), book(GOOD, ["第二空间", *GOOD[1:]])
    tried = importing_carriers.try_sheet(person, region, file)
    assert tried.faults == [] and len(tried.lines) == 2
    assert Carrier.select().count() == Organisation.select().count() == 0  # a trial keeps nothing
    assert not AdminEvent.select().where(AdminEvent.kind == "carrier_registered").exists()
    token = new_token()
    receipt = importing_carriers.import_sheet(person, region, file, token)
    assert receipt["message"] == "已登记 2 家载体。"
    assert importing_carriers.import_sheet(person, region, file, token)["repeated"]
    row = Carrier.get(Carrier.name == "新空间")
    assert row.facts == {"floor_area": "300.5", "seats": "12", "self_run": True, "filed_on": "2021-03-04",
                         "batch": "第一批", "note": "好"}  # fmt: skip
    assert (row.district.key, row.kind, row.recognised_on.isoformat()) == ("haigang", "makerspace", "2020-05-06")
    assert Organisation.select().count() == 1 and Carrier.select().count() == 2


def test_the_exported_list_is_imported_again_and_changes_nothing(region: Region) -> None:
    person = officer(region)
    importing_carriers.import_sheet(person, region, book(GOOD), new_token())
    Carrier.update(title_status="revoked").execute()  # one that could not be registered so anew
    for module in (importing_carriers, importing_titles):
        told = module.registered_sheet(person, region)
        assert [line.told for line in module.try_sheet(person, region, told).lines] == [UNCHANGED], module.__name__
        with pytest.raises(OutOfScope):
            module.registered_sheet(officer(factories.region(module.__name__[-8:], "别处")), region)


def test_a_registered_carrier_that_differs_is_told_what_differs(region: Region) -> None:
    person = officer(region)
    importing_carriers.import_sheet(person, region, book(GOOD), new_token())
    other = [*GOOD[:2], "省级", *GOOD[3:9], 301, *GOOD[10:]]
    [(place, text)] = importing_carriers.try_sheet(person, region, book(other)).faults
    assert place == "载体!A2" and "与表里不同的有：级别、场地面积、备案日" in text


def test_every_fault_is_told_with_its_cell_and_nothing_is_kept(region: Region) -> None:
    bad: list[object] = ["坏空间", "咖啡馆", "县级", "", "", "无名区", "已退出", "昨天", "", "很大", "1.5", "也许", "x",
                         "第九批", ""]  # fmt: skip
    person, file = officer(region), book(GOOD, bad, GOOD)
    faults = dict(importing_carriers.try_sheet(person, region, file).faults)
    cells = {f"载体!{letter}3" for letter in "BCDFGHJKLMN"}
    assert cells <= set(faults) and set(faults) - cells == {"载体!A4"}
    assert "众创空间" in faults["载体!B3"] and "写了两遍" in faults["载体!A4"]
    with pytest.raises(Refused, match=f"有 {len(faults)} 处要改，什么都没有导入"):
        importing_carriers.import_sheet(person, region, file, new_token())
    assert Carrier.select().count() == Organisation.select().count() == 0


def test_a_sheet_of_another_shape_is_refused_and_so_is_another_region(region: Region) -> None:
    person = officer(region)
    with pytest.raises(Refused, match="表头不对：载体!A1"):
        importing_carriers.try_sheet(person, region, book(GOOD, heads=["名字"]))
    with pytest.raises(Refused, match="读不了"):
        importing_carriers.try_sheet(person, region, b"no spreadsheet")
    with pytest.raises(Refused, match="没有数据"):
        importing_carriers.try_sheet(person, region, book())
    stranger = officer(factories.region("elsewhere", "别处"))
    for verb in (importing_carriers.try_sheet, lambda *given: importing_carriers.import_sheet(*given, new_token())):
        with pytest.raises(OutOfScope):
            verb(stranger, region, book(GOOD))


def test_the_empty_sheet_has_the_heads_that_are_read(region: Region) -> None:
    empty = openpyxl.load_workbook(io.BytesIO(importing_carriers.empty_sheet(region)))
    heads = [cell.value for cell in next(empty.worksheets[0].iter_rows())]
    assert heads == list(importing_carriers.columns_of(region).values()) and heads[-1] == "说明"
