"""Periodic reports (周、月、季报送): one case a carrier and period, opened by the clerk, or by the city when it urges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core import clock
from core.cases import locking, standing, timing, urging
from core.cases.action import Receipt, once, transaction
from core.cases.standing import PERIODS, Ground, Procedure
from core.errors import OutOfScope, Refused
from core.models import Carrier, Case, PeriodicReport, Region, Submission
from core.people.scope import Viewer
from core.policy.periods import days_of, kind_of, period_of, words_of
from core.policy.version import PolicyVersion

MAY_URGE = ("city_reviewer", "city_centre")


def period_kind(procedure: Procedure) -> str:
    """weekly, monthly or quarterly. Raises OutOfScope for a procedure that is not done by the period."""
    if procedure.get("every") not in PERIODS:
        raise OutOfScope
    return PERIODS[procedure["every"]]


def open_report(viewer: Viewer, procedure: str, carrier: int, period: str, token: str) -> Receipt:
    """Open a carrier's report for a period, for who may open it; a late one is told so.

    Raises OutOfScope, Refused for a second one, a period of another kind, one to come or before the policy.
    """

    def work() -> Receipt:
        row = standing.served_carrier(viewer, carrier)
        ground = standing.ground_of(row.region, row.kind, procedure)
        standing.require_opener(viewer, row, ground.procedure)
        require_period(ground.policy, ground.procedure, period)
        case = _open(viewer, ground, row, period)
        message = f"已打开{words_of(period)}的{ground.procedure['name']}，办件号 {case.number}。"
        return {
            "case": case.id,
            "number": case.number,
            "message": message + timing.late_words(timing.of_case(case)),
        }

    return once(token, work)


def require_period(policy: PolicyVersion, procedure: Procedure, period: str) -> None:
    """Raises Refused unless a report of this procedure can be made for the period today."""
    if procedure.get("every") not in PERIODS or kind_of(period) != PERIODS[procedure["every"]]:
        raise Refused(f"“{procedure['name']}”没有“{period}”这一期。", {"period": "期次不对"})
    first, last = days_of(period)
    if first > clock.today():
        raise Refused(f"{words_of(period)}还没有开始，不能报送。", {"period": "这一期还没有开始"})
    start = policy.document.in_force_from if policy.document else date.min
    if last < start:
        raise Refused(f"{words_of(period)}在办法施行（{start.isoformat()}）以前，不用报送。", {"period": "在施行以前"})


def _open(viewer: Viewer, ground: Ground, carrier: Carrier, period: str) -> Case:
    # who numbers cases does so alone: after that nobody else can be opening the same report
    locking.alone(locking.CASE_NUMBERS)
    known = report_of(carrier, ground.procedure["key"], period)
    if known is not None:
        name = f"{words_of(period)}的{ground.procedure['name']}"
        raise Refused(f"{name}已有一份（{known.case.number}），不能再开一份；要改请找原来那一份。")
    case = standing.open_under(viewer, ground, carrier, days_of(period)[0])
    PeriodicReport.create(case=case, carrier=carrier, procedure=ground.procedure["key"], period=period)
    return case


def report_of(carrier: Carrier | int, procedure: str, period: str) -> PeriodicReport | None:
    """A carrier's report for a period, if it was opened."""
    found: PeriodicReport | None = PeriodicReport.get_or_none(
        (PeriodicReport.carrier == carrier)
        & (PeriodicReport.procedure == procedure)
        & (PeriodicReport.period == period)
    )
    return found


def must_report(region: Region, procedure: Procedure, period: str) -> list[Carrier]:
    """The carriers that a report is due from: of the procedure's kinds and standing, recognised by then."""
    last = days_of(period)[1]
    held = (Carrier.region == region) & Carrier.title_status.in_(procedure.get("standing", ("held",)))
    known = Carrier.recognised_on.is_null() | (Carrier.recognised_on <= last)
    known &= Carrier.enrolled_on.is_null() | (Carrier.enrolled_on <= last)
    kinds = procedure.get("carrier_kinds")
    rows = Carrier.select().where(held & known & (Carrier.kind.in_(kinds) if kinds else True))
    return list(rows.order_by(Carrier.name, Carrier.id))


def urge_missing(viewer: Viewer, region: Region, procedure: str, period: str, token: str) -> Receipt:
    """Ask every carrier that has not submitted its report to do so (催报), opening the report where none is yet.

    Raises OutOfScope, Refused when nobody is missing or all were urged today.
    """
    if not any(viewer.has(role, region.id) for role in MAY_URGE):
        raise OutOfScope
    with transaction():
        return urging.urge(viewer, list(_waiting(viewer, region, procedure, period)), token)


def _waiting(viewer: Viewer, region: Region, procedure: str, period: str) -> Iterator[int]:
    ground = standing.ground_of(region, "", procedure)
    require_period(ground.policy, ground.procedure, period)
    for carrier in must_report(region, ground.procedure, period):
        known = report_of(carrier, procedure, period)
        yield known.case_id if known else _open(viewer, ground, carrier, period).id


def earlier_submission(case: Case) -> Submission | None:
    """What this carrier last submitted of the same report for a period before this one's, if anything."""
    own = PeriodicReport.get_or_none(PeriodicReport.case == case)
    if own is None:
        return None
    # names of one kind of period sort in the order of time
    earlier = (
        Submission.select(Submission)
        .join(PeriodicReport, on=(PeriodicReport.case == Submission.case))
        .where(
            (PeriodicReport.carrier == own.carrier_id)
            & (PeriodicReport.procedure == own.procedure)
            & (PeriodicReport.period < own.period)
        )
    )
    found: Submission | None = earlier.order_by(PeriodicReport.period.desc(), Submission.number.desc()).first()
    return found


def earlier_words(case: Case) -> str:
    """For which period the earlier submission was, in words; empty for a case that is no report or the first one."""
    earlier = earlier_submission(case) if case.round_id is None else None
    report = PeriodicReport.get_or_none(PeriodicReport.case == earlier.case_id) if earlier else None
    return words_of(report.period) if report else ""


def present_period(procedure: Procedure, on: date | None = None) -> str:
    """The period that a day (today) lies in."""
    return period_of(on or clock.today(), period_kind(procedure))
