"""The yearly plan of a round: what the policy asks it to fix, and putting the deadline off later."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, url_for

from core import clock
from core.cases import clocks, definitions
from core.cases import rounds as verbs
from core.cases.action import Receipt
from core.models import Account, EvaluationRound, PanelMember
from core.policy.plan import PlanItem, plan_items
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_round, pages, version


@pages.get("/rounds/<int:round_id>/plan")
@open_to(ROLE)
def plan(round_id: int) -> Page:
    """The plan: a form before the round opens, a plain page afterwards."""
    return _draw(my_round(round_id))


def items_of(round_: EvaluationRound) -> list[PlanItem]:
    """What the plan of this round fixes; a deadline that the workflow needs is always among it."""
    policy = definitions.pinned_policy(round_)
    items = plan_items(policy, round_.procedure)
    known = {item.key for item in items}
    workflow = definitions.workflow_in(policy, round_.procedure)
    for field, stage in verbs.deadline_fields(policy, round_.procedure).items():
        if field not in known:
            found = workflow.stage(stage)
            items.append(PlanItem(field, f"{found.name}截止日", "date", True, found.clause, found.basis))
    return items


def _draw(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    return render_template(
        "city/plan.html",
        round=round_,
        items=items_of(round_),
        values=request.form if request.method == "POST" else round_.plan,
        schemes=verbs.schemes(round_.region),
        experts=named_experts(round_),
        missing=verbs.missing_for_opening(round_) if round_.status == "planned" else {},
        deadlines=verbs.deadline_fields(definitions.pinned_policy(round_), round_.procedure),
        refusal=refusal,
    )


def named_experts(round_: EvaluationRound) -> list[str]:
    """The names of the experts on the panel."""
    rows = PanelMember.select(PanelMember, Account).join(Account)
    rows = rows.where((PanelMember.round == round_) & PanelMember.removed_at.is_null()).order_by(PanelMember.id)
    return [row.account.display_name for row in rows]


@pages.post("/rounds/<int:round_id>/plan")
@open_to(ROLE)
def plan_save(round_id: int) -> Page:
    """Keep the plan as typed; what is still open may be filled in later."""
    round_ = my_round(round_id)

    def work() -> Receipt:
        kept = verbs.save_plan(viewer(), round_id, _typed_plan(round_), version())
        missing = verbs.missing_for_opening(kept)
        more = f"还要定下：{'、'.join(missing.values())}。" if missing else "可以开启批次了。"
        return {"message": f"方案已保存。{more}"}

    return carry_out(work, url_for(".plan", round_id=round_id), lambda refusal: _draw(round_, refusal))


def _typed_plan(round_: EvaluationRound) -> dict[str, Any]:
    """The plan with what this form carries; empty answers are left out."""
    plan = dict(round_.plan)
    for item in items_of(round_):
        text = request.form.get(item.key, "").strip()
        if item.type != "experts":
            plan.pop(item.key, None)
            if text:
                plan[item.key] = text
    return plan


@pages.get("/rounds/<int:round_id>/extend")
@open_to(ROLE)
def extend(round_id: int) -> Page:
    """The form for putting a deadline off."""
    return _draw_extension(my_round(round_id))


def _draw_extension(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    fields = verbs.deadline_fields(definitions.pinned_policy(round_), round_.procedure)
    today = clock.today()
    left = {
        key: clocks.days_left(round_.region_id, date.fromisoformat(round_.plan[key]), today)
        for key in fields
        if round_.plan.get(key)
    }
    named = [item for item in items_of(round_) if item.key in fields]
    return render_template("city/extend.html", round=round_, items=named, left=left, refusal=refusal)


@pages.post("/rounds/<int:round_id>/extend")
@open_to(ROLE)
def extend_save(round_id: int) -> Page:
    """Put the deadline off for every case that is still being filled."""
    round_ = my_round(round_id)

    def work() -> Receipt:
        fields = verbs.deadline_fields(definitions.pinned_policy(round_), round_.procedure)
        later = {key: request.form[key].strip() for key in fields if request.form.get(key, "").strip()}
        verbs.save_plan(viewer(), round_id, {**round_.plan, **later}, version(), request.form.get("reason", ""))
        return {"message": "截止日已延后，没有提交的单位按新的日期填报。"}

    then = url_for(".board", round_id=round_id)
    return carry_out(work, then, lambda refusal: _draw_extension(round_, refusal))
