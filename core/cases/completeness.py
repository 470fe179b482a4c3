"""How complete one carrier's periodic reports are: from its first day to now, by the question `reporting`'s own rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from core import clock
from core.cases.periods import period_kind, present_period
from core.cases.standing import Procedure
from core.errors import KaopingError
from core.models import Carrier
from core.policy.periods import days_of
from core.policy.reporting import Completeness, completeness_of_days, report_rules
from core.policy.version import PolicyVersion


def first_due(policy: PolicyVersion, carrier: Carrier) -> date:
    """From which day a carrier's reports are due: the policy's first, or its recognition or enrolment if later."""
    start = policy.document.in_force_from if policy.document else clock.today()
    return max(day for day in (start, carrier.recognised_on, carrier.enrolled_on) if day is not None)


def of_carrier(
    policy: PolicyVersion | None, carrier: Carrier, procedure: Procedure, sent: Sequence[str]
) -> Completeness | None:
    """The reports due up to now against the periods `sent`; None where the policy does not count them.

    The period that still runs is due only once it was sent: nobody is behind with it yet. After the end of the
    title or of the policy nothing more is due.
    """
    if policy is None or not policy.has("reporting"):
        return None
    try:
        kind, rules = period_kind(procedure), report_rules(policy)
        rules.kind(kind)
    except KaopingError:  # not done by the period, or of a period that the reporting rules do not count
        return None
    first, last = first_due(policy, carrier), _last(policy, carrier, procedure, sent)
    days = [max(days_of(period)[0], first) for period in sent]
    return completeness_of_days(rules, kind, first, last, days) if first <= last else None


def _last(policy: PolicyVersion, carrier: Carrier, procedure: Procedure, sent: Sequence[str]) -> date:
    today = clock.today()
    running = present_period(procedure)
    counted = today if running in sent else days_of(running)[0] - timedelta(days=1)
    ends = [counted, carrier.title_ended_on, policy.document.in_force_to if policy.document else None]
    return min(day for day in ends if day is not None)
