from datetime import date, datetime

import pytest

from core.errors import Refused
from core.policy.clocks import notice_rules
from core.policy.objection import admissible

LAST = date(2024, 5, 14)


def _decide(national, objector="person", moment="2024-05-10T09:00:00", **signed):
    return admissible(notice_rules(national.newest), objector, signed, datetime.fromisoformat(moment), LAST)


@pytest.mark.parametrize(
    ("objector", "signed", "admitted"),
    [
        ("person", {"real_name": True, "contact": True}, True),
        ("person", {"real_name": True}, False),
        ("person", {"contact": True}, False),
        ("person", {"sealed": True, "contact": True}, False),
        ("organisation", {"sealed": True, "contact": True}, True),
        ("organisation", {"real_name": True, "contact": True}, False),
        ("organisation", {"sealed": True}, False),
        ("anonymous", {"real_name": True, "sealed": True, "contact": True}, False),
    ],
)
def test_who_must_sign_what(national, objector, signed, admitted):
    decision = _decide(national, objector, **signed)
    assert decision.admissible is admitted
    assert bool(decision.grounds) is not admitted


@pytest.mark.parametrize(
    ("moment", "admitted"),
    [
        ("2024-05-14T23:59:59.999999", True),
        ("2024-05-15T00:00:00", False),
        ("2024-05-14T15:59:59Z", True),
        ("2024-05-14T16:00:00Z", False),
    ],
)
def test_the_last_day_ends_at_midnight_in_shanghai(national, moment, admitted):
    assert _decide(national, moment=moment, real_name=True, contact=True).admissible is admitted


def test_every_ground_is_told_at_once(national):
    assert len(_decide(national, moment="2024-05-20").grounds) == 3


def test_an_unknown_objector_is_refused(national):
    with pytest.raises(Refused):
        _decide(national, "ghost")
