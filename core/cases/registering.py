"""The registers of a region: organisations, districts, carriers and their marks. Only its policy officer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from core import clock
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.register_facts import declared, kinds_of, read_typed
from core.cases.register_words import KINDS, LEVELS, MARKS, TITLE_MARKS, TITLES, mark_name
from core.errors import OutOfScope, Refused
from core.models import Carrier, CarrierMark, District, Organisation, Region
from core.people.scope import Viewer
from forms.definition import Column
from forms.fields import BadInput

__all__ = ["KINDS", "LEVELS", "MARKS", "TITLES", "change_title", "mark_carrier", "save_carrier", "save_district",
           "save_organisation"]  # fmt: skip

def save_organisation(
    viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str
) -> Receipt:
    """Register an organisation or mend its entry (`row_id`). Raises Refused with the fields, OutOfScope."""
    return once(token, lambda: store_organisation(viewer, row_id, region, values))


def store_organisation(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any]) -> Receipt:
    """The same inside the caller's transaction."""
    row = _row(viewer, Organisation, row_id, region)
    code = str(values.get("credit_code") or "").strip().upper()
    faults = _named(values)
    if code and not _is_credit_code(code):
        faults["credit_code"] = "统一社会信用代码不对，请核对 18 位和最后的校验位。"
    same = (Organisation.region == row.region_id) & (Organisation.credit_code == code) & (Organisation.id != row.id)
    if code and Organisation.select().where(same).exists():
        faults["credit_code"] = "已有单位用这个统一社会信用代码。"
    _refuse(faults)
    row.name, row.credit_code = str(values["name"]).strip(), code
    return _keep(viewer, row, "organisation", {"name": row.name, "credit_code": code})


def _is_credit_code(code: str) -> bool:
    asked = Column(key="credit_code", label="统一社会信用代码", type="credit_code")
    try:
        asked.kind.read(code, asked)
    except BadInput:
        return False
    return True


def save_district(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str) -> Receipt:
    """Register a district or mend its entry; its key stays. Raises Refused with the fields, OutOfScope."""
    return once(token, lambda: store_district(viewer, row_id, region, values))


def store_district(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any]) -> Receipt:
    """The same inside the caller's transaction."""
    row = _row(viewer, District, row_id, region)
    faults = _district_faults(values)
    if row_id is None:
        row.key = str(values.get("key") or "").strip()
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", row.key):
            faults["key"] = "代号用小写字母开头，由小写字母、数字和下划线组成。"
        elif District.select().where((District.region == region) & (District.key == row.key)).exists():
            faults["key"] = "这个代号已经有了。"
    _refuse(faults)
    row.name, row.authority = str(values["name"]).strip(), str(values.get("authority") or "").strip()
    row.centre = str(values.get("centre") or "").strip()
    data = {"key": row.key, "name": row.name, "authority": row.authority, "centre": row.centre}
    return _keep(viewer, row, "district", data)


def _district_faults(values: Mapping[str, Any]) -> dict[str, str]:
    faults = {} if 1 <= len(str(values.get("name") or "").strip()) <= 40 else {"name": "请填写名称，不超过 40 个字。"}
    long = [key for key in ("authority", "centre") if len(str(values.get(key) or "").strip()) > 80]
    return faults | dict.fromkeys(long, "不超过 80 个字。")


def save_carrier(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str) -> Receipt:
    """Register a carrier or mend its entry. `facts` holds what was typed of the region's own facts, by key.

    `title_status` counts for a new entry only (applicant or held); later the title changes by `change_title`.
    Raises Refused with the fields (`fact_<key>` for a fact), OutOfScope.
    """
    return once(token, lambda: store_carrier(viewer, row_id, region, values))


def store_carrier(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any]) -> Receipt:
    """The same inside the caller's transaction."""
    row = _row(viewer, Carrier, row_id, region)
    facts, faults = _carrier_facts(row, values)
    faults |= _named(values)
    organisation = _of_region(Organisation, values.get("organisation"), row.region_id)
    district = _of_region(District, values.get("district"), row.region_id)
    if organisation is None:
        faults["organisation"] = "请选择运营主体；没有的先登记运营主体。"
    if values.get("district") and district is None:
        faults["district"] = "请从列表中选择区县。"
    known = {**kinds_of(row.region), **({row.kind: ""} if row_id is not None else {})}
    faults |= {name: "请从列表中选择。" for name, of in (("kind", known), ("level", LEVELS)) if values.get(name) not in of}
    faults |= _title_faults(row_id, values)
    _refuse(faults)
    row.name, row.kind, row.level = str(values["name"]).strip(), values["kind"], values["level"]
    row.organisation, row.district, row.recognised_on = organisation, district, values.get("recognised_on")
    row.enrolled_on, row.facts = values.get("enrolled_on"), facts
    if row_id is None:
        row.title_status = values.get("title_status") or "held"
    data = {"kind": row.kind, "level": row.level, "organisation": row.organisation_id, "district": row.district_id}
    dates = {"recognised_on": row.recognised_on, "enrolled_on": row.enrolled_on}
    return _keep(viewer, row, "carrier", {"name": row.name, "facts": facts, **dates, **data})


