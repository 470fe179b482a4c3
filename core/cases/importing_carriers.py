"""Carriers from a spreadsheet: a row each, the region's own register facts as columns; all of it, or nothing.

Organisations that are not registered yet are registered with their carrier. A carrier that is registered exactly as
its row says is left as it is, so that an exported list can be imported again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import JOIN

from core.cases import register_facts, registering, spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.register_words import KINDS, LEVELS, TITLES
from core.cases.sheet_rows import UNCHANGED, Sheet, key_of, require_change, take_rows, tried, typed_day
from core.errors import OutOfScope, Refused
from core.models import Carrier, District, Organisation, Region
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
FACT = "fact_"
STATUSES = {key: words for key, words in TITLES.items() if key in ("applicant", "held")}


def columns_of(region: Region) -> dict[str, str]:
    """All columns of a region's spreadsheet: key (`fact_<key>` for a fact) → head."""
    return COLUMNS | {FACT + key: fact.name for key, fact in register_facts.declared(region).items()}


def empty_sheet(region: Region) -> bytes:
    """The spreadsheet to fill."""
    return spreadsheets.filled_sheet("载体", list(columns_of(region).values()))


def registered_sheet(viewer: Viewer, region: Region) -> bytes:
    """Every registered carrier in the shape that is imported. Raises OutOfScope."""
    _require_officer(viewer, region)
    columns = columns_of(region)
    rows = [[told.get(key, "") for key in columns] for told in map(cells_of, carriers_of(region))]
    return spreadsheets.filled_sheet("载体", list(columns.values()), rows)


def carriers_of(region: Region) -> Sequence[Carrier]:
    """The region's carriers with what their cells need, in the order of the register."""
    rows = Carrier.select(Carrier, Region, Organisation, District).join(Region).switch(Carrier).join(Organisation)
    rows = rows.switch(Carrier).join(District, JOIN.LEFT_OUTER, on=(Carrier.district == District.id))
    return list(rows.where(Carrier.region == region).order_by(Carrier.id))


def cells_of(carrier: Carrier) -> dict[str, str]:
    """A registered carrier as the cells that would register it."""
    facts = register_facts.declared(carrier.region)
    return {
        "name": carrier.name,
        "kind": register_facts.kinds_of(carrier.region).get(carrier.kind, KINDS.get(carrier.kind, carrier.kind)),
        "level": LEVELS.get(carrier.level, carrier.level),
        "organisation": carrier.organisation.name,
        "credit_code": carrier.organisation.credit_code,
        "district": carrier.district.name if carrier.district else "",
        "title_status": TITLES[carrier.title_status],
        **{key: day.isoformat() if day else "" for key in DATES for day in (getattr(carrier, key),)},
        **{FACT + key: register_facts.as_typed(fact, carrier.facts.get(key)) for key, fact in facts.items()},
    }


DATES = ("recognised_on", "enrolled_on")


def try_sheet(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    """Do the import and take it back. Raises Refused for a file that is no such spreadsheet, OutOfScope."""
    return tried(lambda: _take(viewer, region, file))


def import_sheet(viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
    """Register everything of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""

    def work() -> Receipt:
        made = len(require_change(_take(viewer, region, file)))
        record(viewer, "carriers_imported", {"region": region.id, "rows": made})
        return {"region": region.id, "message": f"已登记 {made} 家载体。"}

    return once(token, work)


def told_of(sheet: Sheet) -> str:
    """What the import would do, in words."""
    return f"登记 {len(sheet.changing)} 家"


def _require_officer(viewer: Viewer, region: Region) -> None:
    if not viewer.has("policy_officer", region.id):
        raise OutOfScope


def _take(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    _require_officer(viewer, region)
    made: set[int] = set()
    return take_rows(file, columns_of(region), MOST_ROWS, lambda cells: _register(viewer, region, cells, made))


def _register(viewer: Viewer, region: Region, cells: Mapping[str, str], made: set[int]) -> str:
    """Register one row, and say what was done. Raises Refused with every fault at its column."""
    values, faults = _values(region, cells)
    owner = None
    try:
        owner = _organisation(viewer, region, cells)
    except Refused as refusal:
        # a fault of the organisation's name belongs to the column of the organisation, not of the carrier
        faults |= {"organisation" if key == "name" else key: text for key, text in refusal.fields.items()}
    known = Carrier.get_or_none((Carrier.organisation == owner) & (Carrier.name == cells["name"])) if owner else None
    if known is not None:
        return _same(known, cells, made)
    try:
        registered = registering.store_carrier(viewer, None, region.id, {**values, "organisation": owner})
    except Refused as refusal:
        # without an organisation the register asks to choose one; why there is none has been told already
        faults = {key: text for key, text in refusal.fields.items() if owner or key != "organisation"} | faults
    if faults:
        raise Refused("".join(faults.values()), faults)
    made.add(int(registered["id"]))
    return "新登记"


def _same(known: Carrier, cells: Mapping[str, str], made: set[int]) -> str:
    """Told of a carrier that is registered exactly so. Raises Refused for one that differs or stands here twice."""
    if known.id in made:
        raise Refused("", {"name": "这家单位的这个载体在表里写了两遍。"})
    registered, heads = cells_of(known), columns_of(known.region)
    other = [heads[key] for key in heads if cells[key] != registered[key]]
    if other:
        text = f"这家单位的这个载体已经登记过，与表里不同的有：{'、'.join(other)}。要改请用“从 Excel 更新”，或删去这一行。"
        raise Refused("", {"name": text})
    return UNCHANGED


def _values(region: Region, cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the register is given, and the faults of cells that cannot be read."""
    faults: dict[str, str] = {}
    kinds = register_facts.kinds_of(region)
    values: dict[str, Any] = {"name": cells["name"]}
    values["kind"] = key_of(kinds, cells["kind"]) or (next(iter(kinds)) if len(kinds) == 1 and not cells["kind"] else "")
    if not values["kind"]:
        faults["kind"] = f"类别不认识；可以写：{'、'.join(kinds.values())}。"
    values["level"] = key_of(LEVELS, cells["level"] or "市级")
    if not values["level"]:
        faults["level"] = f"级别不认识；可以写：{'、'.join(LEVELS.values())}。"
    values["title_status"] = key_of(STATUSES, cells["title_status"] or "有效")
    if not values["title_status"]:
        faults["title_status"] = "资格只能写“有效”或“申请中”；撤销、退出请登记以后再改。"
    values["district"] = _district(region, cells["district"], faults)
    values |= {key: typed_day(cells, key, faults) for key in DATES}
    values["facts"] = {key.removeprefix(FACT): text for key, text in cells.items() if key.startswith(FACT)}
    return values, faults


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
    return int(registering.store_organisation(viewer, None, region.id, {"name": name, "credit_code": code})["id"])
