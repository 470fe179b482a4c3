"""The try-out beside the award table: the question `awards`, asked of the draft as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.admin import designer_choices
from core.admin.award_outlook import Outlook, Situation, outlook
from core.admin.designer_sheets import Sheet, told
from core.cases.authoring_scheme import entries
from core.cases.authoring_words import Choices
from core.cases.consequence_drafts import consequence_draft
from core.errors import Refused
from core.policy.award_holds import RUNNING
from core.policy.award_recall import RECOVERED
from core.policy.facts import Fact, read_facts
from core.policy.questions.asking import ask
from core.policy.source import parse
from core.policy.trace import plain_data
from core.policy.version import PolicyVersion
from forms.findings import DefinitionError
from forms.formula import FormulaError, compile_formula

PENDING = "pending"
"""Typed as the grade of a title that takes part and has no result yet."""


@dataclass(frozen=True)
class Asked:
    """What the try-out asks for: titles, the facts that withhold or hold, what only a running system knows, what may
    be proven later, and the amounts that nobody has entered yet."""

    titles: Choices
    facts: tuple[Fact, ...]
    running: Choices
    vetoes: Choices
    parameters: Choices


@dataclass(frozen=True)
class Trial:
    """What the rules answer; `told` are the words of a refusal, `waiting` the names of values not entered yet."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    outlooks: Sequence[Outlook] = ()
    told: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def asked_of(sheet: Sheet) -> Asked:
    """What has to be said to try the draft's rules."""
    rules = [rule for of in ("withheld", "holds") for _, rule in entries(sheet.data, of)]
    rules += [rule for rule in consequences_of(sheet) if rule.get("key") == RECOVERED]
    names = _names_in(rules)
    running = tuple((key, word) for key, word in RUNNING.items() if key in names or key == "objection_open")
    vetoes = tuple(
        (str(one.get("key", "")), str(one.get("name", "")))
        for one in sheet.entries("vetoes", "vetoes")
        if not one.get("when")
    )
    written = str(sheet.data)
    open_ = tuple(
        (str(one["key"]), str(one.get("name", one["key"])))
        for one in sheet.entries("parameters", "parameters")
        if "value" not in one and f"'${one.get('key')}'" in written
    )
    return Asked(designer_choices.own_titles(sheet), facts_named(sheet, rules), running, vetoes, open_)


def facts_named(sheet: Sheet, rules: Iterable[Mapping[str, Any]]) -> tuple[Fact, ...]:
    """The declared facts that the conditions of rules look at."""
    # the grade decides whether somebody is vetoed; a try-out is told so as a fact of its own
    names = _names_in(rules)
    return tuple(fact for key, fact in read_facts(sheet.entries("facts", "facts")).items() if key in names)


def _names_in(rules: Iterable[Mapping[str, Any]]) -> set[str]:
    names: set[str] = set()
    for rule in rules:
        try:
            names |= compile_formula(str(rule.get("when", "true"))).names
        except FormulaError:
            continue
    return names


def consequences_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The consequences of a result as they are being changed, or, where nobody changes them, as they are in force."""
    draft = consequence_draft(sheet.row.region)
    if draft is None:
        return sheet.entries("consequences", "consequences")
    try:
        return [one for _, one in entries(parse(draft.text, draft.key), "consequences")]
    except DefinitionError:
        return []


def try_out(sheet: Sheet, typed: Mapping[str, str]) -> Trial:
    """The answer of `kaoping policy ask awards` under this draft and what is around it, and what holds or calls back.

    A draft of the consequences is tried along with it.
    """
    row, draft = sheet.row, consequence_draft(sheet.row.region)
    sources = sheet.around if draft is None else {**sheet.around, (draft.kind, draft.key): draft.text}
    try:
        policy = PolicyVersion.from_sources(row.region.key, row.version, sources)
    except DefinitionError:
        also = "（连同“结果的后果”的草稿）" if draft is not None else ""
        return Trial(told=(f"规定里还有问题{also}，先改好才能试算，见页尾。",))
    given = given_of(sheet, typed)
    answer = ask(policy, "awards", given)
    if answer.get("accepted") is False:
        return Trial(told=tuple(answer["messages"]))
    asked = asked_of(sheet)
    try:
        found, steps = outlook(policy, given, _situation(asked, typed))
    except Refused as refusal:
        return Trial(told=(str(refusal),))
    names = dict(asked.parameters)
    missing = dict.fromkeys(p["missing_parameter"] for p in answer["payments"] if p["missing_parameter"])
    trace = [*answer["trace"], *plain_data([step.as_data() for step in steps])]
    answer["trace"] = told(trace, _names(sheet), {**dict(designer_choices.own_titles(sheet)), **dict(asked.vetoes)})
    return Trial(answer, found, waiting=tuple(names.get(key, key) for key in missing))


def _situation(asked: Asked, typed: Mapping[str, str]) -> Situation:
    pending = {title: word for n, (title, word) in enumerate(asked.titles) if typed.get(f"grade-{n}") == PENDING}
    running = {key: typed.get(f"running-{key}") == "true" for key, _ in asked.running}
    return Situation(pending, running, typed.get("proven", ""))


def _names(sheet: Sheet) -> dict[str, str]:
    """What the inputs of an award's reasoning are called."""
    facts = {key: label for key, label, _ in designer_choices.facts_for_formulas(sheet)}
    return {
        **facts, **dict(designer_choices.own_titles(sheet)), **RUNNING, "title": "称号", "veto": "查实的情形",
        "cap": "上限", "paid": "已领", "due": "应发", "left": "剩余额度",
    }  # fmt: skip


def given_of(sheet: Sheet, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as the question takes it: `grade-<n>`, `before-<n>`, `fact-<key>`, `parameter-<key>`, `year`.

    Beside it, for holds and calling back: `running-<key>`, `proven`, and a grade that is still to come (PENDING).
    """
    asked = asked_of(sheet)
    grades = {title: grade for n, (title, _) in enumerate(asked.titles) if (grade := typed.get(f"grade-{n}", "")) not in ("", PENDING)}
    before = {title: _plain(t) for n, (title, _) in enumerate(asked.titles) if (t := typed.get(f"before-{n}", "").strip())}
    facts = {fact.key: fact_typed(fact, t) for fact in asked.facts if (t := typed.get(f"fact-{fact.key}", "").strip())}
    parameters = {key: _plain(t) for key, _ in asked.parameters if (t := typed.get(f"parameter-{key}", "").strip())}
    year = typed.get("year", "").strip()
    entry = {"year": int(year) if year.isascii() and year.isdigit() else clock.today().year, "grades": grades, **facts}
    return {"years": [entry], "paid_before": before, **({"parameters": parameters} if parameters else {})}


def _plain(text: str) -> str:
    return text.strip().replace(",", "").replace("，", "")


def fact_typed(fact: Fact, text: str) -> object:
    """A fact as the question takes it."""
    return {"true": True, "false": False}.get(text, text) if fact.type == "yes_no" else text
