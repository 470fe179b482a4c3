"""Nodes of spending (监控节点) and who has not handed in the monitoring of one: nothing is opened for it by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from core.cases import definitions, standing, timing
from core.cases.standing import Procedure
from core.models import Carrier, Case, Region, Submission
from core.policy.budget_checks import month_end
from core.policy.spending import spending_rules
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class Awaited:
    """A monitoring that is still to come: of which unit, at which node, and the case that was begun for it."""

    carrier: Carrier
    procedure: Procedure
    node: date
    case: Case | None

    @property
    def over(self) -> bool:
        """Whether the node's last day is over."""
        return self.node < clock.today()


def awaited(region: Region, horizon: date) -> list[Awaited]:
    """What is to come at the node that was over last, and at the one that ends from today until `horizon`."""
    policy = definitions.current_policy(region, clock.today())
    procedure = _monitoring(policy)
    if policy is None or procedure is None:
        return []
    return [one for node in _nodes(policy, horizon) for one in _at(region, procedure, node)]


def _monitoring(policy: PolicyVersion | None) -> Procedure | None:
    if policy is None or not policy.has("spending"):
        return None
    key = policy.definition("spending").get("monitored_in", "")
    return next((one for one in standing.procedures_of(policy) if one["key"] == key and one.get("since")), None)


def _nodes(policy: PolicyVersion, horizon: date) -> Sequence[date]:
    today = clock.today()
    months = spending_rules(policy).months
    ends = sorted(month_end(year, month) for year in (today.year - 1, today.year, horizon.year) for month in months)
    over = [day for day in ends if day < today][-1:]
    start = policy.document.in_force_from if policy.document else date.min
    return [day for day in dict.fromkeys([*over, *(day for day in ends if today <= day <= horizon)]) if day >= start]


def _at(region: Region, procedure: Procedure, node: date) -> Iterator[Awaited]:
    """Every unit that is to monitor and has not handed in what it spent up to this node."""
    cases = list(Case.select().where((Case.region == region) & (Case.procedure == procedure["key"])).order_by(Case.id))
    days = timing.since_days({case.id: procedure["since"] for case in cases})
    of_node = [case for case in cases if days.get(case.id) == node]
    handed_in = Submission.select(Submission.case).where(Submission.case.in_([case.id for case in of_node] or [0]))
    done = {row.case_id for row in handed_in}
    begun = {case.carrier_id: case for case in of_node}
    sent = {case.carrier_id for case in of_node if case.id in done}
    kinds = procedure.get("carrier_kinds")
    rows = Carrier.select().where((Carrier.region == region) & (Carrier.kind.in_(kinds) if kinds else True))
    for carrier in rows.order_by(Carrier.id):
        if standing.stands(carrier, procedure) and carrier.id not in sent:
            yield Awaited(carrier, procedure, node, begun.get(carrier.id))
