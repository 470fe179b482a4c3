"""The try-out beside the award table: the question `awards`, asked of the draft as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.admin import designer_choices
from core.admin.designer_sheets import Sheet, told
from core.cases.authoring_scheme import entries
from core.cases.authoring_words import Choices
from core.policy.facts import Fact, read_facts
from core.policy.questions.asking import ask
from core.policy.version import PolicyVersion
from forms.findings import DefinitionError
from forms.formula import FormulaError, compile_formula


@dataclass(frozen=True)
class Asked:
    """What the try-out asks for: titles, the facts that withhold, and the amounts that nobody has entered yet."""

    titles: Choices
    facts: tuple[Fact, ...]
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Trial:
    """What the rules answer; `told` are the words of a refusal, `waiting` the names of values not entered yet."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def asked_of(sheet: Sheet) -> Asked:
    """What has to be said to try the draft's rules."""
    declared = read_facts(sheet.entries("facts", "facts"))
    names: set[str] = set()
    for _, rule in entries(sheet.data, "withheld"):
        try:
            names |= compile_formula(str(rule.get("when", "true"))).names
        except FormulaError:
            continue
    # the grade decides whether somebody is vetoed; a try-out is told so as a fact of its own
    facts = tuple(fact for key, fact in declared.items() if key in names)
    written = str(sheet.data)
    open_ = tuple(
        (str(one["key"]), str(one.get("name", one["key"])))
        for one in sheet.entries("parameters", "parameters")
        if "value" not in one and f"'${one.get('key')}'" in written
    )
    return Asked(designer_choices.own_titles(sheet), facts, open_)


def try_out(sheet: Sheet, typed: Mapping[str, str]) -> Trial:
    """The answer of `kaoping policy ask awards` under this draft and what is in force around it."""
    row = sheet.row
    try:
        policy = PolicyVersion.from_sources(row.region.key, row.version, sheet.around)
    except DefinitionError:
        return Trial(told=("规定里还有问题，先改好才能试算，见页尾。",))
    answer = ask(policy, "awards", given_of(sheet, typed))
    if answer.get("accepted") is False:
        return Trial(told=tuple(answer["messages"]))
    names = dict(asked_of(sheet).parameters)
    missing = dict.fromkeys(p["missing_parameter"] for p in answer["payments"] if p["missing_parameter"])
    answer["trace"] = told(answer["trace"], _names(sheet), dict(designer_choices.own_titles(sheet)))
    return Trial(answer, waiting=tuple(names.get(key, key) for key in missing))


def _names(sheet: Sheet) -> dict[str, str]:
    """What the inputs of an award's reasoning are called."""
    facts = {key: label for key, label, _ in designer_choices.facts_for_formulas(sheet)}
    return {**facts, **dict(designer_choices.own_titles(sheet)), "cap": "上限", "paid": "已领", "due": "应发", "left": "剩余额度"}


def given_of(sheet: Sheet, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as the question takes it: `grade-<n>`, `before-<n>`, `fact-<key>`, `parameter-<key>`, `year`."""
    asked = asked_of(sheet)
    grades = {title: grade for n, (title, _) in enumerate(asked.titles) if (grade := typed.get(f"grade-{n}", ""))}
    before = {title: _plain(t) for n, (title, _) in enumerate(asked.titles) if (t := typed.get(f"before-{n}", "").strip())}
    facts = {fact.key: _fact(fact, t) for fact in asked.facts if (t := typed.get(f"fact-{fact.key}", "").strip())}
    parameters = {key: _plain(t) for key, _ in asked.parameters if (t := typed.get(f"parameter-{key}", "").strip())}
    year = typed.get("year", "").strip()
    entry = {"year": int(year) if year.isascii() and year.isdigit() else clock.today().year, "grades": grades, **facts}
    return {"years": [entry], "paid_before": before, **({"parameters": parameters} if parameters else {})}


def _plain(text: str) -> str:
    return text.strip().replace(",", "").replace("，", "")


def _fact(fact: Fact, text: str) -> object:
    return {"true": True, "false": False}.get(text, text) if fact.type == "yes_no" else text
