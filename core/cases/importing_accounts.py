"""Accounts and roles from one spreadsheet, used by two officers in turn.

The system administrator's import makes the accounts and reads the other columns only to tell their faults early;
the security administrator's import of the same spreadsheet grants the roles. A row is a person with one role; who
has several roles has several rows. First passwords are made here and given out once; nothing keeps them.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peewee import JOIN

from core.cases import granting, spreadsheets
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.cases.granting import Binding
from core.cases.sheet_rows import Sheet, require_sound, take_rows, tried
from core.errors import OutOfScope, Refused
from core.models import Account, Carrier, District, Grant, Region
from core.people import accounts, passwords
from core.people.scope import Viewer
from core.roles import ROLES

COLUMNS = {"username": "用户名", "name": "姓名", "role": "角色", "region": "地区", "district": "区县", "carrier": "载体"}
MOST_ROWS = 2000
MOST_NEW = 200
"""Every first password is hashed slowly on purpose; more people come in several spreadsheets."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What first passwords are made of: nothing that is read as something else on paper."""


@dataclass(frozen=True)
class FirstPassword:
    """What somebody is told to sign in with the first time."""

    username: str
    name: str
    password: str


def empty_sheet() -> bytes:
    """The spreadsheet to fill."""
    return spreadsheets.filled_sheet("人员", list(COLUMNS.values()))


def accounts_sheet(viewer: Viewer) -> bytes:
    """Every account in the shape that is imported, without roles. Raises OutOfScope."""
    if "system_admin" not in viewer.roles:
        raise OutOfScope
    rows = [[row.username, row.display_name, "", "", "", ""] for row in Account.select().order_by(Account.id)]
    return spreadsheets.filled_sheet("人员", list(COLUMNS.values()), rows)


def grants_sheet(viewer: Viewer) -> bytes:
    """Every role that is held by an account in use, in the shape that is imported. Raises OutOfScope."""
    if "security_admin" not in viewer.roles:
        raise OutOfScope
    query = Grant.select(Grant, Account, Region, District, Carrier).join(Account, on=(Grant.account == Account.id))
    for model, at in ((Region, Grant.region), (District, Grant.district), (Carrier, Grant.carrier)):
        query = query.switch(Grant).join(model, JOIN.LEFT_OUTER, on=(at == model.id))
    held = list(query.where(Grant.revoked_at.is_null() & Account.is_active).order_by(Account.id, Grant.id))
    names = Counter((row.region_id, row.name) for row in Carrier.select(Carrier.region, Carrier.name))
    rows = [
        [row.account.username, row.account.display_name, ROLES[row.role].name, row.region.name if row.region else "",
         row.district.name if row.district else "", _carrier_told(row.carrier, names)]
        for row in held if row.role in ROLES
    ]  # fmt: skip
    return spreadsheets.filled_sheet("人员", list(COLUMNS.values()), rows)


def _carrier_told(carrier: Carrier | None, names: Counter[tuple[int, str]]) -> str:
    """By name where that is the only one, else by number."""
    if carrier is None:
        return ""
    return str(carrier.name) if names[carrier.region_id, carrier.name] == 1 else f"#{carrier.id}"


def try_accounts(viewer: Viewer, file: bytes) -> Sheet:
    """What the system administrator's import would do. Raises Refused for another kind of file, OutOfScope."""
    return tried(lambda: _make(viewer, file, {}))


def make_accounts(viewer: Viewer, file: bytes, token: str) -> tuple[Receipt, Sequence[FirstPassword]]:
    """Make every account that is not there yet, without roles, or none at all.

    Gives the first passwords, once: a repeat of the same form gets none. Raises Refused with the first faults,
    OutOfScope for everybody but the system administrator.
    """
    wanted = [line.cells for line in require_sound(try_accounts(viewer, file)).lines if line.told == NEW]
    handed = [FirstPassword(_username(cells), cells["name"], first_password(_username(cells))) for cells in wanted]
    # hashed before the transaction: it takes long, and the database would be held meanwhile
    hashed = {one.username: passwords.hash_password(one.password) for one in handed}

    def work() -> Receipt:
        sheet = require_sound(_make(viewer, file, hashed))
        made = sorted({_username(line.cells) for line in sheet.lines if line.told == NEW})
        if not made:
            raise Refused("表里的账号都已经有了，没有要新增的。")
        ids = [int(row.id) for row in Account.select(Account.id).where(Account.username.in_(made)).order_by(Account.id)]
        record(viewer, "accounts_imported", {"accounts": ids, "rows": len(sheet.lines)})
        return {"accounts": ids, "message": f"已新增 {len(ids)} 个账号，还没有任何权限。请安全管理员用同一张表授权。"}

    receipt = once(token, work)
    made = {row.username for row in Account.select().where(Account.id.in_(receipt["accounts"]))}
    return receipt, [] if receipt.get("repeated") else [one for one in handed if one.username in made]


