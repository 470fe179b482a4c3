"""Accounts and passwords below the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.errors import Refused
from core.models import Account, SignInFailure
from core.people import accounts, passwords
from tests import factories
from tests.factories import PASSWORD

GOOD = "海风-灯塔-青石-渡口"


def test_a_new_account_can_sign_in(database: str) -> None:
    made = accounts.create_account(" Wang.Li ", "王丽", GOOD)
    assert made.username == "wang.li"
    assert GOOD not in made.password_hash and made.password_hash.startswith("$argon2id$")
    assert accounts.authenticate("WANG.LI", GOOD).id == made.id


def test_a_name_is_given_once(database: str) -> None:
    accounts.create_account("wangli", "王丽", GOOD)
    with pytest.raises(Refused, match="已经有人用了"):
        accounts.create_account("WangLi", "王力", GOOD)
    assert Account.select().count() == 1


@pytest.mark.parametrize("name", ["a", "两 个", "x" * 65])
def test_a_name_that_cannot_be_typed_is_refused(database: str, name: str) -> None:
    with pytest.raises(Refused, match="用户名"):
        accounts.create_account(name, "某人", GOOD)


@pytest.mark.parametrize(
    "weak", ["短口令", "x" * 129, "wangli-wangli", "aaaaaaaaaaaa", "my-password-1", "1234567890ab", "0000011111"]
)
def test_weak_passwords_are_refused_with_a_reason(weak: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check_new(weak, "wangli")
    assert refusal.value.fields["password"] == str(refusal.value)


def test_a_strong_password_is_taken_whatever_its_characters() -> None:
    passwords.check_new("correct horse battery", "wangli")
    passwords.check_new(GOOD, "wangli")


def test_a_disabled_account_cannot_sign_in_and_is_told_nothing_else(database: str) -> None:
    row = factories.account()
    accounts.set_active(row, False)
    with pytest.raises(Refused) as refusal:
        accounts.authenticate(row.username, PASSWORD)
    assert str(refusal.value) == accounts.WRONG
    accounts.set_active(row, True)
    assert accounts.authenticate(row.username, PASSWORD).id == row.id


def test_unknown_names_cost_a_password_check_too(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    real = passwords._hasher.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return real(stored, password)

    row = factories.account()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    for name in (row.username, "nobody"):
        with pytest.raises(Refused):
            accounts.authenticate(name, "不对的密码不对的密码")
    assert len(checked) == 2


def test_the_stand_in_password_opens_nothing(database: str) -> None:
    assert not passwords.matches("nobody has this password", None)
    assert not passwords.matches("x", "not a hash")


def test_failures_are_forgotten_after_a_day(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused):
        accounts.authenticate("nobody", "x")
    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    with pytest.raises(Refused):
        accounts.authenticate("another", "x")
    assert SignInFailure.select().count() == 1


def test_a_reset_unlocks_and_asks_for_a_new_password(database: str) -> None:
    row = factories.account()
    for _ in range(5):
        with pytest.raises(Refused):
            accounts.authenticate(row.username, "不对的密码不对的密码")
    accounts.reset_password(row, GOOD)
    found = accounts.authenticate(row.username, GOOD)
    assert found.must_change_password and found.session_epoch == row.session_epoch + 1


def test_changing_needs_the_old_password_and_a_different_new_one(database: str) -> None:
    row = factories.account()
    for old, new in (("不对", GOOD), (PASSWORD, PASSWORD), (PASSWORD, "短")):
        with pytest.raises(Refused):
            accounts.change_password(row, old, new)
    accounts.change_password(row, PASSWORD, GOOD)
    assert accounts.authenticate(row.username, GOOD).session_epoch == row.session_epoch + 1
