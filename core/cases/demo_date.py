"""The policy date of a demo instance: stored, shown on every page, and only ever moved forward.

Outside demo instances there is no such date and nothing here can make one.
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


def stored_date() -> date:
    """The demo's policy date; the real day in Shanghai while none is stored. Read once a request."""
    if has_request_context() and "policy_date" in g:
        held: date = g.policy_date
        return held
    row = StoredSetting.get_or_none(StoredSetting.key == "policy_date")
    day = date.fromisoformat(row.value) if row else clock.shanghai(clock.now()).date()
    if has_request_context():
        g.policy_date = day
    return day


def follow() -> bool:
    """At the start of a process: take the policy date from the instance if it is a demo. Says whether it is."""
    if not is_demo():
        return False
    clock.follow(stored_date)
    return True


def advance(to: date) -> date:
    """Move the demo's policy date forward to `to`.

    Raises OutOfScope outside demo instances, Refused when the day lies behind or more than 400 days ahead.
    """
    if not is_demo():
        raise OutOfScope
    with database.atomic():
        row = StoredSetting.get_or_none(StoredSetting.key == "policy_date")
        current = date.fromisoformat(row.value) if row else clock.shanghai(clock.now()).date()
        if to <= current:
            raise Refused(f"演示日期只能往后走，现在是 {current:%Y-%m-%d}。", {"to": "请选更晚的一天"})
        if to - current > FURTHEST_STEP:
            raise Refused("一次最多往后走 400 天，请选近一些的日期。", {"to": "请选近一些的日期"})
        StoredSetting.insert(key="policy_date", value=to.isoformat()).on_conflict(
            conflict_target=[StoredSetting.key], update={StoredSetting.value: to.isoformat()}
        ).execute()
    if has_request_context():
        g.pop("policy_date", None)
    return to
