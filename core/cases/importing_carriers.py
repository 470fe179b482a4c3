"""Carriers from a spreadsheet: a row each, the region's own register facts as columns; all of it, or nothing.

The trial does exactly what the import does and takes it back, so that it finds every fault the import would.
Organisations that are not registered yet are registered with their carrier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cases import register_facts, registering, spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.register_words import LEVELS, TITLES
from core.errors import OutOfScope, Refused
from core.models import Carrier, District, Organisation, Region, database
from core.people.scope import Viewer

COLUMNS = {
    "name": "载体名称",
    "kind": "类别",
    "level": "级别",
    "organisation": "运营主体",
    "credit_code": "统一社会信用代码",
    "district": "区县",
    "title_status": "资格",
    "recognised_on": "认定或备案日期",
    "enrolled_on": "纳入日期",
}
"""The columns that every region has, in their order: key → head. The register's own facts follow by their names."""
MOST_ROWS = 1000
STATUSES = {words: key for key, words in TITLES.items() if key in ("applicant", "held")}


@dataclass(frozen=True)
class Line:
    """A row that can be imported, as texts by column key."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as it was tried: what would be registered, and every fault as (sheet!cell, what is wrong)."""

    lines: Sequence[Line]
    faults: Sequence[tuple[str, str]]


def columns_of(region: Region) -> dict[str, str]:
    """All columns of a region's spreadsheet: key (`fact_<key>` for a fact) → head."""
    return COLUMNS | {f"fact_{key}": fact.name for key, fact in register_facts.declared(region).items()}


def empty_sheet(region: Region) -> bytes:
    """The spreadsheet to fill."""
    return spreadsheets.empty_sheet("载体", list(columns_of(region).values()))


def try_sheet(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    """Do the import and take it back. Raises Refused for a file that is no such spreadsheet, OutOfScope."""
    with database.atomic() as whole:
        found = _bring_in(viewer, region, file)
        whole.rollback()
    return found


def import_carriers(viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
    """Register everything of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""

    def work() -> Receipt:
        found = _bring_in(viewer, region, file)
        if found.faults:
            told = "；".join(f"{place} {text}" for place, text in found.faults[:5])
            raise Refused(f"有 {len(found.faults)} 处要改，什么都没有导入：{told}")
        record(viewer, "carriers_imported", {"region": region.id, "rows": len(found.lines)})
        return {"region": region.id, "message": f"已登记 {len(found.lines)} 家载体。"}

    return once(token, work)


def _bring_in(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    if not viewer.has("policy_officer", region.id):
        raise OutOfScope
    columns = columns_of(region)
    title, rows = spreadsheets.read_rows(file, list(columns.values()), MOST_ROWS)
    if not rows:
        raise Refused("表里没有数据：第一行是表头，从第二行起一行一家。")
    letters = {key: spreadsheets.column_letter(place) for place, key in enumerate(columns)}
    lines: list[Line] = []
    faults: list[tuple[str, str]] = []
    for number, texts in rows:
        cells = dict(zip(columns, texts, strict=True))
        wrong = _register(viewer, region, cells)
        faults += [(f"{title}!{letters.get(key, 'A')}{number}", text) for key, text in wrong.items()]
        lines.append(Line(number, cells))
    return Sheet(lines, faults)


def _register(viewer: Viewer, region: Region, cells: Mapping[str, str]) -> dict[str, str]:
    """Register one row; the faults by column, empty when it is registered."""
    values, faults = _values(region, cells)
    owner = None
    try:
        owner = _organisation(viewer, region, cells)
    except Refused as refusal:
        # a fault of the organisation's name belongs to the column of the organisation, not of the carrier
        faults |= {"organisation" if key == "name" else key: text for key, text in refusal.fields.items()}
    if owner is not None and _is_known(owner, cells["name"]):
        faults["name"] = "这家单位的这个载体已经登记过，或表里写了两遍。"
    try:
        with database.atomic():
            registering.store_carrier(viewer, None, region.id, {**values, "organisation": owner})
            if faults:
                raise Refused("")
    except Refused as refusal:
        found = refusal.fields if owner is not None else {k: v for k, v in refusal.fields.items() if k != "organisation"}
        faults = {**found, **faults}
    return faults


def _values(region: Region, cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the register is given, and the faults of cells that cannot be read."""
    faults = {}
    kinds = register_facts.kinds_of(region)
    values: dict[str, Any] = {"name": cells["name"]}
    values["kind"] = _key(kinds, cells["kind"]) or (next(iter(kinds)) if len(kinds) == 1 and not cells["kind"] else "")
    if not values["kind"]:
        faults["kind"] = f"类别不认识；可以写：{'、'.join(kinds.values())}。"
    values["level"] = _key(LEVELS, cells["level"] or "市级")
    if not values["level"]:
        faults["level"] = f"级别不认识；可以写：{'、'.join(LEVELS.values())}。"
    values["title_status"] = STATUSES.get(cells["title_status"] or "有效", "")
    if not values["title_status"]:
        faults["title_status"] = "资格只能写“有效”或“申请中”；撤销、退出请登记以后再改。"
    values["district"] = _district(region, cells["district"], faults)
    for key in ("recognised_on", "enrolled_on"):
        values[key] = register_facts.typed_day(cells[key])
        if cells[key] and values[key] is None:
            faults[key] = f"“{cells[key]}”不是日期，请写成 2019-05-06。"
    values["facts"] = {key.removeprefix("fact_"): text for key, text in cells.items() if key.startswith("fact_")}
    return values, faults


def _key(known: Mapping[str, str], text: str) -> str:
    return next((key for key, words in known.items() if text in (key, words)), "")


def _district(region: Region, text: str, faults: dict[str, str]) -> int | None:
    if not text:
        return None
    found = District.get_or_none((District.region == region) & ((District.name == text) | (District.key == text)))
    if found is None:
        faults["district"] = f"没有登记过“{text}”，请写登记的区县名称。"
        return None
    return int(found.id)


def _organisation(viewer: Viewer, region: Region, cells: Mapping[str, str]) -> int:
    """The organisation of a row, registered now if it is not yet. Raises Refused with the columns."""
    name, code = cells["organisation"], cells["credit_code"].upper()
    rows = list(Organisation.select().where((Organisation.region == region) & (
        (Organisation.credit_code == code) if code else (Organisation.name == name))))  # fmt: skip
    if len(rows) > 1:
        raise Refused("", {"credit_code": f"有几家单位叫“{name}”，请填统一社会信用代码。"})
    if rows and name and rows[0].name != name:
        raise Refused("", {"organisation": f"这个信用代码登记的是“{rows[0].name}”，与表里的名称不同。"})
    if rows:
        return int(rows[0].id)
    given = {"name": name, "credit_code": code}
    return int(registering.store_organisation(viewer, None, region.id, given)["id"])


def _is_known(owner: int, name: str) -> bool:
    return Carrier.select().where((Carrier.organisation == owner) & (Carrier.name == name.strip())).exists()
