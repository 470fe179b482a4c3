"""Sessions: a signed cookie that names the account, its session epoch and the session's own key.

A session dies at the next request when the account is disabled, its epoch has moved (password, roles, sign-out
everywhere), when it was signed out, after 30 idle minutes, or 12 hours after sign-in.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from core import clock
from core.models import Account, EndedSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_TOUCH_EVERY = timedelta(seconds=30)
_FORGET = timedelta(days=1)


class SignedIn(UserMixin):
    """The signed-in person as Flask-Login wants it; the row itself is `account`."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """Account and epoch: a raised epoch makes every older cookie worthless."""
        return f"{self.account.id}:{self.account.session_epoch}"


def _moment(key: str) -> datetime:
    return datetime.fromtimestamp(int(session.get(key, 0)), UTC)


def is_expired() -> bool:
    """Whether the cookie of this request is of a session that ran out of time."""
    now = clock.now()
    return now - _moment("seen") > IDLE or now - _moment("since") > LONGEST


def _load(identity: str) -> SignedIn | None:
    number, _, epoch = identity.partition(":")
    if is_expired():
        g.session_ran_out = True
        return None
    if EndedSession.get_or_none(EndedSession.key == session.get("key", "")) is not None:
        return None
    account = Account.get_or_none(Account.id == int(number))
    if account is None or not account.is_active or str(account.session_epoch) != epoch:
        return None
    if clock.now() - _moment("seen") > _TOUCH_EVERY:
        session["seen"] = int(clock.now().timestamp())
    return SignedIn(account)


def install(app: Flask) -> None:
    """Let Flask-Login read our sessions."""
    manager = LoginManager()
    manager.user_loader(_load)
    manager.init_app(app)


def start(account: Account) -> None:
    """Sign the account in under a fresh session; nothing of the session before survives.

    Except for the form seal of the same person, so that a page left open over an expired session can still be sent.
    """
    same_person = session.get("_user_id", "").partition(":")[0] == str(account.id)
    seal = session.get("csrf_token") if same_person else None
    session.clear()
    if seal:
        session["csrf_token"] = seal
    now = int(clock.now().timestamp())
    session.update(key=secrets.token_urlsafe(24), since=now, seen=now)
    login_user(SignedIn(account))
    g.pop("viewer", None)


def end() -> None:
    """Sign out: the cookie is cleared here and refused wherever a copy of it turns up."""
    key = session.get("key")
    if key:
        now = clock.now()
        EndedSession.delete().where(EndedSession.ended_at < now - _FORGET).execute()
        EndedSession.insert(key=key, ended_at=now).on_conflict_ignore().execute()
    logout_user()
    session.clear()
    g.pop("viewer", None)
