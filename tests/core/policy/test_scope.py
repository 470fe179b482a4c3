from datetime import date

import pytest

from core.errors import Refused
from core.policy.questions import ask
from core.policy.scope import in_scope, scope_rules


@pytest.mark.parametrize(
    ("facts", "expected", "failed"),
    [
        ({"recognised_on": "2022-05-10", "level": "city"}, True, ()),
        ({"recognised_on": "2022-05-11", "level": "city"}, False, ("one_year",)),
        ({"recorded_on": "2022-05-10", "level": "provincial"}, True, ()),
        ({"recognised_on": "2023-01-01", "recorded_on": "2022-01-01"}, True, ()),
        ({"recognised_on": "2020-01-01", "level": "county"}, False, ("level",)),
        ({"level": "county"}, False, ("level", "one_year")),
    ],
)
def test_who_takes_part(qinhuangdao, facts, expected, failed):
    decision = in_scope(scope_rules(qinhuangdao), facts, date(2023, 5, 10))
    assert (decision.in_scope, decision.failed) == (expected, failed)


def test_the_29th_of_february_is_full_on_the_28th(qinhuangdao):
    rules = scope_rules(qinhuangdao)
    assert in_scope(rules, {"recognised_on": "2020-02-29"}, date(2021, 2, 28)).in_scope
    assert not in_scope(rules, {"recognised_on": "2020-02-29"}, date(2021, 2, 27)).in_scope


def test_a_missing_date_is_named(qinhuangdao):
    assert in_scope(scope_rules(qinhuangdao), {}, date(2023, 5, 10)).missing == ("recognised_on",)


def test_a_carrier_listed_twice_is_refused(qinhuangdao):
    twice = [{"id": "a", "recognised_on": "2019-01-01"}, {"id": "a", "recognised_on": "2023-01-01"}]
    answer = ask(qinhuangdao, "scope", {"cutoff": "2023-05-10", "carriers": twice})
    assert (answer["accepted"], answer["fields"]) == (False, ["carriers"])


def test_unknown_facts_are_refused(qinhuangdao):
    with pytest.raises(Refused) as refusal:
        in_scope(scope_rules(qinhuangdao), {"colour": "red"}, date(2023, 5, 10))
    assert list(refusal.value.fields) == ["colour"]
