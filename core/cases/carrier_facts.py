"""What the register and earlier results say of a carrier, as facts that rules may ask for.

`kind`, `level`, `recognised_on`, `enrolled_on`, `title_status`, `district_has_centre`, every fact that the region's
register declares, `last_evaluated_on` (also `last_assessed_on`) and `last_grade` of the latest final evaluation,
`corrective_action_done` and `integrity_breach`. Dates are `date`; what is not known is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from peewee import JOIN

from core.errors import Refused
from core.models import Carrier, CarrierMark, Case, District, NoticeEntry, Result
from core.policy.facts import Fact, fact_values
from core.policy.version import PolicyVersion

Facts = dict[str, Any]

BREACH = "research_dishonesty_record"


def facts_of(carrier: Carrier, on: date, policy: PolicyVersion | None) -> Facts:
    """The facts of one carrier as they were on a day; `policy` declares the register's own facts."""
    return facts_of_many([carrier], on, policy)[carrier.id]


def facts_of_many(
    carriers: Sequence[Carrier], on: date, policy: PolicyVersion | None, without_round: int | None = None
) -> dict[int, Facts]:
    """As `facts_of`, by the carrier's id, in three statements however many there are.

    `without_round`: the id of a round whose own results do not count (who takes part in it is asked).
    """
    ids = [carrier.id for carrier in carriers]
    centres = {row.id: bool(row.centre) for row in District.select().where(District.id.in_(_districts(carriers)))}
    results = _results(ids, on, without_round)
    marks = CarrierMark.select().where(
        CarrierMark.carrier.in_(ids) & (CarrierMark.kind == BREACH) & CarrierMark.lifted_on.is_null()
    )
    breaches = {mark.carrier_id for mark in marks if (mark.effective_on or mark.set_on) <= on}
    declared = policy.region_info.register if policy is not None else {}
    return {
        carrier.id: {
            "corrective_action_done": False,
            **_declared(declared, carrier.facts or {}),
            **_register(carrier),
            "district_has_centre": centres.get(carrier.district_id, False),
            **_evaluated(results.get(carrier.id, [])),
            "integrity_breach": carrier.id in breaches,
        }
        for carrier in carriers
    }


def _districts(carriers: Iterable[Carrier]) -> set[int]:
    return {carrier.district_id for carrier in carriers if carrier.district_id is not None}


def _register(carrier: Carrier) -> Facts:
    names = ("kind", "level", "recognised_on", "enrolled_on", "title_status")
    return {name: getattr(carrier, name) for name in names if getattr(carrier, name) not in (None, "")}


def _declared(declared: Mapping[str, Fact], stored: Mapping[str, Any]) -> Facts:
    """The register's own facts in their types; a stored value that no longer fits is as good as not there."""
    known: Facts = dict(fact_values(declared, {}))
    for key in declared.keys() & stored.keys():
        try:
            known |= fact_values({key: declared[key]}, {key: stored[key]})
        except Refused:
            known.pop(key, None)
    return known


def _results(ids: Sequence[int], on: date, without_round: int | None) -> dict[int, list[Result]]:
    """Final results of rounds, and results of cases outside them, by carrier, the oldest first."""
    counted = Case.round.is_null() | (Case.round != (without_round or 0))
    rows = (
        Result.select(Result, Case)
        .join(Case)
        .switch(Result)
        .join(NoticeEntry, JOIN.LEFT_OUTER, on=(NoticeEntry.result == Result.id))
        .where(
            Case.carrier.in_(list(ids))
            & counted
            & (Result.determined_on <= on)
            & (Case.round.is_null() | (NoticeEntry.status == "final"))
        )
        .order_by(Result.determined_on, Result.id)
    )
    found: dict[int, list[Result]] = {}
    for row in rows:
        found.setdefault(row.case.carrier_id, []).append(row)
    return found


def _evaluated(results: Sequence[Result]) -> Facts:
    """What the results here say; without any, what a region's register tells of earlier evaluations holds."""
    last = next((row for row in reversed(results) if row.case.round_id is not None), None)
    if last is None:
        return {}
    return {
        "last_evaluated_on": last.determined_on,
        "last_assessed_on": last.determined_on,
        "last_grade": last.grade,
        "corrective_action_done": _mended(results),
    }


def _mended(results: Sequence[Result]) -> bool:
    """Whether a corrective action passed after the last evaluation that was unqualified."""
    failed = [n for n, row in enumerate(results) if row.case.round_id is not None and row.grade == "unqualified"]
    if not failed:
        return False
    return any(
        row.case.round_id is None and row.facts.get("outcome") == "passed" for row in results[failed[-1] + 1 :]
    )
