"""Awards: raised when a result becomes final, held by open objections, waiting for an amount, paid, called back.

What an award comes to is worked out over everything its organisation has earned and received (award_history): caps
over the years, the highest of a year. It is worked out again before money leaves. The ledger only grows: a clawback
is a reversing entry. Amounts are whole 分.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock
from core.cases import award_history, definitions, determining, events, locking, statements, timing
from core.cases.action import Receipt, once, stale_text, transaction
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused, Stale
from core.models import Award, AwardEntry, Case, ParameterEntry, Region, Result
from core.people.scope import NOBODY, Viewer
from core.policy.award_claims import LOWER_PAID, Standing, in_yuan
from core.policy.award_recall import recalling_vetoes
from core.policy.determination import Check
from core.policy.trace import plain_data

UNPAID = ("waiting", "held", "payable", "not_due")
AWARD_EVENTS = ("award_raised", "award_amount_set", "award_release", "award_reversal")


def raise_award(viewer: Viewer, case: Case, result: Result) -> Award | None:
    """Bring up the award of a final result. Nothing is raised when the result earns nothing."""
    locking.lock_values(case.region_id, entering=False)
    found = award_history.standing(case, result, case.carrier.organisation_id)
    if found is None or not found.eligible:
        work_out_later(case.carrier.organisation_id)
        return None
    values = _values(case, found)
    award = Award.create(
        round=case.round_id,
        organisation=case.carrier.organisation_id,
        case=case,
        result=result,
        grade=result.grade,
        **values,
    )
    events.record(case.id, viewer, "award_raised", {"award": award.id, "status": values["status"]})
    statements.append_outbox("award_changed", {"award": award.id, "status": values["status"]})
    work_out_later(award.organisation_id)
    return award


def _values(case: Case, found: Standing) -> dict[str, Any]:
    reasons = list(found.reasons)
    if found.missing_parameter:
        policy = definitions.policy_of(case)
        reasons.append(policy.parameter(found.missing_parameter).ask or "金额还没有录入。")
    reasons += found.holds
    return {
        "status": "held" if found.holds else found.status,
        "amount_fen": found.fen,
        "reasons": reasons,
        "trace": [_stored(step.as_data()) for step in found.trace],
    }


def _stored(value: Any) -> Any:
    """A step as the table keeps it: exact decimals as text."""
    if isinstance(value, dict):
        return {key: _stored(item) for key, item in value.items()}
    return value if value is None or isinstance(value, (bool, int, str, list)) else str(plain_data(value))


def work_out_later(organisation: int) -> None:
    """After this transaction, work out the unpaid awards of an organisation again: one result moves the others.

    Not at once: their cases would have to be held after cases with a higher id.
    """
    if Award.select().where((Award.organisation == organisation) & Award.status.in_(UNPAID)).exists():
        statements.append_outbox("awards_of_organisation", {"organisation": organisation})


def work_out_organisation(organisation: int) -> int:
    """Work out an organisation's unpaid awards inside the caller's transaction; how many changed."""
    return _work_out_all(NOBODY, Award.select().where(Award.organisation == organisation))


def hold(case: Case, reason: str) -> None:
    """Hold an award that has been raised but not paid."""
    award = _award_of(case)
    if award is not None:
        held = Award.update(status="held", reasons=[*award.reasons, reason], version=Award.version + 1)
        # a release that came first stays a release
        held.where((Award.id == award.id) & Award.status.in_(("waiting", "payable"))).execute()


def thaw(viewer: Viewer, case: Case) -> None:
    """After a ruling: a held award goes on where it was, unless another objection holds it."""
    award = _award_of(case)
    if award is not None and award.status == "held":
        _work_out(viewer, award)


def _award_of(case: Case) -> Award | None:
    found: Award | None = Award.get_or_none((Award.round == case.round_id) & (Award.case == case))
    return found


def enter_parameter(viewer: Viewer, region: Region, key: str, value: str, source: str, valid_from: date) -> int:
    """Enter a value that the policy leaves open, with its source, and apply it to the awards that are not paid.

    Only the region's policy officer; only parameters without a value of their own. Gives how many awards changed.
    Raises Refused, OutOfScope.
    """
    if not viewer.has("policy_officer", region.id):
        raise OutOfScope
    policy = definitions.current_policy(region, clock.today())
    if policy is None:
        raise Refused(f"{region.name}没有现行有效的办法。")
    parameter = policy.parameter(key)
    if not parameter.must_be_asked:
        raise Refused(f"“{parameter.name}”办法里已有取值，不能在这里改。")
    fitted = parameter.with_value(value).value
    if not source.strip():
        raise Refused("请写明这个数出自哪份文件、哪一条。", {"source": "请写明出处。"})
    with transaction():
        locking.lock_values(region, entering=True)
        ParameterEntry.create(
            region=region,
            key=key,
            value=str(fitted),
            source=source,
            valid_from=valid_from,
            entered_by=viewer.account,
            entered_at=clock.now(),
        )
        record(viewer, "parameter_entered", {"region": region.id, "key": key, "value": str(fitted), "source": source})
        timing.set_last_days(region)
        return apply_values(viewer, region)


def apply_values(viewer: Viewer, region: Region | int) -> int:
    """Work out the region's unpaid awards with the values that hold today; how many changed.

    Called in a transaction: when a value is entered, and each day for values that were entered ahead of their day.
    """
    return _work_out_all(viewer, Award.select().join(Case).where(Case.region == region))


def _work_out_all(viewer: Viewer, chosen: Any) -> int:
    unpaid = chosen.where(Award.status.in_(UNPAID)).order_by(Award.case)
    locking.lock_cases(award.case_id for award in unpaid.clone())
    # read again after the lock
    return sum(_work_out(viewer, award) for award in unpaid.clone())


def _work_out(viewer: Viewer, award: Award) -> bool:
    """Bring an unpaid award up to what holds now; whether it changed. An amount once known is not taken away."""
    values = _current(award)
    if values is None or not _differs(award, values):
        return False
    changed = Award.update(version=Award.version + 1, **values)
    if changed.where((Award.id == award.id) & (Award.version == award.version)).execute() != 1:
        return False  # it was paid or called back meanwhile
    events.record(award.case_id, viewer, "award_amount_set", {"award": award.id, "fen": values["amount_fen"]})
    statements.append_outbox("award_changed", {"award": award.id, "status": values["status"]})
    return True


def _current(award: Award) -> dict[str, Any] | None:
    """What an unpaid award comes to now; None where nothing is to be told."""
    found = award_history.standing(award.case, award.result, award.organisation_id)
    if found is None or not found.eligible or (found.status == "waiting" and award.amount_fen):
        return None
    return _values(award.case, found)


def _differs(award: Award, values: dict[str, Any]) -> bool:
    return any(getattr(award, name) != values[name] for name in ("status", "amount_fen", "reasons"))


def find_award(viewer: Viewer, award_id: int) -> Award:
    """An award in a region in which this person handles the money. Raises OutOfScope."""
    award = Award.get_or_none(Award.id == award_id)
    if award is None or not viewer.has("finance", award.round.region_id):
        raise OutOfScope
    return award


def release(viewer: Viewer, award_id: int, version: int, token: str) -> Receipt:
    """Release a payable award: one entry in the ledger. Raises Refused with why it waits, Stale, OutOfScope.

    All cases of the organisation are held and the amount is worked out once more, so that two releases at once cannot
    pass a cap together. Where it comes out otherwise nothing is paid, and the award is brought up to date.
    """
    find_award(viewer, award_id)

    def work() -> Receipt:
        organisation = find_award(viewer, award_id).organisation_id
        locking.lock_cases(row.case_id for row in Award.select(Award.case).where(Award.organisation == organisation))
        award = find_award(viewer, award_id)
        if award.status in UNPAID and award.status != "payable":
            raise Refused("还不能发放：" + "；".join(award.reasons))
        if award.status == "payable" and (now := _current(award)) is not None and _differs(award, now):
            raise _Moved("按这家单位现在的奖励和上限重新算过，这一笔有变化，没有发放。请刷新后再看。")
        _change(award, version, "payable", "released")
        _post(viewer, award, "release", award.amount_fen or 0, "")
        statements.append_outbox("award_released", {"award": award.id})
        work_out_later(organisation)
        return {"award": award.id, "message": f"已发放 {in_yuan(award.amount_fen or 0)} 元。"}

    try:
        return once(token, work)
    except _Moved:
        with transaction():
            work_out_organisation(Award.get_by_id(award_id).organisation_id)
        raise


class _Moved(Stale):
    """What the page showed of an award no longer holds."""


def _change(award: Award, version: int, before: str, after: str) -> None:
    changed = Award.update(status=after, version=Award.version + 1).where(
        (Award.id == award.id) & (Award.version == version) & (Award.status == before)
    )
    if changed.execute() != 1:
        raise Stale(stale_text(award.case_id, AWARD_EVENTS))


def _post(viewer: Viewer, award: Award, kind: str, fen: int, reason: str) -> None:
    AwardEntry.create(
        award=award,
        kind=kind,
        amount_fen=fen,
        reason=reason,
        posted_by=viewer.account,
        posted_at=clock.now(),
        posted_on=clock.today(),
    )
    events.record(award.case_id, viewer, f"award_{kind}", {"award": award.id, "fen": fen}, reason)
    statements.append_outbox("award_changed", {"award": award.id, "status": kind})


def recovering_vetoes(case: Case) -> list[Check]:
    """What, once proven, makes the case's policy call the award back: its consequence `awards_recovered`."""
    register = {"level": case.carrier.level, "kind": case.carrier.kind}
    return recalling_vetoes(definitions.policy_of(case), register)


