"""What organisations had received before this system, by title: entered by hand or from a spreadsheet, with its source.

It counts towards the caps over the years. One entry an organisation and title; each change is an audited event and
has the organisation's unpaid awards worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cases import awarding, spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.register_facts import kinds_of
from core.errors import OutOfScope, Refused
from core.models import OpeningBalance, Organisation, Region
from core.people.scope import Viewer
from core.policy.award_claims import FEN, in_yuan, yuan_of

HEADS = ("单位名称", "统一社会信用代码", "称号", "已领取（元）", "出处")
COLUMNS = "ABCDE"
MOST_ROWS = 2000
MOST_FEN = 10**13


@dataclass(frozen=True)
class Balance:
    """One entry as it would be kept."""

    organisation: Organisation
    title: str
    fen: int
    source: str


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as it was read: what would be entered, and every fault as (sheet!cell, what is wrong)."""

    balances: Sequence[Balance]
    faults: Sequence[tuple[str, str]]

    @property
    def total_fen(self) -> int:
        """The sum of what would be entered."""
        return sum(balance.fen for balance in self.balances)


def save_balance(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str) -> Receipt:
    """Enter what an organisation had received under a title, or mend an entry (`row_id`).

    `values`: organisation (id), title, yuan (text), source. Raises Refused with the fields, OutOfScope.
    """

    def work() -> Receipt:
        row = _row(viewer, row_id, region)
        owner = Organisation.get_or_none(
            (Organisation.id == values.get("organisation")) & (Organisation.region == row.region_id)
        )
        titles = kinds_of(row.region)
        fen, faults = _read(titles, str(values.get("yuan") or ""), str(values.get("title") or ""), values.get("source"))
        if owner is None:
            faults["organisation"] = "请选择单位。"
        elif _known(owner, str(values.get("title"))) not in (None, row.id):
            faults["title"] = f"{owner.name}的这个称号已经登记过，请改那一条。"
        if faults or owner is None:
            raise Refused("".join(faults.values()), faults)
        return _keep(viewer, row, Balance(owner, values["title"], fen, str(values["source"]).strip()))

    return once(token, work)


def _row(viewer: Viewer, row_id: int | None, region: int) -> OpeningBalance:
    row = OpeningBalance(region=region) if row_id is None else OpeningBalance.get_or_none(OpeningBalance.id == row_id)
    if row is None or not viewer.has("policy_officer", row.region_id):
        raise OutOfScope
    return row


def _read(titles: Mapping[str, str], yuan: str, title: str, source: object) -> tuple[int, dict[str, str]]:
    """分 and the faults by field."""
    faults = {}
    amount = yuan_of(yuan.replace(",", "").replace("，", "").strip())
    fen = 0 if amount is None else int(amount * FEN)
    if amount is None or fen > MOST_FEN:
        faults["yuan"] = "金额要写成不小于 0 的元数，最多两位小数，例如 150000 或 150000.50。"
    if title not in titles:
        faults["title"] = f"请写本地区的称号：{'、'.join(titles.values())}。"
    if not str(source or "").strip():
        faults["source"] = "请写明出处，例如哪一年的拨款文件或台账。"
    return fen, faults


def _known(owner: Organisation, title: str) -> int | None:
    row = OpeningBalance.get_or_none((OpeningBalance.organisation == owner) & (OpeningBalance.title == title))
    return None if row is None else int(row.id)


def _keep(viewer: Viewer, row: OpeningBalance, found: Balance) -> Receipt:
    kind = "opening_balance_entered" if row.id is None else "opening_balance_changed"
    before = {"before": row.amount_fen} if row.id is not None else {}
    row.organisation, row.title, row.amount_fen, row.source = found.organisation, found.title, found.fen, found.source
    row.save()
    data = {"region": row.region_id, "organisation": found.organisation.id, "title": found.title, "fen": found.fen}
    record(viewer, kind, {**data, **before, "source": found.source})
    awarding.work_out_later(found.organisation.id)
    return {"id": row.id, "message": f"已记下 {found.organisation.name} 以前领取的 {in_yuan(found.fen):,} 元。"}


