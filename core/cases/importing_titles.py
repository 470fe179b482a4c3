"""Updates of carriers that are registered, from a spreadsheet: level, dates, the region's own facts, and the title.

An empty cell leaves what is there, and so does one that says what is there: the list as it is registered is the
spreadsheet to mend. A title changes as by hand, with its day, clause and ground; what each row would change is told
before it is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import importing_carriers, register_facts, registering, spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.importing_carriers import DATES, FACT
from core.cases.register_words import LEVELS, TITLE_MARKS, TITLES
from core.cases.sheet_rows import UNCHANGED, Sheet, key_of, require_change, take_rows, tried, typed_day
from core.errors import OutOfScope, Refused
from core.models import Carrier, Organisation, Region
from core.people.scope import Viewer

COLUMNS = {
    "name": "载体名称",
    "credit_code": "统一社会信用代码",
    "level": "级别",
    "recognised_on": "认定或备案日期",
    "enrolled_on": "纳入日期",
    "status": "资格改为",
    "effective_on": "从哪一天起",
    "clause": "依据的条款",
    "reason": "原因和出处",
}
"""The columns that every region has: key → head. The register's own facts follow by their names."""
MOST_ROWS = 1000


def columns_of(region: Region) -> dict[str, str]:
    """All columns of a region's spreadsheet: key (`fact_<key>` for a fact) → head."""
    return COLUMNS | {FACT + key: fact.name for key, fact in register_facts.declared(region).items()}


def empty_sheet(region: Region) -> bytes:
    """The spreadsheet to fill."""
    return spreadsheets.filled_sheet("更新", list(columns_of(region).values()))


def registered_sheet(viewer: Viewer, region: Region) -> bytes:
    """Every carrier as it is registered, to be mended; the cells of a change of title are empty. Raises OutOfScope."""
    _require_officer(viewer, region)
    columns = columns_of(region)
    told = map(importing_carriers.cells_of, importing_carriers.carriers_of(region))
    rows = [[cells.get(key, "") for key in columns] for cells in told]
    return spreadsheets.filled_sheet("更新", list(columns.values()), rows)