def recover(viewer: Viewer, case_id: int, reason: str, token: str, veto: str = "") -> Receipt:
    """After closing: something was proven for which the policy calls the award back. A new result, and the money.

    `veto` says what, where the policy names more than one. A paid award gets a reversing entry, an unpaid one is
    cancelled. Raises Refused, OutOfScope.
    """
    from core.cases.noticing import apply_consequences

    def work() -> Receipt:
        case, _ = locking.own_case(viewer, case_id, "city_reviewer", with_round=True)
        if case.outcome != "finished":
            raise Refused("这家单位的评价还没有办结，请在结果认定时登记。")
        if not reason.strip():
            raise Refused("请写明查实的情况和依据。", {"reason": "请写明查实的情况和依据。"})
        determining.keep_check(viewer, case, _proven(case, veto), True, reason)
        result = determining.add_result(viewer, case, statements.load_case(case_id), reason)
        apply_consequences(case, result)
        done = _call_back(viewer, _award_of(case), reason)
        work_out_later(case.carrier.organisation_id)
        return {"case": case.id, "result": result.id, "message": f"已重新认定{done}。"}

    return once(token, work)


def _proven(case: Case, veto: str) -> str:
    possible = {check.key: check.name for check in recovering_vetoes(case)}
    key = veto or next(iter(possible), "")
    if key not in possible or (not veto and len(possible) > 1):
        names = "、".join(possible.values()) or "没有"
        raise Refused(f"请选择查实的情形；办法规定要追回奖励的有：{names}。", {"veto": "请选择查实的情形。"})
    made = determining.checks_of(case).get(key)
    if made is not None and made.value is True:
        raise Refused(f"“{possible[key]}”已经登记过。")
    return key