def first_password(username: str) -> str:
    """Three groups of letters and digits that are easy to read out, such as `kfmp-8r2t-wq5x`."""
    while True:
        text = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        try:
            passwords.check_new(text, username)
        except Refused:
            continue
        return text


def passwords_sheet(handed: Sequence[FirstPassword]) -> bytes:
    """The spreadsheet that is handed out: user name, name, first password; names never run as formulas."""
    rows = [[one.username, one.name, one.password] for one in handed]
    return spreadsheets.filled_sheet("首次密码", ["用户名", "姓名", "首次登录的密码"], rows, width=24)


NEW, KNOWN, AGAIN = "新增账号", "已有这个账号，不变", "同一人的另一个角色"


def _make(viewer: Viewer, file: bytes, hashed: Mapping[str, str]) -> Sheet:
    if "system_admin" not in viewer.roles:
        raise OutOfScope
    here = _Here()
    seen: dict[str, str] = {}
    sheet = take_rows(file, COLUMNS, MOST_ROWS, lambda cells: _make_one(viewer, here, cells, seen, hashed))
    new = sum(line.told == NEW for line in sheet.lines)
    if new > MOST_NEW:
        raise Refused(f"一次最多新增 {MOST_NEW} 个账号，表里有 {new} 个，请分几份。")
    return sheet


def _make_one(
    viewer: Viewer, here: _Here, cells: Mapping[str, str], seen: dict[str, str], hashed: Mapping[str, str]
) -> str:
    """Make the account of a row unless it is there; what stands in the other columns must be readable all the same."""
    faults = dict(here.binding_faults(cells))
    username = _read_username(cells, faults)
    row = accounts.find_account(username) if username else None
    known = seen.get(username) or (row.display_name if row else "")
    if known and known != cells["name"]:
        faults["name"] = f"用户名“{username}”的姓名是“{known}”，与表里的不同。"
    if faults:
        raise Refused("".join(faults.values()), faults)
    again, seen[username] = username in seen, cells["name"]
    if row is not None:
        return AGAIN if again else KNOWN
    made = accounts.store_account(username, cells["name"], hashed.get(username, ""), must_change_password=True)
    record(viewer, "account_created", {"account": made.id})
    return NEW


def _read_username(cells: Mapping[str, str], faults: dict[str, str]) -> str:
    if not 1 <= len(cells["name"]) <= 64:
        faults["name"] = "请填写姓名，不超过 64 个字。"
    try:
        return accounts.read_username(cells["username"])
    except Refused as refusal:
        faults["username"] = str(refusal)
        return ""


def _username(cells: Mapping[str, str]) -> str:
    return accounts.read_username(cells["username"])


def try_grants(viewer: Viewer, file: bytes) -> Sheet:
    """What the security administrator's import would do. Raises Refused for another kind of file, OutOfScope."""
    return tried(lambda: _grant(viewer, file))


def grant_roles(viewer: Viewer, file: bytes, token: str) -> Receipt:
    """Grant every role of a spreadsheet that is not held yet, or none at all.

    Raises Refused with the first faults, OutOfScope for everybody but the security administrator.
    """

    def work() -> Receipt:
        sheet = require_sound(_grant(viewer, file))
        given = sum(line.told.startswith(GIVEN) for line in sheet.lines)
        if not given:
            raise Refused("表里的角色都已经授予了，没有要新授予的。")
        record(viewer, "grants_imported", {"rows": len(sheet.lines), "given": given})
        return {"given": given, "message": f"已授予 {given} 项角色。"}

    return once(token, work)


GIVEN = "授予"


def _grant(viewer: Viewer, file: bytes) -> Sheet:
    if "security_admin" not in viewer.roles:
        raise OutOfScope
    here = _Here()
    return take_rows(file, COLUMNS, MOST_ROWS, lambda cells: _grant_one(viewer, here, cells))


