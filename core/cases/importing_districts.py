"""Districts and the authorities that review there, from a spreadsheet: new ones, and changes of those that are there.

A district is known by its key; an empty name or authority of a known one would take it away, so a row says all.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.cases import registering, spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.sheet_rows import UNCHANGED, Sheet, require_change, take_rows, tried
from core.errors import OutOfScope, Refused
from core.models import District, Region
from core.people.scope import Viewer

COLUMNS = {"key": "代号", "name": "区县名称", "authority": "归口管理部门", "centre": "服务机构"}
MOST_ROWS = 200
NAME = "区县"


def columns_of(region: Region) -> dict[str, str]:  # noqa: ARG001 - the same everywhere
    """The columns: key → head."""
    return COLUMNS


def empty_sheet(region: Region) -> bytes:  # noqa: ARG001 - the same everywhere
    """The spreadsheet to fill."""
    return spreadsheets.filled_sheet(NAME, list(COLUMNS.values()), width=24)


def registered_sheet(viewer: Viewer, region: Region) -> bytes:
    """Every district in the shape that is imported. Raises OutOfScope."""
    _require_officer(viewer, region)
    rows = District.select().where(District.region == region).order_by(District.id)
    return spreadsheets.filled_sheet(NAME, list(COLUMNS.values()), [[getattr(row, key) for key in COLUMNS] for row in rows], width=24)


def try_sheet(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    """Do the import and take it back. Raises Refused for a file that is no such spreadsheet, OutOfScope."""
    return tried(lambda: _take(viewer, region, file))


def import_sheet(viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
    """Register or change everything of a spreadsheet, or nothing. Raises Refused with the first faults, OutOfScope."""

    def work() -> Receipt:
        changed = len(require_change(_take(viewer, region, file)))
        record(viewer, "districts_imported", {"region": region.id, "rows": changed})
        return {"region": region.id, "message": f"已登记或改好 {changed} 个区县。"}

    return once(token, work)


def told_of(sheet: Sheet) -> str:
    """What the import would do, in words."""
    return f"登记或更改 {len(sheet.changing)} 个区县"


def _require_officer(viewer: Viewer, region: Region) -> None:
    if not viewer.has("policy_officer", region.id):
        raise OutOfScope


def _take(viewer: Viewer, region: Region, file: bytes) -> Sheet:
    _require_officer(viewer, region)
    seen: set[str] = set()
    return take_rows(file, COLUMNS, MOST_ROWS, lambda cells: _store(viewer, region, cells, seen))


def _store(viewer: Viewer, region: Region, cells: Mapping[str, str], seen: set[str]) -> str:
    """Register or change one district, and say what changed. Raises Refused with the columns."""
    if cells["key"] and cells["key"] in seen:
        raise Refused("", {"key": f"代号 {cells['key']} 在表里写了两遍。"})
    seen.add(cells["key"])
    row = District.get_or_none((District.region == region) & (District.key == cells["key"]))
    _refuse_same_name(region, row, cells)
    if row is None:
        registering.store_district(viewer, None, region.id, cells)
        return "新登记"
    told = [f"{COLUMNS[key]}：{getattr(row, key) or '没有'} 改为 {cells[key] or '没有'}"
            for key in COLUMNS if getattr(row, key) != cells[key]]  # fmt: skip
    if told:
        registering.store_district(viewer, row.id, region.id, cells)
    return "；".join(told) or UNCHANGED


def _refuse_same_name(region: Region, row: District | None, cells: Mapping[str, str]) -> None:
    """Two districts of one name cannot be told apart in any other spreadsheet."""
    same = (District.region == region) & (District.name == cells["name"]) & (District.id != (row.id if row else 0))
    other = District.get_or_none(same)
    if other is not None:
        raise Refused("", {"name": f"“{other.name}”已经登记，代号是 {other.key}；请写它的代号。"})
