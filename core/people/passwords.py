"""Passwords: how they are kept, and what a new one must be."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Refused

SHORTEST = 10
LONGEST = 128

_hasher = PasswordHasher()

_COMMON = ("1234567890", "0123456789", "qwertyuiop", "password", "woaini", "admin", "aaaaaaaaaa", "1111111111")


@cache
def _nobody() -> str:
    """What to compare with where nothing is stored; hashing takes 64 MiB, too much for just starting a process."""
    return PasswordHasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password fits the stored hash; does the same work when there is nothing stored."""
    nobody = _nobody()  # made by whoever signs in first, so that the time tells nothing about the account
    try:
        return _hasher.verify(stored or nobody, password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check_new(password: str, username: str) -> None:
    """Raises Refused with what to change when the password is too weak to be taken."""
    lowered = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        problem = f"密码应为 {SHORTEST} 到 {LONGEST} 个字符，现在是 {len(password)} 个。"
    elif username.lower() in lowered:
        problem = "密码里不能含有用户名，请换一个。"
    elif len(set(password)) < 5 or any(common in lowered for common in _COMMON):
        problem = "这个密码太容易猜到，请换一个，例如用几个不相干的词连起来。"
    else:
        return
    raise Refused(problem, {"password": problem})
