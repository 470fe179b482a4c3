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
class AwardCap:
    """The most one title may receive over the years. ``remainder``: an award that passes the cap pays what is left.

    Without a ``title`` it is the most an organisation may receive for one year, all its titles together.
    ``yuan`` None: the cap has not been set yet; then ``parameter`` names the value that is missing.
    ``remainder_basis`` is the basis of paying what is left, or not.
    """

    title: str
    yuan: int | None
    remainder: bool
    clause: str
    basis: str
    parameter: str = ""
    remainder_basis: str = ""


@dataclass(frozen=True)
class HighestAwardOnly:
    """就高不重复: of an organisation's titles only the highest award of a year is paid.

    ``compare`` is payable (what the caps leave) or nominal; ``tie`` is most_room_left or first_listed. Each has a
    basis of its own: that one is paid is the text's, which one often is not.
    """

    compare: str
    tie: str
    clause: str
    basis: str
    compare_basis: str = ""
    tie_basis: str = ""


@dataclass(frozen=True)
class AwardPurpose:
    """What award money may be used for."""

    key: str
    name: str
    clause: str
    basis: str


@dataclass(frozen=True)
class AwardTerms:
    """The award rules of a policy. ``for_year`` is the year the money is for: same or previous.

    ``for_year_from`` are the clause and the basis of that.
    """

    amounts: tuple[AwardAmount, ...]
    withheld: tuple[Rule, ...]
    for_year: str = "same"
    caps: tuple[AwardCap, ...] = ()
    highest_only: HighestAwardOnly | None = None
    purposes: tuple[AwardPurpose, ...] = ()
    yearly_cap: AwardCap | None = None
    holds: tuple[Rule, ...] = ()
    for_year_from: tuple[str, str] = ("", "")

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
        for_year=policy.resolve(data.get("for_year", "same")),
        caps=tuple(_cap(policy, entry) for entry in data.get("caps", [])),
        highest_only=_highest_only(policy, data.get("highest_only")),
        purposes=tuple(
            AwardPurpose(entry["key"], entry["name"], entry.get("clause", ""), entry.get("basis", ""))
            for entry in data.get("purposes", [])
        ),
        yearly_cap=_cap(policy, data["yearly_cap"]) if "yearly_cap" in data else None,
        holds=tuple(read_rule(entry) for entry in data.get("holds", [])),
        for_year_from=policy.rests_on(data.get("for_year", "same"), data.get("clause", ""), "text"),
    )


def award_for(
    terms: AwardTerms, grade: str | None, facts: Mapping[str, object], *, title: str | None = None
) -> AwardDecision:
    """What a title earns with its grade.

    `facts` are those of the determination. Without a title the answer is given where it is the same for all
    titles. Raises Refused for a title the policy does not know, and when the title decides and is not given.
    """
    if title is None:
        return _for_any_title(terms, grade, facts)
    if title not in terms.titles:
        raise Refused(f"没有“{title}”这类称号；允许：{'、'.join(terms.titles)}", {title: "没有这类称号"})
    facts = {**facts, "title": title}
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


def _for_any_title(terms: AwardTerms, grade: str | None, facts: Mapping[str, object]) -> AwardDecision:
    decisions = [award_for(terms, grade, facts, title=title) for title in terms.titles]
    if len({(decision.eligible, decision.yuan) for decision in decisions}) > 1:
        allowed = "、".join(terms.titles)
        raise Refused(f"各类称号的奖励不同，要写明是哪一类（kind）；允许：{allowed}。", {"kind": "要写明是哪一类"})
    return decisions[0]


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


def _cap(policy: PolicyVersion, entry: Mapping[str, Any]) -> AwardCap:
    written = entry["yuan"]
    value = policy.resolve(written)
    return AwardCap(
        entry.get("title", ""),
        None if value is None else int(value),
        bool(policy.resolve(entry.get("remainder", True))),
        entry.get("clause", ""),
        entry.get("basis", ""),
        written[1:] if isinstance(written, str) else "",
        policy.rests_on(entry.get("remainder"), "", entry.get("basis", ""))[1],
    )


def _highest_only(policy: PolicyVersion, entry: Mapping[str, Any] | None) -> HighestAwardOnly | None:
    if entry is None:
        return None
    basis = entry.get("basis", "")
    return HighestAwardOnly(
        policy.resolve(entry["compare"]),
        policy.resolve(entry["tie"]),
        entry.get("clause", ""),
        basis,
        policy.rests_on(entry["compare"], "", basis)[1],
        policy.rests_on(entry["tie"], "", basis)[1],
    )
