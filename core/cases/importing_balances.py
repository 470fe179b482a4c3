"""What organisations had received before this system, from a spreadsheet: a row an organisation and title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.cases import spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.opening_balances import amount_of, store_balance
from core.cases.register_facts import kinds_of
from core.cases.sheet_rows import UNCHANGED, Line, Sheet, key_of, require_change, take_rows, tried
from core.errors import OutOfScope, Refused
from core.models import OpeningBalance, Organisation, Region
from core.people.scope import Viewer
from core.policy.award_claims import in_yuan

COLUMNS = {
    "organisation": "单位名称",
    "credit_code": "统一社会信用代码",
    "title": "称号",
    "yuan": "已领取（元）",
    "source": "出处",
}
MOST_ROWS = 2000
NAME = "以前领取的奖励"


def columns_of(region: Region) -> dict[str, str]:  # noqa: ARG001 - the same everywhere
    """The columns: key → head."""
    return COLUMNS


def empty_sheet(region: Region) -> bytes:  # noqa: ARG001 - the same everywhere
    """The spreadsheet to fill."""
    return spreadsheets.filled_sheet(NAME, list(COLUMNS.values()), width=24)


def registered_sheet(viewer: Viewer, region: Region) -> bytes:
    """Every entry in the shape that is imported. Raises OutOfScope."""
    _require_officer(viewer, region)
    rows = OpeningBalance.select(OpeningBalance, Organisation).join(Organisation)
    kinds = kinds_of(region)
    told = [
        [owner.name, owner.credit_code, kinds.get(row.title, row.title), _typed(row.amount_fen), row.source]
        for row in rows.where(OpeningBalance.region == region).order_by(OpeningBalance.id)
        for owner in (row.organisation,)
    ]
    return spreadsheets.filled_sheet(NAME, list(COLUMNS.values()), told, width=24)


def _typed(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}".removesuffix(".00")


def try_sheet(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    """Do the import and take it back. Raises Refused for a file that is no such spreadsheet, OutOfScope."""
    return tried(lambda: _take(viewer, region, file))


def import_sheet(viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
    """Enter everything of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""

    def work() -> Receipt:
        lines = require_change(_take(viewer, region, file))
        record(viewer, "balances_imported", {"region": region.id, "rows": len(lines), "fen": _fen(lines)})
        return {"region": region.id, "message": f"已导入 {len(lines)} 条，共 {in_yuan(_fen(lines)):,} 元。"}

    return once(token, work)


def told_of(sheet: Sheet) -> str:
    """What the import would do, in words; the sum is there to be compared with the ledger."""
    return f"登记 {len(sheet.changing)} 条，共 {in_yuan(_fen(sheet.changing)):,} 元"


def _fen(lines: Sequence[Line]) -> int:
    return sum(amount_of(line.cells["yuan"]) or 0 for line in lines)


def _require_officer(viewer: Viewer, region: Region) -> None:
    if not viewer.has("policy_officer", region.id):
        raise OutOfScope


def _take(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    _require_officer(viewer, region)
    owners = _Owners(region)
    made: set[int] = set()
    return take_rows(file, COLUMNS, MOST_ROWS, lambda cells: _enter(viewer, owners, cells, made))


def _enter(viewer: Viewer, owners: _Owners, cells: Mapping[str, str], made: set[int]) -> str:
    """Enter one row, and say what was done. Raises Refused with every fault at its column."""
    faults: dict[str, str] = {}
    owner, title = owners.named(cells, faults), key_of(kinds_of(owners.region), cells["title"])
    known = OpeningBalance.get_or_none((OpeningBalance.organisation == owner) & (OpeningBalance.title == title))
    if owner is not None and known is not None:
        return _same(known, owner, cells, made)
    values = {"organisation": owner and owner.id, "title": title, "yuan": cells["yuan"], "source": cells["source"]}
    try:
        entered = store_balance(viewer, None, owners.region.id, values)
    except Refused as refusal:
        # without an organisation the register asks to choose one; why there is none has been told already
        faults = {key: text for key, text in refusal.fields.items() if owner or key != "organisation"} | faults
    if faults:
        raise Refused("".join(faults.values()), faults)
    made.add(int(entered["id"]))
    return "新登记"


def _same(known: OpeningBalance, owner: Organisation, cells: Mapping[str, str], made: set[int]) -> str:
    """Told of an entry that is there exactly so. Raises Refused for one that differs or stands here twice."""
    word = f"{owner.name}的“{cells['title']}”"
    if known.id in made:
        raise Refused("", {"title": f"{word}在表里写了两遍，同一单位同一称号只登记一条。"})
    if (amount_of(cells["yuan"]), cells["source"]) != (known.amount_fen, known.source):
        text = f"{word}已经登记过，是 {in_yuan(known.amount_fen):,} 元，出处“{known.source}”。要改请在列表里改那一条。"
        raise Refused("", {"title": text})
    return UNCHANGED


class _Owners:
    """The organisations of a region as spreadsheets name them; read once a spreadsheet."""

    def __init__(self, region: Region) -> None:
        self.region = region
        owners = list(Organisation.select().where(Organisation.region == region))
        self._by_code = {row.credit_code: row for row in owners if row.credit_code}
        self._by_name: dict[str, list[Organisation]] = {}
        for row in owners:
            self._by_name.setdefault(row.name, []).append(row)

    def named(self, cells: Mapping[str, str], faults: dict[str, str]) -> Organisation | None:
        """The organisation that a row names, or None and why at its column."""
        name, code = cells["organisation"], cells["credit_code"]
        if code:
            found: Organisation | None = self._by_code.get(code.upper())
            if found is None:
                faults["credit_code"] = f"没有登记过信用代码 {code} 的单位，请先登记运营主体。"
            elif name and found.name != name:
                faults["organisation"] = f"这个信用代码登记的是“{found.name}”，与表里的名称不同。"
            return found
        named = self._by_name.get(name, [])
        if len(named) == 1:
            return named[0]
        if named:
            faults["credit_code"] = f"有几家单位叫“{name}”，请填信用代码。"
        else:
            faults["organisation"] = f"没有登记过“{name}”，请先登记运营主体。" if name else "请写单位名称或信用代码。"
        return None
