"""The try-out beside the consequences: a grade and facts, as the question `determination` decides on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.admin import designer_choices
from core.admin.award_tryout import fact_typed, facts_named
from core.admin.designer_sheets import Sheet, told
from core.cases.authoring_scheme import entries
from core.cases.authoring_words import Choices
from core.policy.award_recall import recall_rule, recalling_vetoes
from core.policy.facts import Fact
from core.policy.questions.asking import ask
from core.policy.version import PolicyVersion
from forms.findings import DefinitionError


@dataclass(frozen=True)
class Asked:
    """What the try-out asks for: the facts that the conditions name, and what somebody may have established."""

    grades: Choices
    facts: tuple[Fact, ...]
    vetoes: Choices


@dataclass(frozen=True)
class Outcome:
    """What follows, with the reasoning. `calling_back`: None where awards are never called back, else what does it."""

    followed: Sequence[Mapping[str, Any]] = ()
    trace: Sequence[Mapping[str, Any]] = ()
    told: tuple[str, ...] = ()
    calling_back: Sequence[str] | None = None
    tried: bool = False


def asked_of(sheet: Sheet) -> Asked:
    """What has to be said to try the draft's rules."""
    vetoes = tuple((str(v.get("key", "")), str(v.get("name", ""))) for v in sheet.entries("vetoes", "vetoes") if not v.get("when"))
    rules = [rule for _, rule in entries(sheet.data, "consequences")]
    return Asked(designer_choices.grades_of(sheet), facts_named(sheet, rules), vetoes)


def try_out(sheet: Sheet, typed: Mapping[str, str]) -> Outcome:
    """What the question `determination` says under this draft and what is in force around it."""
    try:
        policy = PolicyVersion.from_sources(sheet.row.region.key, sheet.row.version, sheet.around)
    except DefinitionError:
        return Outcome(told=("规定里还有问题，先改好才能试算，见页尾。",))
    asked = asked_of(sheet)
    facts = {f.key: fact_typed(f, t) for f in asked.facts if (t := typed.get(f"fact-{f.key}", "").strip())}
    given = {**facts, "vetoes": [typed["proven"]] if typed.get("proven") else []}
    if typed.get("grade"):
        given["grade"] = typed["grade"]
    # who took no part has no grade; the kind of a carrier decides which award is looked at, and none is told here
    answer = ask(policy, "determination", given | _kind(sheet, policy))
    if answer.get("accepted") is False:
        return Outcome(told=tuple(answer["messages"]))
    followed = [rule for _, rule in entries(sheet.data, "consequences") if answer.get(str(rule.get("key")))]
    names = {key: label for key, label, _ in designer_choices.facts_for_formulas(sheet)}
    calling = None if recall_rule(policy) is None else [veto.name for veto in recalling_vetoes(policy, facts)]
    own = {rule.get("name") for _, rule in entries(sheet.data, "consequences")}
    steps = [step for step in answer["trace"] if step["text"] in own]
    return Outcome(followed, told(steps, names, designer_choices.values_in_words(sheet)), calling_back=calling, tried=True)


def _kind(sheet: Sheet, policy: PolicyVersion) -> dict[str, str]:
    """The first title that earns an award, where the region's facts tell kinds apart."""
    titles = [str(one.get("title", "")) for one in sheet.entries("awards", "amounts")]
    declared = [str(one.get("key")) for one in sheet.entries("facts", "facts")]
    return {"kind": titles[0]} if titles and "kind" in declared and policy.has("awards") else {}
