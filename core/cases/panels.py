"""The expert panel of a round: forming it, the pledge, declarations and recusals, sheets, the panel's opinion.

An expert sees nothing before signing the pledge, and nothing of a carrier before saying that no conflict stands
between them; who steps back from a carrier never sees anything of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core import clock
from core.cases import definitions, events, locking
from core.cases.action import Receipt, once, transaction
from core.cases.admin_events import record
from core.cases.rounds import find_round
from core.errors import OutOfScope, Refused
from core.models import Account, Case, EvaluationRound, NoConflict, PanelMember, PanelOpinion, Recusal, ScoreSheet
from core.people.scope import (
    Viewer,
    assigned_cases,
    find_case,
    has_declared_no_conflict,
    may_handle,
    membership,
    viewer_of,
)
from core.policy.panel import panel_rules

UNDECLARED = "请先声明与这家单位有没有利害关系，再看材料和评分。"


def form_panel(viewer: Viewer, round_id: int, accounts: Sequence[int]) -> None:
    """Name the experts of a round. Who has signed a sheet cannot be taken off. Raises Refused, OutOfScope."""
    round_ = find_round(viewer, round_id)
    for account_id in accounts:
        account = Account.get_or_none(Account.id == account_id)
        if account is None or not viewer_of(account).has("expert", round_.region_id):
            raise Refused("名单里有人不是本地区的评审专家，请重新选择。")
    with transaction():
        # nobody signs, steps back or ends the scoring meanwhile
        locking.lock_cases(case.id for case in Case.select(Case.id).where(Case.round == round_))
        _take_off(round_, accounts)
        for account_id in accounts:
            PanelMember.insert(round=round_, account=account_id).on_conflict(
                conflict_target=[PanelMember.round, PanelMember.account], update={PanelMember.removed_at: None}
            ).execute()
        record(viewer, "panel_formed", {"round": round_.id, "accounts": sorted(accounts)})


def _take_off(round_: EvaluationRound, kept: Sequence[int]) -> None:
    leaving = PanelMember.select().where(
        (PanelMember.round == round_) & PanelMember.removed_at.is_null() & PanelMember.account.not_in(list(kept) or [0])
    )
    for member in leaving:
        if ScoreSheet.select().where((ScoreSheet.member == member) & (ScoreSheet.status == "signed")).exists():
            raise Refused(f"{member.account.display_name} 已签过评分表，不能移出专家组。")
        PanelMember.update(removed_at=clock.now()).where(PanelMember.id == member.id).execute()


def sign_pledge(viewer: Viewer, round_id: int, text: str) -> None:
    """The expert promises confidentiality and to take no fees or gifts; keeps the text that was shown."""
    seat = membership(viewer, round_id)
    with transaction():
        signed = PanelMember.update(pledged_at=clock.now(), pledge_text=text).where(
            (PanelMember.id == seat.id) & PanelMember.pledged_at.is_null()
        )
        if signed.execute():
            record(viewer, "pledge_signed", {"round": round_id, "member": seat.id})


def pledged_seat(viewer: Viewer, round_id: int) -> PanelMember:
    """The expert's seat, once the pledge is signed. Raises OutOfScope, Refused."""
    seat = membership(viewer, round_id)
    if seat.pledged_at is None:
        raise Refused("请先阅读并签署保密和廉洁承诺，再看评审材料。")
    return seat


def expert_case(viewer: Viewer, case_id: int) -> tuple[Case, PanelMember]:
    """The case and the expert's seat: assigned, pledged, not recused. Raises OutOfScope, Refused."""
    case = find_case(viewer, case_id, "expert")
    return case, pledged_seat(viewer, case.round_id)


def seat_of(viewer: Viewer, case: Case) -> PanelMember:
    """The expert's seat, wherever the case stands. Raises OutOfScope, also for who stepped back from this carrier."""
    seat = membership(viewer, case.round_id)
    if Recusal.select().where((Recusal.member == seat) & (Recusal.case == case)).exists():
        raise OutOfScope
    return seat


def declare_no_conflict(viewer: Viewer, case_id: int, token: str) -> Receipt:
    """The expert says that nothing stands between them and this carrier; the sheet opens."""

    def work() -> Receipt:
        locking.lock_cases([case_id])
        case, seat = expert_case(viewer, case_id)
        if not has_declared_no_conflict(seat, case.id):
            NoConflict.create(member=seat, case=case, declared_at=clock.now())
            events.record(case.id, viewer, "no_conflict_declared", {"member": seat.id})
        return {"case": case.id, "message": "已声明无利害关系，可以开始评分。"}

    return once(token, work)


def recuse(viewer: Viewer, case_id: int, reason: str, token: str) -> Receipt:
    """The expert steps back from a carrier, before or after signing: the sheet does not count any more.

    Raises Refused without a reason or once the scoring has ended, OutOfScope.
    """

    def work() -> Receipt:
        locking.lock_cases([case_id])
        case, seat = expert_case(viewer, case_id)
        _recuse(viewer, case, seat, reason)
        return {"case": case.id, "message": "已登记回避。这家单位的材料和评分不再向您显示。"}

    return once(token, work)


