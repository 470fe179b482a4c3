"""The roles, their Chinese names, and the scope that a grant of each needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """`needs` names what a grant of this role must be bound to, beside the region."""

    key: str
    name: str
    needs: str  # carrier | district | region | instance


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role("carrier_clerk", "载体经办人", "carrier"),
        Role("district_reviewer", "区级审核员", "district"),
        Role("district_centre", "区级服务机构", "district"),
        Role("city_reviewer", "市级审核员", "region"),
        Role("city_centre", "市级服务机构", "region"),
        Role("third_party", "第三方机构", "region"),
        Role("expert", "评审专家", "region"),
        Role("finance", "财务经办人", "region"),
        Role("policy_officer", "政策管理员", "region"),
        Role("system_admin", "系统管理员", "instance"),
        Role("security_admin", "安全管理员", "instance"),
        Role("auditor", "审计员", "instance"),
    )
}

FILLERS = ("carrier_clerk", "district_reviewer", "district_centre", "city_reviewer", "city_centre", "third_party")
"""The roles that a stage may be filled by, and that may open procedures."""

OFFICERS = ("system_admin", "security_admin", "auditor")
"""The three officers: kept apart from each other, and none of them reads the content of a case."""
