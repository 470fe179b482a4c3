"""Leaving on the grounds of Tianjin's plan; the pack's own cases hold the plain ones."""

import pytest


def ask(manager, **given):
    return manager.ask("tianjin", "exit", given)


@pytest.mark.parametrize("decided", ["2019-01-15", "2019-05-20"])
def test_out_from_the_day_of_the_change_whenever_it_is_decided(manager, decided):
    answer = ask(manager, changed_on="2019-01-15", decided_on=decided, qualifies=False)
    assert (answer["enrolled"], answer["exit_effective"]) == (False, "2019-01-15")


def test_nothing_is_decided_before_it_happened(manager):
    answer = ask(manager, changed_on="2019-01-15", decided_on="2019-01-14", qualifies=False)
    assert (answer["accepted"], answer["fields"]) == (False, ["decided_on"])
    assert "2019-01-14" in answer["messages"][0]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"qualifies": False, "decided_on": "2019-05-20"}, "changed_on"),
        ({"district_opinion": True, "city_approved": True}, "finding"),
        ({"decided_on": "2019-05-20"}, "finding"),
        ({}, "finding"),
    ],
)
def test_without_a_ground_the_fact_that_is_missing_is_named(manager, given, field):
    answer = ask(manager, **given)
    assert (answer["accepted"], answer["fields"]) == (False, [field])
