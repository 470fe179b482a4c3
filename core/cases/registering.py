"""The registers of a region: organisations, districts, carriers and their marks. Only its policy officer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core import clock
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused
from core.models import Carrier, CarrierMark, District, Organisation, Region
from core.people.scope import Viewer
from forms.definition import Column
from forms.fields import BadInput

KINDS = {
    "makerspace": "众创空间",
    "incubator": "孵化器",
    "productivity_centre": "生产力促进中心",
    "service_centre": "服务中心",
    "demonstration_platform": "示范平台",
    "demonstration_base": "示范基地",
}
LEVELS = {"city": "市级", "provincial": "省级", "national": "国家级"}
MARKS = {
    "priority_recommendation": "优先推荐",
    "research_dishonesty_record": "科研失信记录",
    "title_revoked": "撤销资格",
}
TITLES = {"held": "有效", "revoked": "已撤销"}


def save_organisation(
    viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str
) -> Receipt:
    """Register an organisation or mend its entry (`row_id`). Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
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

    return once(token, work)


def _is_credit_code(code: str) -> bool:
    asked = Column(key="credit_code", label="统一社会信用代码", type="credit_code")
    try:
        asked.kind.read(code, asked)
    except BadInput:
        return False
    return True


def save_district(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str) -> Receipt:
    """Register a district or mend its entry; its key stays. Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
        row = _row(viewer, District, row_id, region)
        faults = _named(values)
        if row_id is None:
            row.key = str(values.get("key") or "").strip()
            if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", row.key):
                faults["key"] = "代号用小写字母开头，由小写字母、数字和下划线组成。"
            elif District.select().where((District.region == region) & (District.key == row.key)).exists():
                faults["key"] = "这个代号已经有了。"
        _refuse(faults)
        row.name, row.authority = str(values["name"]).strip(), str(values.get("authority") or "").strip()
        return _keep(viewer, row, "district", {"key": row.key, "name": row.name, "authority": row.authority})

    return once(token, work)


def save_carrier(viewer: Viewer, row_id: int | None, region: int, values: Mapping[str, Any], token: str) -> Receipt:
    """Register a carrier or mend its entry. Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
        row = _row(viewer, Carrier, row_id, region)
        faults = _named(values)
        organisation = _of_region(Organisation, values.get("organisation"), row.region_id)
        district = _of_region(District, values.get("district"), row.region_id)
        if organisation is None:
            faults["organisation"] = "请选择运营主体；没有的先登记运营主体。"
        if values.get("district") and district is None:
            faults["district"] = "请从列表中选择区县。"
        for name, known in (("kind", KINDS), ("level", LEVELS)):
            if values.get(name) not in known:
                faults[name] = "请从列表中选择。"
        _refuse(faults)
        row.name, row.kind, row.level = str(values["name"]).strip(), values["kind"], values["level"]
        row.organisation, row.district, row.recognised_on = organisation, district, values.get("recognised_on")
        data = {"kind": row.kind, "level": row.level, "organisation": row.organisation_id, "district": row.district_id}
        return _keep(viewer, row, "carrier", {"name": row.name, "recognised_on": row.recognised_on, **data})

    return once(token, work)


def mark_carrier(viewer: Viewer, carrier_id: int, kind: str, clause: str, reason: str, token: str) -> Receipt:
    """Put a lasting mark on a carrier, with clause and ground. Raises Refused with the fields, OutOfScope."""

    def work() -> Receipt:
        carrier = _row(viewer, Carrier, carrier_id, 0)
        faults = {} if kind in MARKS else {"kind": "请选择标记。"}
        faults |= {} if clause.strip() else {"clause": "请写明依据的条款。"}
        faults |= {} if reason.strip() else {"reason": "请写明原因和出处。"}
        _refuse(faults)
        mark = CarrierMark.create(
            carrier=carrier,
            kind=kind,
            clause=clause.strip(),
            reason=reason.strip(),
            set_on=clock.today(),
            set_at=clock.now(),
        )
        if kind == "title_revoked":
            Carrier.update(title_status="revoked", title_revoked_on=clock.today()).where(
                Carrier.id == carrier.id
            ).execute()
        record(viewer, "carrier_marked", {"carrier": carrier.id, "mark": mark.id, "kind": kind, "clause": mark.clause})
        return {"carrier": carrier.id, "message": f"已给 {carrier.name} 登记“{MARKS[kind]}”。"}

    return once(token, work)


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
