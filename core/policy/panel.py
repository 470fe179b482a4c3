"""Whether a panel of experts may score a carrier, and the grade it agrees on where the policy draws no lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import Refused
from core.policy.grades import grade_names
from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class Expert:
    """An expert as far as one carrier is concerned; recused experts may still score others."""

    id: str
    recused: bool = False


CITY, THIRD_PARTY = "city_reviewer", "third_party"
"""Who may run a panel."""


@dataclass(frozen=True)
class Aspect:
    """What a policy has experts look at where they give a grade and no points."""

    key: str
    name: str
    clause: str
    basis: str = ""


@dataclass(frozen=True)
class PanelRules:
    """The smallest number of experts who are not recused; ``modes`` are the ways a panel works, key → name.

    ``run_by`` is the role that names the experts, records the panel's opinion and ends its work. ``minimum_from`` is
    the clause and the basis of the number, which often no text states.
    """

    minimum: int
    clause: str
    basis: str
    pledge: str = ""
    modes: Mapping[str, str] = field(default_factory=dict)
    gives: str = "points"
    run_by: str = CITY
    aspects: tuple[Aspect, ...] = ()
    minimum_from: tuple[str, str] = ("", "")

    @property
    def gives_grade(self) -> bool:
        """Whether the panel gives a grade; else points by which the policy's lines grade."""
        return self.gives == "grade"


@dataclass(frozen=True)
class PanelDecision:
    """``scoring`` are the ids of those who may score this carrier, if there are enough of them."""

    may_score: bool
    scoring: tuple[str, ...]
    recused: tuple[str, ...]
    trace: Trace


def panel_rules(policy: PolicyVersion) -> PanelRules:
    """The policy's rules for panels. Raises NotCovered when it has none."""
    data = policy.definition("panel")
    pledge = data.get("pledge", {}).get("text", "")
    clause, basis = data.get("clause", ""), data.get("basis", "")
    return PanelRules(
        int(policy.resolve(data["minimum"])),
        clause,
        basis,
        pledge,
        minimum_from=policy.rests_on(data["minimum"], clause, basis),
        modes={mode["key"]: mode["name"] for mode in data.get("modes", [])},
        gives=data.get("gives", "points"),
        run_by=data.get("run_by", CITY),
        aspects=tuple(Aspect(a["key"], a["name"], a["clause"], a.get("basis", "")) for a in data.get("aspects", [])),
    )


def rules_or_none_written(policy: PolicyVersion) -> PanelRules:
    """The policy's rules for panels; where it has none, one expert is enough and the city convenes."""
    return panel_rules(policy) if policy.has("panel") else PanelRules(1, "", "")


def agreed_grade(policy: PolicyVersion, sheets: Sequence[str], grade: str, reasons: str) -> Trace:
    """The reasoning from the experts' grades to the panel's; nothing is averaged, for no text says how.

    Raises Refused, naming the places, for a grade that the policy does not have, and without reasons where the
    panel's grade is not the one of every sheet.
    """
    names = grade_names(policy)
    faults = {}
    if not sheets:
        faults["sheets"] = "还没有专家评定档次。"
    if unknown := sorted({entry for entry in (*sheets, grade) if entry not in names}):
        faults["grade"] = f"没有“{'、'.join(map(str, unknown))}”这个档次；允许：{'、'.join(names.values())}。"
    elif set(sheets) != {grade} and not reasons.strip():
        faults["reasons"] = "专家组的档次与各位专家签字的档次不完全一致，请写明理由。"
    if faults:
        raise Refused("".join(faults.values()), faults)
    rules = rules_or_none_written(policy)
    inputs: dict[str, object] = {"sheets": [names[entry] for entry in sheets]}
    if reasons.strip():
        inputs["reasons"] = reasons.strip()
    return (Step("专家组商定的档次", rules.clause, rules.basis, inputs, grade),)


def may_score(rules: PanelRules, experts: Sequence[Expert]) -> PanelDecision:
    """A person counts once; one who is recused anywhere in the list does not count."""
    recused = {expert.id for expert in experts if expert.recused}
    scoring = [e for e in dict.fromkeys(expert.id for expert in experts) if e not in recused]
    enough = len(scoring) >= rules.minimum
    step = Step(
        f"专家组至少 {rules.minimum} 人，回避的不计入",
        *rules.minimum_from,
        {"experts": [expert.id for expert in experts], "recused": sorted(recused)},
        enough,
    )
    return PanelDecision(enough, tuple(scoring), tuple(sorted(recused)), (step,))
