"""scope: who is evaluated. panel: may these experts score."""

from __future__ import annotations

from datetime import date

from core.errors import Refused
from core.policy.facts import known_keys, require_date
from core.policy.panel import Expert, may_score, panel_rules
from core.policy.question import Answer, Asked, Question
from core.policy.questions.reading import reasons, tables
from core.policy.scope import ScopeDecision, in_scope, require_id, scope_rules
from core.policy.trace import Step


def _scope(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    rules = scope_rules(policy)
    # Without a date to count back from, none is asked for; conditions over other facts do not look at it.
    counts_back = any(condition.since for condition in rules.conditions) or "cutoff" in given
    cutoff = require_date(given, "cutoff") if counts_back else date.max
    facts = {key: value for key, value in given.items() if key not in {"cutoff", "carriers"}}
    if "carriers" not in given:
        one = in_scope(rules, {k: v for k, v in facts.items() if k != "id"}, cutoff)
        return reasons(one.trace) | {
            "in_scope": one.in_scope,
            "failed": list(one.failed),
            "missing": list(one.missing),
        }
    decided: dict[str, ScopeDecision] = {}
    steps: list[Step] = []
    for position, carrier in enumerate(tables(given["carriers"], "carriers"), start=1):
        identity = require_id(carrier, position)
        if identity in decided:
            raise Refused(f"载体“{identity}”写了两次。", {"carriers": f"“{identity}”写了两次"})
        own = {key: value for key, value in carrier.items() if key != "id"}
        decided[identity] = in_scope(rules, {**facts, **own}, cutoff)
        steps.extend(decided[identity].trace)
    return reasons(steps) | {
        "in_scope": [identity for identity, decision in decided.items() if decision.in_scope],
        "out_of_scope": {i: list(decision.failed) for i, decision in decided.items() if not decision.in_scope},
    }


def _panel(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    known_keys(given, ("experts",))
    rules = panel_rules(policy)
    experts = []
    for position, entry in enumerate(tables(given.get("experts"), "experts"), start=1):
        known_keys(entry, ("id", "recused"))
        identity, recused = entry.get("id"), entry.get("recused", False)
        if not isinstance(identity, (str, int)) or isinstance(identity, bool) or not str(identity):
            raise Refused(f"第 {position} 位专家没有写 id。", {"experts": "缺少 id"})
        if not isinstance(recused, bool):
            raise Refused(f"第 {position} 位专家是否回避要写 true 或 false。", {"recused": "true 或 false"})
        experts.append(Expert(str(identity), recused))
    decision = may_score(rules, experts)
    return reasons(decision.trace) | {
        "may_score": decision.may_score,
        "minimum": rules.minimum,
        "counted": len(decision.scoring),
        "scoring": list(decision.scoring),
        "recused": list(decision.recused),
    }


BUILT_IN = (
    Question("scope", "评价范围", _scope),
    Question("panel", "专家组", _panel),
)
