"""The expert panel of a round: forming it, the pledge, declarations and recusals, who scores and whose sheets count.

An expert sees nothing before signing the pledge, and nothing of a carrier before saying that no conflict stands
between them; who steps back from a carrier never sees anything of it. The policy says who runs a panel: the city's
reviewer, or a third party that the city commissioned; where it is a third party, the city looks on.
"""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.cases import definitions, events, locking, statements
from core.cases.action import Receipt, once, transaction
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused, Stale
from core.models import Account, Case, CaseEvent, EvaluationRound, NoConflict, PanelMember, Recusal, ScoreSheet
from core.people.scope import (
    Viewer,
    find_case,
    has_declared_no_conflict,
    may_handle,
    membership,
    viewer_of,
)
from core.policy.panel import CITY, PanelRules, rules_or_none_written

UNDECLARED = "请先声明与这家单位有没有利害关系，再看材料和评价。"
COMMISSIONED = "专家评价委托第三方机构组织，这一步由第三方机构办理。"


def rules_of(of: EvaluationRound | Case) -> PanelRules:
    """How the panel of a round (or of a case in it) works; a policy without rules asks for one expert."""
    policy = definitions.policy_of(of) if isinstance(of, Case) else definitions.pinned_policy(of)
    return rules_or_none_written(policy)


def run_round(viewer: Viewer, round_id: int) -> EvaluationRound:
    """A round whose panel this person runs. Raises OutOfScope, Refused for the city where a third party runs it."""
    round_ = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
    if round_ is None:
        raise OutOfScope
    city = viewer.has(CITY, round_.region_id)
    role = rules_of(round_).run_by if city or viewer.has("third_party", round_.region_id) else CITY
    if viewer.has(role, round_.region_id):
        return round_
    raise Refused(COMMISSIONED) if city else OutOfScope


def run_case(viewer: Viewer, case_id: int, version: int | None = None) -> tuple[Case, statements.CaseRow]:
    """A case, held, whose panel this person runs. Raises OutOfScope, Stale, Refused as `run_round`."""
    case = find_case(viewer, case_id)
    role = rules_of(case).run_by
    if may_handle(viewer, case, role):
        return locking.own_case(viewer, case_id, role, version)
    raise Refused(COMMISSIONED) if may_handle(viewer, case, CITY) else OutOfScope


def seen_seats(round_: EvaluationRound) -> str:
    """The panel as a form was drawn with it, for `form_panel` to tell whether others changed it since."""
    rows = PanelMember.select(PanelMember.account).where(
        (PanelMember.round == round_) & PanelMember.removed_at.is_null()
    )
    return ",".join(str(account) for account in sorted(row.account_id for row in rows))


def form_panel(viewer: Viewer, round_id: int, accounts: Sequence[int], seen: str | None = None) -> None:
    """Name the experts of a round. Who has signed a sheet cannot be taken off.

    `seen` are the seats that the form was drawn with (`seen_seats`). Raises Refused, OutOfScope, Stale.
    """
    round_ = run_round(viewer, round_id)
    for account_id in accounts:
        account = Account.get_or_none(Account.id == account_id)
        if account is None or not viewer_of(account).has("expert", round_.region_id):
            raise Refused("名单里有人不是本地区的评审专家，请重新选择。")
    with transaction():
        locking.lock_round(round_.id)
        if seen is not None and seen != seen_seats(round_):
            raise Stale("专家组名单刚由别人改过，请刷新后再看。")
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
            raise Refused(f"{member.account.display_name} 已签过评价表，不能移出专家组。")
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
        return {"case": case.id, "message": "已声明无利害关系，可以开始评价。"}

    return once(token, work)


def recuse(viewer: Viewer, case_id: int, reason: str, token: str) -> Receipt:
    """The expert steps back from a carrier, before or after signing: the sheet does not count any more.

    Raises Refused without a reason or once the scoring has ended, OutOfScope.
    """

    def work() -> Receipt:
        locking.lock_cases([case_id])
        case, seat = expert_case(viewer, case_id)
        _recuse(viewer, case, seat, reason)
        return {"case": case.id, "message": "已登记回避。这家单位的材料和评价不再向您显示。"}

    return once(token, work)


def order_recusal(viewer: Viewer, case_id: int, member_id: int, reason: str, token: str) -> Receipt:
    """Who runs the panel has an expert step back from a carrier; a signed sheet no longer counts."""

    def work() -> Receipt:
        case, _ = run_case(viewer, case_id)
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
        raise Refused("这家单位的评价已经结束，不能再登记回避。")
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


def urge_experts(viewer: Viewer, case_id: int, token: str) -> Receipt:
    """Ask the experts who have not signed a case's sheet yet to do so; once a day. Raises Refused, OutOfScope."""

    def work() -> Receipt:
        case, row = run_case(viewer, case_id)
        late = unsigned_members(case)
        if case.stage != "expert_panel" or not late:
            raise Refused("没有需要催办的专家：都已经签字。")
        if not may_urge_experts(case):
            raise Refused("今天已经催过，明天再催。")
        sequence = events.append(row, viewer, "experts_urged", {"members": [seat.id for seat in late]})
        statements.append_outbox("experts_urged", {"case": case.id, "sequence": sequence})
        return {"case": case.id, "message": f"已催办 {len(late)} 位专家，他们会收到消息。"}

    return once(token, work)


def unsigned_members(case: Case) -> list[PanelMember]:
    """The experts whose sheet of a case is still to be signed."""
    signed = {sheet.member_id for sheet in counting_sheets(case)}
    return [seat for seat in active_members(case) if seat.id not in signed]


def may_urge_experts(case: Case) -> bool:
    """Whether nobody has urged this case's experts today."""
    today = (CaseEvent.case == case) & (CaseEvent.kind == "experts_urged") & (CaseEvent.policy_date == clock.today())
    return not CaseEvent.select().where(today).exists()


def expert_rounds(viewer: Viewer) -> list[PanelMember]:
    """The seats of an expert, newest round first."""
    return list(
        PanelMember.select(PanelMember, EvaluationRound)
        .join(EvaluationRound)
        .where((PanelMember.account == viewer.account) & PanelMember.removed_at.is_null())
        .order_by(EvaluationRound.year.desc())
    )
