"""What a unit filed for its budget years, read once: each case with its newest submitted answers, by procedure and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from core.cases import clocks, definitions
from core.cases.register_facts import governing
from core.cases.standing import Procedure
from core.clock import today
from core.errors import OutOfScope
from core.models import Carrier, Case, Draft, Organisation, PeriodicReport, Region, Submission
from core.people.scope import Viewer
from core.policy.facts import as_date
from core.policy.periods import days_of
from core.policy.version import PolicyVersion
from core.workflow.definition import Stage

CLERK, CITY = "carrier_clerk", "city_reviewer"
PARTS = ("declared_in", "monitored_in", "assessed_in", "rectified_in")
"""Keys of spending.toml that name the procedures of a budget year."""


@dataclass(frozen=True)
class Filing:
    """A case of a budget year with its newest submission.

    `state`: fill (never submitted) | returned | going (submitted once, and the unit is at work on it) | sent (waits to
    be looked at) | closed.
    """

    case: Case
    stage: Stage
    year: int
    on: date | None
    state: str
    submitted: Mapping[str, Any]

    @property
    def answers(self) -> Mapping[str, Any]:
        """The answers whose figures count; empty while none do."""
        return self.submitted if self.counts else {}

    @property
    def counts(self) -> bool:
        """Whether its figures count: what was sent back does not until it comes again."""
        return self.state in ("sent", "closed")

    @cached_property
    def policy(self) -> PolicyVersion:
        """The policy it was filed under, with the values entered since."""
        region: Region = self.case.region
        return clocks.with_entered_values(definitions.policy_of(self.case), region, today())


@dataclass(frozen=True)
class Unit:
    """A budget unit with everything it filed; `policy` is the region's, in force today or last."""

    carrier: Carrier
    policy: PolicyVersion
    filings: dict[str, list[Filing]] = field(default_factory=dict)

    def of(self, part: str, year: int) -> list[Filing]:
        """The filings of one of PARTS for a budget year, oldest first."""
        key = self.policy.definition("spending").get(part, "")
        return [filing for filing in self.filings.get(key, []) if filing.year == year]

    def procedure(self, part: str) -> Procedure | None:
        """The procedure of one of PARTS while it can be opened: None once the policy is out of force."""
        key = self.policy.definition("spending").get(part, "")
        return definitions.procedure_in(self.policy, key) if key and self.policy.in_force(today()) else None

    def others(self, year: int) -> list[tuple[Procedure, list[Filing]]]:
        """The unit's other procedures, each with what was filed in the year."""
        known = {self.policy.definition("spending").get(part) for part in PARTS}
        listed = [p for p in self.policy.definition("procedures")["procedures"] if p["key"] not in known]
        return [(p, [f for f in self.filings.get(p["key"], []) if f.year == year]) for p in listed]

    @property
    def years(self) -> list[int]:
        """The budget years with anything filed, and this one while the policy is in force; newest first."""
        keys = {self.policy.definition("spending").get(part) for part in PARTS}
        found = {filing.year for key in keys for filing in self.filings.get(key or "", [])}
        return sorted(found | ({today().year} if self.policy.in_force(today()) else set()), reverse=True)


def policy_with_plans(region: Region) -> PolicyVersion | None:
    """The region's policy where it plans spending and says in which procedure; None elsewhere."""
    policy = governing(region)
    if policy is None or not policy.has("spending") or not policy.definition("spending").get("declared_in"):
        return None
    return policy


def is_offered(viewer: Viewer) -> bool:
    """Whether a region of this person's plans the spending of budget units."""
    reached = {reach.region for role in (CLERK, CITY) for reach in viewer.within(role)}
    regions = Region.select().where(Region.id.in_([region for region in reached if region is not None] or [0]))
    return any(policy_with_plans(region) is not None for region in regions)


