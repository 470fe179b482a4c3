"""What follows from corrective action, in Kunming and Lhasa."""

from __future__ import annotations

import pytest

from core.errors import Refused
from core.policy.corrective_action import after_corrective_action
from core.policy.version import NotCovered


@pytest.mark.parametrize("outcome", ["passed", "failed", "refused"])
@pytest.mark.parametrize("kind", ["service_centre", "demonstration_platform", "demonstration_base"])
def test_titles_are_cancelled_and_centres_reported(manager, kind, outcome):
    found = after_corrective_action(manager.region("kunming").newest, {"kind": kind, "outcome": outcome})
    bad, centre = outcome != "passed", kind == "service_centre"
    assert found.consequences == {
        "title_cancelled": bad and not centre,
        "notify_local_government": bad and centre,
        "advise_change_of_operator": bad and centre,
    }
    assert all(step.clause == "第十九条" for step in found.trace)


@pytest.mark.parametrize(("outcome", "grade"), [("passed", "qualified"), ("failed", "unqualified")])
def test_in_lhasa_a_carrier_is_assessed_again(manager, outcome, grade):
    assert after_corrective_action(manager.region("lhasa").newest, {"outcome": outcome}).grade == grade


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"kind": "service_centre"}, "outcome"),
        ({"kind": "service_centre", "outcome": "postponed"}, "outcome"),
        ({"outcome": "failed"}, "kind"),
        ({"kind": "makerspace", "outcome": "failed"}, "kind"),
        ({"kind": "service_centre", "outcome": "failed", "mood": 1}, "mood"),
    ],
)
def test_what_is_missing_or_unknown_is_refused_by_name(manager, given_, field):
    with pytest.raises(Refused) as refusal:
        after_corrective_action(manager.region("kunming").newest, given_)
    assert list(refusal.value.fields) == [field]


def test_where_the_policy_knows_none_there_is_none(qinhuangdao):
    with pytest.raises(NotCovered):
        after_corrective_action(qinhuangdao, {"outcome": "failed"})
