"""Awards: raised when a result becomes final, held by open objections, waiting for an amount, paid, called back.

The ledger only grows: a clawback is a reversing entry. Amounts are whole 分.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock
from core.cases import clocks, definitions, determining, events, statements
from core.cases.action import Receipt, once, transaction
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused, Stale
from core.models import (
    Award,
    AwardEntry,
    Case,
    DeterminationCheck,
    NoticeEntry,
    Objection,
    ParameterEntry,
    Region,
    Result,
)
from core.people.scope import Viewer
from core.policy.awards import AwardDecision, award_for, award_terms

FEN = 100


def decision_for(case: Case, result: Result) -> AwardDecision | None:
    """What a result earns under the case's policy with the values entered by today; None where it grants no money."""
    policy = clocks.with_entered_values(definitions.policy_of(case), case.region_id, clock.today())
    if not policy.has("awards"):
        return None
    facts = {"participated": True, "integrity_breach": False, **result.facts, "grade": result.grade or None}
    facts["vetoed"] = bool(result.facts.get("vetoes")) or result.consequences.get("vetoed", False)
    return award_for(award_terms(policy), result.grade or None, facts, title=case.carrier.kind)


def raise_award(viewer: Viewer, case: Case, result: Result) -> Award | None:
    """Bring up the award of a final result. Nothing is raised when the result earns nothing."""
    decision = decision_for(case, result)
    if decision is None or not decision.eligible:
        return None
    values = _values(case, decision)
    award = Award.get_or_none((Award.round == case.round_id) & (Award.case == case))
    if award is None:
        award = Award.create(
            round=case.round_id,
            organisation=case.carrier.organisation_id,
            case=case,
            result=result,
            grade=result.grade,
            **values,
        )
    else:
        Award.update(result=result, grade=result.grade, version=Award.version + 1, **values).where(
            Award.id == award.id
        ).execute()
    events.record(case.id, viewer, "award_raised", {"award": award.id, "status": values["status"]})
    statements.append_outbox("award_changed", {"award": award.id, "status": values["status"]})
    return award


def _values(case: Case, decision: AwardDecision) -> dict[str, Any]:
    reasons = []
    if decision.yuan is None:
        policy = definitions.policy_of(case)
        reasons.append(policy.parameter(decision.missing_parameter).ask or "金额还没有录入。")
    objected = _open_objection(case)
    if objected:
        reasons.append("公示异议尚未处理完")
    status = "held" if objected else "waiting" if decision.yuan is None else "payable"
    return {
        "status": status,
        "amount_fen": None if decision.yuan is None else decision.yuan * FEN,
        "reasons": reasons,
        "trace": [step.as_data() for step in decision.trace],
    }


def _open_objection(case: Case) -> bool:
    """Whether any line of the case's organisation is under an open objection: that holds all its awards."""
    return bool(
        Objection.select()
        .join(NoticeEntry)
        .join(Case)
        .where((Objection.status == "open") & (Case.round == case.round_id) & (Case.carrier == case.carrier_id))
        .exists()
    )


def hold(case: Case, reason: str) -> None:
    """Hold an award that has been raised but not paid."""
    award = Award.get_or_none((Award.round == case.round_id) & (Award.case == case))
    if award is not None and award.status in ("waiting", "payable"):
        Award.update(status="held", reasons=[*award.reasons, reason], version=Award.version + 1).where(
            Award.id == award.id
        ).execute()


def enter_parameter(viewer: Viewer, region: Region, key: str, value: str, source: str, valid_from: date) -> int:
    """Enter a value that the policy leaves open, with its source, and apply it to the awards that wait.

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
        return _apply_to_waiting(viewer, region)


def _apply_to_waiting(viewer: Viewer, region: Region) -> int:
    waiting = Award.select().join(Case).where((Case.region == region) & Award.status.in_(("waiting", "held")))
    changed = 0
    for award in waiting:
        decision = decision_for(award.case, award.result)
        if decision is None or not decision.eligible or decision.yuan is None:
            continue
        values = _values(award.case, decision)
        if (values["status"], values["amount_fen"]) != (award.status, award.amount_fen):
            Award.update(version=Award.version + 1, **values).where(Award.id == award.id).execute()
            events.record(award.case_id, viewer, "award_amount_set", {"award": award.id, "fen": values["amount_fen"]})
            statements.append_outbox("award_changed", {"award": award.id, "status": values["status"]})
            changed += 1
    return changed


def find_award(viewer: Viewer, award_id: int) -> Award:
    """An award in a region in which this person handles the money. Raises OutOfScope."""
    award = Award.get_or_none(Award.id == award_id)
    if award is None or not viewer.has("finance", award.round.region_id):
        raise OutOfScope
    return award


def release(viewer: Viewer, award_id: int, version: int, token: str) -> Receipt:
    """Release a payable award: one entry in the ledger. Raises Refused with why it waits, Stale, OutOfScope."""

    def work() -> Receipt:
        award = find_award(viewer, award_id)
        if award.status in ("waiting", "held"):
            raise Refused("还不能发放：" + "；".join(award.reasons))
        _change(award, version, "payable", "released")
        _post(viewer, award, "release", award.amount_fen or 0, "")
        return {"award": award.id, "message": f"已发放 {(award.amount_fen or 0) // FEN} 元。"}

    return once(token, work)


def _change(award: Award, version: int, before: str, after: str) -> None:
    changed = Award.update(status=after, version=Award.version + 1).where(
        (Award.id == award.id) & (Award.version == version) & (Award.status == before)
    )
    if changed.execute() != 1:
        raise Stale("这笔奖励刚有变化，请刷新后再看。")


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


def find_false_materials(viewer: Viewer, case_id: int, reason: str, token: str) -> Receipt:
    """After closing: false material was proven (秦科高〔2023〕3号 第二十条). A new result, and the money back.

    A paid award gets a reversing entry, an unpaid one is cancelled. Raises Refused, OutOfScope.
    """
    from core.cases.noticing import apply_consequences
    from core.people.scope import find_case

    def work() -> Receipt:
        case = find_case(viewer, case_id, "city_reviewer")
        if case.outcome != "finished":
            raise Refused("这家单位的评价还没有办结，请在结果认定时登记。")
        if not reason.strip():
            raise Refused("请写明查实的情况和依据。", {"reason": "请写明查实的情况和依据。"})
        row = statements.load_case(case_id)
        values = {"value": True, "note": reason, "checked_by": viewer.account, "checked_at": clock.now()}
        DeterminationCheck.insert(case=case, fact="false_materials", **values).on_conflict(
            conflict_target=[DeterminationCheck.case, DeterminationCheck.fact], update=values
        ).execute()
        result = determining.add_result(viewer, case, row, reason)
        apply_consequences(case, result)
        award = Award.get_or_none((Award.round == case.round_id) & (Award.case == case))
        if award is not None:
            _call_back(viewer, award, reason)
        return {"case": case.id, "result": result.id, "message": "已改为不合格，并追回奖励。"}

    return once(token, work)


def _call_back(viewer: Viewer, award: Award, reason: str) -> None:
    paid = award.status == "released"
    # a release that came in between must not be overlooked: then nothing happens, and the bureau tries again
    _change(award, award.version, award.status, "reversed" if paid else "cancelled")
    if paid:
        _post(viewer, award, "reversal", -(award.amount_fen or 0), reason)


def balance_fen(award: Award) -> int:
    """What was paid and not called back, in 分."""
    return sum(entry.amount_fen for entry in AwardEntry.select().where(AwardEntry.award == award))