def _call_back(viewer: Viewer, award: Award | None, reason: str) -> str:
    """Reverse or cancel; what was done, for the receipt."""
    if award is None or award.status not in (*UNPAID, "released"):
        return ""
    paid = award.status == "released"
    # a release that came in between must not be overlooked: then nothing happens, and the bureau tries again
    _change(award, award.version, award.status, "reversed" if paid else "cancelled")
    if paid:
        _post(viewer, award, "reversal", -(award.amount_fen or 0), reason)
        return "，已发的奖励记为追回"
    return "，未发的奖励已取消"


def blocks(award: Award) -> list[Award]:
    """The higher awards of the same organisation and year that cannot be paid because this one was."""
    if award.status != "released":
        return []
    waiting = [other for other in award_history.reviewed_with(award) if other.status == "held"]
    return [other for other in waiting if LOWER_PAID in "".join(other.reasons)]


def reverse_lower(viewer: Viewer, award_id: int, version: int, reason: str, token: str) -> Receipt:
    """Call back a paid award, so that the higher one of the same year can be paid (就高不重复).

    The policy does not say whether a difference is paid, so finance decides. Raises Refused where no higher award
    waits for it or no reason is given, Stale, OutOfScope.
    """

    def work() -> Receipt:
        locking.lock_cases([find_award(viewer, award_id).case_id])
        award = find_award(viewer, award_id)
        if not blocks(award):
            raise Refused("没有同一年度更高的奖励在等这一项，不能这样收缴。")
        if not reason.strip():
            raise Refused("请写明收缴的依据。", {"reason": "请写明收缴的依据。"})
        _change(award, version, "released", "reversed")
        _post(viewer, award, "reversal", -(award.amount_fen or 0), reason)
        work_out_later(award.organisation_id)
        return {"award": award.id, "message": "已记为收缴，较高的一项接着重新计算。"}

    return once(token, work)


def balance_fen(award: Award) -> int:
    """What was paid and not called back, in 分."""
    return award_history.paid_of(award.organisation_id).get(award.case_id, 0)
