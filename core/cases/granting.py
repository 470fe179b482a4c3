"""Giving and revoking roles: only the security administrator, never to oneself, and the three officers apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core import clock
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.statements import is_postgresql
from core.errors import OutOfScope, Refused
from core.models import Account, Carrier, District, Grant, Region
from core.people import accounts
from core.people.scope import Viewer
from core.roles import OFFICERS, ROLES


@dataclass(frozen=True)
class Binding:
    """What a role is bound to, as ids; what the role needs no more than that is None."""

    region: int | None = None
    district: int | None = None
    carrier: int | None = None


def give(viewer: Viewer, account_id: int, role: str, binding: Binding, token: str) -> Receipt:
    """Give a role. Raises Refused with the fields, OutOfScope for everybody but the security administrator."""
    return once(token, lambda: store_grant(viewer, account_id, role, binding))


def store_grant(viewer: Viewer, account_id: int, role: str, binding: Binding) -> Receipt:
    """The same inside the caller's transaction."""
    account = _other(viewer, account_id)
    if not account.is_active:
        raise Refused("这个账号已停用，请先由系统管理员启用。", {"account": "账号已停用。"})
    bound = _bound(role, binding)
    _keep_apart(account, role)
    if holds(account, role, binding):
        raise Refused("这个人已经有这个角色和范围。", {"role": "已经有了。"})
    grant = Grant.create(account=account, role=role, granted_by=viewer.account, granted_at=clock.now(), **bound)
    record(viewer, "grant_given", {"grant": grant.id, "account": account.id, "role": role, **bound})
    return {"grant": grant.id, "message": f"已授予 {account.display_name} {ROLES[role].name}。"}


def holds(account: Account, role: str, binding: Binding) -> bool:
    """Whether the account has this role with these bounds already. Raises Refused for bounds that are incomplete."""
    known = {(g.role, g.region_id, g.district_id, g.carrier_id) for g in _live(account)}
    return (role, *_bound(role, binding).values()) in known


def revoke(viewer: Viewer, grant_id: int, reason: str, token: str) -> Receipt:
    """Take a role back, with the reason; the person is signed out everywhere. Raises Refused, OutOfScope."""

    def work() -> Receipt:
        grant = Grant.get_or_none(Grant.id == grant_id)
        if grant is None:
            raise OutOfScope
        account = _other(viewer, grant.account_id)
        if grant.revoked_at is not None:
            raise Refused("这项授权已经收回。")
        if not reason.strip():
            raise Refused("请写明收回的原因。", {"reason": "请写明收回的原因。"})
        Grant.update(revoked_at=clock.now()).where(Grant.id == grant.id).execute()
        accounts.sign_out_everywhere(account)
        data = {"grant": grant.id, "account": account.id, "role": grant.role, "reason": reason.strip()}
        record(viewer, "grant_revoked", data)
        return {"grant": grant.id, "message": f"已收回 {account.display_name} 的{ROLES[grant.role].name}角色。"}

    return once(token, work)


def _other(viewer: Viewer, account_id: int) -> Account:
    """The account, locked until the transaction ends; never the security administrator's own."""
    if "security_admin" not in viewer.roles:
        raise OutOfScope
    query = Account.select().where(Account.id == account_id)
    account = (query.for_update() if is_postgresql() else query).first()
    if account is None:
        raise OutOfScope
    if account.id == viewer.account:
        raise Refused("不能改自己的授权，请由另一位安全管理员办理。", {"account": "不能是自己。"})
    return account


def _live(account: Account) -> Any:
    return Grant.select().where((Grant.account == account.id) & Grant.revoked_at.is_null())


def _keep_apart(account: Account, role: str) -> None:
    """One person holds at most one officer's role, and an officer handles no cases (they would read them)."""
    held = {grant.role for grant in _live(account)}
    officer = held & set(OFFICERS)
    if role in OFFICERS and officer - {role}:
        names = "、".join(ROLES[one].name for one in officer)
        raise Refused(f"这个人已是{names}。三员要由不同的人担任。", {"role": "三员要由不同的人担任。"})
    if (role in OFFICERS and held - set(OFFICERS)) or (role not in OFFICERS and officer):
        raise Refused("三员不接触办件，不能兼任办理业务的角色。", {"role": "三员不能兼任办理业务的角色。"})


def _bound(role: str, binding: Binding) -> dict[str, int | None]:
    """The ids that a grant of this role is bound to. Raises Refused naming what is missing."""
    if role not in ROLES:
        raise Refused("请选择角色。", {"role": "请选择角色。"})
    needs = ROLES[role].needs
    bound: dict[str, int | None] = {"region": None, "district": None, "carrier": None}
    if needs == "region":
        bound["region"] = _existing(Region, binding.region, "region", "请选择地区。")
    elif needs == "district":
        bound["district"] = _existing(District, binding.district, "district", "请选择区县。")
        bound["region"] = District.get_by_id(bound["district"]).region_id
    elif needs == "carrier":
        bound["carrier"] = _existing(Carrier, binding.carrier, "carrier", "请选择载体。")
        bound["region"] = Carrier.get_by_id(bound["carrier"]).region_id
    return bound


def _existing(model: Any, row_id: int | None, field: str, text: str) -> int:
    if row_id is None or model.get_or_none(model.id == row_id) is None:
        raise Refused(text, {field: text})
    return row_id
