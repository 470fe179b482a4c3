"""Who holds a role: for a case at hand, or in a region. The rules of scope decide; grants only narrow down whom to ask."""

from __future__ import annotations

from core.models import Account, Case, Grant
from core.people.scope import may_handle, viewer_of


def who_handles(case: Case, role: str) -> list[Account]:
    """The people who hold `role` for this very case, as the rules of scope decide it."""
    found = _holders(role, case.region_id, case.carrier_id)
    return [account for account in found if may_handle(viewer_of(account), case, role)]


def who_holds(role: str, region: int, carrier: int | None = None) -> list[Account]:
    """The people who hold a role in a region, or for a carrier of it."""
    if carrier is not None:
        return _holders(role, region, carrier)
    return [account for account in _holders(role, region) if viewer_of(account).has(role, region)]


def _holders(role: str, region: int, carrier: int | None = None) -> list[Account]:
    grants = Grant.select(Grant.account).where((Grant.role == role) & Grant.revoked_at.is_null())
    if role == "carrier_clerk" and carrier is not None:
        grants = grants.where(Grant.carrier == carrier)
    else:
        grants = grants.where(Grant.region == region)
    return list(Account.select().where(Account.id.in_(grants) & Account.is_active).order_by(Account.id))
