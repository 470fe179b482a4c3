"""What settings say, in words: for who only reads a version, and for who is about to change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases import authoring_items
from core.cases import authoring_settings as verbs
from core.cases.authoring_settings_words import SETTINGS
from core.cases.authoring_words import GRADES, YES_NO, Slot
from core.cases.register_words import KINDS, LEVELS
from core.errors import Refused
from forms.formula import FormulaError
from forms.formula_words import in_words

CUTOFF = ("cutoff", "年度方案定的截止日")
EVERYWHERE = {**KINDS, **LEVELS, **dict(GRADES)}
"""Words of choices that mean the same in every region."""
Told = list[tuple[str, str]]
"""Properties with their values."""


def told(kind: str, data: Mapping[str, Any], parameters: Mapping[str, str]) -> list[tuple[str, Told]]:
    """The whole and every entry with what they say; `parameters` are names by key. Empty for what no form shows."""
    try:
        verbs.require_readable(kind, data)
    except Refused:
        return []
    found = [(SETTINGS[kind].whole, _of(kind, data, "", parameters))]
    for name, sort in SETTINGS[kind].lists.items():
        for place, entry in enumerate(data.get(name, [])):
            title = f"{sort.name}“{entry['name']}”" if entry.get("name") else f"第 {place + 1} 项{sort.name}，没有名称"
            found.append((title, [one for one in _of(kind, data, f"{name}.{place}", parameters) if one[0] != "名称"]))
    return [one for one in found if one[1]]


def names_known(data: Mapping[str, Any]) -> dict[str, str]:
    """What the conditions of who takes part may name, and what each is called."""
    return {str(one.get("key", "")): str(one.get("name", "")) for one in data.get("facts", [])} | dict([CUTOFF])


def option_words(fact: Mapping[str, Any]) -> dict[str, str]:
    """The choices of a fact with what each is called: by the fact itself, else as everywhere, else its key."""
    pairs = [line.split(maxsplit=1) for line in verbs.shown({"facts": [fact]}, "facts.0")["options"].splitlines()]
    return {pair[0]: pair[1] if len(pair) == 2 else EVERYWHERE.get(pair[0], pair[0]) for pair in pairs}


def read_aloud(source: str, names: Mapping[str, str]) -> str:
    """A condition as people read it; empty for none, or for what is no formula."""
    try:
        return in_words(source, names) if source else ""
    except FormulaError:
        return ""


def _of(kind: str, data: Mapping[str, Any], path: str, parameters: Mapping[str, str]) -> Told:
    thing = verbs.shown(data, path)
    slots = [slot for _, slots in verbs.groups_at(kind, data, path) for slot in slots if slot.path not in ("key", "way")]
    typed = [(slot, authoring_items.typed_form(slot, thing)) for slot in slots]
    words = names_known(data) | option_words(thing)
    return [(slot.label, _said(slot, text, words, parameters)) for slot, text in typed if text]


def _said(slot: Slot, text: str, words: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    if text.startswith("$"):
        return f"参数“{parameters.get(text[1:], text[1:])}”"
    if slot.type == "formula":
        return read_aloud(text, words) or text
    if slot.path == "options":
        return "、".join(words.get(line.split()[0], line) for line in text.splitlines())
    known = {**words, **dict(slot.choices), **dict(YES_NO if slot.source == "yes_no" else ())} if _is_word(slot) else {}
    return "、".join(known.get(one, one) for one in text.split()) if slot.type == "needs" else known.get(text, text)


def _is_word(slot: Slot) -> bool:
    """Whether a slot holds one of some words, and no text of a person's own."""
    return bool(slot.choices or slot.source)
