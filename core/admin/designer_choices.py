"""What the properties of schemes and awards may hold, and the names that their formulas may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from core.admin.designer_sheets import Sheet
from core.cases.authoring_consequences import effects
from core.cases.authoring_scheme import entries
from core.cases.authoring_words import BASES, GRADES, Choices, Slot
from core.cases.register_facts import kinds_of
from core.cases.register_words import LEVELS
from core.policy.award_holds import RUNNING
from core.policy.award_words import COMPARE, FOR_YEAR, TIE
from core.policy.totals import COMBINATIONS
from forms.definition import load_form
from forms.fields import FIELD_TYPES
from forms.findings import DefinitionError
from forms.formula import FormulaError
from forms.formula_words import in_words

Name = tuple[str, str, str]
"""What a formula may name: the name, what it is called, its unit or type in words."""

TYPE_WORDS = {
    "yes_no": "是或否", "whole": "整数", "number": "数字", "date": "日期", "choice": "选项", "text": "文字",
}  # fmt: skip
SUPPLIED: tuple[Name, ...] = (
    ("grade", "档次", "选项"), ("total", "总分", "数字"), ("vetoed", "已被一票否决", "是或否"), ("title", "称号", "选项"),
    ("vetoes", "查实的否决情形", "几个选项"),
)  # fmt: skip


def parameters(sheet: Sheet, *types: str) -> Choices:
    """The region's parameters of some types, as `$key` and in words; one without a value says so."""
    return tuple(
        (f"${one['key']}", f"{one.get('name', one['key'])}" + ("" if "value" in one else "（等待录入）"))
        for one in sheet.entries("parameters", "parameters")
        if "key" in one and (not types or one.get("type") in types)
    )


def _choice_parameters(sheet: Sheet, allowed: Iterable[str]) -> Choices:
    """The parameters that choose among the same words."""
    wanted = set(allowed)
    found = [one for one in sheet.entries("parameters", "parameters") if one.get("type") == "choice"]
    return tuple((f"${p['key']}", f"取参数“{p['name']}”") for p in found if set(p.get("allowed", [])) <= wanted)


def titles(sheet: Sheet) -> Choices:
    """The kinds of carriers that may hold a title, in the region's own words."""
    known = kinds_of(sheet.row.region)
    written = [str(one.get("title", "")) for _, one in entries(sheet.data, "amounts")]
    return tuple(({key: known.get(key, key) for key in written} | known).items())


def own_titles(sheet: Sheet) -> Choices:
    """The titles that the draft has amounts for."""
    written = dict.fromkeys(str(one.get("title", "")) for _, one in entries(sheet.data, "amounts"))
    known = kinds_of(sheet.row.region)
    return tuple((key, known.get(key, key)) for key in written)


def grades_of(sheet: Sheet) -> Choices:
    """The grades that the policy knows, best first, in its own words; all of them where it names none."""
    named = [*sheet.entries("grades", "lines"), *sheet.entries("grades", "named")]
    words = {str(one.get("grade", "")): str(one.get("name", "")) for one in named}
    used = {str(one.get("grade", "")) for _, one in entries(sheet.data, "amounts")}
    known = dict(GRADES)
    return tuple((key, words.get(key) or known[key]) for key in known if not words or key in words or key in used)


def _of_words(words: Choices) -> Callable[[Sheet], Choices]:
    return lambda sheet: (*words, *_choice_parameters(sheet, dict(words)))


_SOURCES: dict[str, Callable[[Sheet], Choices]] = {
    "forms": lambda sheet: tuple((f["key"], f.get("title", f["key"])) for f in sheet.read("form") if "key" in f),
    "groups": lambda s: tuple((str(g.get("key", "")), str(g.get("name", ""))) for _, g in entries(s.data, "groups")),
    "combine": _of_words(tuple(COMBINATIONS.items())),
    "titles": own_titles,
    "amounts": lambda sheet: parameters(sheet, "money_yuan"),
    "places": lambda sheet: parameters(sheet, "whole"),
    "remainder": lambda s: (("true", "发余下的部分"), ("false", "不再发"), *parameters(s, "yes_no")),
    "for_year": _of_words(FOR_YEAR),
    "compare": _of_words(COMPARE),
    "tie": _of_words(TIE),
    "basis": lambda _sheet: BASES,
    "effects": lambda sheet: effects(sheet.entries("procedures", "procedures")),
    "grades": lambda _sheet: GRADES,
}


def choices_of(slots: Iterable[Slot], sheet: Sheet) -> dict[str, Choices]:
    """What each slot may hold, by its path."""
    return {slot.path: _SOURCES[slot.source](sheet) if slot.source else slot.choices for slot in slots}


def fields_for_formulas(sheet: Sheet) -> list[Name]:
    """The numbers of the form that the scheme takes its values from: name, label, unit."""
    form = next((data for data in sheet.read("form") if data.get("key") == sheet.data.get("form")), None)
    if form is None:
        return []
    try:
        fields = load_form(form, "form").fields
    except DefinitionError:
        return []
    return [(f.key, f.label, f.unit or "") for f in fields if FIELD_TYPES[f.type].numeric]


def facts_for_formulas(sheet: Sheet, running: bool = False) -> list[Name]:
    """The facts that conditions may ask for: name, words, type; and what the determination adds.

    `running`: also what only a running system knows, which a hold may ask.
    """
    more = tuple((key, words, TYPE_WORDS["yes_no"]) for key, words in RUNNING.items()) if running else ()
    declared = [(str(f["key"]), str(f.get("name", f["key"])), _type_of(f)) for f in sheet.entries("facts", "facts")]
    return [*more, *declared, *(one for one in SUPPLIED if one[0] not in {key for key, _, _ in declared})]


def _type_of(fact: dict[str, Any]) -> str:
    word = TYPE_WORDS.get(str(fact.get("type", "")), "")
    allowed = "、".join(f'"{one}"' for one in fact.get("allowed", []))
    return f"{word}：{allowed}" if allowed else word


def values_in_words(sheet: Sheet) -> dict[str, str]:
    """What the texts that conditions compare with are called: grades, vetoes, titles, the choices of facts."""
    vetoes = {str(one.get("key", "")): str(one.get("name", "")) for one in sheet.entries("vetoes", "vetoes")}
    chosen = {
        choice: word
        for fact in sheet.entries("facts", "facts")
        for choice, word in zip(fact.get("allowed", []), fact.get("names", []), strict=False)
    }
    return {**LEVELS, **dict(titles(sheet)), **dict(grades_of(sheet)), **vetoes, **chosen}


def reading(formula: str, names: Iterable[Name], words: Mapping[str, str] = MappingProxyType({})) -> str:
    """A formula as people read it, the texts in it by `words`; nothing for none, and for what is no formula."""
    try:
        said = in_words(formula, {key: label for key, label, _ in names}) if formula.strip() else ""
    except FormulaError:
        return ""
    return re.sub("“([a-z0-9_]+)”", lambda found: f"“{words.get(found[1], found[1])}”", said)
