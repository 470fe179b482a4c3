"""Roles are given by the security administrator only, and the three officers stay three people."""

from __future__ import annotations

import pytest

from core.cases import admin_events, granting
from core.cases.action import new_token
from core.cases.granting import Binding
from core.errors import OutOfScope, Refused
from core.models import Account, AdminEvent, Grant
from core.people.scope import viewer_of
from core.roles import OFFICERS, ROLES
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def security():
    return viewer_of(factories.account("security_admin"))


def give(person, account: Account, role: str, **bound: int) -> Grant:
    receipt = granting.give(person, account.id, role, Binding(**bound), new_token())
    return Grant.get_by_id(receipt["grant"])


def test_each_role_is_bound_to_what_it_needs() -> None:
    carrier = factories.carrier()
    ids = {"region": carrier.region_id, "district": carrier.district_id, "carrier": carrier.id}
    person = security()
    for role in ROLES.values():
        grant = give(person, factories.account(), role.key, **ids)
        bound = (grant.region_id, grant.district_id, grant.carrier_id)
        assert (
            bound
            == {
                "instance": (None, None, None),
                "region": (ids["region"], None, None),
                "district": (ids["region"], ids["district"], None),
                "carrier": (ids["region"], None, ids["carrier"]),
            }[role.needs]
        )
        field = role.needs
        if field != "instance":
            with pytest.raises(Refused) as refusal:
                give(person, factories.account(), role.key)
            assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "security_admin"])
def test_nobody_else_gives_or_revokes(role: str) -> None:
    bound = {"district": factories.district()} if role == "district_reviewer" else {}
    if role == "carrier_clerk":
        bound = {"carrier": factories.carrier()}
    other = viewer_of(factories.account(role, **bound))
    target = factories.account("finance")
    with pytest.raises(OutOfScope):
        granting.give(other, target.id, "auditor", Binding(), new_token())
    with pytest.raises(OutOfScope):
        granting.revoke(other, Grant.get(Grant.account == target).id, "x", new_token())


def test_not_to_oneself() -> None:
    person = security()
    with pytest.raises(Refused, match="自己"):
        granting.give(person, person.account, "city_reviewer", Binding(region=factories.region().id), new_token())
    own = Grant.get(Grant.account == person.account)
    with pytest.raises(Refused, match="自己"):
        granting.revoke(person, own.id, "不干了", new_token())


@pytest.mark.parametrize("held", OFFICERS)
@pytest.mark.parametrize("asked", [*OFFICERS, "city_reviewer"])
def test_the_officers_are_kept_apart(held: str, asked: str) -> None:
    person, target = security(), factories.account(held)
    with pytest.raises(Refused):
        give(person, target, asked, region=factories.region().id)
    assert Grant.select().where(Grant.account == target).count() == 1


def test_who_handles_cases_becomes_no_officer_until_that_is_taken_back() -> None:
    person, target = security(), factories.account("city_reviewer")
    with pytest.raises(Refused, match="三员"):
        give(person, target, "auditor")
    granting.revoke(person, Grant.get(Grant.account == target).id, "转岗", new_token())
    assert give(person, target, "auditor").role == "auditor"


def test_taking_back_needs_a_reason_works_at_once_and_once() -> None:
    person, target = security(), factories.account("finance")
    grant = Grant.get(Grant.account == target)
    with pytest.raises(Refused) as refusal:
        granting.revoke(person, grant.id, " ", new_token())
    assert "reason" in refusal.value.fields
    epoch = Account.get_by_id(target.id).session_epoch
    granting.revoke(person, grant.id, "调离", new_token())
    assert viewer_of(target).roles == frozenset()
    assert Account.get_by_id(target.id).session_epoch == epoch + 1
    with pytest.raises(Refused, match="已经收回"):
        granting.revoke(person, grant.id, "再收", new_token())


def test_the_same_grant_is_not_given_twice_and_a_disabled_account_gets_none() -> None:
    person, target = security(), factories.account()
    give(person, target, "expert", region=factories.region().id)
    with pytest.raises(Refused, match="已经有"):
        give(person, target, "expert", region=factories.region().id)
    Account.update(is_active=False).where(Account.id == target.id).execute()
    with pytest.raises(Refused, match="停用"):
        give(person, target, "finance", region=factories.region().id)


def test_giving_and_taking_back_are_in_the_chain() -> None:
    person, target = security(), factories.account()
    grant = give(person, target, "expert", region=factories.region().id)
    granting.revoke(person, grant.id, "换届", new_token())
    assert [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)] == ["grant_given", "grant_revoked"]
    assert admin_events.first_fault() is None
