"""Checking all audit chains in steps of the outbox: progress shows, it can be stopped, and no request waits for it.

The chain of administrative changes is walked first, piece by piece; then the cases, so many a step. Each chain that
does not hold is named with its first bad row.
"""

from __future__ import annotations

from core import clock
from core.cases import admin_events, events, locking, statements
from core.cases.action import Receipt, once
from core.errors import OutOfScope, Refused
from core.models import AuditCheck, Case
from core.people.scope import Viewer

AT_ONCE = 200
"""Chains that are checked within the request; more of them go step by step."""
STEP = 200
ADMIN_STEP = 5000
"""Rows of the administrative chain a step."""
MOST_TOLD = 50
"""Chains that are named; where more do not hold, the first ones tell enough."""


def start(viewer: Viewer, token: str) -> Receipt:
    """Begin to check every chain. Raises Refused while another check is going on, OutOfScope for all but the auditor."""

    def work() -> Receipt:
        _require_auditor(viewer)
        locking.alone(locking.AUDIT_CHECKS)
        if (going := running()) is not None:
            raise Refused(f"正在核对，已核 {going.done} 条链，共 {going.total} 条。请等它办完，或先停止。")
        total = Case.select().count() + 1
        check = AuditCheck.create(total=total, started_by=viewer.account, started_at=clock.now())
        if total > AT_ONCE:
            statements.append_outbox("audit_step", {"check": check.id})
            return {"check": check.id, "message": f"开始核对，共 {total} 条链。可以离开这一页，回来看进度。"}
        while step(check.id):
            pass
        return {"check": check.id, "message": told(AuditCheck.get_by_id(check.id))}

    return once(token, work)


def stop(viewer: Viewer, check_id: int, token: str) -> Receipt:
    """Stop a check that is going on; what it found stays to be read. Raises OutOfScope."""

    def work() -> Receipt:
        _require_auditor(viewer)
        check = AuditCheck.get_or_none(AuditCheck.id == check_id)
        if check is None:
            raise OutOfScope
        going = (AuditCheck.id == check.id) & (AuditCheck.status == "running")
        AuditCheck.update(status="stopped", ended_at=clock.now()).where(going).execute()
        return {"check": check.id, "message": "核对已停止。"}

    return once(token, work)


def latest() -> AuditCheck | None:
    """The check that was begun last."""
    found: AuditCheck | None = AuditCheck.select().order_by(AuditCheck.id.desc()).first()
    return found


def running() -> AuditCheck | None:
    """The check that is going on, if any."""
    found: AuditCheck | None = AuditCheck.get_or_none(AuditCheck.status == "running")
    return found


def told(check: AuditCheck) -> str:
    """What a check that has ended found, as a sentence."""
    if check.status == "stopped":
        return f"核对停止，核了 {check.done} 条链，共 {check.total} 条。"
    if check.faults:
        return f"{check.done} 条链里有 {len(check.faults)} 条不符：{check.faults[0]}"
    return f"{check.done} 条链全部完好。"


def step(check_id: int, size: int = STEP, admin_size: int = ADMIN_STEP) -> bool:
    """Check the next chains inside the caller's transaction; whether more wait. Repeating a step does no harm."""
    check = AuditCheck.get_by_id(check_id)
    if check.status != "running":
        return False
    if check.admin_sequence is not None:
        _admin_step(check, admin_size)
    else:
        _cases_step(check, size)
    return check.status == "running"


def _admin_step(check: AuditCheck, size: int) -> None:
    walked = admin_events.walk(check.admin_sequence or 0, check.admin_hash, size)
    if walked.fault is not None:
        check.faults = [*check.faults, f"管理事项第 {walked.fault} 条与链不符。"]
    check.admin_sequence, check.admin_hash = walked.sequence, walked.hash
    if walked.fault is not None or walked.is_end:
        check.admin_sequence, check.done = None, 1
    check.save()


def _cases_step(check: AuditCheck, size: int) -> None:
    cases = list(Case.select().where(Case.id > check.after_case).order_by(Case.id).limit(size))
    found = [fault for case in cases if (fault := _fault_of(case))]
    check.faults = [*check.faults, *found][:MOST_TOLD]
    check.done += len(cases)
    if cases:
        check.after_case = cases[-1].id
    check.total = max(check.total, check.done)  # cases that were opened meanwhile
    if len(cases) < size:
        _end(check)
    check.save()


def _fault_of(case: Case) -> str:
    """The first bad row of a case's chain in a sentence; "" when it holds."""
    fault = events.verify(case)
    if fault is None:
        return ""
    # somebody may have acted between reading the case and its events: looked at again while nobody can
    locking.lock_cases([case.id])
    fault = events.verify(Case.get_by_id(case.id))
    return f"办件 {case.number} 第 {fault.sequence} 条：{fault.message}。" if fault is not None else ""


def _end(check: AuditCheck) -> None:
    check.status, check.ended_at = "done", clock.now()
    who = Viewer(account=check.started_by_id)
    first = check.faults[0] if check.faults else ""
    admin_events.record(who, "audit_verified", {"chains": check.done, "fault": first})


def _require_auditor(viewer: Viewer) -> None:
    if "auditor" not in viewer.roles:
        raise OutOfScope