def _grant_one(viewer: Viewer, here: _Here, cells: Mapping[str, str]) -> str:
    faults = dict(here.binding_faults(cells))
    username = _read_username(cells, faults)
    account = accounts.find_account(username) if username else None
    if username and account is None:
        faults["username"] = "还没有这个账号，请系统管理员先用同一张表导入。"
    if account is not None and account.display_name != cells["name"]:
        faults.setdefault("name", f"用户名“{username}”的姓名是“{account.display_name}”，与表里的不同。")
    if faults or account is None:
        raise Refused("".join(faults.values()), faults)
    if not cells["role"]:
        return "没有写角色，不授予"
    role, binding = here.binding(cells)
    if granting.holds(account, role, binding):
        return "已有这个角色，不变"
    try:
        granting.store_grant(viewer, account.id, role, binding)
    except Refused as refusal:
        raise Refused(str(refusal), {"username" if "account" in refusal.fields else "role": str(refusal)}) from refusal
    return f"{GIVEN}{ROLES[role].name}"


class _Here:
    """Regions and districts as spreadsheets name them; read once a spreadsheet."""

    def __init__(self) -> None:
        self._regions = {text: row for row in Region.select() for text in (row.key, row.name)}
        self._districts = list(District.select())
        self._roles = {text: role.key for role in ROLES.values() for text in (role.key, role.name)}

    def binding_faults(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        """What of role and scope cannot be read, by column."""
        try:
            self.binding(cells)
        except Refused as refusal:
            return refusal.fields
        return {}

    def binding(self, cells: Mapping[str, str]) -> tuple[str, Binding]:
        """Role and what it is bound to; ("", nothing) for a row without a role. Raises Refused with the columns."""
        role, region = self._roles.get(cells["role"], ""), self._region(cells)
        if not cells["role"]:
            return "", Binding()
        if not role:
            raise _fault("role", f"角色不认识；可以写：{'、'.join(one.name for one in ROLES.values())}。")
        needs = ROLES[role].needs
        for key, kept in (("region", needs != "instance"), ("district", needs == "district"), ("carrier", needs == "carrier")):
            if cells[key] and not kept:
                raise _fault(key, f"{ROLES[role].name}不限定到{COLUMNS[key]}，请把这一格清空。")
        if needs == "instance":
            return role, Binding()
        if needs == "carrier":
            return role, Binding(carrier=self._carrier(cells["carrier"], region))
        if region is None:
            raise _fault("region", f"{ROLES[role].name}要写地区。")
        district = self._district(cells["district"], region) if needs == "district" else None
        return role, Binding(region=int(region.id) if district is None else None, district=district)

    def _region(self, cells: Mapping[str, str]) -> Region | None:
        """The region named, or the only one there is."""
        if not cells["region"]:
            only = set(self._regions.values())
            return only.pop() if len(only) == 1 else None
        found: Region | None = self._regions.get(cells["region"])
        if found is None:
            raise _fault("region", f"没有“{cells['region']}”这个地区，请写登记的地区名称。")
        return found

    def _district(self, text: str, region: Region) -> int:
        found = [d for d in self._districts if d.region_id == region.id and text in (d.name, d.key)]
        if not found:
            raise _fault("district", f"{region.name}没有登记过“{text}”，请写登记的区县名称。" if text else "请写区县。")
        return int(found[0].id)

    def _carrier(self, text: str, region: Region | None) -> int:
        if not text:
            raise _fault("carrier", "请写载体的全称。")
        digits = text[1:] if text[0] in "#＃" and text[1:].isascii() and text[1:].isdigit() and len(text) < 12 else ""
        asked = (Carrier.id == int(digits)) if digits else (Carrier.name == text)
        if region is not None:
            asked &= Carrier.region == region
        found = list(Carrier.select(Carrier.id).where(asked).order_by(Carrier.id).limit(6))
        if len(found) == 1:
            return int(found[0].id)
        numbers = "、".join(f"#{row.id}" for row in found)
        raise _fault("carrier", f"有几家同名，请写编号：{numbers}。" if found else "没有这家载体，请核对全称。")


def _fault(column: str, text: str) -> Refused:
    return Refused(text, {column: text})