def import_balances(viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
    """Enter everything of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""

    def work() -> Receipt:
        if not viewer.has("policy_officer", region.id):
            raise OutOfScope
        sheet = read_sheet(region, file)
        if sheet.faults:
            told = "；".join(f"{place} {text}" for place, text in sheet.faults[:5])
            raise Refused(f"有 {len(sheet.faults)} 处要改，什么都没有导入：{told}")
        for balance in sheet.balances:
            _keep(viewer, OpeningBalance(region=region), balance)
        return {
            "region": region.id,
            "message": f"已导入 {len(sheet.balances)} 条，共 {in_yuan(sheet.total_fen):,} 元。",
        }

    return once(token, work)


def read_sheet(region: Region, file: bytes) -> Sheet:
    """Read the first sheet of an .xlsx without keeping anything (the trial run).

    Raises Refused for a file that is no such spreadsheet or has other columns.
    """
    name, rows = spreadsheets.read_rows(file, HEADS, MOST_ROWS)
    reader = _Reader(region, name)
    balances = [found for number, cells in rows if (found := reader.read(number, cells)) is not None]
    if not balances and not reader.faults:
        raise Refused("表里没有数据：第一行是表头，从第二行起一行一条。")
    return Sheet(balances, reader.faults)


class _Reader:
    """Reads rows one by one and gathers the faults with their cells."""

    def __init__(self, region: Region, sheet: str) -> None:
        self.sheet = sheet
        self.faults: list[tuple[str, str]] = []
        self._titles = kinds_of(region)
        owners = list(Organisation.select().where(Organisation.region == region))
        self._by_code = {row.credit_code: row for row in owners if row.credit_code}
        self._by_name: dict[str, list[Organisation]] = {}
        for row in owners:
            self._by_name.setdefault(row.name, []).append(row)
        entered = OpeningBalance.select().where(OpeningBalance.region == region)
        self._seen = {(row.organisation_id, row.title): "已经登记过" for row in entered}

    def read(self, number: int, cells: Sequence[str]) -> Balance | None:
        """One row; None when it has faults."""
        before = len(self.faults)
        owner = self._owner(number, cells[0], cells[1])
        title = next((key for key, word in self._titles.items() if cells[2] in (key, word)), "")
        fen, faults = _read(self._titles, cells[3], title, cells[4])
        for column, key in ((2, "title"), (3, "yuan"), (4, "source")):
            if key in faults:
                self._fault(number, column, faults[key])
        if owner is not None and title:
            self._refuse_second(number, owner, title)
        if owner is None or len(self.faults) > before:
            return None
        return Balance(owner, title, fen, cells[4])

    def _owner(self, number: int, name: str, code: str) -> Organisation | None:
        if code:
            found = self._by_code.get(code.upper())
            if found is None:
                self._fault(number, 1, f"没有登记过信用代码 {code} 的单位，请先登记运营主体。")
            elif name and found.name != name:
                self._fault(number, 0, f"这个信用代码登记的是“{found.name}”，与表里的名称不同。")
            return found
        named = self._by_name.get(name, [])
        if len(named) != 1:
            text = "请写单位名称或信用代码。" if not name else f"没有登记过“{name}”，请先登记运营主体。"
            self._fault(number, 0, f"有几家单位叫“{name}”，请填信用代码。" if len(named) > 1 else text)
            return None
        return named[0]

    def _refuse_second(self, number: int, owner: Organisation, title: str) -> None:
        known = self._seen.setdefault((owner.id, title), f"第 {number} 行写过")
        if known != f"第 {number} 行写过":
            self._fault(number, 2, f"{owner.name}的“{self._titles[title]}”{known}，同一单位同一称号只登记一条。")

    def _fault(self, number: int, column: int, text: str) -> None:
        self.faults.append((f"{self.sheet}!{COLUMNS[column]}{number}", text))


def empty_sheet() -> bytes:
    """The empty spreadsheet to fill, with its heads."""
    return spreadsheets.empty_sheet("以前领取的奖励", HEADS, width=24)
