"""The panel of a round: naming it, and per case who may score, who has signed, the opinion, the end of scoring."""

from __future__ import annotations

from flask import render_template, request, url_for

from core.cases import definitions, determining, panels, scoring
from core.cases.action import Receipt
from core.errors import OutOfScope
from core.models import Case, EvaluationRound, PanelMember, PanelOpinion, ScoreSheet
from core.people.scope import find_case
from core.policy.panel import PanelRules, panel_rules
from core.web.access import open_to, viewer
from core.web.city import seats
from core.web.city.blueprint import (
    NOTHING,
    ROLE,
    Page,
    Refusal,
    carry_out,
    my_case,
    my_round,
    number,
    pages,
    token,
    version,
)


def rules_of(round_: EvaluationRound) -> PanelRules:
    """How panels work under this round's policy; a policy without rules asks for one expert."""
    policy = definitions.pinned_policy(round_)
    return panel_rules(policy) if policy.has("panel") else PanelRules(1, "", "")


@pages.get("/rounds/<int:round_id>/panel")
@open_to(ROLE)
def panel(round_id: int) -> Page:
    """The experts, and how far each case before them is."""
    return _draw(my_round(round_id))


def _draw(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    named = seats.members(round_)
    chosen = {seat.account_id for seat in named}
    if request.method == "POST":
        chosen = {int(text) for text in request.form.getlist("expert") if text.isdigit()}
    return render_template(
        "city/panel.html",
        round=round_,
        rules=rules_of(round_),
        experts=seats.experts(round_),
        members=named,
        signers=seats.signers(round_),
        chosen=chosen,
        cases=seats.panel_cases(round_),
        refusal=refusal,
    )


@pages.post("/rounds/<int:round_id>/panel")
@open_to(ROLE)
def panel_save(round_id: int) -> Page:
    """Name the experts."""
    round_ = my_round(round_id)
    chosen = [number(text) for text in request.form.getlist("expert")]

    def work() -> Receipt:
        panels.form_panel(viewer(), round_id, chosen)
        short = rules_of(round_).minimum - len(chosen)
        more = f"按办法至少 {rules_of(round_).minimum} 位，还差 {short} 位。" if short > 0 else ""
        return {"message": f"专家组已确定，共 {len(chosen)} 位。{more}"}

    return carry_out(work, url_for(".panel", round_id=round_id), lambda refusal: _draw(round_, refusal))


@pages.get("/cases/<int:case_id>/panel")
@open_to(ROLE)
def case_panel(case_id: int) -> Page:
    """One case before the panel; no score is shown before all are in."""
    return _draw_case(my_case(case_id))


def _draw_case(case: Case, refusal: Refusal = NOTHING) -> str:
    round_ = definitions.round_of(case)
    rules = rules_of(round_)
    state = scoring.panel_state(case, rules.minimum)
    return render_template(
        "city/case_panel.html",
        case=case,
        round=round_,
        rules=rules,
        rows=seats.case_seats(case),
        panel_signed=len(state.signed),
        complete=state.complete,
        opinion=PanelOpinion.get_or_none(PanelOpinion.case == case),
        before_panel=case.stage == "expert_panel",
        refusal=refusal,
    )


@pages.post("/cases/<int:case_id>/panel/opinion")
@open_to(ROLE)
def panel_opinion(case_id: int) -> Page:
    """Record the panel's opinion and its ways of working."""
    case = my_case(case_id)
    modes, text = request.form.getlist("modes"), request.form.get("opinion", "")
    return carry_out(
        lambda: panels.record_opinion(viewer(), case_id, modes, text, token()),
        url_for(".case_panel", case_id=case_id),
        lambda refusal: _draw_case(case, refusal),
    )


@pages.get("/cases/<int:case_id>/panel/recuse/<int:member_id>")
@open_to(ROLE)
def recusal(case_id: int, member_id: int) -> Page:
    """Ask for the reason before an expert is told to step back from a carrier."""
    case = my_case(case_id)
    return _draw_recusal(case, _seat(case, member_id))


def _seat(case: Case, member_id: int) -> PanelMember:
    seat = PanelMember.get_or_none((PanelMember.id == member_id) & (PanelMember.round == case.round_id))
    if seat is None:
        raise OutOfScope
    return seat


def _draw_recusal(case: Case, seat: PanelMember, refusal: Refusal = NOTHING) -> str:
    return render_template(
        "city/reason.html",
        title=f"让{seat.account.display_name}对{case.carrier.name}回避",
        text="登记后，这位专家看不到这家单位的任何材料和评分；已签的评分表不再计入，已写的草稿作废。登记后不能撤销。",
        label="回避的原因",
        action="登记回避",
        action_url=url_for(".recusal_order", case_id=case.id, member_id=seat.id),
        back_url=url_for(".case_panel", case_id=case.id),
        version=None,
        danger=True,
        refusal=refusal,
    )


@pages.post("/cases/<int:case_id>/panel/recuse/<int:member_id>")
@open_to(ROLE)
def recusal_order(case_id: int, member_id: int) -> Page:
    """Order the recusal."""
    case = my_case(case_id)
    seat = _seat(case, member_id)
    return carry_out(
        lambda: panels.order_recusal(viewer(), case_id, member_id, request.form.get("reason", ""), token()),
        url_for(".case_panel", case_id=case_id),
        lambda refusal: _draw_recusal(case, seat, refusal),
    )


@pages.get("/sheets/<int:sheet_id>/reopen")
@open_to(ROLE)
def reopening(sheet_id: int) -> Page:
    """Ask for the reason before a signed sheet goes back to its expert."""
    return _draw_reopening(_sheet(sheet_id))


def _sheet(sheet_id: int) -> ScoreSheet:
    sheet = ScoreSheet.get_or_none(ScoreSheet.id == sheet_id)
    if sheet is None:
        raise OutOfScope
    find_case(viewer(), sheet.case_id, ROLE)
    return sheet


def _draw_reopening(sheet: ScoreSheet, refusal: Refusal = NOTHING) -> str:
    return render_template(
        "city/reason.html",
        title=f"把{sheet.case.carrier.name}的评分表退回{sheet.member.account.display_name}",
        text="退回后，专家可以修改并要重新签字；签字以前这家单位的评分不算到齐。",
        label="退回的原因",
        action="退回评分表",
        action_url=url_for(".reopen", sheet_id=sheet.id),
        back_url=url_for(".case_panel", case_id=sheet.case_id),
        version=None,
        danger=False,
        refusal=refusal,
    )


@pages.post("/sheets/<int:sheet_id>/reopen")
@open_to(ROLE)
def reopen(sheet_id: int) -> Page:
    """Give the sheet back."""
    sheet = _sheet(sheet_id)
    return carry_out(
        lambda: scoring.reopen_sheet(viewer(), sheet_id, request.form.get("reason", ""), token()),
        url_for(".case_panel", case_id=sheet.case_id),
        lambda refusal: _draw_reopening(sheet, refusal),
    )


@pages.post("/cases/<int:case_id>/panel/conclude")
@open_to(ROLE)
def conclude(case_id: int) -> Page:
    """End the scoring of a case; its totals become visible in determination."""
    my_case(case_id)
    return carry_out(
        lambda: {
            **determining.conclude_panel(viewer(), case_id, version(), token()),
            "message": "评分已结束，转入结果认定。",
        },
        url_for(".determination", case_id=case_id),
        lambda refusal: _draw_case(my_case(case_id), refusal),
    )
