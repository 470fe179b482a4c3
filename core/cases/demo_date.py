"""The policy dates of a demo instance, one a region: stored, shown on every page, and only ever moved forward.

Outside demo instances there are no such dates and nothing here can make one.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import g, has_request_context

from core import clock
from core.errors import OutOfScope, Refused
from core.models import StoredSetting, database

FURTHEST_STEP = timedelta(days=400)


def is_demo() -> bool:
    """Whether this instance was made as a demo (its data folder says so, no page can)."""
    row = StoredSetting.get_or_none(StoredSetting.key == "demo")
    return row is not None and row.value == "1"


def _key(region: str) -> str:
    return f"policy_date:{region}"


def _real_day() -> date:
    return clock.shanghai(clock.now()).date()


def _read(region: str) -> date:
    row = StoredSetting.get_or_none(StoredSetting.key == _key(region)) if region else None
    return date.fromisoformat(row.value) if row else _real_day()


def stored_date() -> date:
    """The policy date of the region at hand; the real day where there is no region or it has none stored.

    Read once a request and region.
    """
    region = clock.region_at_hand()
    if not has_request_context():
        return _read(region)
    if "policy_dates" not in g:
        g.policy_dates = {}
    known: dict[str, date] = g.policy_dates
    if region not in known:
        known[region] = _read(region)
    return known[region]


def follow() -> bool:
    """At the start of a process: take the policy dates from the instance if it is a demo. Says whether it is."""
    if not is_demo():
        return False
    clock.follow(stored_date)
    return True


def keep(region: str, day: date) -> None:
    """Store a region's policy date. Raises OutOfScope outside demo instances."""
    if not is_demo():
        raise OutOfScope
    StoredSetting.insert(key=_key(region), value=day.isoformat()).on_conflict(
        conflict_target=[StoredSetting.key], update={StoredSetting.value: day.isoformat()}
    ).execute()
    if has_request_context():
        g.pop("policy_dates", None)


def advance(region: str, to: date) -> date:
    """Move one region's policy date forward to `to`; the others stay where they are.

    Raises OutOfScope outside demo instances and without a region, Refused when the day lies behind or more than
    400 days ahead.
    """
    if not is_demo() or not region:
        raise OutOfScope
    with database.atomic():
        current = _read(region)
        if to <= current:
            raise Refused(f"演示日期只能往后走，现在是 {current:%Y-%m-%d}。", {"to": "请选更晚的一天"})
        if to - current > FURTHEST_STEP:
            raise Refused("一次最多往后走 400 天，请选近一些的日期。", {"to": "请选近一些的日期"})
        keep(region, to)
    return to
