"""Small makers of rows, with sensible defaults. Names are invented."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import count
from typing import Any

from core import clock
from core.models import Account, Carrier, District, Grant, Organisation, Region
from core.people import passwords

PASSWORD = "考评-测试-口令-2023"

_number = count(1)


@cache
def _hash() -> str:
    # hashing is slow on purpose; all test accounts share one password
    return passwords.hash_password(PASSWORD)


def region(key: str = "qinhuangdao", name: str = "秦皇岛市", **more: Any) -> Region:
    """A region, made once per key."""
    given = {"name": name, "bureau": f"{name}科学技术局", **more}
    return Region.get_or_none(Region.key == key) or Region.create(key=key, **given)


def district(in_region: Region | None = None, key: str = "haigang", name: str = "海港区", **more: Any) -> District:
    """A district, made once per key and region."""
    home = in_region or region()
    found = District.get_or_none((District.region == home) & (District.key == key))
    return found or District.create(region=home, key=key, name=name, authority=f"{name}科技管理部门", **more)


def organisation(in_region: Region | None = None, **more: Any) -> Organisation:
    """A legal person."""
    number = next(_number)
    given = {"name": f"启航孵化服务有限公司{number}", "credit_code": f"91130300MA{number:08d}", **more}
    return Organisation.create(region=in_region or region(), **given)


def carrier(in_district: District | None = None, name: str = "", **more: Any) -> Carrier:
    """A makerspace with its own organisation, recognised long enough ago to take part."""
    home = in_district or district()
    given: dict[str, Any] = {"recognised_on": date(2019, 11, 1), **more}
    given.setdefault("organisation", organisation(home.region))
    return Carrier.create(region=home.region, district=home, name=name or f"众创空间{next(_number)}", **given)


def account(role: str | None = None, *, username: str = "", display_name: str = "", **bound: Any) -> Account:
    """An account with the shared password and, if asked, one grant bound to region, district, carrier …

    A district or carrier brings its region along; city-wide roles without one get the default region.
    """
    name = username or f"user{next(_number)}"
    row = Account.create(
        username=name, display_name=display_name or f"用户{name}", password_hash=_hash(), created_at=clock.now()
    )
    if role:
        grant(row, role, **bound)
    return row


def grant(row: Account, role: str, **bound: Any) -> Grant:
    """One more role for an account."""
    for narrower in ("carrier", "district"):
        if narrower in bound:
            bound.setdefault("region", bound[narrower].region)
    if role not in ("system_admin", "security_admin", "auditor"):
        bound.setdefault("region", region())
    return Grant.create(account=row, role=role, granted_at=clock.now(), **bound)