def units(viewer: Viewer) -> list[Unit]:
    """Every budget unit that this person may see, by name."""
    return [_unit(carrier, policy) for carrier, policy in _carriers(viewer)]


def unit(viewer: Viewer, carrier_id: int) -> Unit:
    """One budget unit. Raises OutOfScope for another's, and for a carrier that is none."""
    for carrier, policy in _carriers(viewer, carrier_id):
        return _unit(carrier, policy)
    raise OutOfScope


def _carriers(viewer: Viewer, only: int | None = None) -> list[tuple[Carrier, PolicyVersion]]:
    regions = [reach.region for reach in viewer.within(CITY) if reach.region is not None]
    own = [reach.carrier for reach in viewer.within(CLERK) if reach.carrier is not None]
    if not regions and not own:
        return []
    mine = Carrier.region.in_(regions or [0]) | Carrier.id.in_(own or [0])
    rows = Carrier.select(Carrier, Region, Organisation).join(Region).switch(Carrier).join(Organisation)
    rows = rows.where(mine if only is None else mine & (Carrier.id == only)).order_by(Carrier.name, Carrier.id)
    policies: dict[int, PolicyVersion | None] = {}
    found = []
    for row in rows:
        if row.region_id not in policies:
            policies[row.region_id] = policy_with_plans(row.region)
        policy = policies[row.region_id]
        if policy is not None and row.kind in _kinds(policy, row.kind):
            found.append((row, policy))
    return found


def _kinds(policy: PolicyVersion, kind: str) -> Iterable[str]:
    declared = definitions.procedure_in(policy, policy.definition("spending")["declared_in"])
    kinds: Iterable[str] = declared.get("carrier_kinds", (kind,))
    return kinds


def _unit(carrier: Carrier, policy: PolicyVersion) -> Unit:
    cases = list(Case.select().where((Case.carrier == carrier) & Case.round.is_null()).order_by(Case.id))
    ids = [case.id for case in cases] or [0]
    newest = {row.case_id: row for row in Submission.select().where(Submission.case.in_(ids)).order_by(Submission.number)}
    periods = {row.case_id: row.period for row in PeriodicReport.select().where(PeriodicReport.case.in_(ids))}
    drafts = {row.case_id: row.answers for row in Draft.select().where(Draft.case.in_(ids))}
    assessed = policy.definition("spending").get("assessed_in")
    found: dict[str, list[Filing]] = {}
    for case in cases:
        case.region = carrier.region
        period = periods.get(case.id, "")
        filing = _filing(case, newest.get(case.id), period, drafts.get(case.id, {}), case.procedure == assessed)
        found.setdefault(case.procedure, []).append(filing)
    return Unit(carrier, policy, found)


def _filing(
    case: Case, last: Submission | None, period: str, draft: Mapping[str, Any], looks_back: bool
) -> Filing:
    """`looks_back`: it assesses the year before the one in which it is filed (上年度)."""
    policy = definitions.policy_of(case)
    workflow = definitions.workflow_in(policy, case.procedure)
    stage = workflow.stage(case.stage)
    state = _state(stage, stage.key == workflow.start, last is not None)
    procedure = definitions.procedure_in(policy, case.procedure)
    answers = last.answers if last else {}
    day = as_date((answers or draft).get(procedure.get("since", "")))
    year = _year(case, period, day, last) - looks_back
    return Filing(case, stage, year, day or (last.submitted_on if last else None), state, answers)


def _state(stage: Stage, is_start: bool, was_submitted: bool) -> str:
    if stage.kind != "fill":
        return "closed" if stage.kind == "closed" else "sent"
    return "fill" if not was_submitted else "returned" if is_start else "going"


def _year(case: Case, period: str, day: date | None, last: Submission | None) -> int:
    """The year: of the period, of the day its time counts from, or in which it was submitted or opened."""
    if period:
        return days_of(period)[1].year
    when: date = day or (last.submitted_on if last else case.entered_stage_on)
    return when.year
