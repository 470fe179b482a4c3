"""The pages of who runs a panel: naming it, and per case who may score, the opinion, urging, the end of scoring.

The same pages stand on the city's desk and on a third party's; whoever does not run the panel only looks on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from core.cases import definitions, determining, panel_opinion, panels, scoring
from core.cases.action import Receipt
from core.errors import OutOfScope
from core.models import Case, EvaluationRound, PanelMember, ScoreSheet
from core.people.scope import find_case
from core.policy.grades import grade_names
from core.web.access import open_to, viewer
from core.web.city import seats
from core.web.city.blueprint import NOTHING, Page, Refusal, carry_out, number, token, version
from core.web.shell import use_region


@dataclass(frozen=True)
class PanelDesk:
    """A desk with these pages: its blueprint's name, its role, how it finds a round, and where a concluded case goes."""

    at: str
    role: str
    find_round: Callable[[int], EvaluationRound]
    after: Callable[[int], str]

    def case(self, case_id: int) -> Case:
        """A case in a round that this desk sees. Raises OutOfScope."""
        case = find_case(viewer(), case_id, self.role)
        use_region(case.region)
        return case

    def runs(self, of: EvaluationRound | Case) -> bool:
        """Whether this desk runs the panel; else it looks on."""
        return panels.rules_of(of).run_by == self.role

    def url(self, page: str, **values: Any) -> str:
        """The address of a page of this desk."""
        return url_for(f"{self.at}.{page}", **values)

    def round_page(self, round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
        """The experts, and how far each case before them is."""
        named = seats.members(round_)
        chosen = {seat.account_id for seat in named}
        if request.method == "POST":
            chosen = {int(text) for text in request.form.getlist("expert") if text.isdigit()}
        return render_template(
            "city/panel.html",
            desk=self,
            runs=self.runs(round_),
            round=round_,
            rules=panels.rules_of(round_),
            experts=seats.experts(round_),
            members=named,
            seen=panels.seen_seats(round_),
            signers=seats.signers(round_),
            chosen=chosen,
            cases=seats.panel_cases(round_),
            refusal=refusal,
        )

    def case_page(self, case: Case, refusal: Refusal = NOTHING) -> str:
        """One case before the panel; no score or grade is shown before all are in."""
        rules = panels.rules_of(case)
        state = scoring.panel_state(case, rules.minimum)
        return render_template(
            "city/case_panel.html",
            desk=self,
            runs=self.runs(case),
            case=case,
            round=definitions.round_of(case),
            rules=rules,
            rows=seats.case_seats(case),
            panel_signed=len(state.signed),
            complete=state.complete,
            opinion=panel_opinion.opinion_of(case),
            grades=grade_names(definitions.policy_of(case)) if rules.gives_grade else {},
            sheets=state.signed if state.complete and rules.gives_grade else [],
            may_urge=panels.may_urge_experts(case),
            before_panel=case.stage == "expert_panel",
            refusal=refusal,
        )

    def reason_page(self, refusal: Refusal = NOTHING, **asked: str | bool) -> str:
        """Ask for the reason before something is done."""
        return render_template("city/reason.html", version=None, refusal=refusal, **asked)

    def recusal_page(self, case: Case, seat: PanelMember, refusal: Refusal = NOTHING) -> str:
        """Ask for the reason before an expert is told to step back from a carrier."""
        return self.reason_page(
            refusal,
            title=f"让{seat.account.display_name}对{case.carrier.name}回避",
            text="登记后，这位专家看不到这家单位的任何材料和评价；已签的评价表不再计入，已写的草稿作废。登记后不能撤销。",
            label="回避的原因",
            action="登记回避",
            action_url=self.url("recusal_order", case_id=case.id, member_id=seat.id),
            back_url=self.url("case_panel", case_id=case.id),
            danger=True,
        )

    def reopening_page(self, sheet: ScoreSheet, refusal: Refusal = NOTHING) -> str:
        """Ask for the reason before a signed sheet goes back to its expert."""
        return self.reason_page(
            refusal,
            title=f"把{sheet.case.carrier.name}的评价表退回{sheet.member.account.display_name}",
            text="退回后，专家可以修改并要重新签字；签字以前这家单位的评价不算到齐。",
            label="退回的原因",
            action="退回评价表",
            action_url=self.url("reopen", sheet_id=sheet.id),
            back_url=self.url("case_panel", case_id=sheet.case_id),
            danger=False,
        )

    def sheet(self, sheet_id: int) -> ScoreSheet:
        """A sheet of a case that this desk sees. Raises OutOfScope."""
        sheet = ScoreSheet.get_or_none(ScoreSheet.id == sheet_id)
        if sheet is None:
            raise OutOfScope
        find_case(viewer(), sheet.case_id, self.role)
        return sheet


def _seat(case: Case, member_id: int) -> PanelMember:
    seat = PanelMember.get_or_none((PanelMember.id == member_id) & (PanelMember.round == case.round_id))
    if seat is None:
        raise OutOfScope
    return seat


def add_pages(pages: Blueprint, desk: PanelDesk) -> None:
    """Put all these pages on a desk's blueprint, open to its role."""
    _add_round(pages, desk)
    _add_opinion(pages, desk)
    _add_recusal(pages, desk)
    _add_reopening(pages, desk)


def _add_round(pages: Blueprint, desk: PanelDesk) -> None:
    @pages.get("/rounds/<int:round_id>/panel")
    @open_to(desk.role)
    def panel(round_id: int) -> Page:
        return desk.round_page(desk.find_round(round_id))

    @pages.post("/rounds/<int:round_id>/panel")
    @open_to(desk.role)
    def panel_save(round_id: int) -> Page:
        round_ = desk.find_round(round_id)
        chosen = [number(text) for text in request.form.getlist("expert")]

        def work() -> Receipt:
            panels.form_panel(viewer(), round_id, chosen, request.form.get("seen"))
            minimum = panels.rules_of(round_).minimum
            more = f"按办法至少 {minimum} 位，还差 {minimum - len(chosen)} 位。" if len(chosen) < minimum else ""
            return {"message": f"专家组已确定，共 {len(chosen)} 位。{more}"}

        then = desk.url("panel", round_id=round_id)
        return carry_out(work, then, lambda refusal: desk.round_page(round_, refusal))


def _add_opinion(pages: Blueprint, desk: PanelDesk) -> None:
    def back(case_id: int) -> tuple[str, Callable[[Refusal], str]]:
        return desk.url("case_panel", case_id=case_id), lambda refusal: desk.case_page(desk.case(case_id), refusal)

    @pages.get("/cases/<int:case_id>/panel")
    @open_to(desk.role)
    def case_panel(case_id: int) -> Page:
        return desk.case_page(desk.case(case_id))

    @pages.post("/cases/<int:case_id>/panel/opinion")
    @open_to(desk.role)
    def opinion(case_id: int) -> Page:
        desk.case(case_id)
        given = (request.form.get(key, "") for key in ("opinion", "grade", "reasons"))
        said = panel_opinion.Opinion(request.form.getlist("modes"), *given)
        return carry_out(
            lambda: panel_opinion.record_opinion(viewer(), case_id, said, token(), version()), *back(case_id)
        )

    @pages.post("/cases/<int:case_id>/panel/urge")
    @open_to(desk.role)
    def urge_experts(case_id: int) -> Page:
        desk.case(case_id)
        return carry_out(lambda: panels.urge_experts(viewer(), case_id, token()), *back(case_id))

    @pages.post("/cases/<int:case_id>/panel/conclude")
    @open_to(desk.role)
    def conclude(case_id: int) -> Page:
        case = desk.case(case_id)
        done = {"message": "评价已结束，转入结果认定。"}
        return carry_out(
            lambda: {**determining.conclude_panel(viewer(), case_id, version(), token()), **done},
            desk.after(case.id),
            back(case_id)[1],
        )


def _add_recusal(pages: Blueprint, desk: PanelDesk) -> None:
    @pages.get("/cases/<int:case_id>/panel/recuse/<int:member_id>")
    @open_to(desk.role)
    def recusal(case_id: int, member_id: int) -> Page:
        case = desk.case(case_id)
        return desk.recusal_page(case, _seat(case, member_id))

    @pages.post("/cases/<int:case_id>/panel/recuse/<int:member_id>")
    @open_to(desk.role)
    def recusal_order(case_id: int, member_id: int) -> Page:
        case = desk.case(case_id)
        seat = _seat(case, member_id)
        return carry_out(
            lambda: panels.order_recusal(viewer(), case_id, member_id, request.form.get("reason", ""), token()),
            desk.url("case_panel", case_id=case_id),
            lambda refusal: desk.recusal_page(case, seat, refusal),
        )


def _add_reopening(pages: Blueprint, desk: PanelDesk) -> None:
    @pages.get("/sheets/<int:sheet_id>/reopen")
    @open_to(desk.role)
    def reopening(sheet_id: int) -> Page:
        return desk.reopening_page(desk.sheet(sheet_id))

    @pages.post("/sheets/<int:sheet_id>/reopen")
    @open_to(desk.role)
    def reopen(sheet_id: int) -> Page:
        sheet = desk.sheet(sheet_id)
        return carry_out(
            lambda: scoring.reopen_sheet(viewer(), sheet_id, request.form.get("reason", ""), token()),
            desk.url("case_panel", case_id=sheet.case_id),
            lambda refusal: desk.reopening_page(sheet, refusal),
        )
