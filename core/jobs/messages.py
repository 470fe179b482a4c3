"""Messages inside the system: to whom, and sent once however often the work behind them is repeated."""

from __future__ import annotations

from collections.abc import Iterable

from core import clock
from core.models import Account, Case, Grant, Message
from core.people.scope import may_handle, viewer_of


def who_handles(case: Case, role: str) -> list[Account]:
    """The people who hold `role` for this very case, as the rules of scope decide it."""
    found = _holders(role, case.region_id, case.carrier_id)
    return [account for account in found if may_handle(viewer_of(account), case, role)]


def who_must_act(case: Case, role: str) -> list[Account]:
    """The one the case was handed to, or else everybody who holds the stage's role for it."""
    if case.assignee is not None:
        return [case.assignee]
    return who_handles(case, role)


def who_holds(role: str, region: int) -> list[Account]:
    """The people who hold a role in a region."""
    return [account for account in _holders(role, region) if viewer_of(account).has(role, region)]


def _holders(role: str, region: int, carrier: int | None = None) -> list[Account]:
    # only narrows down whom to ask; `scope` decides
    grants = Grant.select(Grant.account).where((Grant.role == role) & Grant.revoked_at.is_null())
    if role == "carrier_clerk" and carrier is not None:
        grants = grants.where(Grant.carrier == carrier)
    else:
        grants = grants.where(Grant.region == region)
    return list(Account.select().where(Account.id.in_(grants) & Account.is_active).order_by(Account.id))


def send(source: str, accounts: Iterable[Account], text: str, link: str = "") -> None:
    """One message to each. `source` names the occasion; a repeat of it sends nothing more."""
    for account_id in {account.id: None for account in accounts}:
        Message.insert(
            account=account_id,
            text=text,
            link=link,
            source=f"{source}:{account_id}",
            sent_at=clock.now(),
            sent_on=clock.today(),
        ).on_conflict_ignore().execute()
