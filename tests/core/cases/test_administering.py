"""The system administrator's work on accounts: recorded, never grants, never on oneself where that harms."""

from __future__ import annotations

import pytest

from core.cases import administering
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.models import Account, AdminEvent, Grant, SignInFailure
from core.people import accounts
from core.people.scope import viewer_of
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
FIRST = "长江-黄河-泰山-九州"


def admin():
    return viewer_of(factories.account("system_admin"))


def test_a_new_account_has_no_role_and_must_change_its_password() -> None:
    token, person = new_token(), admin()
    first = administering.create(person, "Zhang.San", "张三", FIRST, token)
    again = administering.create(person, "Zhang.San", "张三", FIRST, token)
    assert again["account"] == first["account"] and "password" not in str(first)
    row = accounts.authenticate("zhang.san", FIRST)
    assert row.must_change_password and not Grant.select().where(Grant.account == row).exists()
    assert FIRST not in AdminEvent.get(AdminEvent.kind == "account_created").body


@pytest.mark.parametrize(
    ("username", "name", "password", "field"),
    [("x", "甲", FIRST, "username"), ("jia", " ", FIRST, "display_name"), ("jia", "甲", "123", "password")],
)
def test_what_does_not_fit_is_named(username: str, name: str, password: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        administering.create(admin(), username, name, password, new_token())
    assert field in refusal.value.fields
    assert AdminEvent.select().count() == 0


def test_switching_off_signs_out_and_switching_on_lets_in_again() -> None:
    person, target = admin(), factories.account("finance")
    administering.set_active(person, target.id, False, new_token())
    row = Account.get_by_id(target.id)
    assert (row.is_active, row.session_epoch) == (False, 2)
    with pytest.raises(Refused):
        accounts.authenticate(target.username, factories.PASSWORD)
    administering.set_active(person, target.id, True, new_token())
    assert accounts.authenticate(target.username, factories.PASSWORD).id == target.id


def test_a_locked_name_is_unlocked() -> None:
    person, target = admin(), factories.account("finance")
    for _ in range(accounts.FAILURES_BEFORE_LOCK):
        with pytest.raises(Refused):
            accounts.authenticate(target.username, "wrong")
    assert accounts.locked_until(target) is not None
    administering.unlock(person, target.id, new_token())
    assert accounts.locked_until(target) is None and SignInFailure.select().count() == 0
    assert accounts.authenticate(target.username, factories.PASSWORD)


def test_a_reset_password_works_and_must_be_changed() -> None:
    person, target = admin(), factories.account("finance")
    administering.reset_password(person, target.id, FIRST, new_token())
    assert accounts.authenticate(target.username, FIRST).must_change_password
    assert FIRST not in AdminEvent.get(AdminEvent.kind == "account_password_reset").body


def test_not_on_oneself() -> None:
    person = admin()
    for verb in (
        lambda: administering.set_active(person, person.account, False, new_token()),
        lambda: administering.reset_password(person, person.account, FIRST, new_token()),
    ):
        with pytest.raises(Refused):
            verb()
    assert Account.get_by_id(person.account).is_active


@pytest.mark.parametrize("role", ["security_admin", "auditor", "policy_officer"])
def test_nobody_else(role: str) -> None:
    other, target = viewer_of(factories.account(role)), factories.account()
    for verb in (
        lambda: administering.create(other, "wang", "王", FIRST, new_token()),
        lambda: administering.set_active(other, target.id, False, new_token()),
        lambda: administering.sign_out(other, target.id, new_token()),
        lambda: administering.rename(other, target.id, "新名", new_token()),
    ):
        with pytest.raises(OutOfScope):
            verb()
