"""Messages inside the system: to whom, and sent once however often the work behind them is repeated."""

from __future__ import annotations

from collections.abc import Iterable

from core import clock, message_channels
from core.cases import definitions, signing
from core.jobs import channels
from core.models import Account, Case, Message
from core.people.holders import who_handles, who_holds

__all__ = ["send", "who_handles", "who_holds", "who_must_act"]


def who_must_act(case: Case, role: str) -> list[Account]:
    """The one the case was handed to, or else everybody who holds the stage's role for it.

    Where several sign, those who are asked and have not signed yet.
    """
    if case.assignee is not None:
        return [case.assignee]
    stage = definitions.workflow_of(case).stage(case.stage)
    if stage.signing is not None and role == stage.role:
        return signing.signatures_of(case, stage).waiting
    return who_handles(case, role)


def send(source: str, accounts: Iterable[Account], text: str, link: str = "") -> None:
    """One message to each. `source` names the occasion; a repeat of it sends nothing more."""
    for account_id in {account.id: None for account in accounts}:
        name = f"{source}:{account_id}"
        known = bool(message_channels.in_use()) and Message.select().where(Message.source == name).exists()
        Message.insert(
            account=account_id,
            text=text,
            link=link,
            source=name,
            sent_at=clock.now(),
            sent_on=clock.today(),
        ).on_conflict_ignore().execute()
        if message_channels.in_use() and not known:
            channels.ask_for(Message.get(Message.source == name).id)
