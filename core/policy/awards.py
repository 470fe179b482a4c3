"""Award money: what a grade earns, what withholds it, and what is still to be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Refused
from core.policy.rules import Rule, read_rule
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class AwardAmount:
    """What one grade of one title earns. ``yuan`` None: the amount has not been set yet."""

    title: str
    grade: str
    yuan: int | None
    clause: str
    basis: str
    parameter: str = ""


@dataclass(frozen=True)
class AwardTerms:
    """The award rules of a policy. ``for_year`` is the year the money is for: same or previous."""

    amounts: tuple[AwardAmount, ...]
    withheld: tuple[Rule, ...]
    for_year: str = "same"

    @property
    def titles(self) -> list[str]:
        """The titles that can earn an award."""
        return list(dict.fromkeys(amount.title for amount in self.amounts))


@dataclass(frozen=True)
class AwardDecision:
    """``yuan`` is 0 when nothing is due and None when something is due but its amount is not set yet."""

    eligible: bool
    yuan: int | None
    trace: Trace
    missing_parameter: str = ""


def award_terms(policy: PolicyVersion, key: str | None = None) -> AwardTerms:
    """The policy's award rules. Raises NotCovered when it grants no money."""
    data = policy.definition("awards", key)
    return AwardTerms(
        amounts=tuple(_amount(policy, entry) for entry in data["amounts"]),
        withheld=tuple(read_rule(entry) for entry in data.get("withheld", [])),
        for_year=data.get("for_year", "same"),
    )


def award_for(
    terms: AwardTerms, grade: str | None, facts: Mapping[str, object], *, title: str | None = None
) -> AwardDecision:
    """What a title earns with its grade.

    `facts` are those of the determination; a title must be given when the policy has several. Raises Refused
    for a title the policy does not know.
    """
    title = _title(terms, title)
    amount = next((a for a in terms.amounts if a.title == title and a.grade == grade), None)
    against = [rule for rule in terms.withheld if rule.holds(facts)]
    steps = [rule.step(facts, "不给予奖励") for rule in against]
    if amount is None or against:
        if amount is None:
            # The clauses that name the paid grades are also why this grade earns nothing.
            clause = "; ".join(dict.fromkeys(a.clause for a in terms.amounts if a.title == title))
            steps.append(Step("这个档次没有奖励", clause, "text", {"grade": grade}, 0))
        return AwardDecision(False, 0, tuple(steps))
    text = "按档次给予奖励" if amount.yuan is not None else "应给予奖励，但金额还没有录入，先不计发"
    steps.append(Step(text, amount.clause, amount.basis, {"grade": grade, "title": title}, amount.yuan))
    missing = amount.parameter if amount.yuan is None else ""
    return AwardDecision(True, amount.yuan, tuple(steps), missing)


def _title(terms: AwardTerms, title: str | None) -> str:
    if title is None and len(terms.titles) == 1:
        return terms.titles[0]
    if title not in terms.titles:
        raise Refused(f"没有“{title}”这类称号；允许：{'、'.join(terms.titles)}", {str(title or "kind"): "没有这类称号"})
    return title


def _amount(policy: PolicyVersion, entry: Mapping[str, Any]) -> AwardAmount:
    written = entry["yuan"]
    value = policy.resolve(written)
    return AwardAmount(
        entry["title"],
        entry["grade"],
        None if value is None else int(value),
        entry.get("clause", ""),
        entry.get("basis", ""),
        written[1:] if isinstance(written, str) else "",
    )
