"""Opening balances: by hand with a source, from a spreadsheet all or nothing, and what they do to unpaid awards."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from core.cases import admin_events, opening_balances
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.models import AdminEvent, OpeningBalance
from core.people.scope import Viewer, viewer_of
from tests import factories
from tests.core.cases import award_world as a

PLATFORM = "demonstration_platform"


@pytest.fixture
def titles(database: str) -> a.Titles:
    """An organisation with three titles."""
    return a.build()


def officer(titles: a.Titles) -> Viewer:
    return viewer_of(factories.account("policy_officer", region=titles.region))


def book(*rows: tuple[Any, ...], heads: tuple[str, ...] = opening_balances.HEADS) -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(opening_balances.empty_sheet()))
    sheet = made.worksheets[0]
    sheet.delete_rows(1)
    for row in (heads, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def values(titles: a.Titles, **more: Any) -> dict[str, Any]:
    given = {"organisation": titles.organisation.id, "title": PLATFORM, "yuan": "120,000.50", "source": "2019 年台账"}
    return {**given, **more}


def test_entered_by_hand_it_counts_and_is_audited(titles: a.Titles) -> None:
    award = titles.final(2021, {PLATFORM: "good"})[0]
    person = officer(titles)
    made = opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())
    a.settle()
    assert a.fresh(award).amount_fen == 29_999_50
    opening_balances.save_balance(person, made["id"], 0, values(titles, yuan="150000"), new_token())
    a.settle()
    assert (a.fresh(award).status, a.fresh(award).amount_fen) == ("not_due", 0)
    kinds = [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)]
    assert kinds == ["opening_balance_entered", "opening_balance_changed"]
    assert admin_events.first_fault() is None


def test_every_field_is_checked_and_nothing_kept(titles: a.Titles) -> None:
    person = officer(titles)
    for more, field in (
        ({"yuan": "-1"}, "yuan"), ({"yuan": "1.234"}, "yuan"), ({"yuan": "很多"}, "yuan"), ({"source": " "}, "source"),
        ({"title": "moon"}, "title"), ({"organisation": 0}, "organisation"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            opening_balances.save_balance(person, None, titles.region.id, values(titles, **more), new_token())
        assert list(refusal.value.fields) == [field]
    assert not OpeningBalance.select().exists()
    opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())
    with pytest.raises(Refused, match="已经登记过"):
        opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())


def test_only_the_regions_policy_officer(titles: a.Titles) -> None:
    elsewhere = viewer_of(factories.account("policy_officer", region=factories.region("jingang", "津港市")))
    for person in (titles.payer, elsewhere):
        with pytest.raises(OutOfScope):
            opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())
        with pytest.raises(OutOfScope):
            opening_balances.import_balances(person, titles.region, book(), new_token())


def test_a_spreadsheet_goes_in_whole(titles: a.Titles) -> None:
    owner = titles.organisation
    file = book((owner.name, owner.credit_code, "示范平台", 120000, "台账"), ("", owner.credit_code, "示范基地", 99.5, "台账"))
    tried = opening_balances.read_sheet(titles.region, file)
    assert ([b.fen for b in tried.balances], tried.faults) == ([120_000_00, 99_50], [])
    assert not OpeningBalance.select().exists()
    token = new_token()
    receipt = opening_balances.import_balances(officer(titles), titles.region, file, token)
    assert "已导入 2 条，共 120,099.5 元" in receipt["message"]
    assert opening_balances.import_balances(officer(titles), titles.region, file, token)["repeated"]
    assert OpeningBalance.select().count() == 2
    with pytest.raises(Refused, match="已经登记过"):
        opening_balances.import_balances(officer(titles), titles.region, file, new_token())


def test_every_fault_is_named_with_its_cell_and_nothing_goes_in(titles: a.Titles) -> None:
    owner = titles.organisation
    good = (owner.name, "", "示范平台", "5", "台账")
    file = book(good, good, ("没有这家", "", "月球", "x", ""), ("", "91530100MA0000000X", "示范基地", 1, "台账"))
    places = [place for place, _ in opening_balances.read_sheet(titles.region, file).faults]
    assert places == [f"以前领取的奖励!{cell}" for cell in ("C3", "A4", "C4", "D4", "E4", "B5")]
    with pytest.raises(Refused, match="什么都没有导入：以前领取的奖励!C3"):
        opening_balances.import_balances(officer(titles), titles.region, file, new_token())
    assert not OpeningBalance.select().exists()


@pytest.mark.parametrize(
    ("file", "why"),
    [(b"x", "另存为 .xlsx"), (book(), "没有数据"), (book(heads=("单位", "代码", "称号", "元", "出处")), "表头不对")],
)
def test_what_is_no_such_spreadsheet_is_said(titles: a.Titles, file: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        opening_balances.read_sheet(titles.region, file)
