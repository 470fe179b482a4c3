"""One spreadsheet for two officers: accounts without roles, then roles; all or nothing; garbage is told at its cell."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cases import importing_accounts, importing_calendar, importing_titles, sheet_rows
from core.cases.action import new_token
from core.cases.importing import import_region
from core.errors import OutOfScope, Refused
from core.models import Account, AdminEvent, CalendarDay, CalendarYear, Carrier, CarrierMark, FormToken, Grant, Region
from core.people import accounts, passwords
from tests import factories
from tests import world as w

openpyxl = pytest.importorskip("openpyxl")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PEOPLE = [
    ["zhangsan", "张某", "区级审核员", "秦皇岛市", "海港区", ""],
    ["zhangsan", "张某", "评审专家", "秦皇岛市", "", ""],
    ["lisi", "李某", "载体经办人", "秦皇岛市", "", "演示空间"],
    ["wangwu", "王某", "", "", "", ""],
]


@pytest.fixture
def region(database: str, monkeypatch: pytest.MonkeyPatch) -> Region:
    factories._hash()  # kept for the whole run: it must be a real one
    monkeypatch.setattr(passwords, "hash_password", lambda text: f"hashed:{text}")
    found = import_region(w.pack())
    factories.carrier(factories.district(found, "haigang"), "演示空间")
    return found


def book(heads: list[str], *rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "表"
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def people(*rows: list[object]) -> bytes:
    return book(list(importing_accounts.COLUMNS.values()), *rows)


def officer(role: str, **bound: Any) -> Any:
    return w.viewer(factories.account(role, **bound))


def test_one_spreadsheet_makes_accounts_and_then_grants_roles(region: Region) -> None:
    system, security, file = officer("system_admin"), officer("security_admin"), people(*PEOPLE)
    before = Account.select().count()
    told = [line.told for line in importing_accounts.try_accounts(system, file).lines]
    assert told == ["新增账号", "同一人的另一个角色", "新增账号", "新增账号"]
    assert Account.select().count() == before, "a trial keeps nothing"

    receipt, handed = importing_accounts.make_accounts(system, file, new_token())
    assert [one.username for one in handed] == ["zhangsan", "lisi", "wangwu"] and "3 个账号" in receipt["message"]
    made = Account.get(Account.username == "zhangsan")
    assert made.must_change_password and made.grants.count() == 0
    assert made.password_hash == f"hashed:{handed[0].password}"

    assert "授予区级审核员" in [line.told for line in importing_accounts.try_grants(security, file).lines]
    assert Grant.select().where(Grant.account == made).count() == 0, "a trial keeps nothing"
    importing_accounts.grant_roles(security, file, new_token())
    assert sorted(g.role for g in made.grants) == ["district_reviewer", "expert"]
    clerk = Grant.get(Grant.account == Account.get(Account.username == "lisi"))
    assert (clerk.role, clerk.carrier.name, clerk.granted_by_id) == ("carrier_clerk", "演示空间", security.account)
    with pytest.raises(Refused, match="都已经授予"):
        importing_accounts.grant_roles(security, file, new_token())
    with pytest.raises(Refused, match="都已经有了"):
        importing_accounts.make_accounts(system, file, new_token())


def test_the_exported_people_are_imported_again_and_change_nothing(region: Region) -> None:
    system, security = officer("system_admin"), officer("security_admin")
    importing_accounts.make_accounts(system, people(*PEOPLE), new_token())
    importing_accounts.grant_roles(security, people(*PEOPLE), new_token())
    told = importing_accounts.accounts_sheet(system)
    assert {line.told for line in importing_accounts.try_accounts(system, told).lines} == {importing_accounts.KNOWN}
    told = importing_accounts.grants_sheet(security)
    again = importing_accounts.try_grants(security, told)
    assert not again.faults and {line.told for line in again.lines} == {"已有这个角色，不变"}
    assert ["lisi", "李某", "载体经办人", "秦皇岛市", "", "演示空间"] in [list(line.cells.values()) for line in again.lines]
    for verb, other in ((importing_accounts.accounts_sheet, security), (importing_accounts.grants_sheet, system)):
        with pytest.raises(OutOfScope):
            verb(other)


def test_more_new_people_than_can_be_made_at_once_are_told(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_accounts, "MOST_NEW", 2)
    with pytest.raises(Refused, match="一次最多新增 2 个账号，表里有 3 个"):
        importing_accounts.try_accounts(officer("system_admin"), people(*PEOPLE))


def test_first_passwords_are_given_once_and_kept_nowhere(region: Region) -> None:
    system, token = officer("system_admin"), new_token()
    _, handed = importing_accounts.make_accounts(system, people(*PEOPLE), token)
    again, nothing = importing_accounts.make_accounts(system, people(*PEOPLE), token)
    assert again["repeated"] and nothing == []
    kept = json.dumps([str(row.receipt) for row in FormToken.select()] + [row.body for row in AdminEvent.select()])
    assert handed and not any(one.password in kept for one in handed)
    for one in handed:
        passwords.check_new(one.password, one.username)
    sheet = openpyxl.load_workbook(io.BytesIO(importing_accounts.passwords_sheet(handed))).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["zhangsan", "张某", handed[0].password]


def test_a_name_in_the_handed_out_sheet_never_runs_as_a_formula(database: str) -> None:
    one = importing_accounts.FirstPassword("a1", '=HYPERLINK("x")', "kfmp-8r2t-wq5x")
    sheet = openpyxl.load_workbook(io.BytesIO(importing_accounts.passwords_sheet([one]))).worksheets[0]
    assert sheet["B2"].data_type == "s" and sheet["B2"].value.startswith("=")


@pytest.mark.parametrize(
    ("column", "text", "cell", "words"),
    [
        (0, "a", "表!A2", "2 到 64"),
        (0, "有 空格", "表!A2", "不能有空格"),
        (1, "", "表!B2", "姓名"),
        (2, "主任", "表!C2", "角色不认识"),
        (3, "某市", "表!D2", "没有“某市”"),
        (4, "不存在区", "表!E2", "没有登记过"),
        (4, "", "表!E2", "请写区县"),
        (5, "演示空间", "表!F2", "清空"),
    ],
)
def test_a_fault_is_told_at_its_cell_to_both_and_nothing_is_done(
    region: Region, column: int, text: str, cell: str, words: str
) -> None:
    row: list[object] = list(PEOPLE[0])
    row[column] = text
    file, before = people(row, *PEOPLE[2:]), Account.select().count()
    system = officer("system_admin")
    faults = importing_accounts.try_accounts(system, file).faults
    assert [place for place, _ in faults] == [cell] and words in faults[0][1]
    with pytest.raises(Refused, match="什么都没有导入"):
        importing_accounts.make_accounts(system, file, new_token())
    assert Account.select().where(Account.username == "lisi").count() == 0
    assert Account.select().count() == before + 1  # the officer


def test_an_unknown_account_another_name_and_officers_who_handle_cases_are_told(region: Region) -> None:
    security = officer("security_admin")
    assert "系统管理员先" in importing_accounts.try_grants(security, people(PEOPLE[0])).faults[0][1]
    factories.account(username="zhangsan", display_name="别人")
    assert importing_accounts.try_grants(security, people(PEOPLE[0])).faults[0][0] == "表!B2"
    assert importing_accounts.try_accounts(officer("system_admin"), people(PEOPLE[0])).faults[0][0] == "表!B2"
    factories.account("auditor", username="shenji", display_name="审计某")
    row = ["shenji", "审计某", "市级审核员", "秦皇岛市", "", ""]
    assert "三员" in importing_accounts.try_grants(security, people(row)).faults[0][1]


def test_each_officer_has_only_the_own_half(region: Region) -> None:
    file = people(*PEOPLE)
    for role in ("security_admin", "auditor", "policy_officer", "city_reviewer"):
        with pytest.raises(OutOfScope):
            importing_accounts.make_accounts(officer(role), file, new_token())
    for role in ("system_admin", "auditor", "policy_officer", "city_reviewer"):
        with pytest.raises(OutOfScope):
            importing_accounts.grant_roles(officer(role), file, new_token())


DAYS = [["2027-01-01", "休", "元旦"], [date(2027, 2, 6), "班", ""]]


def test_a_year_comes_from_a_spreadsheet_as_from_pasted_lines(region: Region) -> None:
    system = officer("system_admin")
    file = book(list(importing_calendar.COLUMNS.values()), *DAYS)
    importing_calendar.import_sheet(system, file, "某通知", new_token())
    assert CalendarYear.get().year == 2027
    assert [(d.day.isoformat(), d.is_working_day) for d in CalendarDay.select().order_by(CalendarDay.day)] == [
        ("2027-01-01", False), ("2027-02-06", True),
    ]  # fmt: skip
    told = importing_calendar.registered_sheet(system, 2027)
    assert [line.told for line in importing_calendar.read_sheet(system, told).lines] == ["2027-01-01 休 元旦", "2027-02-06 班"]
    with pytest.raises(OutOfScope):
        importing_calendar.registered_sheet(system, 2028)
    twice = importing_calendar.read_sheet(system, book(list(importing_calendar.COLUMNS.values()), DAYS[0], DAYS[0]))
    assert twice.faults == [("表!A3", "2027-01-01 在前面已经写过。")]
    bad = book(list(importing_calendar.COLUMNS.values()), ["2027-13-01", "休", "元旦"], ["2027-01-02", "假", "x"], ["2027-01-04", "班", ""])
    assert [place for place, _ in importing_calendar.read_sheet(system, bad).faults] == ["表!A2", "表!B3", "表!A4"]
    with pytest.raises(Refused, match="什么都没有导入"):
        importing_calendar.import_sheet(system, bad, "某通知", new_token())
    with pytest.raises(OutOfScope):
        importing_calendar.import_sheet(officer("security_admin"), file, "某通知", new_token())


def titles(region: Region, *rows: list[object]) -> bytes:
    return book(list(importing_titles.columns_of(region).values()), *rows)


def test_known_carriers_are_updated_and_each_row_says_what_changes(region: Region) -> None:
    person = officer("policy_officer", region=region)
    row = ["演示空间", "", "省级", "2019-12-01", "", "已退出", "2020-05-06", "第九条", "自愿退出"]
    file = titles(region, row)
    [line] = importing_titles.try_sheet(person, region, file).lines
    assert line.told == "级别：市级 改为 省级；认定或备案日期：2019-11-01 改为 2019-12-01；资格：有效 改为 已退出，自 2020-05-06 起"
    assert Carrier.get(Carrier.name == "演示空间").level == "city", "a trial keeps nothing"
    importing_titles.import_sheet(person, region, file, new_token())
    found = Carrier.get(Carrier.name == "演示空间")
    assert (found.level, found.title_status, found.title_ended_on) == ("provincial", "exited", date(2020, 5, 6))
    assert CarrierMark.get().kind == "title_exited"
    with pytest.raises(Refused, match="完全相同"):
        importing_titles.import_sheet(person, region, file, new_token())
    empty = titles(region, ["演示空间", *[""] * 8])
    assert importing_titles.try_sheet(person, region, empty).lines[0].told == sheet_rows.UNCHANGED


@pytest.mark.parametrize(
    ("change", "cell"),
    [
        ({0: "没有的"}, "A2"), ({1: "X"}, "B2"), ({2: "县级"}, "C2"), ({3: "昨天"}, "D2"), ({5: "注销"}, "F2"), ({6: ""}, "G2"),
        ({6: "2999-01-01"}, "G2"), ({7: ""}, "H2"), ({8: ""}, "I2"), ({5: ""}, "F2"),
    ],
)  # fmt: skip
def test_a_faulty_update_is_told_at_its_cell_and_changes_nothing(region: Region, change: dict[int, str], cell: str) -> None:
    person = officer("policy_officer", region=region)
    factories.carrier(factories.district(region, "haigang"), "第二空间")
    row: list[object] = ["演示空间", "", "省级", "2019-12-01", "", "已退出", "2020-05-06", "第九条", "自愿退出"]
    for place, text in change.items():
        row[place] = text
    file = titles(region, ["第二空间", "", "国家级", *[""] * 6], row)
    faults = importing_titles.try_sheet(person, region, file).faults
    assert faults[0][0] == f"表!{cell[0]}3"
    with pytest.raises(Refused):
        importing_titles.import_sheet(person, region, file, new_token())
    assert {c.level for c in Carrier.select()} == {"city"}
    with pytest.raises(OutOfScope):
        importing_titles.import_sheet(officer("city_reviewer", region=region), region, file, new_token())


CELL = st.one_of(
    st.none(), st.booleans(), st.integers(-10, 10**12), st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=["Cs", "Cc"]), max_size=70),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 8), garbage=CELL, sort=st.sampled_from(["people", "titles", "days"]))
def test_whatever_stands_in_a_cell_is_taken_or_told_and_a_told_one_changes_nothing(
    region: Region, place: int, garbage: object, sort: str
) -> None:
    system, policy = officer("system_admin"), officer("policy_officer", region=region)
    before = (Account.select().count(), [(c.level, c.title_status) for c in Carrier.select()], CalendarDay.select().count())
    if sort == "people":
        row: list[object] = list(PEOPLE[0])
        row[place % 6] = garbage
        faults = importing_accounts.try_accounts(system, people(PEOPLE[3], row)).faults
        importing_accounts.try_grants(officer("security_admin"), people(row))
        before = (before[0] + 1, *before[1:])
    elif sort == "titles":
        row = ["演示空间", "", "省级", "2019-12-01", "", "已退出", "2020-05-06", "第九条", "自愿退出"]
        row[place] = garbage
        faults = importing_titles.try_sheet(policy, region, titles(region, row)).faults
    else:
        row = list(DAYS[0])
        row[place % 3] = garbage
        faults = importing_calendar.read_sheet(system, book(list(importing_calendar.COLUMNS.values()), row, DAYS[1])).faults
    after = (Account.select().count(), [(c.level, c.title_status) for c in Carrier.select()], CalendarDay.select().count())
    assert after == before
    assert all(place.startswith("表!") and text for place, text in faults)


def test_user_names_are_kept_in_small_letters(region: Region) -> None:
    importing_accounts.make_accounts(officer("system_admin"), people(["ZhangSan", "张某", "", "", "", ""]), new_token())
    assert accounts.find_account("zhangsan") is not None
