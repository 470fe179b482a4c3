"""scope: who is evaluated. panel: may these experts score. awards: what the grades earn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Refused
from core.policy.awards import AwardTerms, award_for, award_terms
from core.policy.facts import fact_values, known_keys, read_facts, require_date
from core.policy.grades import ORDER
from core.policy.panel import Expert, may_score, panel_rules
from core.policy.question import Answer, Asked, Question
from core.policy.scope import ScopeDecision, in_scope, require_id, scope_rules
from core.policy.trace import Step, clauses_of
from core.policy.version import PolicyVersion


def _scope(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    rules = scope_rules(policy)
    cutoff = require_date(given, "cutoff")
    facts = {key: value for key, value in given.items() if key not in {"cutoff", "carriers"}}
    if "carriers" not in given:
        one = in_scope(rules, {k: v for k, v in facts.items() if k != "id"}, cutoff)
        return _reasons(one.trace) | {
            "in_scope": one.in_scope,
            "failed": list(one.failed),
            "missing": list(one.missing),
        }
    decided: dict[str, ScopeDecision] = {}
    steps: list[Step] = []
    for position, carrier in enumerate(_tables(given["carriers"], "carriers"), start=1):
        identity = require_id(carrier, position)
        own = {key: value for key, value in carrier.items() if key != "id"}
        decided[identity] = in_scope(rules, {**facts, **own}, cutoff)
        steps.extend(decided[identity].trace)
    return _reasons(steps) | {
        "in_scope": [identity for identity, decision in decided.items() if decision.in_scope],
        "out_of_scope": {i: list(decision.failed) for i, decision in decided.items() if not decision.in_scope},
    }


def _panel(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    known_keys(given, ("experts",))
    rules = panel_rules(policy)
    experts = []
    for position, entry in enumerate(_tables(given.get("experts"), "experts"), start=1):
        known_keys(entry, ("id", "recused"))
        identity, recused = entry.get("id"), entry.get("recused", False)
        if not isinstance(identity, (str, int)) or isinstance(identity, bool) or not str(identity):
            raise Refused(f"第 {position} 位专家没有写 id。", {"experts": "缺少 id"})
        if not isinstance(recused, bool):
            raise Refused(f"第 {position} 位专家是否回避要写 true 或 false。", {"recused": "true 或 false"})
        experts.append(Expert(str(identity), recused))
    decision = may_score(rules, experts)
    return _reasons(decision.trace) | {
        "may_score": decision.may_score,
        "minimum": rules.minimum,
        "counted": len(decision.scoring),
        "scoring": list(decision.scoring),
        "recused": list(decision.recused),
    }


_YEAR = ("year", "grades")


def _awards(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    terms = award_terms(policy)
    years = _tables(given.get("years"), "years")
    common = {key: value for key, value in given.items() if key not in {"years", "paid_before"}}
    paid_before = given.get("paid_before", {})
    cumulative: dict[str, int | None] = {title: _paid(paid_before, title) for title in terms.titles}
    known_keys(paid_before, terms.titles)
    payments: list[Answer] = []
    steps: list[Step] = []
    eligible = False
    for entry in sorted(years, key=_year):
        facts = {**common, **{key: value for key, value in entry.items() if key not in _YEAR}}
        for title, grade in _grades(terms, entry).items():
            award = award_for(terms, grade, _award_facts(policy, facts), title=title)
            eligible = eligible or award.eligible
            steps.extend(award.trace)
            payments.append(
                {
                    "year": _year(entry),
                    "for_year": _year(entry) - (terms.for_year == "previous"),
                    "yuan": award.yuan,
                    "title": title,
                    "missing_parameter": award.missing_parameter,
                }
            )
            cumulative[title] = _sum(cumulative[title], award.yuan)
    total: int | None = 0
    for payment in payments:
        total = _sum(total, payment["yuan"])
    return _reasons(steps) | {
        "payments": payments,
        "total_yuan": total,
        "cumulative_yuan": cumulative,
        "award_eligible": eligible,
    }


def _sum(left: int | None, right: int | None) -> int | None:
    """The sum, None as soon as one amount is not set."""
    return None if left is None or right is None else left + right


def _award_facts(policy: PolicyVersion, given: Mapping[str, object]) -> Mapping[str, object]:
    declared = read_facts(policy.definition("facts")["facts"]) if policy.has("facts") else {}
    return fact_values(declared, given)


def _grades(terms: AwardTerms, entry: Mapping[str, Any]) -> dict[str, str]:
    grades = entry.get("grades")
    if not isinstance(grades, dict) or not grades:
        raise Refused("每一年要写各称号的档次（grades）。", {"grades": "缺少档次"})
    known_keys(grades, terms.titles)
    wrong = {str(title): f"没有“{grade}”这个档次" for title, grade in grades.items() if grade not in ORDER}
    if wrong:
        raise Refused("；".join(wrong.values()) + f"；允许：{'、'.join(ORDER)}。", wrong)
    return grades


def _year(entry: Mapping[str, Any]) -> int:
    year = entry.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or not 1949 <= year <= 9998:
        raise Refused(f"年份“{year}”不对，要写成四位数字。", {"year": "年份不对"})
    return year


def _paid(paid_before: object, title: str) -> int:
    if not isinstance(paid_before, dict):
        raise Refused("已经领取的奖励要写成一组键和值。", {"paid_before": "要写成一组键和值"})
    paid = paid_before.get(title, 0)
    if not isinstance(paid, int) or isinstance(paid, bool) or paid < 0:
        raise Refused(f"“{title}”已领取的金额要写成不小于 0 的整元数。", {title: "金额不对"})
    return paid


def _tables(value: object, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(f"“{name}”要写成一列，每一项是一组键和值。", {name: "要写成一列"})
    return value


def _reasons(steps: Any) -> Answer:
    return {"trace": [step.as_data() for step in steps], "clauses": clauses_of(steps)}


BUILT_IN = (
    Question("scope", "评价范围", _scope),
    Question("panel", "专家组", _panel),
    Question("awards", "奖励", _awards),
)
