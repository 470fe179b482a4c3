"""Opening balances from a spreadsheet: all or nothing, every fault with its cell, the exported list again."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from core.cases import importing_balances
from core.cases.action import new_token
from core.cases.sheet_rows import UNCHANGED
from core.cases.spreadsheets import filled_sheet
from core.errors import OutOfScope, Refused
from core.models import OpeningBalance
from core.people.scope import Viewer, viewer_of
from tests import factories
from tests.core.cases import award_world as a

HEADS = tuple(importing_balances.COLUMNS.values())


@pytest.fixture
def titles(database: str) -> a.Titles:
    """An organisation with three titles."""
    return a.build()


def officer(titles: a.Titles) -> Viewer:
    return viewer_of(factories.account("policy_officer", region=titles.region))


def book(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = importing_balances.NAME
    for row in (heads, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_spreadsheet_goes_in_whole(titles: a.Titles) -> None:
    owner, person = titles.organisation, officer(titles)
    file = book((owner.name, owner.credit_code, "示范平台", 120000, "台账"), ("", owner.credit_code, "示范基地", 99.5, "台账"))
    tried = importing_balances.try_sheet(person, titles.region, file)
    assert (importing_balances.told_of(tried), tried.faults) == ("登记 2 条，共 120,099.5 元", [])
    assert not OpeningBalance.select().exists()
    token = new_token()
    receipt = importing_balances.import_sheet(person, titles.region, file, token)
    assert "已导入 2 条，共 120,099.5 元" in receipt["message"]
    assert importing_balances.import_sheet(person, titles.region, file, token)["repeated"]
    assert OpeningBalance.select().count() == 2
    with pytest.raises(Refused, match="完全相同"):
        importing_balances.import_sheet(person, titles.region, file, new_token())
    with pytest.raises(Refused, match="已经登记过，是 120,000 元，出处“台账”"):
        changed = book((owner.name, "", "示范平台", 1, "台账"))
        importing_balances.import_sheet(person, titles.region, changed, new_token())


def test_the_exported_list_is_imported_again_and_changes_nothing(titles: a.Titles) -> None:
    owner, person = titles.organisation, officer(titles)
    file = filled_sheet(importing_balances.NAME, HEADS, [(owner.name, "", "示范平台", "1,234.50", "=1+1 台账")])
    importing_balances.import_sheet(person, titles.region, file, new_token())
    told = importing_balances.registered_sheet(person, titles.region)
    sheet = openpyxl.load_workbook(io.BytesIO(told)).worksheets[0]
    assert (sheet["D2"].value, sheet["E2"].data_type) == ("1234.50", "s")
    assert [line.told for line in importing_balances.try_sheet(person, titles.region, told).lines] == [UNCHANGED]


def test_only_the_regions_policy_officer(titles: a.Titles) -> None:
    elsewhere = viewer_of(factories.account("policy_officer", region=factories.region("jingang", "津港市")))
    for person in (titles.payer, elsewhere):
        for verb in (
            lambda who: importing_balances.import_sheet(who, titles.region, book(), new_token()),
            lambda who: importing_balances.try_sheet(who, titles.region, book()),
            lambda who: importing_balances.registered_sheet(who, titles.region),
        ):
            with pytest.raises(OutOfScope):
                verb(person)


def test_every_fault_is_named_with_its_cell_and_nothing_goes_in(titles: a.Titles) -> None:
    owner, person = titles.organisation, officer(titles)
    good = (owner.name, "", "示范平台", "5", "台账")
    file = book(good, good, ("没有这家", "", "月球", "x", ""), ("", "91530100MA0000000X", "示范基地", 1, "台账"))
    places = [place for place, _ in importing_balances.try_sheet(person, titles.region, file).faults]
    assert places == [f"以前领取的奖励!{cell}" for cell in ("C3", "A4", "C4", "D4", "E4", "B5")]
    with pytest.raises(Refused, match="什么都没有导入：以前领取的奖励!C3"):
        importing_balances.import_sheet(person, titles.region, file, new_token())
    assert not OpeningBalance.select().exists()


@pytest.mark.parametrize(
    ("file", "why"),
    [(b"x", "另存为 .xlsx"), (book(), "没有数据"), (book(heads=("单位", "代码", "称号", "元", "出处")), "表头不对")],
)
def test_what_is_no_such_spreadsheet_is_said(titles: a.Titles, file: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        importing_balances.try_sheet(officer(titles), titles.region, file)
