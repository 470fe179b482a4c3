"""Whether a panel of experts may score a carrier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.policy.trace import Step, Trace
from core.policy.version import PolicyVersion


@dataclass(frozen=True)
class Expert:
    """An expert as far as one carrier is concerned; recused experts may still score others."""

    id: str
    recused: bool = False


@dataclass(frozen=True)
class PanelRules:
    """The smallest number of experts who are not recused; ``modes`` are the ways a panel works, key → name."""

    minimum: int
    clause: str
    basis: str
    pledge: str = ""
    modes: Mapping[str, str] = field(default_factory=dict)


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
    modes = {mode["key"]: mode["name"] for mode in data.get("modes", [])}
    return PanelRules(
        int(policy.resolve(data["minimum"])), data.get("clause", ""), data.get("basis", ""), pledge, modes
    )


def may_score(rules: PanelRules, experts: Sequence[Expert]) -> PanelDecision:
    """A person counts once; one who is recused anywhere in the list does not count."""
    recused = {expert.id for expert in experts if expert.recused}
    scoring = [e for e in dict.fromkeys(expert.id for expert in experts) if e not in recused]
    enough = len(scoring) >= rules.minimum
    step = Step(
        f"专家组至少 {rules.minimum} 人，回避的不计入",
        rules.clause,
        rules.basis,
        {"experts": [expert.id for expert in experts], "recused": sorted(recused)},
        enough,
    )
    return PanelDecision(enough, tuple(scoring), tuple(sorted(recused)), (step,))
