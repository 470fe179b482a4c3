"""Opening balances: by hand with a source, and what they do to unpaid awards."""

from __future__ import annotations

from typing import Any

import pytest

from core.cases import admin_events, opening_balances
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.models import AdminEvent, OpeningBalance
from core.people.scope import Viewer, viewer_of
from tests import factories
from tests.core.cases import award_world as a

PLATFORM = "demonstration_platform"


@pytest.fixture
def titles(database: str) -> a.Titles:
    """An organisation with three titles."""
    return a.build()


def officer(titles: a.Titles) -> Viewer:
    return viewer_of(factories.account("policy_officer", region=titles.region))


def values(titles: a.Titles, **more: Any) -> dict[str, Any]:
    given = {"organisation": titles.organisation.id, "title": PLATFORM, "yuan": "120,000.50", "source": "2019 年台账"}
    return {**given, **more}


def test_entered_by_hand_it_counts_and_is_audited(titles: a.Titles) -> None:
    award = titles.final(2021, {PLATFORM: "good"})[0]
    person = officer(titles)
    made = opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())
    a.settle()
    assert a.fresh(award).amount_fen == 29_999_50
    opening_balances.save_balance(person, made["id"], 0, values(titles, yuan="150000"), new_token())
    a.settle()
    assert (a.fresh(award).status, a.fresh(award).amount_fen) == ("not_due", 0)
    kinds = [event.kind for event in AdminEvent.select().order_by(AdminEvent.sequence)]
    assert kinds == ["opening_balance_entered", "opening_balance_changed"]
    assert admin_events.first_fault() is None


def test_every_field_is_checked_and_nothing_kept(titles: a.Titles) -> None:
    person = officer(titles)
    for more, field in (
        ({"yuan": "-1"}, "yuan"), ({"yuan": "1.234"}, "yuan"), ({"yuan": "很多"}, "yuan"), ({"source": " "}, "source"),
        ({"title": "moon"}, "title"), ({"organisation": 0}, "organisation"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            opening_balances.save_balance(person, None, titles.region.id, values(titles, **more), new_token())
        assert list(refusal.value.fields) == [field]
    assert not OpeningBalance.select().exists()
    opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())
    with pytest.raises(Refused, match="已经登记过"):
        opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())


def test_only_the_regions_policy_officer(titles: a.Titles) -> None:
    elsewhere = viewer_of(factories.account("policy_officer", region=factories.region("jingang", "津港市")))
    for person in (titles.payer, elsewhere):
        with pytest.raises(OutOfScope):
            opening_balances.save_balance(person, None, titles.region.id, values(titles), new_token())
