"""The list of participants (参评名单): proposed by the policy's scope question, confirmed by the reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from peewee import JOIN

from core import clock
from core.cases import carrier_facts, definitions
from core.cases import rounds as verbs
from core.cases.action import Receipt
from core.errors import Refused
from core.models import Carrier, District, EvaluationRound, Participant
from core.policy.facts import as_date
from core.policy.scope import ScopeDecision, ScopeRules, in_scope, scope_rules
from core.web.access import open_to, viewer
from core.web.city.blueprint import NOTHING, ROLE, Page, Refusal, carry_out, my_round, pages

CUTOFF = "cutoff"
"""The plan's date from which the scope counts back, as the scope question names it."""


WITHOUT_TITLE = {"revoked": "资格已撤销", "exited": "已经退出", "applicant": "还没有资格"}
"""Who holds no title takes no part: title status → why."""


@dataclass(frozen=True)
class Candidate:
    """A carrier with the policy's answer and what the reviewer has made of it so far."""

    carrier: Carrier
    decision: ScopeDecision | None
    problem: str
    included: bool
    reason: str

    @property
    def proposed(self) -> bool:
        """Whether the policy puts the carrier on the list; without a rule of scope everybody is on it."""
        return self.decision.in_scope if self.decision else not self.problem

    @property
    def deviates(self) -> bool:
        """Whether the reviewer decided otherwise than the policy proposes."""
        return self.included != self.proposed


@pages.get("/rounds/<int:round_id>/participants")
@open_to(ROLE)
def participants(round_id: int) -> Page:
    """Every carrier of the kinds that the procedure takes, in or out, and why."""
    return _draw(my_round(round_id))


def _draw(round_: EvaluationRound, refusal: Refusal = NOTHING) -> str:
    rows = candidates(round_)
    return render_template(
        "city/participants.html",
        round=round_,
        rows=rows,
        cutoff=round_.plan.get(CUTOFF, ""),
        has_scope=definitions.pinned_policy(round_).has("scope"),
        confirmed=round_.participants.exists(),
        seen=verbs.seen_list(round_),
        refusal=refusal,
    )


def candidates(round_: EvaluationRound) -> list[Candidate]:
    """The region's carriers of the procedure's kinds with the policy's answer for each."""
    policy = definitions.pinned_policy(round_)
    kinds = list(definitions.procedure_in(policy, round_.procedure).get("carrier_kinds", ()))
    rows = Carrier.select(Carrier, District).join(District, JOIN.LEFT_OUTER).where(Carrier.region == round_.region_id)
    if kinds:
        rows = rows.where(Carrier.kind.in_(kinds))
    kept = {p.carrier_id: p for p in Participant.select().where(Participant.round == round_)}
    rules = scope_rules(policy) if policy.has("scope") else None
    carriers = list(rows.order_by(District.id, Carrier.id))
    cutoff = as_date(round_.plan.get(CUTOFF)) or clock.today()
    known = carrier_facts.facts_of_many(carriers, cutoff, policy, without_round=round_.id)
    return [_candidate(round_, carrier, rules, kept, known[carrier.id]) for carrier in carriers]


def _candidate(
    round_: EvaluationRound,
    carrier: Carrier,
    rules: ScopeRules | None,
    kept: dict[int, Participant],
    known: Mapping[str, Any],
) -> Candidate:
    saved = kept.get(carrier.id)
    took_part = round_.status != "planned" and saved is not None and saved.included
    decision, problem = _answer(round_, carrier, rules, took_part, known)
    proposed = decision.in_scope if decision else not problem
    included = saved.included if saved else proposed
    reason = saved.reason if saved else ""
    if request.method == "POST":
        included = request.form.get(f"in-{carrier.id}") == "1"
        reason = request.form.get(f"why-{carrier.id}", "")
    return Candidate(carrier, decision, problem, included, reason)


def _answer(
    round_: EvaluationRound, carrier: Carrier, rules: ScopeRules | None, took_part: bool, known: Mapping[str, Any]
) -> tuple[ScopeDecision | None, str]:
    """The policy's answer, or why there is none. A title lost through the round itself was held when it opened."""
    if carrier.title_status in WITHOUT_TITLE and not took_part:
        return None, WITHOUT_TITLE[carrier.title_status]
    if rules is None:
        return None, ""
    if not round_.plan.get(CUTOFF):
        return None, "方案里还没有定计算的截止日"
    given = {key: value for key, value in known.items() if key in rules.facts}
    try:
        return in_scope(rules, given, date.fromisoformat(round_.plan[CUTOFF])), ""
    except Refused as refusal:
        return None, str(refusal)


@pages.post("/rounds/<int:round_id>/participants")
@open_to(ROLE)
def participants_save(round_id: int) -> Page:
    """Fix the list. Whoever is put on or off it against the policy's answer needs a reason."""
    round_ = my_round(round_id)

    def work() -> Receipt:
        rows = candidates(round_)
        faults = {
            f"why-{row.carrier.id}": f"{row.carrier.name}：与办法给出的结论不同，请写明理由。"
            for row in rows
            if row.deviates and not row.reason.strip()
        }
        if faults:
            raise Refused("有单位与办法给出的结论不同，请写明理由。", faults)
        choices = {row.carrier.id: (row.included, row.reason.strip()[:200] or _ground(row)) for row in rows}
        verbs.set_participants(viewer(), round_id, choices, request.form.get("seen"))
        return {"message": f"名单已确定，共 {sum(row.included for row in rows)} 家。"}

    return carry_out(work, url_for(".board", round_id=round_id), lambda refusal: _draw(round_, refusal))


def _ground(row: Candidate) -> str:
    if row.problem:
        return row.problem
    failed = [step.text for step in row.decision.trace if step.result is False] if row.decision else []
    return f"不符合：{'、'.join(failed)}"[:200] if failed else ""
