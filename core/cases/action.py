"""One action, one transaction, done once. Every verb runs through `once` or `transaction`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from peewee import IntegrityError

from core.cases import statements
from core.clock import shanghai
from core.errors import KaopingError, Refused, Stale
from core.models import Account, CaseEvent, database

Receipt = dict[str, Any]
"""What an action answers: number, message, what follows. A repeat of the same form gets the same one."""

LONGEST_TOKEN = 64
BY_NAME = ":"
"""Begins the tokens of what the system does by itself; those of forms never hold it."""

_doorbells: list[Callable[[], None]] = []


def on_commit(ring: Callable[[], None]) -> None:
    """Have `ring` called after each action that committed (the queue's doorbell)."""
    _doorbells.append(ring)


def new_token() -> str:
    """A one-time token for one drawn form."""
    return secrets.token_urlsafe(24)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction; afterwards the doorbell rings. A failing doorbell harms nothing: the outbox is the truth."""
    with database.atomic():
        yield
    if database.in_transaction():
        return  # inside a larger action, which rings when it has committed
    for ring in _doorbells:
        ring()


def once(token: str, work: Callable[[], Receipt]) -> Receipt:
    """Do `work` in one transaction unless this form was acted on before; then give the first receipt again.

    The token is looked at before anything else, so that a repeat is answered even when the case has moved on.
    """
    if not token or len(token) > LONGEST_TOKEN or BY_NAME in token:
        raise Refused("这一页缺少一次性标记，请刷新后重新提交。")
    return _once(token, work)


def once_by_name(name: str, work: Callable[[], Receipt]) -> Receipt:
    """As `once`, for what the system does by itself: each occasion has a name, which no form can use up."""
    return _once(BY_NAME + name, work)


def _once(token: str, work: Callable[[], Receipt]) -> Receipt:
    try:
        with transaction():
            first = statements.find_receipt(token)
            if first is not None:
                return {**first, "repeated": True}
            receipt = work()
            statements.use_token(token, receipt)
            return receipt
    except (IntegrityError, KaopingError):
        # the same form may have come twice at once: the later one waited for the case's row, then found it moved
        with database.atomic():
            first = statements.find_receipt(token)
        if first is None:
            raise
        return {**first, "repeated": True}


def require_version(row: statements.CaseRow, seen: int) -> None:
    """Raises Stale, naming who did what and when, if the case moved since the form was drawn."""
    if row.stage_version != seen:
        raise Stale(stale_text(row.id))


def stale_text(case_id: int, kinds: Sequence[str] = ()) -> str:
    """Who changed the case last (or did one of `kinds`), in a sentence."""
    changing = CaseEvent.body.contains('"to":') | CaseEvent.body.contains('"renewed":')
    last = (
        CaseEvent.select(CaseEvent, Account.display_name.alias("who"))
        .left_outer_join(Account)
        .where((CaseEvent.case == case_id) & (CaseEvent.kind.in_(kinds) if kinds else changing))
        .order_by(CaseEvent.sequence.desc())
        .objects()
        .first()
    )
    if last is None:
        return "这件事刚有变化，请刷新后再看。"
    when = shanghai(last.occurred_at).strftime("%H:%M")
    said = EVENT_NAMES.get(last.kind, "办理")
    return f"{last.who or '系统'} 已于 {last.policy_date.month}月{last.policy_date.day}日 {when} {said}此件，请刷新后再看。"


EVENT_NAMES = {
    "opened": "发起",
    "submitted": "提交",
    "forwarded": "审核通过",
    "returned": "退回",
    "withdrawn": "撤回",
    "determined": "认定",
    "redetermined": "重新认定",
    "published": "公示",
    "closed": "办结",
    "closed_unfinished": "结束批次，不再办",
    "scored": "结束评分",
    "marked_absent": "记为未参加",
    "reassigned": "转办",
    "checked": "核查",
    "corrected": "更正",
    "award_raised": "生成奖励，",
    "award_amount_set": "录入奖励金额，",
    "award_release": "发放奖励，",
    "award_reversal": "追回奖励，",
}
"""The kinds of events that make a form stale, as a verb in the past."""
