"""awards: what the grades of one organisation earn over the years, title by title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Refused
from core.policy.award_claims import yuan_of
from core.policy.award_years import AwardYear, Yuan, pay_years
from core.policy.awards import AwardTerms, award_terms
from core.policy.facts import Fact, FactValue, fact_values, known_keys, read_facts
from core.policy.grades import named_grades
from core.policy.numbers import whole
from core.policy.question import Answer, Asked, Question
from core.policy.questions.reading import reasons, table, tables
from core.policy.version import PolicyVersion

_YEAR = ("year", "grades", "facts_of", "received")


def _awards(asked: Asked) -> Answer:
    policy, given = asked.policy, asked.given
    terms = award_terms(policy)
    common = {key: value for key, value in given.items() if key not in {"years", "paid_before"}}
    years = [_read_year(policy, terms, entry, common) for entry in tables(given.get("years"), "years")]
    twice = {str(year.year): "写了两次" for year in years if [y.year for y in years].count(year.year) > 1}
    if twice:
        raise Refused(f"{'、'.join(twice)} 年写了两次；同一年的各称号写在一起。", twice)
    paid = pay_years(terms, years, _paid_before(terms, given.get("paid_before", {})))
    return {
        "payments": [
            {
                "year": payment.year,
                "for_year": payment.for_year,
                "yuan": payment.yuan,
                "title": payment.title,
                "missing_parameter": payment.missing_parameter,
            }
            for payment in paid.payments
        ],
        "total_yuan": paid.total,
        "cumulative_yuan": paid.cumulative,
        "award_eligible": paid.eligible,
        **reasons(paid.trace),
    }


def _read_year(
    policy: PolicyVersion, terms: AwardTerms, entry: Mapping[str, Any], common: Mapping[str, Any]
) -> AwardYear:
    facts = {**common, **{key: value for key, value in entry.items() if key not in _YEAR}}
    declared = read_facts(policy.definition("facts")["facts"]) if policy.has("facts") else {}
    grades = _grades(policy, terms, entry)
    own = table(entry.get("facts_of", {}), "facts_of")  # the facts of one title alone, such as its level
    known_keys(own, list(grades))
    stated = {title: _own_facts(declared, table(said, title)) for title, said in own.items()}
    received = yuan_of(entry.get("received", 0))
    if received is None:
        raise Refused("这一年已领取的金额（received）要写成不小于 0 的元数，最多到分。", {"received": "金额不对"})
    return AwardYear(_year(entry), grades, fact_values(declared, facts), own_facts=stated, received=received)


def _own_facts(declared: Mapping[str, Fact], said: Mapping[str, Any]) -> dict[str, FactValue]:
    """What is said of one title alone; defaults come once, with the facts of the year."""
    return {key: value for key, value in fact_values(declared, said).items() if key in said}


def _grades(policy: PolicyVersion, terms: AwardTerms, entry: Mapping[str, Any]) -> dict[str, str]:
    grades = entry.get("grades")
    if not isinstance(grades, dict) or not grades:
        raise Refused("每一年要写各称号的档次（grades）。", {"grades": "缺少档次"})
    known_keys(grades, terms.titles)
    named = named_grades(policy)
    wrong = {str(title): f"没有“{grade}”这个档次" for title, grade in grades.items() if grade not in named}
    if wrong:
        raise Refused("；".join(wrong.values()) + f"；允许：{'、'.join(named)}。", wrong)
    return grades


def _year(entry: Mapping[str, Any]) -> int:
    year = whole(entry.get("year"))
    if year is None or not 1949 <= year <= 9998:
        raise Refused(f"年份“{entry.get('year', '')}”不对，要写成四位数字。", {"year": "年份不对"})
    return year


def _paid_before(terms: AwardTerms, given: object) -> dict[str, Yuan]:
    paid = table(given, "paid_before")
    known_keys(paid, terms.titles)
    read = {title: yuan_of(yuan) for title, yuan in paid.items()}
    wrong = {
        title: f"“{title}”已领取的金额要写成不小于 0 的元数，最多到分" for title, yuan in read.items() if yuan is None
    }
    if wrong:
        raise Refused("；".join(wrong.values()) + "。", wrong)
    return {title: yuan for title, yuan in read.items() if yuan is not None}


BUILT_IN = (Question("awards", "奖励", _awards),)
