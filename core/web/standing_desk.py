"""What the carrier's page of procedures outside rounds reads."""

from __future__ import annotations

from dataclasses import dataclass

from core import clock
from core.cases import clocks, completeness, definitions, standing
from core.cases.periods import present_period
from core.cases.standing import ON_DEMAND, Procedure
from core.cases.timing import Timing, deadline
from core.models import Carrier, Case, PeriodicReport, Region
from core.people.scope import Viewer, visible_cases
from core.policy.periods import days_of, words_of
from core.policy.reporting import Completeness
from core.policy.version import PolicyVersion
from core.workflow.definition import Stage

ROLE = standing.ROLE
MOST_PAST = 60
MOST_MISSING = 6


@dataclass(frozen=True)
class OnDemand:
    """A procedure that is done when there is cause; `since` is the label of the day its time counts from."""

    procedure: Procedure
    since: str
    timing: Timing | None
    begun: Case | None = None  # one that was begun and not yet submitted


@dataclass(frozen=True)
class Missing:
    """A period of which nothing was submitted; `case` when its report was opened already."""

    period: str
    words: str
    case: Case | None


@dataclass(frozen=True)
class Report:
    """A periodic report: this period's case if there is one, its time, and what is missing since the policy began."""

    procedure: Procedure
    period: str
    words: str
    case: Case | None
    state: str  # "" not opened | fill | sent
    timing: Timing | None
    completeness: Completeness | None
    missing: list[Missing]


@dataclass(frozen=True)
class Past:
    """A case outside rounds, for the list of what was done."""

    case: Case
    title: str
    stage: Stage


@dataclass(frozen=True)
class Desk:
    """Everything of one carrier."""

    carrier: Carrier
    on_demand: list[OnDemand]
    reports: list[Report]
    past: list[Past]


def is_offered(viewer: Viewer) -> bool:
    """Whether anything outside rounds can be done for this person's carriers, or was done before."""
    if visible_cases(viewer, ROLE).where(Case.round.is_null()).exists():
        return True
    carriers = carriers_of(viewer)
    today = clock.today()
    policies = {r.id: definitions.current_policy(r, today) for r in {c.region_id: c.region for c in carriers}.values()}
    return any(_own(policies[carrier.region_id], carrier) for carrier in carriers)


def _own(policy: PolicyVersion | None, carrier: Carrier) -> list[Procedure]:
    """What the carrier itself may begin in its present standing."""
    found = standing.procedures_of(policy, carrier.kind)
    return [p for p in found if ROLE in standing.openers(p) and standing.stands(carrier, p)]


def carriers_of(viewer: Viewer) -> list[Carrier]:
    """The carriers whose clerk this person is."""
    ids = [reach.carrier for reach in viewer.within(ROLE) if reach.carrier is not None]
    return list(Carrier.select(Carrier, Region).join(Region).where(Carrier.id.in_(ids or [0])).order_by(Carrier.name))


def desks(viewer: Viewer) -> list[Desk]:
    """One desk a carrier."""
    return [_desk(viewer, carrier) for carrier in carriers_of(viewer)]


def _desk(viewer: Viewer, carrier: Carrier) -> Desk:
    policy = definitions.current_policy(carrier.region, clock.today())
    found = _own(policy, carrier)
    bound = clocks.with_entered_values(policy, carrier.region, clock.today()) if policy else None
    on_demand = [_on_demand(bound, carrier, p) for p in found if bound and p["every"] == ON_DEMAND]
    reports = [_report(bound, carrier, p) for p in found if bound and p["every"] != ON_DEMAND]
    return Desk(carrier, on_demand, reports, _past(viewer, carrier))


def _on_demand(policy: PolicyVersion, carrier: Carrier, procedure: Procedure) -> OnDemand:
    key = procedure.get("since", "")
    label = definitions.form_in(policy, procedure["form"]).field(key).label if key else ""
    begun = standing.beginning(carrier, policy, procedure)
    return OnDemand(procedure, str(label), deadline(policy, carrier.region, procedure, None), begun)


def _report(policy: PolicyVersion, carrier: Carrier, procedure: Procedure) -> Report:
    period = present_period(procedure)
    own = (PeriodicReport.carrier == carrier) & (PeriodicReport.procedure == procedure["key"])
    rows = list(PeriodicReport.select(PeriodicReport, Case).join(Case).where(own).order_by(PeriodicReport.period))
    sent = [row.period for row in rows if _stage(carrier, row.case).kind != "fill"]
    cases: dict[str, Case] = {row.period: row.case for row in rows}
    case = cases.get(period)
    state = "" if case is None else "sent" if period in sent else "fill"
    timing = deadline(policy, carrier.region, procedure, days_of(period)[0])
    found = completeness.of_carrier(policy, carrier, procedure, sent)
    names = [name for name in reversed(found.missing if found else ()) if name != period]
    missing = [Missing(name, words_of(name), cases.get(name)) for name in names]
    return Report(procedure, period, words_of(period), case, state, timing, found, missing[:MOST_MISSING])


def _stage(carrier: Carrier, case: Case) -> Stage:
    """Where a case stands, without asking for its region again."""
    policy = definitions.policy_of_ids(carrier.region.key, case.pinned)
    return definitions.workflow_in(policy, case.procedure).stage(case.stage)


def _past(viewer: Viewer, carrier: Carrier) -> list[Past]:
    mine = visible_cases(viewer, ROLE).where((Case.carrier == carrier) & Case.round.is_null())
    rows = list(mine.order_by(Case.id.desc()).limit(MOST_PAST))
    titles = standing.titles(rows)
    return [Past(row, titles[row.id], _stage(carrier, row)) for row in rows]