def try_sheet(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    """What the import would change, row by row. Raises Refused for another kind of file, OutOfScope."""
    return tried(lambda: _take(viewer, region, file))


def import_sheet(viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
    """Change everything that a spreadsheet says, or nothing. Raises Refused with the first faults, OutOfScope."""

    def work() -> Receipt:
        changed = len(require_change(_take(viewer, region, file)))
        record(viewer, "titles_imported", {"region": region.id, "rows": changed})
        return {"region": region.id, "message": f"已更新 {changed} 家载体。"}

    return once(token, work)


def told_of(sheet: Sheet) -> str:
    """What the import would do, in words."""
    return f"更新 {len(sheet.changing)} 家"


def _require_officer(viewer: Viewer, region: Region) -> None:
    if not viewer.has("policy_officer", region.id):
        raise OutOfScope


def _take(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    _require_officer(viewer, region)
    seen: set[int] = set()
    return take_rows(file, columns_of(region), MOST_ROWS, lambda cells: _update(viewer, region, cells, seen))


def _update(viewer: Viewer, region: Region, cells: Mapping[str, str], seen: set[int]) -> str:
    """Update the carrier of one row; what changed, in words. Raises Refused with the columns."""
    carrier = _carrier(region, cells)
    if carrier.id in seen:
        raise Refused("", {"name": "这家载体在表里写了两遍。"})
    seen.add(carrier.id)
    values, faults = _values(carrier, cells)
    if faults:
        raise Refused("".join(faults.values()), faults)
    told = _entry(viewer, carrier, values)
    told += _title(viewer, Carrier.get_by_id(carrier.id), cells)
    return "；".join(told) or UNCHANGED


def _carrier(region: Region, cells: Mapping[str, str]) -> Carrier:
    """The registered carrier that a row names; the credit code tells those of one name apart."""
    asked = (Carrier.region == region) & (Carrier.name == cells["name"])
    code = cells["credit_code"].upper()
    if code:
        asked &= Carrier.organisation.in_(
            Organisation.select(Organisation.id).where((Organisation.region == region) & (Organisation.credit_code == code))
        )
    found = list(Carrier.select().where(asked).limit(2))
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused("", {"credit_code": "有几家同名，请填统一社会信用代码。"})
    text = "没有登记过这家载体，请核对全称；新的请用“从 Excel 导入”。" if cells["name"] else "请写载体名称。"
    raise Refused("", {"credit_code" if code and _named(region, cells["name"]) else "name":
                       "这个信用代码的单位没有这家载体。" if code and _named(region, cells["name"]) else text})  # fmt: skip


def _named(region: Region, name: str) -> bool:
    return Carrier.select().where((Carrier.region == region) & (Carrier.name == name)).exists()


def _values(carrier: Carrier, cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The entry with what the row says, and the faults of cells that cannot be read."""
    faults = {}
    level = key_of(LEVELS, cells["level"])
    facts = register_facts.declared(carrier.region)
    typed = {key.removeprefix(FACT): text for key, text in cells.items() if key.startswith(FACT) and text}
    if cells["level"] and not level:
        faults["level"] = f"级别不认识；可以写：{'、'.join(LEVELS.values())}。"
    values: dict[str, Any] = {
        "name": carrier.name, "kind": carrier.kind, "level": level or carrier.level,
        "organisation": carrier.organisation_id, "district": carrier.district_id,
        "facts": {k: text for k, text in typed.items() if text != register_facts.as_typed(facts[k], carrier.facts.get(k))},
    }  # fmt: skip
    for key in DATES:
        values[key] = typed_day(cells, key, faults) or getattr(carrier, key)
    typed_day(cells, "effective_on", faults)
    faults.update(_title_faults(carrier, cells))
    return values, faults


def _status(cells: Mapping[str, str]) -> str:
    return key_of({key: TITLES[key] for key in TITLE_MARKS}, cells["status"])


def _title_faults(carrier: Carrier, cells: Mapping[str, str]) -> dict[str, str]:
    """A title needs its day, clause and ground; they stand alone nowhere."""
    beside = ("effective_on", "clause", "reason")
    if cells["status"] and not _status(cells):
        return {"status": f"资格不认识；可以写：{'、'.join(TITLES[key] for key in TITLE_MARKS)}。"}
    if not cells["status"] and any(cells[key] for key in beside):
        return {"status": "写了日期、条款或原因，却没有写资格改成什么；不改资格的请把这几格清空。"}
    if _status(cells) in ("", carrier.title_status):
        return {}
    words = {"effective_on": "请写从哪一天起算。", "clause": "请写明依据的条款。", "reason": "请写明原因和出处。"}
    faults = {key: text for key, text in words.items() if not cells[key]}
    if len(cells["clause"]) > 80:
        faults["clause"] = "条款不超过 80 个字。"
    return faults


def _entry(viewer: Viewer, carrier: Carrier, values: Mapping[str, Any]) -> list[str]:
    """Level, dates and facts; nothing is stored where nothing differs."""
    before = carrier.level, *(getattr(carrier, key) for key in DATES), dict(carrier.facts)
    asked = values["facts"]
    with_facts = {**values, "facts": asked} if asked else {key: one for key, one in values.items() if key != "facts"}
    if not asked and before[:3] == (values["level"], *(values[key] for key in DATES)):
        return []
    registering.store_carrier(viewer, carrier.id, carrier.region_id, with_facts)
    row = Carrier.get_by_id(carrier.id)
    told = [f"级别：{LEVELS.get(carrier.level, carrier.level)} 改为 {LEVELS[row.level]}"] if row.level != before[0] else []
    for key, old in zip(DATES, before[1:3], strict=True):
        if getattr(row, key) != old:
            told.append(f"{COLUMNS[key]}：{old or '没有登记'} 改为 {getattr(row, key)}")
    facts = register_facts.declared(carrier.region)
    return told + [
        f"{facts[key].name}：{register_facts.in_words(facts[key], carrier.facts.get(key))} 改为 "
        f"{register_facts.in_words(facts[key], row.facts.get(key))}"
        for key in asked if row.facts.get(key) != carrier.facts.get(key)
    ]  # fmt: skip


def _title(viewer: Viewer, carrier: Carrier, cells: Mapping[str, str]) -> list[str]:
    status = _status(cells)
    if status in ("", carrier.title_status):
        return []
    day, old = register_facts.typed_day(cells["effective_on"]), TITLES[carrier.title_status]
    registering.store_title(viewer, carrier.id, status, day, cells["clause"], cells["reason"])
    return [f"资格：{old} 改为 {TITLES[status]}，自 {day} 起"]