def _carrier_facts(row: Carrier, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts to store and the faults of those typed; facts the form did not hold stay as they are."""
    typed = values.get("facts")
    if typed is None:
        return dict(row.facts), {}
    asked = {key: fact for key, fact in declared(row.region).items() if key in typed}
    try:
        read = read_typed(asked, typed)
    except Refused as refusal:
        return {}, {f"fact_{key}": text for key, text in refusal.fields.items()}
    return {**{key: value for key, value in row.facts.items() if key not in asked}, **read}, {}


def _title_faults(row_id: int | None, values: Mapping[str, Any]) -> dict[str, str]:
    status = values.get("title_status") or "held"
    if row_id is None and status not in ("applicant", "held"):
        return {"title_status": "新登记的只能是“申请中”或“有效”；撤销、退出请登记以后再改。"}
    if row_id is None and status == "applicant" and values.get("recognised_on"):
        return {"recognised_on": "申请中的还没有认定，请不填认定日期，或把资格改为“有效”。"}
    return {}


def change_title(
    viewer: Viewer, carrier_id: int, status: str, effective_on: date | None, clause: str, reason: str, token: str
) -> Receipt:
    """Change by hand where a title stands, leaving a mark with clause, ground and the day from which it holds.

    The day may lie before today (retroactive exit), never after it. Raises Refused with the fields, OutOfScope.
    """

    return once(token, lambda: store_title(viewer, carrier_id, status, effective_on, clause, reason))


def store_title(
    viewer: Viewer, carrier_id: int, status: str, effective_on: date | None, clause: str, reason: str
) -> Receipt:
    """The same inside the caller's transaction."""
    carrier = _row(viewer, Carrier, carrier_id, 0)
    faults = _ground_faults(clause, reason)
    if status not in TITLE_MARKS:
        faults["status"] = "请选择改成什么。"
    elif status == carrier.title_status:
        faults["status"] = f"现在就是“{TITLES[status]}”，不用改。"
    if effective_on is None or effective_on > clock.today():
        faults["effective_on"] = "请填写从哪一天起算，不能晚于今天；可以早于今天（追溯）。"
    _refuse(faults)
    carrier.title_status = status
    carrier.title_ended_on = None if status == "held" else effective_on
    carrier.save()
    _mark(viewer, carrier, TITLE_MARKS[status], clause, reason, effective_on)
    return {"carrier": carrier.id, "message": f"{carrier.name} 的资格已改为“{TITLES[status]}”。"}


def mark_carrier(viewer: Viewer, carrier_id: int, kind: str, clause: str, reason: str, token: str) -> Receipt:
    """Put a lasting mark on a carrier, with clause and ground. Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
        carrier = _row(viewer, Carrier, carrier_id, 0)
        _refuse(({} if kind in MARKS else {"kind": "请选择标记。"}) | _ground_faults(clause, reason))
        if kind == "title_revoked":
            carrier.title_status, carrier.title_ended_on = "revoked", clock.today()
            carrier.save()
        _mark(viewer, carrier, kind, clause, reason)
        return {"carrier": carrier.id, "message": f"已给 {carrier.name} 登记“{mark_name(kind)}”。"}

    return once(token, work)


def _ground_faults(clause: str, reason: str) -> dict[str, str]:
    faults = {} if clause.strip() else {"clause": "请写明依据的条款。"}
    return faults | ({} if reason.strip() else {"reason": "请写明原因和出处。"})


def _mark(
    viewer: Viewer, carrier: Carrier, kind: str, clause: str, reason: str, effective_on: date | None = None
) -> None:
    mark = CarrierMark.create(
        carrier=carrier,
        kind=kind,
        clause=clause.strip(),
        reason=reason.strip(),
        set_on=clock.today(),
        effective_on=effective_on,
        set_at=clock.now(),
    )
    data = {"carrier": carrier.id, "mark": mark.id, "kind": kind, "clause": mark.clause, "effective_on": effective_on}
    record(viewer, "carrier_marked", data)


def _row(viewer: Viewer, model: Any, row_id: int | None, region: int) -> Any:
    """The row to change, or a new one in a region whose policy officer this person is. Raises OutOfScope."""
    if row_id is None:
        if Region.get_or_none(Region.id == region) is None or not viewer.has("policy_officer", region):
            raise OutOfScope
        return model(region=region)
    row = model.get_or_none(model.id == row_id)
    if row is None or not viewer.has("policy_officer", row.region_id):
        raise OutOfScope
    return row


def _of_region(model: Any, row_id: Any, region: int) -> Any:
    return model.get_or_none((model.id == row_id) & (model.region == region)) if row_id else None


def _named(values: Mapping[str, Any]) -> dict[str, str]:
    return {} if 1 <= len(str(values.get("name") or "").strip()) <= 120 else {"name": "请填写名称，不超过 120 个字。"}


def _refuse(faults: dict[str, str]) -> None:
    if faults:
        raise Refused("".join(faults.values()), faults)


def _keep(viewer: Viewer, row: Any, kind: str, data: dict[str, Any]) -> Receipt:
    is_new = row.id is None
    row.save()
    record(
        viewer, f"{kind}_registered" if is_new else f"{kind}_changed", {kind: row.id, "region": row.region_id, **data}
    )
    return {kind: row.id, "id": row.id, "message": f"“{row.name}”已{'登记' if is_new else '改好'}。"}