def order_recusal(viewer: Viewer, case_id: int, member_id: int, reason: str, token: str) -> Receipt:
    """The bureau orders an expert to step back from a carrier; a signed sheet no longer counts."""

    def work() -> Receipt:
        case, _ = locking.own_case(viewer, case_id, "city_reviewer")
        seat = PanelMember.get_or_none((PanelMember.id == member_id) & (PanelMember.round == case.round_id))
        if seat is None:
            raise OutOfScope
        _recuse(viewer, case, seat, reason)
        return {"case": case.id, "message": f"{seat.account.display_name} 对这家单位回避。"}

    return once(token, work)


def _recuse(viewer: Viewer, case: Case, seat: PanelMember, reason: str) -> None:
    if not reason.strip():
        raise Refused("请写明回避的原因。", {"reason": "请写明回避的原因。"})
    if scoring_has_ended(case):
        raise Refused("这家单位的评分已经结束，不能再登记回避。")
    if Recusal.select().where((Recusal.member == seat) & (Recusal.case == case)).exists():
        raise Refused(f"{seat.account.display_name} 对这家单位已登记回避。")
    Recusal.create(member=seat, case=case, reason=reason, declared_by=viewer.account, declared_at=clock.now())
    NoConflict.delete().where((NoConflict.member == seat) & (NoConflict.case == case)).execute()
    events.record(case.id, viewer, "recused", {"member": seat.id}, reason)


def scoring_has_ended(case: Case) -> bool:
    """Whether the case has left its panel for a later stage (or its workflow has none)."""
    stages = [stage.key for stage in definitions.workflow_of(case).stages]
    panel = next((stage.key for stage in definitions.workflow_of(case).stages if stage.kind == "expert_panel"), None)
    return panel is None or stages.index(case.stage) > stages.index(panel)


def active_members(case: Case) -> list[PanelMember]:
    """Who scores this case: on the panel and not recused from it.

    Once the scoring has ended these are the ones who signed; who joins the panel later scores other cases.
    """
    recused = Recusal.select(Recusal.member).where(Recusal.case == case)
    members = (
        PanelMember.select(PanelMember, Account)
        .join(Account)
        .where(
            (PanelMember.round == case.round_id) & PanelMember.removed_at.is_null() & PanelMember.id.not_in(recused)
        )
        .order_by(PanelMember.id)
    )
    if scoring_has_ended(case):
        signed = ScoreSheet.select(ScoreSheet.member).where((ScoreSheet.case == case) & (ScoreSheet.status == "signed"))
        members = members.where(PanelMember.id.in_(signed))
    return list(members)


def counting_sheets(case: Case) -> list[ScoreSheet]:
    """The signed sheets that count: those of active members."""
    members = [member.id for member in active_members(case)]
    return list(
        ScoreSheet.select()
        .where((ScoreSheet.case == case) & (ScoreSheet.status == "signed") & ScoreSheet.member.in_(members or [0]))
        .order_by(ScoreSheet.member)
    )


def record_opinion(viewer: Viewer, case_id: int, modes: Sequence[str], opinion: str, token: str) -> Receipt:
    """Record the panel's opinion of a case and the modes it worked in, as the policy names them.

    Raises Refused with the places that are missing, OutOfScope.
    """

    def work() -> Receipt:
        locking.lock_cases([case_id])
        case = _panel_case(viewer, case_id)
        known = panel_rules(definitions.policy_of(case)).modes
        faults = {}
        if [mode for mode in modes if mode not in known] or (known and not modes):
            faults["modes"] = "请选择评价方式，至少选一种：" + "、".join(known.values()) + "。"
        if not opinion.strip():
            faults["opinion"] = "请填写专家组意见。"
        if faults:
            raise Refused("".join(faults.values()), faults)
        values: dict[str, Any] = {
            "modes": list(modes), "opinion": opinion, "recorded_by": viewer.account, "recorded_at": clock.now()
        }  # fmt: skip
        PanelOpinion.insert(case=case, **values).on_conflict(
            conflict_target=[PanelOpinion.case], update=values
        ).execute()
        sequence = events.record(case.id, viewer, "panel_opinion", {"modes": list(modes)}, opinion)
        return {"case": case.id, "message": "已记下专家组意见。", "sequence": sequence}

    return once(token, work)


def _panel_case(viewer: Viewer, case_id: int) -> Case:
    """A case before the panel, for an expert who scores it or the bureau's reviewer."""
    case = find_case(viewer, case_id)
    if not may_handle(viewer, case, "city_reviewer"):
        case, seat = expert_case(viewer, case_id)
        if not has_declared_no_conflict(seat, case.id):
            raise Refused(UNDECLARED)
    if case.stage not in ("expert_panel", "determination"):
        raise Refused("这家单位现在不在专家评价环节。")
    return case


def expert_rounds(viewer: Viewer) -> list[PanelMember]:
    """The seats of an expert, newest round first."""
    return list(
        PanelMember.select(PanelMember, EvaluationRound)
        .join(EvaluationRound)
        .where((PanelMember.account == viewer.account) & PanelMember.removed_at.is_null())
        .order_by(EvaluationRound.year.desc())
    )


def expert_cases(viewer: Viewer, round_id: int) -> list[Case]:
    """The cases an expert is to score in a round (recused ones are not among them), by number."""
    pledged_seat(viewer, round_id)
    return list(Case.select().where((Case.round == round_id) & Case.id.in_(assigned_cases(viewer))).order_by(Case.number))

