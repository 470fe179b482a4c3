"""What a try-out of award rules tells beside the amounts: what holds each award, and what calls it back once proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.policy.award_claims import FEN, Claim, Standing, standing_of, yuan_of
from core.policy.award_holds import holds_on
from core.policy.award_recall import recall_rule, recalling_vetoes
from core.policy.awards import award_terms
from core.policy.facts import fact_values, read_facts
from core.policy.trace import Step
from core.policy.version import PolicyVersion

STATUS = {"payable": "可以发", "waiting": "等待录入金额", "held": "暂缓", "not_due": "不发"}


@dataclass(frozen=True)
class Outlook:
    """Where the award of one title would stand, and why it is not paid."""

    title: str
    status: str
    reasons: tuple[str, ...]

    @property
    def word(self) -> str:
        """The status as people call it."""
        return STATUS[self.status]


@dataclass(frozen=True)
class Situation:
    """What is given beside the question `awards`: titles without a result yet, what runs, what is proven later."""

    pending: Mapping[str, str]  # title → what people call it
    running: Mapping[str, bool]
    proven: str = ""  # the key of a veto


def outlook(policy: PolicyVersion, given: Mapping[str, Any], at: Situation) -> tuple[list[Outlook], list[Step]]:
    """Where each award stands, and the reasoning about holds and calling back, title by title.

    `given` is what the question `awards` has answered. Raises Refused.
    """
    policy = policy.with_parameters(given["parameters"]) if "parameters" in given else policy
    facts = _facts(policy, given["years"][0]) | dict(at.running)
    claims = _claims(given["years"][0], facts, at)
    terms = award_terms(policy)
    opening = {title: int((yuan_of(yuan) or 0) * FEN) for title, yuan in given["paid_before"].items()}
    found: list[Outlook] = []
    steps: list[Step] = []
    for claim in (one for one in claims if one.grade is not None):
        standing = standing_of(terms, claims, opening, claim.key)
        found.append(_told(claim.title, standing))
        steps += holds_on(terms, claim.facts, claim.title) if standing.eligible else ()
        steps += _recalls(policy, facts, claim, standing, at.proven)
    return found, steps


def _facts(policy: PolicyVersion, entry: Mapping[str, Any]) -> dict[str, Any]:
    declared = read_facts(policy.definition("facts")["facts"]) if policy.has("facts") else {}
    return dict(fact_values(declared, {key: value for key, value in entry.items() if key not in ("year", "grades")}))


def _claims(entry: Mapping[str, Any], facts: Mapping[str, Any], at: Situation) -> list[Claim]:
    year = int(entry["year"])
    final = [
        Claim(title, year, title, title, grade, {**facts, "grade": grade}) for title, grade in entry["grades"].items()
    ]
    return [*final, *(Claim(title, year, title, name, None) for title, name in at.pending.items())]


def _told(title: str, standing: Standing) -> Outlook:
    return Outlook(title, "held" if standing.holds else standing.status, (*standing.reasons, *standing.holds))


def _recalls(
    policy: PolicyVersion, facts: Mapping[str, Any], claim: Claim, standing: Standing, proven: str
) -> Iterable[Step]:
    """What happens to the award once the veto is proven; nothing where none was asked for or nothing was earned."""
    rule = recall_rule(policy)
    if not proven or not standing.eligible:
        return
    if rule is None:
        yield Step("查实以后", "", "", {}, "规定没有写追回")
        return
    vetoes = {veto.key: veto.name for veto in recalling_vetoes(policy, {**facts, "kind": claim.title})}
    inputs = {"veto": vetoes.get(proven, proven), "title": claim.title}
    if proven not in vetoes:
        yield Step("查实以后", "", "", inputs, "不追回")
    elif standing.yuan:
        yield Step(rule.name, rule.clause, rule.basis, inputs, f"已发的追回 {standing.yuan:,} 元；没有发的取消")
    else:
        yield Step(rule.name, rule.clause, rule.basis, inputs, "取消，不再发")
