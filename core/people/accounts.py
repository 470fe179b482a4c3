"""Accounts: signing in, locking, passwords, and ending sessions. Grants are decided elsewhere."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from peewee import IntegrityError

from core import clock
from core.errors import Refused
from core.models import Account, SignInFailure, database
from core.people import passwords

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)
_FORGET = timedelta(days=1)

WRONG = f"用户名或密码不对。连续 {FAILURES_BEFORE_LOCK} 次不对，这个用户名会锁定 15 分钟。忘记密码请找系统管理员重设。"


def _digest(username: str) -> str:
    return hashlib.sha256(username.strip().casefold().encode()).hexdigest()


def _refuse_while_locked(name_digest: str) -> None:
    row = SignInFailure.get_or_none(SignInFailure.name_digest == name_digest)
    if row is None or row.locked_until is None or row.locked_until <= clock.now():
        return
    until = clock.shanghai(row.locked_until + timedelta(seconds=59))
    raise Refused(
        f"连续 {FAILURES_BEFORE_LOCK} 次不对，这个用户名已锁定到 {until:%H:%M}。请到时再试，或找系统管理员重设密码。"
    )


def _count_failure(name_digest: str, moment: datetime) -> None:
    """One more failure under this name; the fifth locks it. Counts exactly however many come at once."""
    with database.atomic():
        SignInFailure.delete().where(SignInFailure.last_at < moment - _FORGET).execute()
        SignInFailure.insert(name_digest=name_digest, failures=1, last_at=moment).on_conflict(
            conflict_target=[SignInFailure.name_digest],
            update={SignInFailure.failures: SignInFailure.failures + 1, SignInFailure.last_at: moment},
        ).execute()
        SignInFailure.update(locked_until=moment + LOCK, failures=0).where(
            (SignInFailure.name_digest == name_digest) & (SignInFailure.failures >= FAILURES_BEFORE_LOCK)
        ).execute()


def authenticate(username: str, password: str) -> Account:
    """The account that this name and password belong to.

    Raises Refused with the same words, after the same work, whether the name exists or not; after five failures
    in a row under a name, it is locked for 15 minutes.
    """
    name_digest = _digest(username)
    _refuse_while_locked(name_digest)
    account = find_account(username)
    fits = passwords.matches(password, account.password_hash if account else None)
    if account is None or not fits or not account.is_active:
        _count_failure(name_digest, clock.now())
        _refuse_while_locked(name_digest)
        raise Refused(WRONG)
    with database.atomic():
        unlock(account)
        Account.update(last_sign_in_at=clock.now()).where(Account.id == account.id).execute()
    return account


def find_account(username: str) -> Account | None:
    """The account of this name; names do not differ by case or outer spaces."""
    return Account.get_or_none(Account.username == username.strip().casefold())


def unlock(account: Account) -> None:
    """Forget the failed sign-ins under this account's name."""
    SignInFailure.delete().where(SignInFailure.name_digest == _digest(account.username)).execute()


def read_username(username: str) -> str:
    """A user name as it is kept. Raises Refused for one that cannot be."""
    name = username.strip().casefold()
    if not 2 <= len(name) <= 64 or any(c.isspace() for c in name):
        raise Refused("用户名应为 2 到 64 个字符，中间不能有空格。", {"username": "2 到 64 个字符，不能有空格"})
    return name


def create_account(username: str, display_name: str, password: str, *, must_change_password: bool = False) -> Account:
    """A new account without any grant. Raises Refused when the name is taken or the password too weak."""
    name = read_username(username)
    passwords.check_new(password, name)
    hashed = passwords.hash_password(password)
    return store_account(name, display_name, hashed, must_change_password=must_change_password)


def store_account(name: str, display_name: str, hashed: str, *, must_change_password: bool) -> Account:
    """A new account whose password was hashed before (hashing takes long: not while the database is held)."""
    try:
        with database.atomic():
            return Account.create(
                username=name,
                display_name=display_name.strip(),
                password_hash=hashed,
                must_change_password=must_change_password,
                created_at=clock.now(),
            )
    except IntegrityError as fault:
        raise Refused(f"用户名“{name}”已经有人用了，请换一个。", {"username": "已经有人用了"}) from fault


def change_password(account: Account, old: str, new: str) -> None:
    """Replace one's own password; every other session of the account ends. Raises Refused."""
    if not passwords.matches(old, account.password_hash):
        raise Refused("现在的密码不对，请重新输入。", {"old": "现在的密码不对"})
    if old == new:
        raise Refused("新密码和现在的密码一样，请换一个。", {"password": "和现在的密码一样"})
    passwords.check_new(new, account.username)
    _store(account, new, must_change_password=False)


def reset_password(account: Account, new: str) -> None:
    """Set a first password for somebody else, who must change it at the next sign-in. Raises Refused."""
    passwords.check_new(new, account.username)
    _store(account, new, must_change_password=True)
    unlock(account)


def _store(account: Account, password: str, *, must_change_password: bool) -> None:
    with database.atomic():
        Account.update(
            password_hash=passwords.hash_password(password),
            must_change_password=must_change_password,
            session_epoch=Account.session_epoch + 1,
        ).where(Account.id == account.id).execute()


def sign_out_everywhere(account: Account) -> None:
    """End every session of the account at its next request (also after a change of roles)."""
    Account.update(session_epoch=Account.session_epoch + 1).where(Account.id == account.id).execute()


def set_active(account: Account, active: bool) -> None:
    """Allow or forbid the account to sign in; its sessions end."""
    with database.atomic():
        Account.update(is_active=active).where(Account.id == account.id).execute()
        sign_out_everywhere(account)


def locked_until(account: Account) -> datetime | None:
    """Until when failed sign-ins keep this account's name locked; None when it is not."""
    row = SignInFailure.get_or_none(SignInFailure.name_digest == _digest(account.username))
    until: datetime | None = row.locked_until if row else None
    return until if until and until > clock.now() else None
